//! Chances of the championship titles, round by round.

use serde::{Deserialize, Serialize};

use crate::races::{DriverRef, TeamRef};

/// The titles of a season.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TitleOdds {
    /// Season.
    pub season: i16,
    /// Rounds of its calendar that are or will be run.
    pub rounds: i16,
    /// The latest round with odds; null before the first.
    pub after_round: Option<i16>,
    /// Likeliest champion after that round first.
    pub drivers: Vec<DriverOdds>,
    /// The same for teams.
    pub teams: Vec<TeamOdds>,
}

/// A driver's odds over the season.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DriverOdds {
    /// Who.
    pub driver: DriverRef,
    /// For whom, latest.
    pub team: TeamRef,
    /// In order of rounds; rounds before the driver's first are missing.
    pub rounds: Vec<OddsAfter>,
}

/// A team's odds over the season.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TeamOdds {
    /// Who.
    pub team: TeamRef,
    /// In order of rounds.
    pub rounds: Vec<OddsAfter>,
}

/// What was known and expected after a round.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OddsAfter {
    /// The round.
    pub after_round: i16,
    /// Points so far.
    pub points: f64,
    /// Chance to be champion.
    pub chance: f64,
    /// Mean of the final points.
    pub expected_points: f64,
    /// 90 % interval of the final points.
    pub interval: [f64; 2],
    /// By arithmetic still able to win.
    pub possible: bool,
    /// By arithmetic out of reach of all others.
    pub clinched: bool,
}
