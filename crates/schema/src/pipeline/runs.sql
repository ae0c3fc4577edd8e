-- The last run of every job, and the newest $1 runs of any; newest first.
WITH last AS (SELECT id FROM last_job_runs),
newest AS (SELECT id FROM job_runs ORDER BY id DESC LIMIT $1)
SELECT s.id AS "id!", s.job AS "job!", s.year, s.round, s.race_name, s.attempt AS "attempt!",
       s.outcome AS "outcome: JobOutcome", s.running AS "running!", s.started_at AS "started_at!", s.finished_at,
       s.duration_ms, s.rows_read, s.rows_inserted, s.rows_changed, s.rows_deleted, s.disagreements,
       s.upstream_requests, s.detail, s.error,
       s.id IN (SELECT id FROM last) AS "last!", s.id IN (SELECT id FROM newest) AS "newest!"
FROM job_run_states s
WHERE s.id IN (SELECT id FROM last UNION SELECT id FROM newest)
ORDER BY s.id DESC
