//! Forecasts. Chances are between 0 and 1.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    races::{DriverRef, Entrant, Race, TeamRef},
    vocabulary::{Contest, Moment, PredictionInput, PredictionKind},
};

/// A forecast of a race.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Prediction {
    /// The weekend.
    pub race: Race,
    /// Grand Prix or sprint.
    pub contest: Contest,
    /// What had been published.
    pub moment: Moment,
    /// When it was made, UTC.
    pub made_at: DateTime<Utc>,
    /// The end of the data it is based on.
    pub cutoff: Cutoff,
    /// Made before the scheduled start, or after it.
    pub kind: PredictionKind,
    /// The model.
    pub model: Model,
    /// The inputs.
    pub inputs: Inputs,
    /// The moments with a forecast of this race; `?moment=` selects one.
    pub moments: Vec<Moment>,
    /// The forecast of the same race before this one, with which `previous_win` compares; null for the first.
    pub previous: Option<Previous>,
    /// Likeliest winner first.
    pub drivers: Vec<PredictionDriver>,
}

/// The end of the data that a forecast is based on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Cutoff {
    /// The start as scheduled when the forecast was made, UTC.
    pub scheduled_start: DateTime<Utc>,
    /// How long after the start a retrospective forecast was made, seconds; null for a live one.
    pub late_s: Option<i64>,
    /// Nothing published after this instant was used; null if only the moment is known.
    pub at: Option<DateTime<Utc>>,
    /// The F1DB release it is based on.
    pub release: Option<String>,
}

/// The model of a forecast.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Model {
    /// The name.
    pub name: String,
    /// Changes whenever the forecasts would.
    pub version: String,
    /// The id of the stored fit.
    pub fit_id: i32,
    /// Number of Grands Prix it was fitted to, all before this race.
    pub races: i32,
}

/// An earlier forecast of the same race by the same model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Previous {
    /// What had been published.
    pub moment: Moment,
    /// When it was made, UTC.
    pub made_at: DateTime<Utc>,
}

/// The inputs of a forecast.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Inputs {
    /// Those it used.
    pub used: Vec<PredictionInput>,
    /// Those it lacked, available at a later moment or with better data.
    pub missing: Vec<PredictionInput>,
}

/// A car in a forecast.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PredictionDriver {
    /// The driver.
    pub driver: DriverRef,
    /// The team.
    pub team: TeamRef,
    /// Place on the grid, or in qualifying at `qualifying_order`; null from the pit lane and when not classified.
    pub grid: Option<i16>,
    /// Chance to win.
    pub win: f64,
    /// Chance of the first three places.
    pub podium: f64,
    /// Chance to score points.
    pub points: f64,
    /// Chance not to finish.
    pub dnf: f64,
    /// Mean finishing place.
    pub expected_position: f64,
    /// Chance of 1st, 2nd, ... of the field.
    pub positions: Vec<f64>,
    /// Log-odds of finishing ahead of an average car of this field, by reason: `grid`, `car`, `driver`, `practice`,
    /// `recent_races`, `sprint`. Simpler models have fewer. Their sum is the car's strength above the field's mean.
    pub contributions: BTreeMap<String, f64>,
    /// The estimated pace; null for models that estimate none.
    pub pace: Option<Pace>,
    /// The chance to win in the previous forecast; null without one, or if the driver was not in it.
    pub previous_win: Option<f64>,
    /// The result; null until the race has been run.
    pub result: Option<Finish>,
}

/// Estimated race pace, per cent of lap time; lower is faster. Only differences between cars of a race are meaningful.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Pace {
    /// The car's share.
    pub car: f64,
    /// The driver's share.
    pub driver: f64,
    /// Standard deviation of the sum, relative to the field's mean.
    pub deviation: f64,
}

/// Every forecast of a Grand Prix or a sprint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PredictionHistory {
    /// The weekend.
    pub race: Race,
    /// Grand Prix or sprint.
    pub contest: Contest,
    /// In the order they were made; of forecasts made at the same instant, the earlier moment first.
    pub predictions: Vec<PastPrediction>,
}

/// A forecast in the history of its race.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PastPrediction {
    /// What had been published.
    pub moment: Moment,
    /// Made before the scheduled start, or after it.
    pub kind: PredictionKind,
    /// When it was made, UTC.
    pub made_at: DateTime<Utc>,
    /// The model.
    pub model: Model,
    /// Whether this is the forecast that the API selects for the race.
    pub served: bool,
    /// Likeliest winner first.
    pub drivers: Vec<PastChance>,
}

/// A driver's chances in an earlier forecast.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PastChance {
    /// The driver.
    pub driver: DriverRef,
    /// The team.
    pub team: TeamRef,
    /// Chance to win.
    pub win: f64,
    /// Chance of the first three places.
    pub podium: f64,
}

/// Where a car finished.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Finish {
    /// Place in the published order, retired cars included.
    pub place: i16,
    /// Whether the car was classified.
    pub classified: bool,
    /// The place as published: a number, DNF, DSQ, ...
    pub text: String,
}

/// The forecasts of a season.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Predictions {
    /// Season.
    pub season: i16,
    /// In order of races, the sprint of a weekend first.
    pub predictions: Vec<PredictionSummary>,
}

/// A forecast in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PredictionSummary {
    /// The weekend.
    pub race: Race,
    /// Grand Prix or sprint.
    pub contest: Contest,
    /// What had been published.
    pub moment: Moment,
    /// Made before the scheduled start, or after it.
    pub kind: PredictionKind,
    /// When it was made, UTC.
    pub made_at: DateTime<Utc>,
    /// The likeliest winner.
    pub favourite: Entrant,
    /// The favourite's chance to win.
    pub favourite_win: f64,
    /// The winner; null until the race has been run.
    pub winner: Option<Entrant>,
    /// How good the forecast was; null until the race has been run.
    pub outcome: Option<Outcome>,
}

/// How good a forecast was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Outcome {
    /// Whether the favourite won.
    pub favourite_won: bool,
    /// The chance given to the winner; 0 if the winner was not in the forecast.
    pub winner_chance: f64,
    /// The winner's rank by chance to win; 1 for the favourite.
    pub winner_rank: Option<i64>,
    /// Minus the natural logarithm of that chance, at most 11.51.
    pub log_score: f64,
}
