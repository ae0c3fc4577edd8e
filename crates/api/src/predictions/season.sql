-- The served prediction of every Grand Prix and sprint of season $1, its favourite, and the winner after the race.
WITH served AS (
    SELECT DISTINCT ON (p.race_id, p.contest) p.id, p.race_id, p.contest, p.moment, p.kind, p.made_at, r.round
    FROM races r JOIN predictions p ON p.race_id = r.id JOIN model_fits f ON f.id = p.model_fit_id
    WHERE r.year = $1
    ORDER BY p.race_id, p.contest, p.kind = 'live' DESC,
             CASE p.kind WHEN 'live' THEN p.made_at END DESC,
             (f.model, f.version) = (SELECT n.model, n.version FROM model_fits n ORDER BY n.id DESC LIMIT 1) DESC,
             p.moment DESC, p.made_at DESC, p.id DESC
), ranked AS (
    SELECT s.id, s.contest, x.driver_id, x.team_id, x.win,
           row_number() OVER (PARTITION BY s.id, s.contest ORDER BY x.win DESC, x.expected_position) AS rank
    FROM served s JOIN prediction_drivers x ON x.prediction_id = s.id AND x.contest = s.contest
)
SELECT s.race_id AS "race_id!", s.contest AS "contest!: Contest", s.moment AS "moment!: Moment", s.kind AS "kind!: PredictionKind",
       s.made_at AS "made_at!",
       driver_ref(fd) AS "favourite!: DriverRow", team_ref(ft) AS "favourite_team!: TeamRow", f.win::float8 AS "favourite_win!",
       CASE WHEN wd.id IS NOT NULL THEN driver_ref(wd) END AS "winner: DriverRow",
       CASE WHEN wt.id IS NOT NULL THEN team_ref(wt) END AS "winner_team: TeamRow",
       wr.win::float8 AS "winner_chance?", wr.rank AS "winner_rank?"
FROM served s
JOIN ranked f ON f.id = s.id AND f.contest = s.contest AND f.rank = 1
JOIN drivers fd ON fd.id = f.driver_id
JOIN teams ft ON ft.id = f.team_id
LEFT JOIN results w ON w.race_id = s.race_id AND w.contest = s.contest AND w.display_order = 1 AND w.position = 1
LEFT JOIN drivers wd ON wd.id = w.driver_id
LEFT JOIN teams wt ON wt.id = w.team_id
LEFT JOIN ranked wr ON wr.id = s.id AND wr.contest = s.contest AND wr.driver_id = w.driver_id
ORDER BY s.round, s.contest DESC
