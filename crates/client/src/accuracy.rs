//! How good forecasts were. Means are over races; a lower log score, Brier score and RPS is better.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    races::{Entrant, Race},
    words::{Contest, EventKind, Moment, PredictionKind, Score},
};

/// Scores, calibration and surprises of every kind of forecast there is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Accuracy {
    /// The model in service, which the others are compared with; null until something was scored.
    pub forecaster: Option<String>,
    /// Live forecasts before retrospective ones; Grands Prix before sprints; among retrospective ones first what the
    /// pipeline can always reach (`qualifying_order`), then `official_grid`, then the earlier moments.
    pub records: Vec<Record>,
}

/// The forecasts of one contest at one moment, live or retrospective.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Record {
    /// Grands Prix or sprints.
    pub contest: Contest,
    /// What the forecasts could know.
    pub moment: Moment,
    /// Published before the start, or made afterwards by a model fitted only on what was run before.
    pub kind: PredictionKind,
    /// Seasons taken together, newest first: those the model was not tuned on, then those it was.
    pub periods: Vec<Period>,
    /// Season by season, oldest first: mean winner log score by forecaster.
    pub seasons: Vec<SeasonScore>,
    /// The winners that the model gave the smallest chance, most surprising first, at most eight.
    pub surprises: Vec<Surprise>,
}

/// Seasons taken together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Period {
    /// From this season.
    pub first_season: i16,
    /// To this one.
    pub last_season: i16,
    /// Races scored.
    pub races: i32,
    /// By forecaster: the model's name, or `grid_and_gap`, `grid`, `grid_frequencies`, `elo`, `peer`, `uniform`.
    pub forecasters: BTreeMap<String, BTreeMap<Score, MeanScore>>,
    /// By event, in order of the size of the chances.
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
    /// Mean paired difference to the model in service (this one minus the model); null for the model.
    pub difference: Option<f64>,
    /// 95 % bootstrap interval of the difference.
    pub difference_interval: Option<[f64; 2]>,
}

/// Chances of about the same size and how often they came true.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Bin {
    /// How many chances.
    pub forecasts: i32,
    /// Their mean.
    pub predicted: f64,
    /// Share that came true.
    pub observed: f64,
    /// 90 % interval of that share.
    pub interval: [f64; 2],
}

/// One season's winner log score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SeasonScore {
    /// Season.
    pub season: i16,
    /// Races scored.
    pub races: i32,
    /// Mean winner log score by forecaster.
    pub win_log_score: BTreeMap<String, f64>,
}

/// A winner whom the model had given little chance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Surprise {
    /// The weekend.
    pub race: Race,
    /// Who won.
    pub winner: Entrant,
    /// The chance it had been given.
    pub winner_chance: f64,
    /// Minus the natural logarithm of that chance.
    pub log_score: f64,
}
