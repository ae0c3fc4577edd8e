//! Forecasts. Every chance is a number between 0 and 1.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    races::{DriverRef, Entrant, Race, TeamRef},
    words::{Contest, ForecastInput, Moment, PredictionKind},
};

/// A forecast.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Prediction {
    /// The weekend.
    pub race: Race,
    /// Grand Prix or sprint.
    pub contest: Contest,
    /// What it could know.
    pub moment: Moment,
    /// When it was made, UTC.
    pub made_at: DateTime<Utc>,
    /// Up to when it looked.
    pub cutoff: Cutoff,
    /// Made before the start or afterwards.
    pub kind: PredictionKind,
    /// By what.
    pub model: Model,
    /// From what.
    pub inputs: Inputs,
    /// Moments at which there are forecasts of this race: ask with `?moment=`.
    pub moments: Vec<Moment>,
    /// The forecast of the same race before this one, from which chances moved; null for the first.
    pub previous: Option<Previous>,
    /// Likeliest winner first.
    pub drivers: Vec<PredictionDriver>,
}

/// Up to when a forecast looked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Cutoff {
    /// The start as scheduled when the forecast was made, UTC.
    pub scheduled_start: DateTime<Utc>,
    /// Seconds that a retrospective forecast was made after the start.
    pub late_s: Option<i64>,
    /// Nothing published after this was used; null where only the moment is known.
    pub at: Option<DateTime<Utc>>,
    /// The release of results it was made from.
    pub release: Option<String>,
}

/// The model of a forecast.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Model {
    /// Its name.
    pub name: String,
    /// Changes whenever its forecasts would.
    pub version: String,
    /// The stored fit.
    pub fit_id: i32,
    /// Grands Prix it was fitted on, all before this one.
    pub races: i32,
}

/// An earlier forecast of the same race by the same model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Previous {
    /// What it could know.
    pub moment: Moment,
    /// When it was made, UTC.
    pub made_at: DateTime<Utc>,
}

/// What a forecast was told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Inputs {
    /// What it used.
    pub used: Vec<ForecastInput>,
    /// What it could have been told later, or with better data.
    pub missing: Vec<ForecastInput>,
}

/// One car in a forecast.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PredictionDriver {
    /// Who.
    pub driver: DriverRef,
    /// For whom.
    pub team: TeamRef,
    /// Place on the grid, or at `qualifying_order` in qualifying; null from the pit lane, or without a place in qualifying.
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
    /// Chance of 1st, 2nd, ... place.
    pub positions: Vec<f64>,
    /// Log-odds of finishing ahead of an average car of this field, by reason: `grid`, `car`, `driver`, `practice`,
    /// `recent_races`, `sprint`; simpler models have fewer. They sum to the car's strength above the field's mean.
    pub contributions: BTreeMap<String, f64>,
    /// The pace that was estimated; null for models that estimate none.
    pub pace: Option<Pace>,
    /// The chance to win that the previous forecast gave; null if there is none or the driver was not in it.
    pub previous_win: Option<f64>,
    /// What happened; null until the race is run.
    pub result: Option<Finish>,
}

/// Estimated race pace, per cent of lap time, lower is faster. Only differences between cars of a race mean something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Pace {
    /// The car's part.
    pub car: f64,
    /// The driver's part.
    pub driver: f64,
    /// Standard deviation of the sum relative to the mean of the field.
    pub deviation: f64,
}

/// Every forecast made of one race or sprint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PredictionHistory {
    /// The weekend.
    pub race: Race,
    /// Grand Prix or sprint.
    pub contest: Contest,
    /// In the order they were made; of one instant, the one that knew less first.
    pub forecasts: Vec<PastPrediction>,
}

/// A forecast in the history of its race.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PastPrediction {
    /// What it could know.
    pub moment: Moment,
    /// Made before the start or afterwards.
    pub kind: PredictionKind,
    /// When it was made, UTC.
    pub made_at: DateTime<Utc>,
    /// By what.
    pub model: Model,
    /// Whether it is the one that is served.
    pub served: bool,
    /// Likeliest winner first.
    pub drivers: Vec<PastChance>,
}

/// A driver's chances in an earlier forecast.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PastChance {
    /// Who.
    pub driver: DriverRef,
    /// For whom.
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
    /// In the classification.
    pub classified: bool,
    /// As published: a number, DNF, DSQ, ...
    pub text: String,
}

/// Forecasts of a season.
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
    /// What it could know.
    pub moment: Moment,
    /// Made before the start or afterwards.
    pub kind: PredictionKind,
    /// When it was made, UTC.
    pub made_at: DateTime<Utc>,
    /// The likeliest winner.
    pub favourite: Entrant,
    /// The favourite's chance to win.
    pub favourite_win: f64,
    /// Who won; null until the race is run.
    pub winner: Option<Entrant>,
    /// How the forecast did; null until the race is run.
    pub outcome: Option<Outcome>,
}

/// How a forecast did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Outcome {
    /// The favourite won.
    pub favourite_won: bool,
    /// Chance that was given to the winner; 0 if it was not in the forecast.
    pub winner_chance: f64,
    /// Where the winner stood among the favourites, 1 = first.
    pub winner_rank: Option<i64>,
    /// Minus the natural logarithm of that chance, at most 11.51.
    pub log_score: f64,
}
