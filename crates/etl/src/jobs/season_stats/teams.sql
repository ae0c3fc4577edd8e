-- One row a team and season. A shared car is one car.
WITH cars AS (
    SELECT r.year, s.race_id, s.team_id, s.contest, s.car_number,
           bool_or(s.status NOT IN ('did_not_start', 'did_not_qualify', 'excluded')) AS started,
           min(s.position) AS position,
           min(s.grid) AS grid,
           bool_or(s.pole) AS pole,
           bool_or(s.fastest_lap) AS fastest_lap,
           bool_and(s.status = 'retired' AND s.position IS NULL) AS retired,
           sum(s.points) AS points
    FROM results s JOIN races r ON r.id = s.race_id
    WHERE $1::smallint IS NULL OR r.year = $1
    GROUP BY r.year, s.race_id, s.team_id, s.contest, s.car_number
), one_twos AS (
    SELECT year, team_id, count(*) AS one_twos
    FROM (SELECT year, team_id FROM cars WHERE contest = 'grand_prix' AND position <= 2
          GROUP BY year, race_id, team_id HAVING count(DISTINCT position) = 2) x
    GROUP BY year, team_id
), seasons_run AS (
    SELECT year, team_id,
           count(DISTINCT race_id) FILTER (WHERE gp AND started) AS races,
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
           count(*) FILTER (WHERE NOT gp AND started) AS sprint_starts,
           count(*) FILTER (WHERE NOT gp AND position = 1) AS sprint_wins,
           count(*) FILTER (WHERE NOT gp AND position <= 3) AS sprint_podiums,
           coalesce(sum(points) FILTER (WHERE NOT gp), 0) AS sprint_points
    FROM cars CROSS JOIN LATERAL (SELECT contest = 'grand_prix' AS gp) c
    GROUP BY year, team_id
    HAVING bool_or(started)
), newest AS (
    SELECT year, race_id FROM (
        SELECT r.year, r.id AS race_id, row_number() OVER (PARTITION BY r.year ORDER BY r.round DESC) AS nth
        FROM races r
        WHERE ($1::smallint IS NULL OR r.year = $1)
          AND EXISTS (SELECT FROM standings s WHERE s.race_id = r.id AND s.championship = 'teams')) x
    WHERE nth = 1
), places AS (
    -- Before 1981 a constructor could stand in the table with several engines: its best row.
    SELECT DISTINCT ON (n.year, s.team_id) n.year, s.team_id, s.position, s.points
    FROM newest n JOIN standings s ON s.race_id = n.race_id AND s.championship = 'teams'
    ORDER BY n.year, s.team_id, s.is_final DESC, s.position NULLS LAST, s.display_order
), computed AS (
    SELECT t.*, coalesce(o.one_twos, 0) AS one_twos, p.position AS championship_position, p.points AS championship_points
    FROM seasons_run t LEFT JOIN one_twos o USING (year, team_id) LEFT JOIN places p USING (year, team_id)
), vanished AS (
    DELETE FROM team_season_stats t
    WHERE ($1::smallint IS NULL OR t.year = $1)
      AND NOT EXISTS (SELECT FROM computed c WHERE (c.year, c.team_id) = (t.year, t.team_id))
    RETURNING 1
), written AS (
INSERT INTO team_season_stats AS t
    (year, team_id, races, starts, classified, wins, podiums, poles, fastest_laps, retirements, points, mean_finish,
     mean_grid, sprint_starts, sprint_wins, sprint_podiums, sprint_points, one_twos, championship_position,
     championship_points)
SELECT * FROM computed
ON CONFLICT (year, team_id) DO UPDATE SET
    (races, starts, classified, wins, podiums, poles, fastest_laps, retirements, points, mean_finish, mean_grid,
     sprint_starts, sprint_wins, sprint_podiums, sprint_points, one_twos, championship_position, championship_points)
    = (excluded.races, excluded.starts, excluded.classified, excluded.wins, excluded.podiums, excluded.poles,
       excluded.fastest_laps, excluded.retirements, excluded.points, excluded.mean_finish, excluded.mean_grid,
       excluded.sprint_starts, excluded.sprint_wins, excluded.sprint_podiums, excluded.sprint_points,
       excluded.one_twos, excluded.championship_position, excluded.championship_points)
WHERE t IS DISTINCT FROM excluded
RETURNING xmax = 0 AS is_new
)
SELECT (SELECT count(*) FROM written WHERE is_new) AS "inserted!", (SELECT count(*) FROM written WHERE NOT is_new) AS "changed!",
       (SELECT count(*) FROM vanished) AS "deleted!"
