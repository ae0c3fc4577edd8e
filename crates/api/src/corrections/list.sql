-- The corrections of race $1, or of all races, newest first; at most $2.
SELECT r.year, r.round, r.name, c.list AS "list: RaceList", driver_ref(d) AS "driver!: DriverRow",
       c.before AS "before!: sqlx::types::Json<CorrectedRow>", c.after AS "after: sqlx::types::Json<CorrectedRow>",
       j.started_at AS "at?", c.job_run_id
FROM corrections c
JOIN races r ON r.id = c.race_id
JOIN drivers d ON d.id = c.driver_id
LEFT JOIN job_runs j ON j.id = c.job_run_id
WHERE $1::integer IS NULL OR c.race_id = $1
ORDER BY c.id DESC LIMIT $2
