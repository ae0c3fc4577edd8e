-- The forecasts of race $1, contest $2: first the one that is served; of each moment first the one served for it.
SELECT p.id, p.moment::text AS "moment!", p.kind::text AS "kind!", p.made_at,
       p.scheduled_start AS "scheduled_start!", p.cutoff_at, p.release_tag,
       p.inputs_used::text[] AS "inputs_used!", p.inputs_missing::text[] AS "inputs_missing!",
       f.id AS fit_id, f.model, f.version, f.races
FROM predictions p JOIN model_fits f ON f.id = p.model_fit_id
WHERE p.race_id = $1 AND p.contest = $2::text::contest
ORDER BY p.kind = 'live' DESC,
         CASE p.kind WHEN 'live' THEN p.made_at END DESC,
         (f.model, f.version) = (SELECT n.model, n.version FROM model_fits n ORDER BY n.id DESC LIMIT 1) DESC,
         p.moment DESC, p.made_at DESC, p.id DESC
