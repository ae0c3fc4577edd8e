//! Teams.

use serde::{Deserialize, Serialize};

use crate::races::{DriverRef, TeamRef};

/// Teams of a season, or of all time, by name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Teams {
    /// Season; null: all time.
    pub season: Option<i16>,
    /// By name.
    pub teams: Vec<TeamSummary>,
}

/// A team in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TeamSummary {
    /// Which.
    #[serde(flatten)]
    pub team: TeamRef,
    /// Home country; null until F1DB knows the team.
    pub country: Option<String>,
    /// Its ISO 3166 alpha-2 code.
    pub country_code: Option<String>,
    /// First season with a start.
    pub first_season: i16,
    /// Last season with a start.
    pub last_season: i16,
    /// Cars started in Grands Prix, in that season or in all.
    pub starts: i64,
    /// Grands Prix won.
    pub wins: i64,
}

/// A team in full.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Team {
    /// Which.
    #[serde(flatten)]
    pub team: TeamRef,
    /// In full.
    pub full_name: String,
    /// Home country; null until F1DB knows the team.
    pub country: Option<String>,
    /// Its ISO 3166 alpha-2 code.
    pub country_code: Option<String>,
    /// The organisation under its other names, newest first, this one included.
    pub lineage: Vec<LineageMember>,
    /// Newest first.
    pub seasons: Vec<TeamSeason>,
}

/// A name an organisation raced under.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LineageMember {
    /// Which.
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
    /// Who started a Grand Prix for it, most starts first.
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
    /// First and second in one race.
    pub one_twos: i16,
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
    /// Sprints won.
    pub sprint_wins: i16,
    /// Podiums in sprints.
    pub sprint_podiums: i16,
    /// Points scored in sprints.
    pub sprint_points: f64,
}
