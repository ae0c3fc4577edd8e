//! Which lists of a round Jolpica publishes, how it is asked for them, and what each contains.

use anyhow::{Result, ensure};
use schema::{RaceId, RaceList};

use super::{
    CarQualifying, CarResult, Driver, Lap, PitStop, RATE_LIMIT, Round, rows, titles::RoundTitles,
};
use crate::{
    Context, calendar,
    identity::{
        provisional::{ProvisionalDriver, ProvisionalEntrants},
        roster::Roster,
    },
    sources::{
        PublishedList, RoundQuery,
        field::RoundField,
        lease::UpstreamLease,
        rows::{ListRows, contest},
    },
};

/// The first season of which Jolpica has a list.
pub(in crate::sources) const fn first_season(list: RaceList) -> Option<i16> {
    match list {
        RaceList::Race => Some(1950),
        RaceList::Qualifying => Some(1994),
        RaceList::Laps => Some(1996),
        RaceList::PitStops => Some(2011),
        RaceList::Sprint => Some(2021),
        _ => None,
    }
}

/// What a list contains, in Jolpica's own terms.
#[derive(Debug, Clone)]
pub(in crate::sources) enum Content {
    Results(Vec<CarResult>),
    Qualifying(Vec<CarQualifying>),
    /// With the result, which identifies the drivers.
    PitStops(Vec<PitStop>, Vec<CarResult>),
    /// With the result, which identifies the drivers.
    Laps(Vec<Lap>, Vec<CarResult>),
}

/// Asks for lists of a round, and returns those that are published.
pub(in crate::sources) async fn ask(
    ctx: &Context,
    query: RoundQuery<'_>,
) -> Result<Vec<PublishedList>> {
    let round = query.round;
    let has = |list| query.lists.contains(&list);
    let of_race = has(RaceList::Race) || has(RaceList::PitStops) || has(RaceList::Laps);
    if !(of_race || has(RaceList::Qualifying) || has(RaceList::Sprint)) {
        return Ok(Vec::new());
    }
    let titles = RoundTitles::of(query.season);
    let mut lease = UpstreamLease::acquire(ctx, &RATE_LIMIT).await?;
    let base = &ctx.sources.jolpica_url;
    let (year, number) = (round.year, Some(round.round));
    let mut published = Vec::new();
    if has(RaceList::Qualifying) {
        let rounds = super::qualifying(&mut lease, base, year, number).await?;
        let rows = rows_of(round, &titles, rounds)?.map(Content::Qualifying);
        published.extend(rows.map(|rows| (RaceList::Qualifying, rows)));
    }
    if has(RaceList::Sprint) {
        let rounds = super::sprint(&mut lease, base, year, number).await?;
        let rows = rows_of(round, &titles, rounds)?.map(Content::Results);
        published.extend(rows.map(|rows| (RaceList::Sprint, rows)));
    }
    if of_race {
        let rounds = super::results(&mut lease, base, year, number).await?;
        if let Some(cars) = rows_of(round, &titles, rounds)? {
            if has(RaceList::PitStops) {
                let stops = super::pit_stops(&mut lease, base, year, round.round).await?;
                let content = Content::PitStops(stops, cars.clone());
                published.push((RaceList::PitStops, content));
            }
            if has(RaceList::Laps) {
                let laps = super::laps(&mut lease, base, year, round.round).await?;
                published.push((RaceList::Laps, Content::Laps(laps, cars.clone())));
            }
            if has(RaceList::Race) {
                published.insert(0, (RaceList::Race, Content::Results(cars)));
            }
        }
    }
    lease.release().await?;
    let published = published.into_iter();
    Ok(published
        .filter(|(_, content)| !content.is_empty())
        .map(|(list, content)| PublishedList::of_jolpica(list, content))
        .collect())
}

/// The rows of the one round asked for, if it has any and is the same race.
fn rows_of<T>(
    round: &calendar::Round,
    titles: &RoundTitles,
    rounds: Vec<Round<T>>,
) -> Result<Option<Vec<T>>> {
    let is_same = titles.races(&rounds).first() == Some(&Some(round.race));
    let Some(found) = rounds.into_iter().next() else {
        return Ok(None);
    };
    ensure!(
        is_same,
        "round {} of {} is the {} here and another race at Jolpica: run sync_schedule to renumber the rounds",
        round.round,
        round.year,
        round.name,
    );
    Ok(Some(found.rows).filter(|rows| !rows.is_empty()))
}

impl Content {
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Results(rows) => rows.is_empty(),
            Self::Qualifying(rows) => rows.is_empty(),
            Self::PitStops(rows, _) => rows.is_empty(),
            Self::Laps(rows, _) => rows.is_empty(),
        }
    }

    /// The list as rows of a race.
    pub(in crate::sources) fn rows(
        &self,
        race: RaceId,
        list: RaceList,
        field: &RoundField,
    ) -> Result<ListRows> {
        let roster = &field.roster;
        Ok(match self {
            Self::Results(cars) => {
                ListRows::Results(rows::results(race, contest(list), cars, field)?)
            }
            Self::Qualifying(cars) => ListRows::Qualifying(rows::qualifying(race, cars, roster)?),
            Self::PitStops(stops, cars) => {
                ListRows::PitStops(rows::pit_stops(race, stops, cars, roster)?)
            }
            Self::Laps(laps, cars) => ListRows::Laps(rows::laps(race, laps, cars, roster)?),
        })
    }

    /// Drivers and teams that `roster` lacks. A driver without a birth date is left out: a release could not tell later
    /// who they were.
    pub(in crate::sources) fn entrants_to_create(
        &self,
        roster: &Roster,
    ) -> ProvisionalEntrants<'_> {
        let (cars, drivers): (_, Vec<&Driver>) = match self {
            Self::Results(cars) => (
                rows::cars_of_result(cars),
                cars.iter().map(|car| &car.driver).collect(),
            ),
            Self::Qualifying(cars) => (
                rows::cars_of_qualifying(cars),
                cars.iter().map(|car| &car.driver).collect(),
            ),
            Self::PitStops(..) | Self::Laps(..) => return ProvisionalEntrants::default(),
        };
        let unknown = roster.unknown(&cars);
        let drivers = unknown.drivers.iter().filter_map(|index| {
            let driver = drivers.get(*index)?;
            Some(ProvisionalDriver {
                given_name: &driver.given_name,
                family_name: &driver.family_name,
                date_of_birth: driver.date_of_birth?,
                code: driver.code.as_deref(),
                permanent_number: driver.permanent_number,
            })
        });
        ProvisionalEntrants {
            drivers: drivers.collect(),
            teams: unknown.teams,
        }
    }
}
