//! `/v1/drivers` and one driver.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::races::{DriverRef, Race, TeamRef};

/// The drivers of a season, or of all seasons.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Drivers {
    /// The season; null for all.
    pub season: Option<i16>,
    /// In order of family name.
    pub drivers: Vec<DriverSummary>,
}

/// A driver in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DriverSummary {
    /// Key and names.
    #[serde(flatten)]
    pub driver: DriverRef,
    /// The country the driver represents; null until F1DB has the driver.
    pub nationality: Option<String>,
    /// Its ISO 3166 alpha-2 code.
    pub country_code: Option<String>,
    /// First season with a start.
    pub first_season: i16,
    /// Last season with a start.
    pub last_season: i16,
    /// Grands Prix started, in that season or in all seasons.
    pub starts: i64,
    /// Grands Prix won.
    pub wins: i64,
}

/// A driver with every season.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Driver {
    /// Key and names.
    #[serde(flatten)]
    pub driver: DriverRef,
    /// The full name.
    pub full_name: String,
    /// Permanent car number (2014 on).
    pub permanent_number: Option<i16>,
    /// The country the driver represents; null until F1DB has the driver.
    pub nationality: Option<String>,
    /// Its ISO 3166 alpha-2 code.
    pub country_code: Option<String>,
    /// Date of birth.
    pub date_of_birth: NaiveDate,
    /// Date of death.
    pub date_of_death: Option<NaiveDate>,
    /// Place of birth; null until F1DB has the driver.
    pub place_of_birth: Option<String>,
    /// The seasons, newest first.
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
    /// The teams driven for, in order.
    pub teams: Vec<TeamRef>,
    /// Place in the championship.
    pub championship_position: Option<i16>,
    /// Points that counted.
    pub championship_points: Option<f64>,
    /// Grands Prix started.
    pub starts: i16,
    /// Grands Prix in which the driver was classified.
    pub classified: i16,
    /// Grands Prix won.
    pub wins: i16,
    /// Podiums.
    pub podiums: i16,
    /// Pole positions.
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

/// A driver's result in a Grand Prix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecentResult {
    /// The weekend.
    pub race: Race,
    /// The team.
    pub team: TeamRef,
    /// Place on the grid.
    pub grid: Option<i16>,
    /// Place; null when not classified.
    pub position: Option<i16>,
    /// The place as published: a number, DNF, DSQ, ...
    pub position_text: String,
    /// Points scored.
    pub points: f64,
}
