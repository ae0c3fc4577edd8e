//! The model in service, described by its latest fits.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::words::Moment;

/// The model in service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ModelDescription {
    /// Its name.
    pub name: String,
    /// Changes whenever its forecasts would.
    pub version: String,
    /// The latest fit for each moment, later moments first.
    pub fits: Vec<ModelFit>,
}

/// A fitted model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ModelFit {
    /// The stored fit.
    pub fit_id: i32,
    /// What its forecasts can know.
    pub moment: Moment,
    /// Cut-off: only races before this round of this season were seen.
    pub before_season: i16,
    /// See `before_season`.
    pub before_round: i16,
    /// Grands Prix it was fitted on.
    pub races: i32,
    /// Classified cars it was fitted on.
    pub rows: i32,
    /// Weighted log-likelihood at the optimum, the penalty apart.
    pub log_likelihood: f64,
    /// Weight of each feature in the strength of a car.
    pub coefficients: BTreeMap<String, f64>,
    /// Weight of each rate in the log-odds of retiring.
    pub retirement: BTreeMap<String, f64>,
    /// What strengths are multiplied with in a sprint.
    pub sprint_scale: Option<f64>,
}
