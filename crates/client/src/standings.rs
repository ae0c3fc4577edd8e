//! Championship tables.

use serde::{Deserialize, Serialize};

use crate::{
    races::{DriverRef, TeamRef},
    vocabulary::StandingSource,
};

/// The drivers' championship after a round.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DriverStandings {
    /// Season.
    pub season: i16,
    /// After this round; null before the first.
    pub after_round: Option<i16>,
    /// Whether this is the final table of a finished season.
    pub is_final: bool,
    /// Published, or computed from results.
    pub source: Option<StandingSource>,
    /// In table order.
    pub standings: Vec<DriverStanding>,
}

/// A driver in the table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DriverStanding {
    /// Place; null when excluded.
    pub position: Option<i16>,
    /// The place as published: a number, DSQ or EX.
    pub position_text: String,
    /// The driver.
    pub driver: DriverRef,
    /// The teams driven for so far, the latest last.
    pub teams: Vec<TeamRef>,
    /// Points that count.
    pub points: f64,
    /// Grands Prix won so far.
    pub wins: i64,
    /// Podiums so far.
    pub podiums: i64,
    /// Whether the driver has won the title.
    pub champion: bool,
}

/// The constructors' championship after a round.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TeamStandings {
    /// Season.
    pub season: i16,
    /// After this round; null before the first.
    pub after_round: Option<i16>,
    /// Whether this is the final table of a finished season.
    pub is_final: bool,
    /// Published, or computed from results.
    pub source: Option<StandingSource>,
    /// In table order.
    pub standings: Vec<TeamStanding>,
}

/// A team in the table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TeamStanding {
    /// Place; null when excluded.
    pub position: Option<i16>,
    /// The place as published: a number, DSQ or EX.
    pub position_text: String,
    /// The team.
    pub team: TeamRef,
    /// Key of the engine manufacturer, where chassis and engine were classified together.
    pub engine: Option<String>,
    /// Points that count.
    pub points: f64,
    /// Grands Prix won so far.
    pub wins: i64,
    /// Podiums so far.
    pub podiums: i64,
    /// Whether the team has won the title.
    pub champion: bool,
}
