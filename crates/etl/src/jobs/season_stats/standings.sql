-- Standings of completed races from 2014 on that have no official table.
INSERT INTO standings (race_id, is_final, championship, display_order, source, position, position_text,
                       driver_id, team_id, points, champion)
SELECT c.race_id, false, c.championship, c.display_order, 'computed', c.place, c.place::text,
       CASE c.championship WHEN 'drivers' THEN c.subject_id END,
       CASE c.championship WHEN 'teams' THEN c.subject_id END,
       c.points, false
FROM (
    SELECT DISTINCT r.year FROM races r
    WHERE r.status = 'completed' AND r.year >= 2014 AND ($1::smallint IS NULL OR r.year = $1)
      AND NOT EXISTS (SELECT FROM standings s WHERE s.race_id = r.id AND s.source = 'official')
) y
CROSS JOIN LATERAL computed_standings(y.year) c
WHERE NOT EXISTS (SELECT FROM standings s WHERE s.race_id = c.race_id AND s.source = 'official')
ON CONFLICT (race_id, is_final, championship, display_order) DO UPDATE
    SET position = excluded.position, position_text = excluded.position_text, driver_id = excluded.driver_id,
        team_id = excluded.team_id, points = excluded.points
    WHERE (standings.position, standings.driver_id, standings.team_id, standings.points)
          IS DISTINCT FROM (excluded.position, excluded.driver_id, excluded.team_id, excluded.points)
