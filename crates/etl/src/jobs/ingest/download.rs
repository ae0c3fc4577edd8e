//! Which upstream has published a list, and what it says.

use anyhow::{Result, ensure};
use chrono::{DateTime, Utc};
use schema::{RaceList, Upstream, pipeline::session_of};

use super::{session_keys, titles::Titles};
use crate::{
    Context,
    calendar::Round,
    jobs::ingest::held::{askable, is_improvable},
    sources::{
        jolpica::{self, CarQualifying, CarResult},
        manners::{JOLPICA, OPENF1, Turn},
        openf1,
    },
};

/// A list, and who published it.
#[derive(Debug, Clone)]
pub struct Published {
    /// Which.
    pub list: RaceList,
    /// By whom.
    pub source: Upstream,
    pub(super) content: Content,
}

/// What a list says, in its publisher's words.
#[derive(Debug, Clone)]
pub(super) enum Content {
    Results(Vec<CarResult>),
    Qualifying(Vec<CarQualifying>),
    /// The result says who the drivers are.
    PitStops(Vec<jolpica::PitStop>, Vec<CarResult>),
    Laps(Vec<jolpica::Lap>, Vec<CarResult>),
    Classification(Vec<openf1::Classified>, Vec<openf1::Driver>),
    Grid(Vec<openf1::GridSlot>, Vec<openf1::Driver>),
}

/// Which lists are asked for: never those of sessions that cannot be over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Those that are not held, or that another source has more say in. An upstream that fails is an error.
    Missing,
    /// The same. An upstream that fails is gone without, if another one has the list.
    Somehow,
    /// All.
    Over,
    /// All that Jolpica has.
    OfJolpica,
}

impl Published {
    pub(super) const fn of_jolpica(list: RaceList, content: Content) -> Self {
        Self {
            list,
            source: Upstream::Jolpica,
            content,
        }
    }
}

/// Asks for `lists` of a round, each of the source with the most say first; what nobody has published is not there.
pub async fn all(
    ctx: &Context,
    round: &Round,
    lists: &[RaceList],
    wanted: Wanted,
) -> Result<Vec<Published>> {
    let now = ctx.now();
    let lists = lists.iter().copied();
    let wanted_lists: Vec<RaceList> = lists
        .filter(|list| is_over(round, *list, now) && is_wanted(round, *list, wanted))
        .collect();
    let asked = of_jolpica(ctx, round, &wanted_lists).await;
    let (mut published, trouble) = match asked {
        Ok(published) => (published, None),
        Err(error) if wanted == Wanted::Somehow => (Vec::new(), Some(error)),
        Err(error) => return Err(error),
    };
    if wanted != Wanted::OfJolpica {
        let missing: Vec<RaceList> = wanted_lists
            .into_iter()
            .filter(|list| askable(*list, round.year).any(|source| source == Upstream::Openf1))
            .filter(|list| !published.iter().any(|held| held.list == *list))
            .filter(|list| wanted == Wanted::Over || !holds(round, *list, Upstream::Openf1))
            .collect();
        published.extend(of_openf1(ctx, round, &missing).await?);
    }
    match trouble {
        Some(error) if published.is_empty() => Err(error),
        _ => Ok(published),
    }
}

/// Whether a session that the weekend has may be over.
pub(super) fn is_over(round: &Round, list: RaceList, now: DateTime<Utc>) -> bool {
    round
        .earliest_publication(list)
        .is_some_and(|earliest| earliest <= now)
}

fn holds(round: &Round, list: RaceList, source: Upstream) -> bool {
    let held = round.stored.get(&list);
    // A grid changes until the start: the one who published it is asked again.
    held == Some(&source) && !matches!(list, RaceList::Grid | RaceList::SprintGrid)
}

pub(super) fn is_wanted(round: &Round, list: RaceList, wanted: Wanted) -> bool {
    match wanted {
        Wanted::Over | Wanted::OfJolpica => true,
        Wanted::Missing | Wanted::Somehow => {
            let held = round.stored.get(&list).copied();
            let may_change = matches!(list, RaceList::Grid | RaceList::SprintGrid);
            is_improvable(list, round.year, held) || (may_change && held != Some(Upstream::F1db))
        }
    }
}

async fn of_jolpica(ctx: &Context, round: &Round, lists: &[RaceList]) -> Result<Vec<Published>> {
    let has = |list| lists.contains(&list);
    let of_race = has(RaceList::Race) || has(RaceList::PitStops) || has(RaceList::Laps);
    if !(of_race || has(RaceList::Qualifying) || has(RaceList::Sprint)) {
        return Ok(Vec::new());
    }
    let titles = Titles::read(ctx, round.year).await?;
    let mut turn = Turn::take(ctx, &JOLPICA).await?;
    let base = &ctx.sources.jolpica_url;
    let (year, number) = (round.year, Some(round.round));
    let mut published = Vec::new();
    if has(RaceList::Qualifying) {
        let rounds = jolpica::qualifying(&mut turn, base, year, number).await?;
        let rows = rows_of(round, &titles, rounds)?.map(Content::Qualifying);
        published.extend(rows.map(|rows| Published::of_jolpica(RaceList::Qualifying, rows)));
    }
    if has(RaceList::Sprint) {
        let rounds = jolpica::sprint(&mut turn, base, year, number).await?;
        let rows = rows_of(round, &titles, rounds)?.map(Content::Results);
        published.extend(rows.map(|rows| Published::of_jolpica(RaceList::Sprint, rows)));
    }
    if of_race {
        let rounds = jolpica::results(&mut turn, base, year, number).await?;
        if let Some(cars) = rows_of(round, &titles, rounds)? {
            if has(RaceList::PitStops) {
                let stops = jolpica::pit_stops(&mut turn, base, year, round.round).await?;
                let content = Content::PitStops(stops, cars.clone());
                published.push(Published::of_jolpica(RaceList::PitStops, content));
            }
            if has(RaceList::Laps) {
                let laps = jolpica::laps(&mut turn, base, year, round.round).await?;
                let content = Content::Laps(laps, cars.clone());
                published.push(Published::of_jolpica(RaceList::Laps, content));
            }
            if has(RaceList::Race) {
                let content = Content::Results(cars);
                published.insert(0, Published::of_jolpica(RaceList::Race, content));
            }
        }
    }
    turn.end().await?;
    published.retain(|list| !list.content.is_empty());
    Ok(published)
}

/// The rows of the one race asked for, if they are there and it is the same race.
fn rows_of<T>(
    round: &Round,
    titles: &Titles,
    rounds: Vec<jolpica::Round<T>>,
) -> Result<Option<Vec<T>>> {
    let is_same = titles.races(&rounds).first() == Some(&Some(round.race));
    let Some(found) = rounds.into_iter().next() else {
        return Ok(None);
    };
    ensure!(
        is_same,
        "round {} of {} is the {} here and another race at Jolpica: sync_schedule renumbers",
        round.round,
        round.year,
        round.name,
    );
    Ok(Some(found.rows).filter(|rows| !rows.is_empty()))
}

async fn of_openf1(ctx: &Context, round: &Round, lists: &[RaceList]) -> Result<Vec<Published>> {
    if lists.is_empty() {
        return Ok(Vec::new());
    }
    let mut turn = Turn::take(ctx, &OPENF1).await?;
    let base = &ctx.sources.openf1_url;
    let kinds: Vec<_> = lists
        .iter()
        .filter_map(|list| session_of(*list, round.format))
        .collect();
    let keys = session_keys::of(ctx, &mut turn, round, &kinds).await?;
    let mut published = Vec::new();
    for list in lists {
        let Some(key) = session_of(*list, round.format).and_then(|kind| keys.get(&kind).copied())
        else {
            continue;
        };
        let is_grid = matches!(list, RaceList::Grid | RaceList::SprintGrid);
        let content = if is_grid {
            let slots = openf1::starting_grid(&mut turn, base, key).await?.rows();
            match slots {
                Some(slots) => {
                    let drivers = openf1::drivers(&mut turn, base, key).await?.rows();
                    drivers.map(|drivers| Content::Grid(slots, drivers))
                }
                None => None,
            }
        } else {
            let cars = openf1::session_result(&mut turn, base, key).await?.rows();
            match cars {
                Some(cars) => {
                    let drivers = openf1::drivers(&mut turn, base, key).await?.rows();
                    drivers.map(|drivers| Content::Classification(cars, drivers))
                }
                None => None,
            }
        };
        published.extend(content.map(|content| Published {
            list: *list,
            source: Upstream::Openf1,
            content,
        }));
    }
    turn.end().await?;
    Ok(published)
}

impl Content {
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Results(rows) => rows.is_empty(),
            Self::Qualifying(rows) => rows.is_empty(),
            Self::PitStops(rows, _) => rows.is_empty(),
            Self::Laps(rows, _) => rows.is_empty(),
            Self::Classification(rows, _) => rows.is_empty(),
            Self::Grid(rows, _) => rows.is_empty(),
        }
    }
}
