//! Accuracy of forecasts. Means are over races; lower log scores, Brier scores and RPS are better.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    races::{Entrant, Race},
    vocabulary::{Contest, EventKind, Moment, PredictionKind, Score},
};

/// Scores, calibration and surprises for every kind of forecast.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Accuracy {
    /// The model in service, with which the others are compared; null before the first score.
    pub forecaster: Option<String>,
    /// Live forecasts before retrospective ones, Grands Prix before sprints. Moments in the order `qualifying_order`,
    /// `official_grid`, `before_qualifying`, `before_weekend`.
    pub records: Vec<Record>,
}

/// The forecasts of one contest at one moment, live or retrospective.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Record {
    /// Grands Prix or sprints.
    pub contest: Contest,
    /// What had been published.
    pub moment: Moment,
    /// Published before the start, or made afterwards by a model fitted to earlier races only.
    pub kind: PredictionKind,
    /// Ranges of seasons, newest first: those the model was not tuned on, then those it was.
    pub periods: Vec<Period>,
    /// Single seasons, oldest first, with the mean winner log score by forecaster.
    pub seasons: Vec<SeasonScore>,
    /// The winners with the smallest chances by the model, most surprising first, at most eight.
    pub surprises: Vec<Surprise>,
}

/// A range of seasons.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Period {
    /// First season.
    pub first_season: i16,
    /// Last season.
    pub last_season: i16,
    /// Number of races scored.
    pub races: i32,
    /// By forecaster: the model's name, or `grid_and_gap`, `grid`, `grid_frequencies`, `elo`, `peer`, `uniform`.
    pub forecasters: BTreeMap<String, BTreeMap<Score, MeanScore>>,
    /// By event, in order of chance.
    pub calibration: BTreeMap<EventKind, Vec<Bin>>,
}

/// A mean with its uncertainty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MeanScore {
    /// Mean over races.
    pub mean: f64,
    /// 95 % bootstrap interval over races.
    pub interval: [f64; 2],
    /// Mean paired difference to the model in service (this forecaster minus the model); null for that model.
    pub difference: Option<f64>,
    /// 95 % bootstrap interval of the difference.
    pub difference_interval: Option<[f64; 2]>,
}

/// Events of about the same chance, and how often they happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Bin {
    /// Number of chances.
    pub predictions: i32,
    /// Their mean.
    pub predicted: f64,
    /// Share of the events that happened.
    pub observed: f64,
    /// 90 % interval of that share.
    pub interval: [f64; 2],
}

/// The winner log score of a season.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SeasonScore {
    /// Season.
    pub season: i16,
    /// Number of races scored.
    pub races: i32,
    /// Mean winner log score by forecaster.
    pub win_log_score: BTreeMap<String, f64>,
}

/// A winner with a small chance by the model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Surprise {
    /// The weekend.
    pub race: Race,
    /// The winner.
    pub winner: Entrant,
    /// The chance given to the winner.
    pub winner_chance: f64,
    /// Minus the natural logarithm of that chance.
    pub log_score: f64,
}
