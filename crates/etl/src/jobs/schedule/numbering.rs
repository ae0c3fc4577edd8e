//! Decides the round numbers of a season.

use std::collections::HashSet;

use schema::{RaceId, RaceStatus};

use super::rounds::{KnownRace, Matched};

/// The round numbers of a season: all of Jolpica's, or all of ours where Jolpica's would give two races the same number.
pub(super) struct Numbering {
    is_theirs: bool,
    taken: HashSet<i16>,
}

impl Numbering {
    /// The numbers of `cancelled` races are free.
    pub(super) fn of(matched: &Matched<'_>, cancelled: &[RaceId]) -> Self {
        let (run, open): (Vec<_>, Vec<_>) = matched
            .both
            .iter()
            .partition(|(ours, _)| ours.status == RaceStatus::Completed);
        let run = run.iter().map(|(ours, _)| ours);
        let only_ours = matched
            .ours
            .iter()
            .filter(|ours| ours.status != RaceStatus::Cancelled && !cancelled.contains(&ours.id));
        let kept: HashSet<i16> = run.chain(only_ours).map(|ours| ours.round).collect();
        let is_theirs = open.iter().all(|(_, theirs)| !kept.contains(&theirs.round));
        let numbers = open.iter().map(
            |(ours, theirs)| {
                if is_theirs { theirs.round } else { ours.round }
            },
        );
        Self {
            is_theirs,
            taken: numbers.chain(kept.iter().copied()).collect(),
        }
    }

    /// The number of a race of ours with the number `theirs` at Jolpica.
    pub(super) const fn round(&self, ours: &KnownRace, theirs: i16) -> i16 {
        if self.is_theirs { theirs } else { ours.round }
    }

    /// Whether a new race cannot have this number.
    pub(super) fn is_taken(&self, round: i16) -> bool {
        self.taken.contains(&round)
    }
}
