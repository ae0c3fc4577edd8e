//! Chances of the championship titles after every round.

use serde::{Deserialize, Serialize};

use crate::races::{DriverRef, TeamRef};

/// The title odds of a season.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TitleOdds {
    /// Season.
    pub season: i16,
    /// Number of rounds in the calendar, without cancelled ones.
    pub rounds: i16,
    /// The latest round with odds; null before the first.
    pub after_round: Option<i16>,
    /// The drivers, from the likeliest champion after that round.
    pub drivers: Vec<DriverOdds>,
    /// The teams, in the same order.
    pub teams: Vec<TeamOdds>,
}

/// A driver's odds over the season.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DriverOdds {
    /// The driver.
    pub driver: DriverRef,
    /// The driver's latest team.
    pub team: TeamRef,
    /// In order of rounds, from the driver's first.
    pub rounds: Vec<OddsAfter>,
}

/// A team's odds over the season.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TeamOdds {
    /// The team.
    pub team: TeamRef,
    /// In order of rounds.
    pub rounds: Vec<OddsAfter>,
}

/// Points and odds after a round.
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
    /// Whether the title is arithmetically possible.
    pub possible: bool,
    /// Whether the title is arithmetically certain.
    pub clinched: bool,
}
