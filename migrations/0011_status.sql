-- What the state of the pipeline is read from. Views give instants; who asks compares them with a clock of its own.

CREATE TYPE data_kind AS ENUM (
    'release', 'calendar', 'results', 'sprints', 'qualifying', 'practice', 'grids', 'pit_stops', 'laps', 'forecasts',
    'scores', 'title_odds');

CREATE TYPE problem_kind AS ENUM (
    'idle', 'job_idle', 'failing', 'killed', 'overdue', 'no_live_forecast', 'release_behind');

-- Runs that did not end well are looked for at every question; there are few of them among very many.
CREATE INDEX job_runs_trouble ON job_runs (started_at) WHERE outcome IS NULL OR outcome = 'failed';

CREATE VIEW loaded_release AS
SELECT release_tag, fetched_at, source = 'demo' AS demo
FROM raw_responses WHERE source IN ('f1db', 'demo') AND release_tag IS NOT NULL
ORDER BY fetched_at DESC, id DESC LIMIT 1;
COMMENT ON VIEW loaded_release IS 'The release loaded last, F1DB''s or the demonstration''s; no row on an empty database';

CREATE FUNCTION job_lock_held(job text, year smallint, round smallint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM pg_locks
        WHERE locktype = 'advisory' AND granted AND objsubid = 2
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND classid::bigint = hashtext('f1 job')::bigint & 4294967295
          AND objid::bigint = hashtext(job || coalesce(' ' || year || coalesce('/' || round, ''), ''))::bigint & 4294967295)
$$;
COMMENT ON FUNCTION job_lock_held IS
    'A job holds its advisory lock while it runs: a killed one does not, whatever its row in job_runs says';

CREATE VIEW job_run_states AS
SELECT j.id, j.job, j.year, j.round, r.name AS race_name, j.attempt, j.outcome,
       CASE WHEN j.outcome IS NULL THEN job_lock_held(j.job, j.year, j.round) ELSE false END AS running,
       j.started_at, j.finished_at,
       round(extract(epoch FROM j.finished_at - j.started_at) * 1000)::bigint AS duration_ms,
       j.rows_read, j.rows_inserted, j.rows_changed, j.rows_deleted, j.disagreements, j.upstream_requests, j.detail, j.error
FROM job_runs j LEFT JOIN races r ON r.year = j.year AND r.round = j.round AND r.status <> 'cancelled';
COMMENT ON VIEW job_run_states IS 'No outcome and not running: killed';

-- From one name to the next along the index, since the ledger has thousands of rows of each.
CREATE VIEW last_job_runs AS
WITH RECURSIVE jobs AS (
    (SELECT job FROM job_runs ORDER BY job LIMIT 1)
    UNION ALL
    SELECT (SELECT n.job FROM job_runs n WHERE n.job > j.job ORDER BY n.job LIMIT 1) FROM jobs j WHERE j.job IS NOT NULL
)
SELECT l.id, j.job, l.started_at
FROM jobs j CROSS JOIN LATERAL (
    SELECT r.id, r.started_at FROM job_runs r WHERE r.job = j.job ORDER BY r.started_at DESC, r.id DESC LIMIT 1) l;
COMMENT ON VIEW last_job_runs IS 'The last run of every job';

CREATE VIEW weekend_sessions AS
SELECT race_id, session, date, starts_at,
       coalesce(starts_at + CASE session WHEN 'race' THEN interval '2 hours' ELSE interval '1 hour' END,
                (date + 1)::timestamp AT TIME ZONE 'UTC') AS ends_at
FROM (SELECT race_id, session, date, starts_at FROM race_sessions WHERE session <> 'race'
      UNION ALL
      SELECT id, 'race'::session_kind, date, starts_at FROM races) s;
COMMENT ON COLUMN weekend_sessions.ends_at IS 'As scheduled; the end of the day where only the day is known';

CREATE VIEW weekend_lists AS
SELECT s.race_id, s.session, l.list, s.ends_at, p.source, p.first_seen,
       p.list IS NULL AND CASE r.status
           WHEN 'cancelled' THEN false
           WHEN 'completed' THEN l.list IN ('pit_stops', 'laps') AND race.source <> 'f1db'
           ELSE true
       END AS awaited
FROM weekend_sessions s
JOIN races r ON r.id = s.race_id
CROSS JOIN LATERAL unnest((CASE s.session
    WHEN 'practice_1' THEN '{practice_1}'
    WHEN 'practice_2' THEN '{practice_2}'
    WHEN 'practice_3' THEN '{practice_3}'
    WHEN 'practice_4' THEN '{practice_4}'
    WHEN 'sprint_qualifying' THEN '{sprint_qualifying,sprint_grid}'
    WHEN 'qualifying' THEN CASE r.event_format WHEN 'sprint' THEN '{qualifying,sprint_grid}' ELSE '{qualifying,grid}' END
    WHEN 'sprint' THEN CASE r.event_format WHEN 'sprint' THEN '{sprint,grid}' ELSE '{sprint}' END
    WHEN 'race' THEN '{race,pit_stops,laps}'
    ELSE '{}'
END)::race_list[]) AS l (list)
LEFT JOIN published_lists p ON p.race_id = s.race_id AND p.list = l.list
LEFT JOIN published_lists race ON race.race_id = s.race_id AND race.list = 'race';
COMMENT ON VIEW weekend_lists IS 'Which list comes after which session, and whether it is held';
COMMENT ON COLUMN weekend_lists.awaited IS
    'Not held and still of use once the session is over: of a completed race only stops and laps, which come after the result, and none once F1DB has it';

CREATE FUNCTION current_weekends(at timestamptz) RETURNS TABLE (race_id integer) LANGUAGE sql STABLE AS $$
    SELECT r.id FROM races r
    WHERE r.date >= (at - interval '30 days')::date AND r.date <= (at + interval '12 days')::date
      AND CASE r.status
          WHEN 'cancelled' THEN false
          WHEN 'completed' THEN EXISTS (SELECT FROM weekend_lists l WHERE l.race_id = r.id AND l.awaited)
          ELSE true
      END
    UNION
    (SELECT n.id FROM races n
     WHERE n.status NOT IN ('completed', 'cancelled') AND n.date >= (at AT TIME ZONE 'UTC')::date ORDER BY n.date LIMIT 1)
$$;
COMMENT ON FUNCTION current_weekends IS
    'Weekends at hand (their first day is two days before the race), those with lists to come, and always the next one';

CREATE FUNCTION recent_races(at timestamptz, number bigint) RETURNS TABLE (race_id integer) LANGUAGE sql STABLE AS $$
    SELECT w.race_id FROM current_weekends(at) w
    UNION
    (SELECT r.id FROM races r
     WHERE r.status = 'completed' AND r.date <= (at AT TIME ZONE 'UTC')::date ORDER BY r.date DESC LIMIT number)
$$;
COMMENT ON FUNCTION recent_races IS 'The weekends at hand, and this number of races that were run before';

CREATE VIEW forecast_timeliness AS
SELECT s.race_id, c.contest, coalesce(f.scheduled_start, s.starts_at, s.date::timestamp AT TIME ZONE 'UTC') AS starts_at,
       f.made_at, f.moment, f.kind, f.inputs_missing
FROM weekend_sessions s
CROSS JOIN LATERAL (SELECT (CASE s.session WHEN 'race' THEN 'grand_prix' ELSE 'sprint' END)::contest AS contest) c
LEFT JOIN LATERAL (
    SELECT p.scheduled_start, p.made_at, p.moment, p.kind, p.inputs_missing
    FROM predictions p WHERE p.race_id = s.race_id AND p.contest = c.contest
    ORDER BY p.kind = 'live' DESC, CASE p.kind WHEN 'live' THEN p.made_at END DESC, p.made_at, p.moment DESC, p.id
    LIMIT 1) f ON true
WHERE s.session IN ('race', 'sprint');
COMMENT ON VIEW forecast_timeliness IS
    'Of every race and sprint the last forecast made before the start; where there was none, the first made afterwards';

CREATE VIEW data_freshness AS
WITH kinds (data, lists, jobs) AS (VALUES
    ('release'::data_kind, '{}'::race_list[], '{load}'::text[]),
    ('calendar', '{}', '{load,sync_schedule}'),
    ('results', '{race}', '{load,ingest_race,sync_season,recheck}'),
    ('sprints', '{sprint}', '{load,ingest_sprint,sync_season,recheck}'),
    ('qualifying', '{qualifying,sprint_qualifying}', '{load,ingest_qualifying,ingest_sprint_qualifying,sync_season,recheck}'),
    ('practice', '{practice_1,practice_2,practice_3,practice_4}', '{load,ingest_practice}'),
    ('grids', '{grid,sprint_grid}', '{load,ingest_grid,ingest_sprint_grid}'),
    ('pit_stops', '{pit_stops}', '{load,ingest_pit_stops}'),
    ('laps', '{laps}', '{ingest_laps,backfill}'),
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
COMMENT ON VIEW data_freshness IS 'Of each kind of data the newest there is';
COMMENT ON COLUMN data_freshness.written_at IS 'When it was first held; NULL where that was not recorded';
COMMENT ON COLUMN data_freshness.checked_at IS 'When a job that keeps it last ran to its end';

CREATE FUNCTION pipeline_problems(at timestamptz) RETURNS TABLE (
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
COMMENT ON FUNCTION pipeline_problems IS 'What is wrong at that time, most urgent first; `schema::problems` has the sentences';
