//! Features and the rows of a forecast.

use chrono::{DateTime, Utc};

use crate::{
    table,
    vocabulary::{
        Championship, Contest, DriverId, EventKind, ForecastInput, ModelFitId, Moment, Points,
        PredictionKind, RaceId, Score, TeamId,
    },
};

table! {
    /// What the model is told of one car, from what was known at `moment`.
    PredictionFeatures in "prediction_features" keyed by [race_id, contest, moment, driver_id] {
        /// The weekend.
        race_id: RaceId,
        /// Which race.
        contest: Contest,
        /// What was known.
        moment: Moment,
        /// Driver.
        driver_id: DriverId,
        /// Team.
        team_id: TeamId,
        /// Place on the grid, or in qualifying at [`Moment::QualifyingOrder`]; `None` from the pit lane or unplaced.
        grid: Option<i16>,
        /// Place among the field, 1 to n, pit-lane starters last; `None` before qualifying.
        place: Option<i16>,
        /// Starts from the pit lane.
        pit_lane: bool,
        /// Log gap to the best qualifying time; `None` without a time.
        qualifying_gap: Option<f64>,
        /// Place in this weekend's sprint; `None` until it is run.
        sprint_place: Option<i16>,
        /// Log gap to the fastest of first practice; `None` without a time.
        practice_1_gap: Option<f64>,
        /// The same of second practice.
        practice_2_gap: Option<f64>,
        /// The same of third practice.
        practice_3_gap: Option<f64>,
        /// Per cent faster than the field's mean in first practice; 0 where it was not held.
        practice_1: f64,
        /// The same of second practice.
        practice_2: f64,
        /// The same of third practice.
        practice_3: f64,
        /// The car's part of the estimated race pace, per cent of lap time, lower is faster.
        pace_car: f64,
        /// The driver's part of it.
        pace_driver: f64,
        /// Variance of the sum of both, doubt about the level of the whole field included.
        pace_variance: f64,
        /// Estimated pace over one lap, car and driver together, lower is faster.
        one_lap_pace: f64,
        /// The driver's lasting part of the pace, per cent of lap time, higher is faster.
        driver_skill: f64,
        /// The same, weighted by how near the team is to the quickest.
        skill_at_the_front: f64,
        /// Rating from finishing orders, log-odds of being outlasted.
        driver_rating: f64,
        /// The same of the team's lineage.
        team_rating: f64,
        /// Mean log gap of recent fastest laps to the best.
        fastest_lap_form: f64,
        /// Mean of recent points, a win being 1.
        points_form: f64,
        /// Rate of retirement of all cars.
        retirement_field: f64,
        /// Of the team's lineage.
        retirement_team: f64,
        /// Of the driver.
        retirement_driver: f64,
        /// At the circuit.
        retirement_circuit: f64,
        /// What was known of this car.
        inputs: Vec<ForecastInput>,
    }
}

table! {
    /// One forecast.
    Prediction in "predictions" keyed by [id, contest] {
        /// Surrogate key.
        id: i64,
        /// Which race.
        contest: Contest,
        /// The weekend.
        race_id: RaceId,
        /// What was known.
        moment: Moment,
        /// Made before the scheduled start or after.
        kind: PredictionKind,
        /// By what.
        model_fit_id: ModelFitId,
        /// When, UTC.
        made_at: DateTime<Utc>,
        /// Nothing published after this instant was used; `None` where only the moment is known.
        cutoff_at: Option<DateTime<Utc>>,
        /// The F1DB release it was made from.
        release_tag: Option<String>,
        /// What it was told.
        inputs_used: Vec<ForecastInput>,
        /// What it could have been told at a later moment or with better data.
        inputs_missing: Vec<ForecastInput>,
    }
}

table! {
    /// One car in one forecast.
    PredictionDriver in "prediction_drivers" keyed by [prediction_id, contest, driver_id] {
        /// The forecast.
        prediction_id: i64,
        /// Which race.
        contest: Contest,
        /// Driver.
        driver_id: DriverId,
        /// Team.
        team_id: TeamId,
        /// Place on the grid as known then.
        grid: Option<i16>,
        /// Chance to win.
        win: f64,
        /// Chance of the first three places.
        podium: f64,
        /// Chance to score.
        points: f64,
        /// Chance not to finish.
        dnf: f64,
        /// Mean of the distribution.
        expected_position: f64,
        /// Chance of 1st, 2nd, ... of the field.
        positions: Vec<f64>,
        /// JSON object: head-to-head log-odds against an average car by group of features.
        contributions: String,
        /// The car's part of the estimated race pace, per cent of lap time, lower is faster.
        pace_car: Option<f64>,
        /// The driver's part of it.
        pace_driver: Option<f64>,
        /// Standard deviation of the sum of both relative to the mean of the field, per cent of lap time.
        pace_deviation: Option<f64>,
    }
}

table! {
    /// How good one forecaster was in one race.
    ForecastScore in "forecast_scores" keyed by [race_id, contest, moment, kind, forecaster] {
        /// The weekend.
        race_id: RaceId,
        /// Which race.
        contest: Contest,
        /// What was known.
        moment: Moment,
        /// Published before the start, or walk-forward afterwards.
        kind: PredictionKind,
        /// A model or a baseline.
        forecaster: String,
        /// Chance that was given to the winner.
        winner_chance: f64,
        /// Minus its logarithm.
        win_log_score: f64,
        /// Squared error of the chances to win, summed over cars.
        win_brier: f64,
        /// 1 if the favourite won.
        top1: f64,
        /// Mean binary log score of podium chances.
        podium_log_score: f64,
        /// Mean squared error of the chances of the first ten.
        points_brier: f64,
        /// Rank correlation of expected and actual places.
        spearman: f64,
        /// Ranked probability score of the places.
        rps: f64,
    }
}

table! {
    /// The mean of one score of one forecaster over some seasons.
    Accuracy in "accuracy" keyed by [contest, moment, kind, first_season, last_season, forecaster, score] {
        /// Which races.
        contest: Contest,
        /// What was known.
        moment: Moment,
        /// Published before the start, or walk-forward afterwards.
        kind: PredictionKind,
        /// From this season.
        first_season: i16,
        /// To this one.
        last_season: i16,
        /// A model or a baseline.
        forecaster: String,
        /// Which score.
        score: Score,
        /// Races scored.
        races: i32,
        /// The mean.
        mean: f64,
        /// Lower bound of the 95 % bootstrap interval over races.
        low: f64,
        /// Upper bound.
        high: f64,
        /// Mean paired difference, this one minus the model in service; `None` for the latter.
        difference: Option<f64>,
        /// Lower bound of its 95 % bootstrap interval.
        difference_low: Option<f64>,
        /// Upper bound.
        difference_high: Option<f64>,
    }
}

table! {
    /// How often chances of about the same size came true.
    Calibration in "calibration" keyed by [contest, moment, kind, first_season, last_season, event, bin] {
        /// Which races.
        contest: Contest,
        /// What was known.
        moment: Moment,
        /// Published before the start, or walk-forward afterwards.
        kind: PredictionKind,
        /// From this season.
        first_season: i16,
        /// To this one.
        last_season: i16,
        /// Chances of what.
        event: EventKind,
        /// 0, 1, ... by size of the chance.
        bin: i16,
        /// Chances in this bin.
        forecasts: i32,
        /// Their mean.
        predicted: f64,
        /// How many came true.
        happened: i32,
        /// Lower bound of the 90 % interval of the observed share.
        low: f64,
        /// Upper bound.
        high: f64,
    }
}

table! {
    /// A competitor's chance of a title after a race.
    TitleOdds in "title_odds" keyed by [race_id, championship, display_order] {
        /// After this race.
        race_id: RaceId,
        /// Drivers or teams.
        championship: Championship,
        /// 1, 2, ... likeliest first.
        display_order: i16,
        /// Whose row it is, in the drivers' championship.
        driver_id: Option<DriverId>,
        /// Whose row it is, in the teams' championship.
        team_id: Option<TeamId>,
        /// Points so far.
        points: Points,
        /// Chance to be champion.
        chance: f64,
        /// Mean of the final points.
        expected_points: f64,
        /// Lower bound of the 90 % interval of the final points.
        low_points: f64,
        /// Upper bound.
        high_points: f64,
        /// By arithmetic still able to win.
        possible: bool,
        /// By arithmetic out of reach of all others.
        clinched: bool,
    }
}
