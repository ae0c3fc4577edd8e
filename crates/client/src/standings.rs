//! Championship tables.

use serde::{Deserialize, Serialize};

use crate::{
    races::{DriverRef, TeamRef},
    words::StandingSource,
};

/// The drivers' championship after a round.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DriverStandings {
    /// Season.
    pub season: i16,
    /// After this round; null before the first.
    pub after_round: Option<i16>,
    /// The season is over and this is its final table.
    pub is_final: bool,
    /// Published or added up here.
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
    /// As published.
    pub position_text: String,
    /// Who.
    pub driver: DriverRef,
    /// Teams driven for so far, latest last.
    pub teams: Vec<TeamRef>,
    /// Points that count.
    pub points: f64,
    /// Grands Prix won so far.
    pub wins: i64,
    /// Podiums so far.
    pub podiums: i64,
    /// The title is settled for this driver.
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
    /// The season is over and this is its final table.
    pub is_final: bool,
    /// Published or added up here.
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
    /// As published.
    pub position_text: String,
    /// Who.
    pub team: TeamRef,
    /// The engine it was judged with, as a key.
    pub engine: Option<String>,
    /// Points that count.
    pub points: f64,
    /// Grands Prix won so far.
    pub wins: i64,
    /// Podiums so far.
    pub podiums: i64,
    /// The title is settled for this team.
    pub champion: bool,
}
