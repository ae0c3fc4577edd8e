//! Candidates for a title: drivers and teams in one type.

use client::{
    races::TeamRef,
    title_odds::{DriverOdds, OddsAfter, TeamOdds, TitleOdds},
};

use crate::parts::{TeamName, Who};

/// A driver or a team with its odds.
pub(super) struct Candidate<N> {
    pub(super) name: N,
    pub(super) plain: String,
    pub(super) long: String,
    pub(super) short: String,
    pub(super) team: TeamRef,
    /// The odds up to the round of the page.
    pub(super) rounds: Vec<OddsAfter>,
}

impl<N> Candidate<N> {
    /// The odds after `round`; `None` where the candidate had not taken part by then.
    pub(super) fn after(&self, round: i16) -> Option<&OddsAfter> {
        self.rounds.iter().find(|odds| odds.after_round == round)
    }

    /// The chance of the title after `round`.
    pub(super) fn chance(&self, round: i16) -> f64 {
        self.after(round).map_or(0.0, |odds| odds.chance)
    }

    /// The largest chance after any round.
    pub(super) fn best_chance(&self) -> f64 {
        self.rounds
            .iter()
            .map(|odds| odds.chance)
            .fold(0.0, f64::max)
    }
}

fn up_to(rounds: &[OddsAfter], round: i16) -> Vec<OddsAfter> {
    let known = rounds.iter().filter(|odds| odds.after_round <= round);
    known.cloned().collect()
}

/// Drivers, likeliest champion after `round` first.
pub(super) fn drivers(odds: &TitleOdds, round: i16) -> Vec<Candidate<Who>> {
    let candidate = |row: &DriverOdds| Candidate {
        name: Who::new(&row.driver, Some(&row.team)),
        plain: row.driver.name.clone(),
        long: row.driver.family_name.clone(),
        short: row.driver.code.clone(),
        team: row.team.clone(),
        rounds: up_to(&row.rounds, round),
    };
    sorted(odds.drivers.iter().map(candidate).collect(), round)
}

/// Teams, likeliest champion after `round` first.
pub(super) fn teams(odds: &TitleOdds, round: i16) -> Vec<Candidate<TeamName>> {
    let candidate = |row: &TeamOdds| Candidate {
        name: TeamName::from(&row.team),
        plain: row.team.name.clone(),
        long: row.team.name.clone(),
        short: row.team.name.clone(),
        team: row.team.clone(),
        rounds: up_to(&row.rounds, round),
    };
    sorted(odds.teams.iter().map(candidate).collect(), round)
}

/// Likeliest champion after `round` first; of equal chances, the one with more expected points.
fn sorted<N>(mut candidates: Vec<Candidate<N>>, round: i16) -> Vec<Candidate<N>> {
    let expected = |candidate: &Candidate<N>| {
        candidate
            .after(round)
            .map_or(-1.0, |odds| odds.expected_points)
    };
    candidates.sort_by(|a, b| {
        let by_chance = b.chance(round).total_cmp(&a.chance(round));
        by_chance.then(expected(b).total_cmp(&expected(a)))
    });
    candidates
}
