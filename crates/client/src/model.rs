//! `/v1/model`: the model in service and its latest fits.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::vocabulary::Moment;

/// The model in service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ModelDescription {
    /// The name.
    pub name: String,
    /// Changes whenever the forecasts would.
    pub version: String,
    /// The latest fit for each moment, later moments first.
    pub fits: Vec<ModelFit>,
}

/// A fitted model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ModelFit {
    /// The id of the stored fit.
    pub fit_id: i32,
    /// What has been published for its forecasts.
    pub moment: Moment,
    /// Fitted to races before `before_round` of this season.
    pub before_season: i16,
    /// The round; see `before_season`.
    pub before_round: i16,
    /// Number of Grands Prix it was fitted to.
    pub races: i32,
    /// Number of classified cars it was fitted to.
    pub rows: i32,
    /// Weighted log-likelihood at the optimum, without the penalty.
    pub log_likelihood: f64,
    /// Weight of each feature in a car's strength.
    pub coefficients: BTreeMap<String, f64>,
    /// Weight of each rate in the log-odds of retiring.
    pub retirement: BTreeMap<String, f64>,
    /// Factor of all strengths in a sprint.
    pub sprint_scale: Option<f64>,
}
