//! Features and the rows of a forecast.

use chrono::{DateTime, Utc};

use crate::{
    table,
    vocabulary::{
        Contest, DriverId, ForecastInput, ModelFitId, Moment, PredictionKind, RaceId, TeamId,
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
        /// Place among the field, 1 to n, pit-lane starters last.
        place: i16,
        /// Starts from the pit lane.
        pit_lane: bool,
        /// Log gap to the best qualifying time; `None` without a time.
        qualifying_gap: Option<f64>,
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
    }
}
