//! Which number each race of the season gets.

use std::collections::HashSet;

use schema::{RaceId, RaceStatus};

use super::rounds::{Matched, Ours};

/// The numbers of a season. Jolpica's are taken over all together or not at all: two races cannot have the same.
pub(super) struct Numbering {
    is_theirs: bool,
    taken: HashSet<i16>,
}

impl Numbering {
    /// `gone` are the races that are cancelled, which give their numbers away.
    pub(super) fn of(matched: &Matched<'_>, gone: &[RaceId]) -> Self {
        let (run, open): (Vec<_>, Vec<_>) = matched
            .both
            .iter()
            .partition(|(ours, _)| ours.status == RaceStatus::Completed);
        let run = run.iter().map(|(ours, _)| ours);
        let only_ours = matched
            .ours
            .iter()
            .filter(|ours| ours.status != RaceStatus::Cancelled && !gone.contains(&ours.id));
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

    /// The number of a race of ours that Jolpica has as `theirs`.
    pub(super) const fn round(&self, ours: &Ours, theirs: i16) -> i16 {
        if self.is_theirs { theirs } else { ours.round }
    }

    /// Whether a race that is new cannot have this number.
    pub(super) fn is_taken(&self, round: i16) -> bool {
        self.taken.contains(&round)
    }
}
