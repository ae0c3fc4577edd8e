-- The full model: its features, the estimated pace beside each forecast, how good forecasts were, and title odds.

ALTER TYPE forecast_input ADD VALUE 'practice_1' BEFORE 'qualifying_order';
ALTER TYPE forecast_input ADD VALUE 'practice_2' BEFORE 'qualifying_order';
ALTER TYPE forecast_input ADD VALUE 'practice_3' BEFORE 'qualifying_order';
ALTER TYPE forecast_input ADD VALUE 'sprint_result' BEFORE 'qualifying_order';

-- Features are derived from the sessions: the next job computes them anew.
DELETE FROM prediction_features;
ALTER TABLE prediction_features
    ALTER COLUMN place DROP NOT NULL,
    ADD COLUMN sprint_place place,
    ADD COLUMN practice_1_gap double precision,
    ADD COLUMN practice_2_gap double precision,
    ADD COLUMN practice_3_gap double precision,
    ADD COLUMN practice_1 double precision NOT NULL,
    ADD COLUMN practice_2 double precision NOT NULL,
    ADD COLUMN practice_3 double precision NOT NULL,
    ADD COLUMN pace_car double precision NOT NULL,
    ADD COLUMN pace_driver double precision NOT NULL,
    ADD COLUMN pace_variance double precision NOT NULL CHECK (pace_variance >= 0),
    ADD COLUMN one_lap_pace double precision NOT NULL,
    ADD COLUMN driver_skill double precision NOT NULL,
    ADD COLUMN skill_at_the_front double precision NOT NULL,
    ADD COLUMN driver_rating double precision NOT NULL,
    ADD COLUMN team_rating double precision NOT NULL,
    ADD COLUMN fastest_lap_form double precision NOT NULL CHECK (fastest_lap_form >= 0),
    ADD COLUMN points_form double precision NOT NULL CHECK (points_form >= 0),
    ADD COLUMN retirement_field probability NOT NULL,
    ADD COLUMN retirement_team probability NOT NULL,
    ADD COLUMN retirement_driver probability NOT NULL,
    ADD COLUMN retirement_circuit probability NOT NULL,
    ADD COLUMN inputs forecast_input[] NOT NULL;
COMMENT ON COLUMN prediction_features.place IS 'Place among the field, 1 to n, pit-lane starters last; NULL before qualifying';
COMMENT ON COLUMN prediction_features.sprint_place IS 'Place in this weekend''s sprint; NULL until it is run';
COMMENT ON COLUMN prediction_features.practice_1_gap IS 'Log gap to the fastest of the session; NULL without a time or where it was not held';
COMMENT ON COLUMN prediction_features.practice_1 IS 'Per cent faster than the mean of the field, a missing time standing at the median; 0 where it was not held';
COMMENT ON COLUMN prediction_features.pace_car IS 'The car''s part of the estimated race pace, per cent of lap time, lower is faster; only differences within a race mean something';
COMMENT ON COLUMN prediction_features.pace_driver IS 'The driver''s part of it';
COMMENT ON COLUMN prediction_features.pace_variance IS 'Variance of the sum of both, doubt about the level of the whole field included';
COMMENT ON COLUMN prediction_features.one_lap_pace IS 'Estimated pace over one lap, car and driver together, in the same unit';
COMMENT ON COLUMN prediction_features.driver_skill IS 'The driver''s lasting part of the pace, per cent of lap time, higher is faster';
COMMENT ON COLUMN prediction_features.skill_at_the_front IS 'Five times that, fading with the distance of the team from the quickest (e-fold 0.3 %)';
COMMENT ON COLUMN prediction_features.driver_rating IS 'Rating from finishing orders, log-odds of being outlasted';
COMMENT ON COLUMN prediction_features.fastest_lap_form IS 'Weighted mean log gap of recent fastest laps to the best of the race';
COMMENT ON COLUMN prediction_features.points_form IS 'Weighted mean of recent points, a win being 1';
COMMENT ON COLUMN prediction_features.retirement_field IS 'Weighted rate of retirement of all cars; beside it those of the team, the driver and the circuit';
COMMENT ON COLUMN prediction_features.inputs IS 'What was known of this car';

ALTER TABLE prediction_drivers
    ADD COLUMN pace_car double precision,
    ADD COLUMN pace_driver double precision,
    ADD COLUMN pace_deviation double precision CHECK (pace_deviation >= 0),
    ADD CHECK (num_nulls(pace_car, pace_driver, pace_deviation) IN (0, 3));
COMMENT ON COLUMN prediction_drivers.pace_car IS
    'Estimated race pace when the forecast was made, per cent of lap time, lower is faster: the car''s part; NULL for models that estimate none';
COMMENT ON COLUMN prediction_drivers.pace_deviation IS
    'Standard deviation of car and driver together relative to the mean of the field, per cent of lap time';

-- What an evaluated chance is about.
CREATE TYPE event_kind AS ENUM ('win', 'podium', 'points');

CREATE TYPE score AS ENUM (
    'win_log_score', 'win_brier', 'top1', 'podium_log_score', 'points_brier', 'spearman', 'rps');

CREATE TABLE forecast_scores (
    race_id integer NOT NULL REFERENCES races ON DELETE CASCADE,
    contest contest NOT NULL,
    moment moment NOT NULL,
    kind prediction_kind NOT NULL,
    forecaster text NOT NULL,
    winner_chance probability NOT NULL,
    win_log_score double precision NOT NULL CHECK (win_log_score >= 0),
    win_brier double precision NOT NULL CHECK (win_brier BETWEEN 0 AND 2),
    top1 double precision NOT NULL CHECK (top1 BETWEEN 0 AND 1),
    podium_log_score double precision NOT NULL CHECK (podium_log_score >= 0),
    points_brier double precision NOT NULL CHECK (points_brier BETWEEN 0 AND 1),
    spearman double precision NOT NULL CHECK (spearman BETWEEN -1 AND 1),
    rps double precision NOT NULL CHECK (rps BETWEEN 0 AND 1),
    PRIMARY KEY (race_id, contest, moment, kind, forecaster)
);
COMMENT ON TABLE forecast_scores IS 'How good each forecaster was in each race, baselines included; derived, computed anew after every race';
COMMENT ON COLUMN forecast_scores.kind IS
    'live: the model''s last forecast made before the start, as published, with the baselines of that race beside it; retrospective: walk-forward on the data as they are now';
COMMENT ON COLUMN forecast_scores.forecaster IS 'The name of a model or of a baseline';

CREATE TABLE accuracy (
    contest contest NOT NULL,
    moment moment NOT NULL,
    kind prediction_kind NOT NULL,
    first_season smallint NOT NULL,
    last_season smallint NOT NULL CHECK (last_season >= first_season),
    forecaster text NOT NULL,
    score score NOT NULL,
    races integer NOT NULL CHECK (races > 0),
    mean double precision NOT NULL,
    low double precision NOT NULL,
    high double precision NOT NULL CHECK (high >= low),
    difference double precision,
    difference_low double precision,
    difference_high double precision CHECK (difference_high >= difference_low),
    PRIMARY KEY (contest, moment, kind, first_season, last_season, forecaster, score),
    CHECK (num_nulls(difference, difference_low, difference_high) IN (0, 3))
);
COMMENT ON TABLE accuracy IS 'Mean scores over the races of some seasons; derived from forecast_scores';
COMMENT ON COLUMN accuracy.low IS 'Bounds of the 95 % bootstrap interval over races';
COMMENT ON COLUMN accuracy.difference IS 'Mean paired difference to the model in service (this forecaster minus the model), with its interval; NULL for the model itself';

CREATE TABLE calibration (
    contest contest NOT NULL,
    moment moment NOT NULL,
    kind prediction_kind NOT NULL,
    first_season smallint NOT NULL,
    last_season smallint NOT NULL CHECK (last_season >= first_season),
    event event_kind NOT NULL,
    bin smallint NOT NULL CHECK (bin >= 0),
    forecasts integer NOT NULL CHECK (forecasts > 0),
    predicted probability NOT NULL,
    happened integer NOT NULL CHECK (happened BETWEEN 0 AND forecasts),
    low probability NOT NULL,
    high probability NOT NULL CHECK (high >= low),
    PRIMARY KEY (contest, moment, kind, first_season, last_season, event, bin)
);
COMMENT ON TABLE calibration IS 'How often chances of about the same size came true, of the model in service';
COMMENT ON COLUMN calibration.predicted IS 'Mean of the chances in this bin';
COMMENT ON COLUMN calibration.low IS 'Bounds of the 90 % interval of the observed share (Wilson)';

CREATE TABLE title_odds (
    race_id integer NOT NULL REFERENCES races ON DELETE CASCADE,
    championship championship NOT NULL,
    display_order smallint NOT NULL CHECK (display_order > 0),
    driver_id integer REFERENCES drivers,
    team_id integer REFERENCES teams,
    points numeric(7, 2) NOT NULL CHECK (points >= 0),
    chance probability NOT NULL,
    expected_points double precision NOT NULL,
    low_points double precision NOT NULL,
    high_points double precision NOT NULL CHECK (high_points >= low_points),
    possible boolean NOT NULL,
    clinched boolean NOT NULL CHECK (possible OR NOT clinched),
    PRIMARY KEY (race_id, championship, display_order),
    CHECK ((driver_id IS NOT NULL) = (championship = 'drivers')),
    CHECK ((team_id IS NOT NULL) = (championship = 'teams')),
    CHECK (possible OR chance = 0),
    CHECK (NOT clinched OR chance = 1)
);
CREATE INDEX title_odds_driver ON title_odds (driver_id, race_id) WHERE driver_id IS NOT NULL;
CREATE INDEX title_odds_team ON title_odds (team_id, race_id) WHERE team_id IS NOT NULL;
COMMENT ON TABLE title_odds IS 'Chances of the titles after each race, simulated from the form and the points of then over the rest of the calendar as it is known now';
COMMENT ON COLUMN title_odds.race_id IS 'After this race';
COMMENT ON COLUMN title_odds.low_points IS 'Bounds of the 90 % interval of the final points';
COMMENT ON COLUMN title_odds.possible IS 'By arithmetic: could still win every point that is left';
COMMENT ON COLUMN title_odds.clinched IS 'By arithmetic: nobody can catch up any more';
