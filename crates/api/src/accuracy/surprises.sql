-- For every record, the eight winners with the smallest chances given by forecaster $1, most surprising first.
SELECT s.kind AS "kind!: PredictionKind", s.contest AS "contest!: Contest", s.moment AS "moment!: Moment",
       s.race_id AS "race_id!", s.winner_chance AS "winner_chance!: f64", s.win_log_score AS "win_log_score!",
       driver_ref(d) AS "driver!: DriverRow", team_ref(t) AS "team!: TeamRow"
FROM (SELECT f.*, r.year, w.driver_id, w.team_id,
             row_number() OVER (PARTITION BY f.kind, f.contest, f.moment
                                ORDER BY f.win_log_score DESC, r.year DESC, r.round DESC) AS rank
      FROM prediction_scores f
      JOIN races r ON r.id = f.race_id
      JOIN results w ON w.race_id = f.race_id AND w.contest = f.contest AND w.display_order = 1 AND w.position = 1
      WHERE f.forecaster = $1) s
JOIN drivers d ON d.id = s.driver_id
JOIN teams t ON t.id = s.team_id
WHERE s.rank <= 8
ORDER BY s.rank
