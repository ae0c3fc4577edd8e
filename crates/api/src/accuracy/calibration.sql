-- Calibration of the periods of `scores.sql`.
SELECT c.kind AS "kind: PredictionKind", c.contest AS "contest: Contest", c.moment AS "moment: Moment",
       c.first_season, c.last_season, c.event AS "event: EventKind",
       c.predictions, c.predicted AS "predicted!: f64", c.happened, c.low AS "low!: f64", c.high AS "high!: f64"
FROM (SELECT *, first_season < last_season
                OR NOT bool_or(first_season < last_season) OVER (PARTITION BY kind, contest, moment) AS is_period
      FROM calibration) c
WHERE c.is_period
ORDER BY c.bin
