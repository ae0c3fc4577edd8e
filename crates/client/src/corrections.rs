//! `/v1/seasons/{year}/races/{round}/corrections`: what upstream took back after it was held.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    races::{DriverRef, Race},
    status::RaceRef,
    words::{RaceList, ResultStatus},
};

/// Changes of a weekend's lists.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Corrections {
    /// The weekend.
    pub race: Race,
    /// Newest first.
    pub corrections: Vec<Correction>,
}

/// A row that was changed or removed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Correction {
    /// The list it is in.
    pub list: RaceList,
    /// Whose row.
    pub driver: DriverRef,
    /// As it was.
    pub before: CorrectedRow,
    /// As it is; null: the row is gone.
    pub after: Option<CorrectedRow>,
    /// When the job that found it started, UTC; null where no job did.
    pub at: Option<DateTime<Utc>>,
    /// That run's number in the ledger.
    pub run: Option<i64>,
}

/// A correction with its weekend.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RaceCorrection {
    /// The weekend.
    pub race: RaceRef,
    /// What was changed.
    #[serde(flatten)]
    pub correction: Correction,
}

/// What counts of a row; null where the list has no such column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CorrectedRow {
    /// The place; null also where it has none.
    pub position: Option<i16>,
    /// How the car's race ended.
    pub status: Option<ResultStatus>,
    /// Championship points.
    pub points: Option<f64>,
    /// A start from the pit lane.
    pub pit_lane: Option<bool>,
}
