-- Of every record the eight winners whom forecaster $1 gave the smallest chance, most surprising first.
SELECT s.kind::text AS "kind!", s.contest::text AS "contest!", s.moment::text AS "moment!",
       s.race_id AS "race_id!", s.winner_chance AS "winner_chance!: f64", s.win_log_score AS "win_log_score!",
       d.driver_key::text AS "driver_key!", d.code AS "code!", d.name AS "driver_name!", d.last_name AS "family_name!",
       t.team_key::text AS "team_key!", t.name AS "team_name!"
FROM (SELECT f.*, r.year, w.driver_id, w.team_id,
             row_number() OVER (PARTITION BY f.kind, f.contest, f.moment
                                ORDER BY f.win_log_score DESC, r.year DESC, r.round DESC) AS rank
      FROM forecast_scores f
      JOIN races r ON r.id = f.race_id
      JOIN results w ON w.race_id = f.race_id AND w.contest = f.contest AND w.display_order = 1 AND w.position = 1
      WHERE f.forecaster = $1) s
JOIN drivers d ON d.id = s.driver_id
JOIN teams t ON t.id = s.team_id
WHERE s.rank <= 8
ORDER BY s.rank
