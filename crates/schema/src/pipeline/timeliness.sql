-- When the predictions of the weekends at hand at $1 and of the $2 races before were made, latest race first.
SELECT r.year, r.round, r.name, t.contest AS "contest!: Contest", t.starts_at AS "starts_at!", t.live_due AS "live_due!",
       t.made_at AS "made_at?", t.moment AS "moment?: Moment", t.kind AS "kind?: PredictionKind",
       t.inputs_missing AS "inputs_missing?: Vec<PredictionInput>"
FROM recent_races($1, $2) w
JOIN races r ON r.id = w.race_id
JOIN prediction_timeliness t ON t.race_id = r.id
ORDER BY t.starts_at DESC, t.contest
