-- What it takes to come back from trouble without a hand.

ALTER TABLE race_sessions ADD COLUMN f1db_date date, ADD COLUMN f1db_starts_at timestamptz;
COMMENT ON COLUMN race_sessions.f1db_date IS
    'What the last release said of a session ahead: a release that says the same again does not undo what was announced since';

CREATE TABLE upstream_pauses (
    upstream text PRIMARY KEY CHECK (upstream IN ('jolpica', 'openf1', 'live_timing')),
    until timestamptz NOT NULL
);
COMMENT ON TABLE upstream_pauses IS 'How long an upstream asked not to be asked (Retry-After), for all processes';

-- What was tried lately is read at every tick.
CREATE INDEX job_runs_started ON job_runs (started_at);
CREATE INDEX raw_responses_release ON raw_responses (fetched_at DESC, id DESC) WHERE release_tag IS NOT NULL;

CREATE FUNCTION lists_of_job(job text) RETURNS race_list[] LANGUAGE sql IMMUTABLE AS $$
    SELECT (CASE job
        WHEN 'ingest_practice' THEN '{practice_1,practice_2,practice_3}'
        WHEN 'ingest_sprint_qualifying' THEN '{sprint_qualifying}'
        WHEN 'ingest_sprint_grid' THEN '{sprint_grid}'
        WHEN 'ingest_sprint' THEN '{sprint}'
        WHEN 'ingest_qualifying' THEN '{qualifying}'
        WHEN 'ingest_grid' THEN '{grid}'
        WHEN 'ingest_race' THEN '{race,pit_stops}'
        WHEN 'ingest_laps' THEN '{laps}'
    END)::race_list[]
$$;
COMMENT ON FUNCTION lists_of_job IS 'The lists of one weekend that a job is about; NULL for every other job';

CREATE OR REPLACE VIEW data_freshness AS
WITH kinds (data, lists, jobs) AS (VALUES
    ('release'::data_kind, '{}'::race_list[], '{load}'::text[]),
    ('calendar', '{}', '{load,sync_schedule}'),
    ('results', '{race}', '{load,ingest_race,sync_season,recheck}'),
    ('sprints', '{sprint}', '{load,ingest_sprint,sync_season,recheck}'),
    ('qualifying', '{qualifying,sprint_qualifying}', '{load,ingest_qualifying,ingest_sprint_qualifying,sync_season,recheck}'),
    ('practice', '{practice_1,practice_2,practice_3,practice_4}', '{load,ingest_practice}'),
    ('grids', '{grid,sprint_grid}', '{load,ingest_grid,ingest_sprint_grid}'),
    ('pit_stops', '{pit_stops}', '{load,ingest_race,sync_season,recheck,backfill}'),
    ('laps', '{laps}', '{ingest_laps,recheck,backfill}'),
    ('forecasts', '{}', '{forecast_all,compute_predictions,compute_sprint_predictions}'),
    ('scores', '{}', '{compute_accuracy}'),
    ('title_odds', '{}', '{compute_title_odds}')
), newest (data, race_id, source, release, written_at) AS (
    SELECT k.data, l.race_id, l.source, NULL::text, l.first_seen
    FROM kinds k CROSS JOIN LATERAL (
        SELECT p.race_id, p.source, p.first_seen FROM races r JOIN published_lists p ON p.race_id = r.id
        WHERE p.list = ANY (k.lists) ORDER BY r.date DESC, p.first_seen DESC NULLS LAST, p.list DESC LIMIT 1) l
    UNION ALL
    SELECT 'release', NULL, NULL, release_tag, fetched_at FROM loaded_release
    UNION ALL
    (SELECT 'calendar', id, NULL, NULL, NULL FROM races ORDER BY date DESC LIMIT 1)
    UNION ALL
    (SELECT 'forecasts', r.id, NULL, NULL, (SELECT max(p.made_at) FROM predictions p WHERE p.race_id = r.id)
     FROM races r WHERE EXISTS (SELECT FROM predictions p WHERE p.race_id = r.id) ORDER BY r.date DESC LIMIT 1)
    UNION ALL
    (SELECT 'scores', r.id, NULL, NULL, NULL
     FROM races r WHERE EXISTS (SELECT FROM forecast_scores s WHERE s.race_id = r.id) ORDER BY r.date DESC LIMIT 1)
    UNION ALL
    (SELECT 'title_odds', r.id, NULL, NULL, NULL
     FROM races r WHERE EXISTS (SELECT FROM title_odds o WHERE o.race_id = r.id) ORDER BY r.date DESC LIMIT 1)
)
SELECT k.data, n.race_id, r.year, r.round, r.name AS race_name, n.source, n.release,
       coalesce(n.written_at, CASE WHEN n.race_id IS NOT NULL AND k.lists = '{}' THEN ran.done END) AS written_at,
       ran.ended AS checked_at
FROM kinds k
LEFT JOIN newest n ON n.data = k.data
LEFT JOIN races r ON r.id = n.race_id
CROSS JOIN LATERAL (
    SELECT max(d.finished_at) AS done, max(e.finished_at) AS ended
    FROM unnest(k.jobs) AS j (job)
    LEFT JOIN LATERAL (SELECT finished_at FROM job_runs WHERE job = j.job AND outcome = 'done'
                       ORDER BY started_at DESC LIMIT 1) d ON true
    LEFT JOIN LATERAL (SELECT finished_at FROM job_runs WHERE job = j.job AND outcome IN ('done', 'nothing_new', 'not_yet')
                       ORDER BY started_at DESC LIMIT 1) e ON true) ran;

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
    SELECT 'no_live_forecast', t.starts_at, NULL, r.year, r.round, r.name, t.contest, NULL, NULL, NULL
    FROM demo, races r JOIN forecast_timeliness t ON t.race_id = r.id
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
