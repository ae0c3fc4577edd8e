//! Which lists of a round `OpenF1` publishes, how it is asked for them, and what each contains.

use anyhow::Result;
use schema::{RaceId, RaceList, SessionKind};

use super::{
    Classified, Driver, GridSlot, RATE_LIMIT, drivers,
    rows::{self, SessionCars},
    session_keys, session_result, starting_grid,
};
use crate::{
    Context,
    sources::{
        PublishedList, RoundQuery,
        field::RoundField,
        lease::UpstreamLease,
        rows::{ListRows, contest},
    },
};

/// The first season that upstream has.
const FIRST_SEASON: i16 = 2023;

/// The first season of which `OpenF1` has a list.
pub(in crate::sources) const fn first_season(list: RaceList) -> Option<i16> {
    match session_of(list) {
        Some(_) => Some(FIRST_SEASON),
        None => None,
    }
}

/// The session under which upstream files a list. A grid is filed under the session that set it.
const fn session_of(list: RaceList) -> Option<SessionKind> {
    Some(match list {
        RaceList::Practice1 => SessionKind::Practice1,
        RaceList::Practice2 => SessionKind::Practice2,
        RaceList::Practice3 => SessionKind::Practice3,
        RaceList::SprintQualifying | RaceList::SprintGrid => SessionKind::SprintQualifying,
        RaceList::Sprint => SessionKind::Sprint,
        RaceList::Qualifying | RaceList::Grid => SessionKind::Qualifying,
        RaceList::Race => SessionKind::Race,
        RaceList::Practice4 | RaceList::PitStops | RaceList::Laps => return None,
    })
}

/// What a list contains, in `OpenF1`'s own terms, with the session's drivers.
#[derive(Debug, Clone)]
pub(in crate::sources) enum Content {
    Classification(Vec<Classified>, Vec<Driver>),
    Grid(Vec<GridSlot>, Vec<Driver>),
}

/// Asks for lists of a round, and returns those that are published.
pub(in crate::sources) async fn ask(
    ctx: &Context,
    query: RoundQuery<'_>,
) -> Result<Vec<PublishedList>> {
    if query.lists.is_empty() {
        return Ok(Vec::new());
    }
    let mut lease = UpstreamLease::acquire(ctx, &RATE_LIMIT).await?;
    let lists = query.lists.iter();
    let sessions: Vec<SessionKind> = lists.filter_map(|list| session_of(*list)).collect();
    let keys = session_keys::of(ctx, &mut lease, query, &sessions).await?;
    let base = &ctx.sources.openf1_url;
    let mut published = Vec::new();
    for list in query.lists {
        let Some(key) = session_of(*list).and_then(|session| keys.get(&session).copied()) else {
            continue;
        };
        let content = if matches!(list, RaceList::Grid | RaceList::SprintGrid) {
            match starting_grid(&mut lease, base, key).await?.rows() {
                Some(slots) => {
                    let drivers = drivers(&mut lease, base, key).await?.rows();
                    drivers.map(|drivers| Content::Grid(slots, drivers))
                }
                None => None,
            }
        } else {
            match session_result(&mut lease, base, key).await?.rows() {
                Some(cars) => {
                    let drivers = drivers(&mut lease, base, key).await?.rows();
                    drivers.map(|drivers| Content::Classification(cars, drivers))
                }
                None => None,
            }
        };
        published.extend(content.map(|content| PublishedList::of_openf1(*list, content)));
    }
    lease.release().await?;
    Ok(published)
}

impl Content {
    /// The list as rows of a race; practice cars without a known driver are left out and noted.
    pub(in crate::sources) fn rows(
        &self,
        race: RaceId,
        list: RaceList,
        field: &RoundField,
        notes: &mut Vec<String>,
    ) -> Result<ListRows> {
        let contest = contest(list);
        let (cars, drivers) = match self {
            Self::Grid(slots, drivers) => {
                let ids = SessionCars::of(drivers, field);
                let grid = rows::grid(race, contest, slots, &ids, field)?;
                return Ok(ListRows::Grid(grid));
            }
            Self::Classification(cars, drivers) => (cars, drivers),
        };
        let ids = SessionCars::of(drivers, field);
        let practice = match list {
            RaceList::Practice1 => Some(1),
            RaceList::Practice2 => Some(2),
            RaceList::Practice3 => Some(3),
            _ => None,
        };
        Ok(match (practice, list) {
            (Some(session), _) => {
                ListRows::Practice(rows::practice(race, session, cars, &ids, notes))
            }
            (None, RaceList::Race | RaceList::Sprint) => {
                ListRows::Results(rows::results(race, contest, cars, &ids, field)?)
            }
            _ => ListRows::Qualifying(rows::qualifying(race, contest, cars, &ids)?),
        })
    }
}
