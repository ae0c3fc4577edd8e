//! `/v1/seasons/{year}/races/{round}/corrections`: changes of published lists after they were stored.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    races::{DriverRef, Race, RaceRef},
    vocabulary::{RaceList, ResultStatus},
};

/// The corrections of a weekend's lists.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Corrections {
    /// The weekend.
    pub race: Race,
    /// Newest first.
    pub corrections: Vec<Correction>,
}

/// A row that an upstream changed or removed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Correction {
    /// The list that has the row.
    pub list: RaceList,
    /// The driver of the row.
    pub driver: DriverRef,
    /// The row as it was.
    pub before: CorrectedRow,
    /// The row as it is now; null if it was removed.
    pub after: Option<CorrectedRow>,
    /// When the job that made the change started, UTC; null if no job made it.
    pub at: Option<DateTime<Utc>>,
    /// The id of that job run.
    pub run: Option<i64>,
}

/// A correction with its weekend.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RaceCorrection {
    /// The weekend.
    pub race: RaceRef,
    /// The change.
    #[serde(flatten)]
    pub correction: Correction,
}

/// The compared columns of a row; null if the list has no such column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CorrectedRow {
    /// The place; null also when not classified.
    pub position: Option<i16>,
    /// How the car's race ended.
    pub status: Option<ResultStatus>,
    /// Championship points.
    pub points: Option<f64>,
    /// Whether the car started from the pit lane.
    pub pit_lane: Option<bool>,
}
