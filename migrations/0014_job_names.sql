-- The job that makes every missing prediction is named like those that make the predictions of one contest.

UPDATE job_runs SET job = 'compute_all_predictions' WHERE job = 'forecast_all';

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
    ('predictions', '{}', '{compute_all_predictions,compute_predictions,compute_sprint_predictions}'),
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
    (SELECT 'predictions', r.id, NULL, NULL, (SELECT max(p.made_at) FROM predictions p WHERE p.race_id = r.id)
     FROM races r WHERE EXISTS (SELECT FROM predictions p WHERE p.race_id = r.id) ORDER BY r.date DESC LIMIT 1)
    UNION ALL
    (SELECT 'scores', r.id, NULL, NULL, NULL
     FROM races r WHERE EXISTS (SELECT FROM prediction_scores s WHERE s.race_id = r.id) ORDER BY r.date DESC LIMIT 1)
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
