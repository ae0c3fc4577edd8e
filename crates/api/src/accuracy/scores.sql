-- Mean scores, record by record, newest seasons first. Seasons taken together are periods; of single seasons only the
-- winner log score is wanted, unless a record has nothing but single seasons: then they are its periods.
SELECT a.kind::text AS "kind!", a.contest::text AS "contest!", a.moment::text AS "moment!",
       a.first_season, a.last_season, a.is_period AS "is_period!",
       a.forecaster, a.score::text AS "score!", a.races, a.mean, a.low, a.high,
       a.difference, a.difference_low, a.difference_high
FROM (SELECT *, first_season < last_season
                OR NOT bool_or(first_season < last_season) OVER (PARTITION BY kind, contest, moment) AS is_period
      FROM accuracy) a
WHERE a.is_period OR a.score = 'win_log_score'
ORDER BY a.kind, a.contest,
         array_position('{qualifying_order,official_grid,before_qualifying,before_weekend}', a.moment),
         a.last_season DESC, a.first_season DESC
