//! `/v1/teams` and one team.

use serde::{Deserialize, Serialize};

use crate::races::{DriverRef, TeamRef};

/// The teams of a season, or of all seasons.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Teams {
    /// The season; null for all.
    pub season: Option<i16>,
    /// In order of name.
    pub teams: Vec<TeamSummary>,
}

/// A team in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TeamSummary {
    /// Key, name and colour.
    #[serde(flatten)]
    pub team: TeamRef,
    /// Home country; null until F1DB has the team.
    pub country: Option<String>,
    /// Its ISO 3166 alpha-2 code.
    pub country_code: Option<String>,
    /// First season with a start.
    pub first_season: i16,
    /// Last season with a start.
    pub last_season: i16,
    /// Cars started in Grands Prix, in that season or in all seasons.
    pub starts: i64,
    /// Grands Prix won.
    pub wins: i64,
}

/// A team with every season.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Team {
    /// Key, name and colour.
    #[serde(flatten)]
    pub team: TeamRef,
    /// The full name.
    pub full_name: String,
    /// Home country; null until F1DB has the team.
    pub country: Option<String>,
    /// Its ISO 3166 alpha-2 code.
    pub country_code: Option<String>,
    /// All names of the organisation, newest first, including this one.
    pub lineage: Vec<LineageMember>,
    /// The seasons, newest first.
    pub seasons: Vec<TeamSeason>,
}

/// A name under which an organisation raced.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LineageMember {
    /// The team of that name.
    pub team: TeamRef,
    /// First season with a start.
    pub first_season: Option<i16>,
    /// Last season with a start.
    pub last_season: Option<i16>,
}

/// A team's season.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TeamSeason {
    /// Season.
    pub year: i16,
    /// The drivers who started a Grand Prix for it, most starts first.
    pub drivers: Vec<DriverRef>,
    /// Best place in the championship.
    pub championship_position: Option<i16>,
    /// Points that counted.
    pub championship_points: Option<f64>,
    /// Grands Prix with a start.
    pub races: i16,
    /// Cars started.
    pub starts: i16,
    /// Cars classified.
    pub classified: i16,
    /// Grands Prix won.
    pub wins: i16,
    /// Podiums.
    pub podiums: i16,
    /// Grands Prix won with the other car second.
    pub one_twos: i16,
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
    /// Sprints won.
    pub sprint_wins: i16,
    /// Podiums in sprints.
    pub sprint_podiums: i16,
    /// Points scored in sprints.
    pub sprint_points: f64,
}
