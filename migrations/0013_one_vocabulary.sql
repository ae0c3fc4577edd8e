-- One vocabulary: a stored forecast is a prediction, in every name of the schema. And how answers name drivers and teams.

ALTER TYPE forecast_input RENAME TO prediction_input;
ALTER TYPE data_kind RENAME VALUE 'forecasts' TO 'predictions';
ALTER TYPE problem_kind RENAME VALUE 'no_live_forecast' TO 'no_live_prediction';

ALTER TABLE forecast_scores RENAME TO prediction_scores;
ALTER TABLE calibration RENAME COLUMN forecasts TO predictions;
ALTER VIEW forecast_timeliness RENAME TO prediction_timeliness;
COMMENT ON TABLE accuracy IS 'Mean scores over the races of some seasons; derived from prediction_scores';

-- Constraints, and the indexes of keys, keep the old names when a table or column is renamed. Some versions of
-- PostgreSQL also name NOT NULL constraints, so the catalogue is asked which there are.
DO $$
DECLARE
    old record;
BEGIN
    FOR old IN
        SELECT conrelid::regclass AS table_name, conname AS name
        FROM pg_constraint
        WHERE conrelid IN ('prediction_scores'::regclass, 'calibration'::regclass)
          AND conname ~ '^(forecast_scores|calibration_forecasts)_'
    LOOP
        EXECUTE format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I',
                       old.table_name, old.name, regexp_replace(old.name, 'forecast', 'prediction'));
    END LOOP;
END $$;

-- The body of a function is text, which renaming does not change.
CREATE OR REPLACE FUNCTION pipeline_problems(at timestamptz) RETURNS TABLE (
    kind problem_kind, since timestamptz, job text, year smallint, round smallint, race_name text, contest contest,
    lists race_list[], attempts integer, detail text) LANGUAGE sql STABLE AS $$
    -- A demonstration has no upstreams and nothing to wait for: of it only jobs can go wrong.
    WITH last AS (SELECT max(l.started_at) AS started_at FROM last_job_runs l),
    demo AS (SELECT coalesce((SELECT l.demo FROM loaded_release l), false) AS demo)
    SELECT 'idle'::problem_kind, last.started_at, NULL::text, NULL::smallint, NULL::smallint, NULL::text, NULL::contest,
           NULL::race_list[], NULL::integer, NULL::text
    FROM last, demo WHERE last.started_at < at - interval '2 days' AND NOT demo.demo
    UNION ALL
    SELECT 'job_idle', l.started_at, l.job, NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM last_job_runs l, last, demo
    WHERE l.job IN ('load', 'sync_schedule') AND l.started_at < at - interval '2 days'
      AND last.started_at >= at - interval '2 days' AND NOT demo.demo
    UNION ALL
    SELECT (CASE WHEN j.outcome IS NULL THEN 'killed' ELSE 'failing' END)::problem_kind,
           coalesce((SELECT min(s.started_at) FROM job_runs s
                     WHERE s.job = j.job AND (s.year, s.round) IS NOT DISTINCT FROM (j.year, j.round)
                       AND s.outcome = 'failed' AND s.id < j.id
                       AND s.id > coalesce((SELECT max(d.id) FROM job_runs d
                                            WHERE d.job = j.job AND (d.year, d.round) IS NOT DISTINCT FROM (j.year, j.round)
                                              AND d.outcome IN ('done', 'nothing_new')), 0)), j.started_at),
           j.job, j.year, j.round, r.name, NULL, NULL, j.attempt, j.error
    FROM job_runs j LEFT JOIN races r ON r.year = j.year AND r.round = j.round AND r.status <> 'cancelled'
    WHERE (j.outcome IS NULL OR j.outcome = 'failed') AND j.started_at > at - interval '30 days'
      AND NOT EXISTS (SELECT FROM job_runs n
                      WHERE n.job = j.job AND n.started_at >= j.started_at AND n.id > j.id AND n.outcome IS NOT NULL
                        AND (n.year, n.round) IS NOT DISTINCT FROM (j.year, j.round))
      AND NOT CASE WHEN j.outcome IS NULL THEN job_lock_held(j.job, j.year, j.round) ELSE false END
      -- Nobody runs it again for lists that came in another way, or are of no use any more.
      AND (lists_of_job(j.job) IS NULL
           OR EXISTS (SELECT FROM weekend_lists l WHERE l.race_id = r.id AND l.awaited AND l.list = ANY (lists_of_job(j.job))))
    UNION ALL
    SELECT 'overdue', l.ends_at, NULL, r.year, r.round, r.name, NULL, array_agg(l.list ORDER BY l.list), NULL, NULL
    FROM demo, races r JOIN weekend_lists l ON l.race_id = r.id
    WHERE NOT demo.demo AND r.date >= (at - interval '30 days')::date AND r.date <= (at + interval '7 days')::date
      AND l.awaited AND l.ends_at <= at - interval '6 hours'
    GROUP BY r.id, l.session, l.ends_at
    UNION ALL
    SELECT 'no_live_prediction', t.starts_at, NULL, r.year, r.round, r.name, t.contest, NULL, NULL, NULL
    FROM demo, races r JOIN prediction_timeliness t ON t.race_id = r.id
    WHERE NOT demo.demo AND r.date >= (at - interval '30 days')::date AND r.date <= (at + interval '7 days')::date
      AND r.status <> 'cancelled'
      AND t.starts_at <= at AND t.kind IS DISTINCT FROM 'live'
      -- Before the pipeline was set up nobody could have made one.
      AND t.starts_at > (SELECT j.started_at FROM job_runs j ORDER BY j.id LIMIT 1)
    UNION ALL
    SELECT 'release_behind', coalesce(r.starts_at, r.date::timestamp AT TIME ZONE 'UTC'), NULL, r.year, r.round, r.name, NULL,
           NULL, NULL, (SELECT l.release_tag FROM loaded_release l)
    FROM demo, races r JOIN published_lists p ON p.race_id = r.id AND p.list = 'race' AND p.source <> 'f1db'
    WHERE NOT demo.demo AND r.status = 'completed' AND r.date >= (at - interval '1 year')::date
      AND coalesce(r.starts_at, r.date::timestamp AT TIME ZONE 'UTC') < at - interval '3 days'
    ORDER BY 1, 2, 3
$$;

-- The columns by which answers name a driver or a team, as one value. Both functions are inlined into the query.
CREATE TYPE driver_ref AS (key text, code text, name text, family_name text);
CREATE FUNCTION driver_ref(driver drivers) RETURNS driver_ref LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ROW(driver.driver_key, driver.code, driver.name, driver.last_name)::driver_ref
$$;

CREATE TYPE team_ref AS (key text, name text);
CREATE FUNCTION team_ref(team teams) RETURNS team_ref LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ROW(team.team_key, team.name)::team_ref
$$;
