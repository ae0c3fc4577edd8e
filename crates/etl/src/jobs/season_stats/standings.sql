-- Standings of completed races from 2014 on that have no official table, drivers and teams each for themselves.
WITH wanted AS (
    SELECT r.id AS race_id, r.year, k.championship
    FROM races r CROSS JOIN (VALUES ('drivers'::championship), ('teams')) k (championship)
    WHERE r.status = 'completed' AND r.year >= 2014 AND ($1::smallint IS NULL OR r.year = $1)
      AND NOT EXISTS (SELECT FROM standings s
                      WHERE s.race_id = r.id AND s.championship = k.championship AND s.source = 'official')
), computed AS (
    SELECT c.* FROM (SELECT DISTINCT year FROM wanted) y CROSS JOIN LATERAL computed_standings(y.year) c
    JOIN wanted w ON w.race_id = c.race_id AND w.championship = c.championship
), vanished AS (
    DELETE FROM standings s USING races r
    WHERE r.id = s.race_id AND s.source = 'computed' AND ($1::smallint IS NULL OR r.year = $1)
      AND NOT EXISTS (SELECT FROM computed c
                      WHERE (c.race_id, c.championship, c.display_order) = (s.race_id, s.championship, s.display_order))
    RETURNING 1
), written AS (
    INSERT INTO standings (race_id, is_final, championship, display_order, source, position, position_text,
                           driver_id, team_id, points, champion)
    SELECT c.race_id, false, c.championship, c.display_order, 'computed', c.place, c.place::text,
           CASE c.championship WHEN 'drivers' THEN c.subject_id END,
           CASE c.championship WHEN 'teams' THEN c.subject_id END,
           c.points, false
    FROM computed c
    ON CONFLICT (race_id, is_final, championship, display_order) DO UPDATE
        SET position = excluded.position, position_text = excluded.position_text, driver_id = excluded.driver_id,
            team_id = excluded.team_id, points = excluded.points
        WHERE (standings.position, standings.driver_id, standings.team_id, standings.points)
              IS DISTINCT FROM (excluded.position, excluded.driver_id, excluded.team_id, excluded.points)
    RETURNING xmax = 0 AS is_new
)
SELECT (SELECT count(*) FROM written WHERE is_new) AS "inserted!", (SELECT count(*) FROM written WHERE NOT is_new) AS "changed!",
       (SELECT count(*) FROM vanished) AS "deleted!"
