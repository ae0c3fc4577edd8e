//! Race weekends: the calendar, every session, and the standings after them.

use std::collections::{HashMap, HashSet};

use anyhow::Result;
use schema::{Championship, RaceId, RaceList, races::Race};
use sqlx::PgConnection;

use super::{calendar, entities::Entities, lists, sessions::SessionRows};
use crate::{
    merge::{Changes, Scope, merge},
    sources::f1db::{Archive, lists::RaceLists, races, sessions::Ids, standings},
};

/// Writes the calendar, then the sessions, then the standings, and returns the lists of the release.
pub(super) async fn write(
    connection: &mut PgConnection,
    archive: &mut Archive<'_>,
    entities: &Entities,
    changes: &mut Changes,
) -> Result<RaceLists> {
    let sheet = archive.sheet("races")?;
    let of_release = calendar::match_races(connection, &sheet, &entities.circuits).await?;
    let ids = Ids {
        races: races::race_ids(&sheet, &of_release)?,
        drivers: &entities.drivers,
        teams: &entities.teams,
    };
    let rows = SessionRows::read(archive, &ids)?;
    let lists = rows.lists()?;
    let run: HashSet<RaceId> = lists.races(RaceList::Race).collect();
    let complete: Vec<RaceId> = run.iter().copied().collect();

    let mut stored = lists.clone();
    lists::add_others(connection, &mut stored).await?;
    let mut races = races::races(
        &sheet,
        &archive.sheet("grands-prix")?,
        &ids.races,
        &entities.circuits,
        &stored,
    )?;
    let times = races::sessions(&sheet, &ids.races)?;
    *changes += calendar::write(connection, &mut races, times, &run).await?;
    *changes += rows.write(connection, &complete).await?;
    let last_races = last_races(&races, &run);
    *changes += write_standings(connection, archive, &ids, &last_races, &complete).await?;
    Ok(lists)
}

async fn write_standings(
    connection: &mut PgConnection,
    archive: &mut Archive<'_>,
    ids: &Ids<'_>,
    last_races: &HashMap<i16, RaceId>,
    complete: &[RaceId],
) -> Result<Changes> {
    let mut tables = Vec::new();
    for (championship, after_races, of_seasons) in [
        (
            Championship::Drivers,
            "races-driver-standings",
            "seasons-driver-standings",
        ),
        (
            Championship::Teams,
            "races-constructor-standings",
            "seasons-constructor-standings",
        ),
    ] {
        tables.extend(standings::after_races(
            &archive.sheet(after_races)?,
            championship,
            ids,
        )?);
        tables.extend(standings::of_seasons(
            &archive.sheet(of_seasons)?,
            championship,
            ids,
            last_races,
        )?);
    }
    let alike = &["race_id", "is_final", "championship"];
    merge(connection, &tables, Scope::AlikeOrOfRaces(alike, complete)).await
}

/// The last race of every season that is over.
fn last_races(races: &[Race], run: &HashSet<RaceId>) -> HashMap<i16, RaceId> {
    let mut last: HashMap<i16, &Race> = HashMap::new();
    for race in races {
        let newest = last.entry(race.year).or_insert(race);
        if race.round > newest.round {
            *newest = race;
        }
    }
    last.into_iter()
        .filter(|(_, race)| run.contains(&race.id))
        .map(|(year, race)| (year, race.id))
        .collect()
}
