-- The rules of the pipeline's state, each in one place: the session that a list follows, the scheduled end of a session,
-- and the races for which a live forecast was due.

CREATE TABLE session_lists (
    event_format event_format NOT NULL,
    list race_list NOT NULL,
    session session_kind NOT NULL,
    PRIMARY KEY (event_format, list)
);
COMMENT ON TABLE session_lists IS
    'The session after which a list is published; a format without the list has no row. The same as `schema::pipeline::session_of`';

INSERT INTO session_lists
SELECT f, list::race_list, session::session_kind
FROM unnest(enum_range(NULL::event_format)) AS formats (f),
     (VALUES ('practice_1', 'practice_1'), ('practice_2', 'practice_2'), ('practice_3', 'practice_3'),
             ('practice_4', 'practice_4'), ('qualifying', 'qualifying'),
             ('race', 'race'), ('pit_stops', 'race'), ('laps', 'race')) AS every_format (list, session);
INSERT INTO session_lists VALUES
    ('conventional', 'grid', 'qualifying'),
    -- Friday's qualifying sets the grid of the sprint, and the sprint that of the Grand Prix.
    ('sprint', 'sprint_grid', 'qualifying'),
    ('sprint', 'sprint', 'sprint'),
    ('sprint', 'grid', 'sprint'),
    ('sprint_shootout', 'grid', 'qualifying'),
    ('sprint_shootout', 'sprint_qualifying', 'sprint_qualifying'),
    ('sprint_shootout', 'sprint_grid', 'sprint_qualifying'),
    ('sprint_shootout', 'sprint', 'sprint'),
    ('sprint_qualifying', 'sprint_qualifying', 'sprint_qualifying'),
    ('sprint_qualifying', 'sprint_grid', 'sprint_qualifying'),
    ('sprint_qualifying', 'sprint', 'sprint'),
    ('sprint_qualifying', 'grid', 'qualifying');
REVOKE INSERT, UPDATE, DELETE ON session_lists FROM f1_etl;

CREATE FUNCTION pipeline_loading() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT NOT EXISTS (SELECT FROM races) OR EXISTS (
        SELECT FROM unnest('{load,compute_all_predictions,backfill}'::text[]) AS long (job)
        WHERE job_lock_held(long.job, NULL, NULL))
$$;
COMMENT ON FUNCTION pipeline_loading IS 'Whether the history is being loaded or predicted, or is not there yet';

ALTER VIEW weekend_sessions RENAME COLUMN ends_at TO scheduled_end;
ALTER VIEW weekend_lists RENAME COLUMN ends_at TO scheduled_end;

CREATE OR REPLACE VIEW weekend_lists AS
SELECT s.race_id, s.session, l.list, s.scheduled_end, p.source, p.first_seen,
       p.list IS NULL AND CASE r.status
           WHEN 'cancelled' THEN false
           WHEN 'completed' THEN l.list IN ('pit_stops', 'laps') AND race.source <> 'f1db'
           ELSE true
       END AS awaited
FROM weekend_sessions s
JOIN races r ON r.id = s.race_id
JOIN session_lists l ON l.event_format = r.event_format AND l.session = s.session
LEFT JOIN published_lists p ON p.race_id = s.race_id AND p.list = l.list
LEFT JOIN published_lists race ON race.race_id = s.race_id AND race.list = 'race';
COMMENT ON VIEW weekend_lists IS 'Which list follows which session of a weekend, and whether it is stored';
COMMENT ON COLUMN weekend_lists.awaited IS
    'Not stored, and still of use once the session is over: after the result only pit stops and laps, after F1DB''s result none';

CREATE OR REPLACE VIEW prediction_timeliness AS
SELECT s.race_id, c.contest, t.starts_at, f.made_at, f.moment, f.kind, f.inputs_missing,
       r.status <> 'cancelled' AND NOT coalesce((SELECT l.demo FROM loaded_release l), false)
           AND coalesce(t.starts_at > (SELECT j.started_at FROM job_runs j ORDER BY j.id LIMIT 1), false) AS live_due
FROM weekend_sessions s
JOIN races r ON r.id = s.race_id
CROSS JOIN LATERAL (SELECT (CASE s.session WHEN 'race' THEN 'grand_prix' ELSE 'sprint' END)::contest AS contest) c
LEFT JOIN LATERAL (
    SELECT p.scheduled_start, p.made_at, p.moment, p.kind, p.inputs_missing
    FROM predictions p WHERE p.race_id = s.race_id AND p.contest = c.contest
    ORDER BY p.kind = 'live' DESC, CASE p.kind WHEN 'live' THEN p.made_at END DESC, p.made_at, p.moment DESC, p.id
    LIMIT 1) f ON true
CROSS JOIN LATERAL (
    SELECT coalesce(f.scheduled_start, s.starts_at, s.date::timestamp AT TIME ZONE 'UTC') AS starts_at) t
WHERE s.session IN ('race', 'sprint');
COMMENT ON COLUMN prediction_timeliness.live_due IS
    'The pipeline ran before the start, so that a live forecast could be made; never of the demonstration';

COMMENT ON COLUMN data_freshness.written_at IS 'When the newest was first stored; NULL where that was not recorded';
COMMENT ON COLUMN data_freshness.checked_at IS 'When a job that updates this kind of data last completed';

CREATE FUNCTION pipeline_problems(at timestamptz) RETURNS TABLE (
    kind problem_kind, since timestamptz, job text, year smallint, round smallint, race_name text, contest contest,
    lists race_list[], attempts integer, detail text) LANGUAGE sql STABLE AS $$
    -- The demonstration has no upstreams: only its jobs can have problems.
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
      -- A job is not repeated for lists that were stored by another job, or that are no longer awaited.
      AND (lists_of_job(j.job) IS NULL
           OR EXISTS (SELECT FROM weekend_lists l WHERE l.race_id = r.id AND l.awaited AND l.list = ANY (lists_of_job(j.job))))
    UNION ALL
    SELECT 'overdue', l.scheduled_end, NULL, r.year, r.round, r.name, NULL, array_agg(l.list ORDER BY l.list), NULL, NULL
    FROM demo, races r JOIN weekend_lists l ON l.race_id = r.id
    WHERE NOT demo.demo AND r.date >= (at - interval '30 days')::date AND r.date <= (at + interval '7 days')::date
      AND l.awaited AND l.scheduled_end <= at - interval '6 hours'
    GROUP BY r.id, l.session, l.scheduled_end
    UNION ALL
    SELECT 'no_live_prediction', t.starts_at, NULL, r.year, r.round, r.name, t.contest, NULL, NULL, NULL
    FROM demo, races r JOIN prediction_timeliness t ON t.race_id = r.id
    WHERE NOT demo.demo AND r.date >= (at - interval '30 days')::date AND r.date <= (at + interval '7 days')::date
      AND t.starts_at <= at AND t.live_due AND t.kind IS DISTINCT FROM 'live'
    UNION ALL
    SELECT 'release_behind', coalesce(r.starts_at, r.date::timestamp AT TIME ZONE 'UTC'), NULL, r.year, r.round, r.name, NULL,
           NULL, NULL, (SELECT l.release_tag FROM loaded_release l)
    FROM demo, races r JOIN published_lists p ON p.race_id = r.id AND p.list = 'race' AND p.source <> 'f1db'
    WHERE NOT demo.demo AND r.status = 'completed' AND r.date >= (at - interval '1 year')::date
      AND coalesce(r.starts_at, r.date::timestamp AT TIME ZONE 'UTC') < at - interval '3 days'
    ORDER BY 1, 2, 3
$$;
COMMENT ON FUNCTION pipeline_problems IS
    'The problems of the pipeline at a time, most urgent first; `schema::pipeline::Problem` has the sentences';
