//! Which race of ours a round of Jolpica is.

use schema::{RaceId, RaceStatus};

use super::Round;
use crate::{calendar, identity::names::folded};

/// The races of a season by title. Rounds get renumbered, so the title decides if a race of ours has it. Some titles
/// differ (the Mexican Grand Prix is that of Mexico City elsewhere): then the round's number decides.
pub(super) struct RoundTitles(Vec<TitledRace>);

struct TitledRace {
    id: RaceId,
    round: i16,
    title: String,
}

impl RoundTitles {
    /// The titles of a season's rounds. A cancelled round is left out: another race may have got its number.
    pub(super) fn of(rounds: &[calendar::Round]) -> Self {
        let open = rounds
            .iter()
            .filter(|round| round.status != RaceStatus::Cancelled);
        let races = open.map(|round| TitledRace {
            id: round.race,
            round: round.round,
            title: folded(&round.name),
        });
        Self(races.collect())
    }

    /// The race of each of Jolpica's rounds; `None` where it is none of ours.
    pub(super) fn races<T>(&self, theirs: &[Round<T>]) -> Vec<Option<RaceId>> {
        let by_title: Vec<Option<RaceId>> = theirs
            .iter()
            .map(|round| {
                let title = folded(round.race_name.as_deref()?);
                let race = self.0.iter().find(|race| race.title == title);
                race.map(|race| race.id)
            })
            .collect();
        let by_number = |round: &Round<T>| {
            let free = |race: &&TitledRace| {
                race.round == round.round && !by_title.contains(&Some(race.id))
            };
            self.0.iter().find(free).map(|race| race.id)
        };
        by_title
            .iter()
            .zip(theirs)
            .map(|(race, round)| race.or_else(|| by_number(round)))
            .collect()
    }
}
