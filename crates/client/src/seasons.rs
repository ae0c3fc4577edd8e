//! `/v1/seasons`.

use serde::{Deserialize, Serialize};

/// Seasons, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Seasons {
    /// The seasons.
    pub seasons: Vec<Season>,
}

/// A season.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Season {
    /// Calendar year.
    pub year: i16,
    /// Races in the calendar.
    pub races: i64,
    /// Races with a result.
    pub completed: i64,
    /// Weekends with a sprint.
    pub sprints: i64,
    /// Grands Prix and sprints with a forecast.
    pub predictions: i64,
}
