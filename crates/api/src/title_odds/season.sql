-- Title odds of season $1, the latest round first: competitors are first met in the order of that round.
WITH odds AS (
    SELECT r.round, o.*
    FROM races r JOIN title_odds o ON o.race_id = r.id
    WHERE r.year = $1
), driven AS (
    -- A driver's latest team; before the first race, the team of the entry.
    SELECT DISTINCT ON (driver_id) driver_id, team_id
    FROM (SELECT s.driver_id, s.team_id, r.round, s.contest, NULL::boolean AS test_driver
          FROM races r JOIN results s ON s.race_id = r.id
          WHERE r.year = $1 AND r.round <= (SELECT max(round) FROM odds)
          UNION ALL
          SELECT driver_id, team_id, 0, NULL, test_driver FROM season_entries WHERE year = $1) known
    ORDER BY driver_id, round DESC, contest, test_driver, team_id
)
SELECT o.round, o.points::float8 AS "points!", o.chance AS "chance!: f64", o.expected_points, o.low_points, o.high_points,
       o.possible, o.clinched,
       CASE WHEN d.id IS NOT NULL THEN driver_ref(d) END AS "driver: DriverRow", team_ref(t) AS "team!: TeamRow"
FROM odds o
LEFT JOIN drivers d ON d.id = o.driver_id
LEFT JOIN driven ON driven.driver_id = o.driver_id
JOIN teams t ON t.id = coalesce(o.team_id, driven.team_id)
ORDER BY o.championship, o.round DESC, o.display_order
