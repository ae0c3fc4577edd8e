-- One row a driver and season. A driver who sat in several cars of one race started it once.
WITH drives AS (
    SELECT r.year, s.race_id, s.driver_id, s.contest,
           bool_or(s.status NOT IN ('did_not_start', 'did_not_qualify', 'excluded')) AS started,
           min(s.position) AS position,
           min(s.grid) AS grid,
           bool_or(s.pole) AS pole,
           bool_or(s.fastest_lap) AS fastest_lap,
           bool_and(s.status = 'retired' AND s.position IS NULL) AS retired,
           sum(s.points) AS points
    FROM results s JOIN races r ON r.id = s.race_id
    WHERE $1::smallint IS NULL OR r.year = $1
    GROUP BY r.year, s.race_id, s.driver_id, s.contest
), seasons_driven AS (
    SELECT year, driver_id,
           count(*) FILTER (WHERE gp AND started) AS starts,
           count(position) FILTER (WHERE gp AND started) AS classified,
           count(*) FILTER (WHERE gp AND position = 1) AS wins,
           count(*) FILTER (WHERE gp AND position <= 3) AS podiums,
           count(*) FILTER (WHERE gp AND pole) AS poles,
           count(*) FILTER (WHERE gp AND fastest_lap) AS fastest_laps,
           count(*) FILTER (WHERE gp AND started AND retired) AS retirements,
           coalesce(sum(points) FILTER (WHERE gp), 0) AS points,
           (avg(position) FILTER (WHERE gp))::float8 AS mean_finish,
           (avg(grid) FILTER (WHERE gp AND started))::float8 AS mean_grid,
           (avg(grid - position) FILTER (WHERE gp))::float8 AS mean_places_gained,
           count(*) FILTER (WHERE NOT gp AND started) AS sprint_starts,
           count(*) FILTER (WHERE NOT gp AND position = 1) AS sprint_wins,
           count(*) FILTER (WHERE NOT gp AND position <= 3) AS sprint_podiums,
           coalesce(sum(points) FILTER (WHERE NOT gp), 0) AS sprint_points,
           (avg(position) FILTER (WHERE NOT gp))::float8 AS sprint_mean_finish
    FROM drives CROSS JOIN LATERAL (SELECT contest = 'grand_prix' AS gp) c
    GROUP BY year, driver_id
    HAVING bool_or(started)
), duels AS (
    -- Against each teammate in the last segment both took part in; the best teammate is the one lost to most.
    SELECT r.year, q.driver_id,
           max(CASE
               WHEN q.q3_ms > 0 AND m.q3_ms > 0 THEN (q.q3_ms - m.q3_ms)::float8 / m.q3_ms
               WHEN q.q2_ms > 0 AND m.q2_ms > 0 THEN (q.q2_ms - m.q2_ms)::float8 / m.q2_ms
               WHEN q.q1_ms > 0 AND m.q1_ms > 0 THEN (q.q1_ms - m.q1_ms)::float8 / m.q1_ms
               WHEN q.time_ms > 0 AND m.time_ms > 0 THEN (q.time_ms - m.time_ms)::float8 / m.time_ms
           END) AS gap
    FROM qualifying_results q
    JOIN qualifying_results m ON m.race_id = q.race_id AND m.team_id = q.team_id AND m.driver_id <> q.driver_id
    JOIN races r ON r.id = q.race_id
    WHERE $1::smallint IS NULL OR r.year = $1
    GROUP BY r.year, q.race_id, q.driver_id
), gaps AS (
    SELECT year, driver_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY gap) AS gap
    FROM duels WHERE gap IS NOT NULL GROUP BY year, driver_id
), newest AS (
    SELECT year, race_id FROM (
        SELECT r.year, r.id AS race_id, row_number() OVER (PARTITION BY r.year ORDER BY r.round DESC) AS nth
        FROM races r
        WHERE ($1::smallint IS NULL OR r.year = $1)
          AND EXISTS (SELECT FROM standings s WHERE s.race_id = r.id AND s.championship = 'drivers')) x
    WHERE nth = 1
), places AS (
    SELECT DISTINCT ON (n.year, s.driver_id) n.year, s.driver_id, s.position, s.points
    FROM newest n JOIN standings s ON s.race_id = n.race_id AND s.championship = 'drivers'
    ORDER BY n.year, s.driver_id, s.is_final DESC
), computed AS (
    SELECT d.*, g.gap, p.position AS championship_position, p.points AS championship_points
    FROM seasons_driven d LEFT JOIN gaps g USING (year, driver_id) LEFT JOIN places p USING (year, driver_id)
), vanished AS (
    DELETE FROM driver_season_stats t
    WHERE ($1::smallint IS NULL OR t.year = $1)
      AND NOT EXISTS (SELECT FROM computed c WHERE (c.year, c.driver_id) = (t.year, t.driver_id))
    RETURNING 1
), written AS (
INSERT INTO driver_season_stats AS t
    (year, driver_id, starts, classified, wins, podiums, poles, fastest_laps, retirements, points, mean_finish,
     mean_grid, mean_places_gained, sprint_starts, sprint_wins, sprint_podiums, sprint_points, sprint_mean_finish,
     qualifying_gap_to_teammate, championship_position, championship_points)
SELECT * FROM computed
ON CONFLICT (year, driver_id) DO UPDATE SET
    (starts, classified, wins, podiums, poles, fastest_laps, retirements, points, mean_finish, mean_grid,
     mean_places_gained, sprint_starts, sprint_wins, sprint_podiums, sprint_points, sprint_mean_finish,
     qualifying_gap_to_teammate, championship_position, championship_points)
    = (excluded.starts, excluded.classified, excluded.wins, excluded.podiums, excluded.poles, excluded.fastest_laps,
       excluded.retirements, excluded.points, excluded.mean_finish, excluded.mean_grid, excluded.mean_places_gained,
       excluded.sprint_starts, excluded.sprint_wins, excluded.sprint_podiums, excluded.sprint_points,
       excluded.sprint_mean_finish, excluded.qualifying_gap_to_teammate, excluded.championship_position,
       excluded.championship_points)
WHERE t IS DISTINCT FROM excluded
RETURNING xmax = 0 AS is_new
)
SELECT (SELECT count(*) FROM written WHERE is_new) AS "inserted!", (SELECT count(*) FROM written WHERE NOT is_new) AS "changed!",
       (SELECT count(*) FROM vanished) AS "deleted!"
