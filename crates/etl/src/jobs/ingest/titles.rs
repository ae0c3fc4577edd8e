//! Which race of ours an upstream means.

use anyhow::Result;
use schema::{RaceId, RaceStatus};

use crate::{
    Context, RaceFilter,
    calendar::{self, Round},
    identity::names::folded,
    sources::jolpica,
};

/// The races of a season by title. Rounds get renumbered, so a title that a race of ours has tells. A title that none has
/// does not: the Mexican Grand Prix is that of Mexico City elsewhere. Then the round does.
pub(super) struct Titles(Vec<Race>);

struct Race {
    id: RaceId,
    round: i16,
    title: String,
}

impl Titles {
    pub(super) async fn read(ctx: &Context, year: i16) -> Result<Self> {
        let mut connection = ctx.pool.acquire().await?;
        let rounds = calendar::read(&mut connection, RaceFilter::season(year)).await?;
        Ok(Self::of(&rounds))
    }

    /// Of the rounds of a season; a cancelled one keeps its number beside the race that got it.
    pub(super) fn of(rounds: &[Round]) -> Self {
        let held = rounds
            .iter()
            .filter(|round| round.status != RaceStatus::Cancelled);
        let races = held.map(|round| Race {
            id: round.race,
            round: round.round,
            title: folded(&round.name),
        });
        Self(races.collect())
    }

    /// The race of each of Jolpica's rounds; `None` where it is none of ours.
    pub(super) fn races<T>(&self, theirs: &[jolpica::Round<T>]) -> Vec<Option<RaceId>> {
        let titled: Vec<Option<RaceId>> = theirs
            .iter()
            .map(|round| {
                let title = folded(round.race_name.as_deref()?);
                let race = self.0.iter().find(|race| race.title == title);
                race.map(|race| race.id)
            })
            .collect();
        let numbered = |round: &jolpica::Round<T>| {
            let free = |race: &&Race| race.round == round.round && !titled.contains(&Some(race.id));
            self.0.iter().find(free).map(|race| race.id)
        };
        titled
            .iter()
            .zip(theirs)
            .map(|(race, round)| race.or_else(|| numbered(round)))
            .collect()
    }
}
