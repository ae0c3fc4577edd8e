//! Drivers.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::races::{DriverRef, Race, TeamRef};

/// Drivers of a season, or of all time, by name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Drivers {
    /// Season; null: all time.
    pub season: Option<i16>,
    /// By family name.
    pub drivers: Vec<DriverSummary>,
}

/// A driver in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DriverSummary {
    /// Who.
    #[serde(flatten)]
    pub driver: DriverRef,
    /// Country raced for; null until F1DB knows the driver.
    pub nationality: Option<String>,
    /// Its ISO 3166 alpha-2 code.
    pub country_code: Option<String>,
    /// First season with a start.
    pub first_season: i16,
    /// Last season with a start.
    pub last_season: i16,
    /// Grands Prix started, in that season or in all.
    pub starts: i64,
    /// Grands Prix won.
    pub wins: i64,
}

/// A driver in full.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Driver {
    /// Who.
    #[serde(flatten)]
    pub driver: DriverRef,
    /// In full.
    pub full_name: String,
    /// Chosen number (2014 on).
    pub permanent_number: Option<i16>,
    /// Country raced for; null until F1DB knows the driver.
    pub nationality: Option<String>,
    /// Its ISO 3166 alpha-2 code.
    pub country_code: Option<String>,
    /// Born.
    pub date_of_birth: NaiveDate,
    /// Died.
    pub date_of_death: Option<NaiveDate>,
    /// Born where; null until F1DB knows the driver.
    pub place_of_birth: Option<String>,
    /// Newest first.
    pub seasons: Vec<DriverSeason>,
    /// The last ten Grands Prix entered, newest first.
    pub recent: Vec<RecentResult>,
}

/// A driver's season.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DriverSeason {
    /// Season.
    pub year: i16,
    /// Teams driven for.
    pub teams: Vec<TeamRef>,
    /// Place in the championship.
    pub championship_position: Option<i16>,
    /// Points that counted.
    pub championship_points: Option<f64>,
    /// Grands Prix started.
    pub starts: i16,
    /// Grands Prix classified in.
    pub classified: i16,
    /// Grands Prix won.
    pub wins: i16,
    /// Podiums.
    pub podiums: i16,
    /// Poles.
    pub poles: i16,
    /// Fastest laps.
    pub fastest_laps: i16,
    /// Retirements.
    pub retirements: i16,
    /// Points scored in Grands Prix.
    pub points: f64,
    /// Mean place when classified.
    pub mean_finish: Option<f64>,
    /// Mean place on the grid.
    pub mean_grid: Option<f64>,
    /// Mean places gained from grid to finish when classified.
    pub mean_places_gained: Option<f64>,
    /// Median gap to the best teammate in qualifying, as a share of the time; negative is faster.
    pub qualifying_gap_to_teammate: Option<f64>,
    /// Sprints started.
    pub sprint_starts: i16,
    /// Sprints won.
    pub sprint_wins: i16,
    /// Podiums in sprints.
    pub sprint_podiums: i16,
    /// Points scored in sprints.
    pub sprint_points: f64,
}

/// A driver's result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecentResult {
    /// The weekend.
    pub race: Race,
    /// For whom.
    pub team: TeamRef,
    /// Place on the grid.
    pub grid: Option<i16>,
    /// Place; null when not classified.
    pub position: Option<i16>,
    /// As published.
    pub position_text: String,
    /// Points scored.
    pub points: f64,
}
