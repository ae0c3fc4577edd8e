-- Mean scores by record, newest seasons first. Ranges of seasons are periods, with every score. Single seasons have only
-- the winner log score, unless a record has no ranges: then its single seasons are its periods.
SELECT a.kind AS "kind: PredictionKind", a.contest AS "contest: Contest", a.moment AS "moment: Moment",
       a.first_season, a.last_season, a.is_period AS "is_period!",
       a.forecaster, a.score AS "score: Score", a.races, a.mean, a.low, a.high,
       a.difference, a.difference_low, a.difference_high
FROM (SELECT *, first_season < last_season
                OR NOT bool_or(first_season < last_season) OVER (PARTITION BY kind, contest, moment) AS is_period
      FROM accuracy) a
WHERE a.is_period OR a.score = 'win_log_score'
ORDER BY a.kind, a.contest,
         array_position('{qualifying_order,official_grid,before_qualifying,before_weekend}', a.moment),
         a.last_season DESC, a.first_season DESC
