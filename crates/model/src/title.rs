//! Title odds: the rest of the calendar, simulated many times.
//!
//! A car's performance in a race is `z = scale * (eta + shocks) + ln E`, `E` exponential, larger is better: worst-first Plackett–Luce as in [`crate::fit`]. Ranking by `z` is ranking by `exp(scale * (eta + shocks)) * E`.
//! A car retires with chance `1 - (1 - d)^distance`. The retired take the last places in random order, as in
//! [`crate::distribution`]. The title goes to the most points, then to the most wins, second places and so on in Grands
//! Prix (count-back). Entrants level in all of them share the trial.
//!
//! [`title_statuses`] is exact arithmetic. [`simulate`] never contradicts it: no entrant scores more in a race than the
//! best places and the bonus. Points are counted in whole hundredths, so that ties are exact.

mod season;
mod status;
#[cfg(test)]
mod tests;
mod trial;

use self::season::{MAX_STRENGTH, SimulatedSeason, check_range};
pub use self::status::{TitleStatus, TitleStatuses};

/// A driver of the season. Those who still race are the whole grid, one for each car.
#[derive(Debug, Clone, PartialEq)]
pub struct ContendingDriver {
    /// Points so far.
    pub points: f64,
    /// Number of times each place was taken in Grands Prix so far, wins first.
    pub finishes: Vec<u16>,
    /// Index of the team that the driver races for from now on.
    pub team: usize,
    /// The model's `eta`. Differences are log-odds of finishing ahead in a Grand Prix; it need not be centred.
    pub strength: f64,
    /// Chance of not being classified in a Grand Prix. It is 1 for a driver who no longer races: they take no place in the
    /// simulation, though [`title_statuses`] does not rule them out.
    pub retirement: f64,
}

/// A team of the season. Its points can differ from the sum of its drivers' points: drivers change teams, and points are
/// deducted.
#[derive(Debug, Clone, PartialEq)]
pub struct ContendingTeam {
    /// Points so far.
    pub points: f64,
    /// Number of times each place was taken in Grands Prix so far by any of its cars, wins first.
    pub finishes: Vec<u16>,
}

/// A Grand Prix or a sprint that has not been run.
#[derive(Debug, Clone, PartialEq)]
pub struct RemainingRace {
    /// The round. A sprint and the Grand Prix of its weekend share the shocks of the teams.
    pub weekend: u16,
    /// Points by place, the winner's first.
    pub scoring: Vec<f64>,
    /// Share of a Grand Prix distance, with which the chance of retiring grows. Count-back counts races with 1 only.
    pub distance: f64,
    /// Factor on the strengths, 1 for a Grand Prix.
    pub scale: f64,
    /// Points besides those for places.
    pub bonus: Option<Bonus>,
}

/// The point for the fastest lap (2019–2024).
///
/// A trial gives it to one of the eligible places, with chances proportional to their points. This avoids a model of
/// fastest laps and is close enough: of the 127 fastest laps of those years 29 % were by the winner (25 % by this rule),
/// 18 % (18 %) by the second, 9 % (15 %) by the third, 32 % (43 %) by the next seven, 11 % (none) by the others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bonus {
    /// Points that it is worth.
    pub points: f64,
    /// Number of eligible places, from the first.
    pub places: usize,
}

/// Uncertainty of the strengths: standard deviations of normal errors, in log-odds. Zero by default.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Shocks {
    /// Step of each team's random walk before every weekend.
    pub team_race: f64,
    /// Error of each driver, constant over the season.
    pub driver: f64,
    /// Initial error of each team.
    pub team_initial: f64,
}

/// Odds of a driver or a team.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EntrantOdds {
    /// Chance of winning the title.
    pub chance: f64,
    /// Mean final points.
    pub expected_points: f64,
    /// 5 % quantile of the final points (nearest rank).
    pub low: f64,
    /// 95 % quantile of the final points (nearest rank).
    pub high: f64,
}

/// Title odds, in the order of the input.
#[derive(Debug, Clone, PartialEq)]
pub struct Odds {
    /// The drivers' title.
    pub drivers: Vec<EntrantOdds>,
    /// The teams' title.
    pub teams: Vec<EntrantOdds>,
}

/// Why there are no title odds.
#[derive(Debug, Clone, Copy, thiserror::Error, PartialEq)]
pub enum TitleError {
    /// There are no contenders.
    #[error("there are no contenders for the title")]
    EmptyField,
    /// A driver's team is not among the teams.
    #[error("a contender drives for team {team}, but there are only {teams}")]
    UnknownTeam {
        /// Index of the team.
        team: usize,
        /// Number of teams.
        teams: usize,
    },
    /// An input is not a number or out of range.
    #[error("{what} is {value}, which is not between {least} and {most}")]
    OutOfRange {
        /// Name of the input.
        what: &'static str,
        /// Its value.
        value: f64,
        /// Lower limit.
        least: f64,
        /// Upper limit.
        most: f64,
    },
    /// The number of trials is zero.
    #[error("title odds need at least one trial")]
    NoTrials,
}

/// The drivers and teams that have won their title, can still win it, or no longer can.
pub fn title_statuses(
    contenders: &[ContendingDriver],
    teams: &[ContendingTeam],
    races: &[RemainingRace],
) -> Result<TitleStatuses, TitleError> {
    Ok(SimulatedSeason::new(contenders, teams, races)?.statuses())
}

/// Simulates the remaining `races` `trials` times. The same input gives the same odds, to the last bit on one machine.
///
/// Memory: 8 bytes per trial for each driver and team.
pub fn simulate(
    contenders: &[ContendingDriver],
    teams: &[ContendingTeam],
    races: &[RemainingRace],
    shocks: Shocks,
    trials: u32,
    seed: u64,
) -> Result<Odds, TitleError> {
    let season = SimulatedSeason::new(contenders, teams, races)?;
    for deviation in [shocks.team_race, shocks.driver, shocks.team_initial] {
        check_range("a shock", deviation, 0.0..=MAX_STRENGTH)?;
    }
    if trials == 0 {
        return Err(TitleError::NoTrials);
    }
    // Without remaining races, one trial gives the exact result.
    let trials = if races.is_empty() { 1 } else { trials };
    Ok(season.simulate(shocks, trials, seed))
}
