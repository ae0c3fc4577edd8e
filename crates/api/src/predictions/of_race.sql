-- The predictions of race $1, contest $2. The first one is served; the first of a moment is served for that moment.
SELECT p.id, p.moment AS "moment: Moment", p.kind AS "kind: PredictionKind", p.made_at,
       p.scheduled_start AS "scheduled_start!", p.cutoff_at, p.release_tag,
       p.inputs_used AS "inputs_used: Vec<PredictionInput>", p.inputs_missing AS "inputs_missing: Vec<PredictionInput>",
       f.id AS fit_id, f.model, f.version, f.races
FROM predictions p JOIN model_fits f ON f.id = p.model_fit_id
WHERE p.race_id = $1 AND p.contest = $2
ORDER BY p.kind = 'live' DESC,
         CASE p.kind WHEN 'live' THEN p.made_at END DESC,
         (f.model, f.version) = (SELECT n.model, n.version FROM model_fits n ORDER BY n.id DESC LIMIT 1) DESC,
         p.moment DESC, p.made_at DESC, p.id DESC
