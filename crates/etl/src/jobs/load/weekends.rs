//! Race weekends: the calendar, every session, and the standings after them.

use std::collections::{HashMap, HashSet};

use anyhow::Result;
use schema::{
    Championship, CircuitId, Contest, RaceId,
    races::{Race, RaceSession},
    sessions::RaceResult,
};
use sqlx::PgConnection;

use super::{
    entities::{Entities, new_ids},
    lists,
    times::{self, Said},
};
use crate::{
    identity::{KnownEntity, match_keys},
    merge::{Changes, Scope, merge},
    sources::f1db::{
        Archive,
        races::{self, Published},
        sessions::{self, Ids},
        sheet::Sheet,
        standings,
    },
};

/// Writes the calendar, then the sessions, then the standings.
pub(super) async fn write(
    connection: &mut PgConnection,
    archive: &mut Archive<'_>,
    entities: Entities,
    changes: &mut Changes,
) -> Result<()> {
    let sheet = archive.sheet("races")?;
    let races_of_release = match_races(connection, &sheet, &entities.circuits).await?;
    let Entities {
        drivers,
        teams,
        circuits,
    } = entities;
    let ids = Ids {
        races: races::race_ids(&sheet, &races_of_release)?,
        drivers,
        teams,
    };

    let results = read_results(archive, &ids)?;
    let mut qualifying = sessions::qualifying(
        &archive.sheet("races-qualifying-results")?,
        Contest::GrandPrix,
        &ids,
    )?;
    qualifying.extend(sessions::qualifying(
        &archive.sheet("races-sprint-qualifying-results")?,
        Contest::Sprint,
        &ids,
    )?);
    let published = Published {
        race: of(
            Contest::GrandPrix,
            results.iter().map(|row| (row.contest, row.race_id)),
        ),
        sprint: of(
            Contest::Sprint,
            results.iter().map(|row| (row.contest, row.race_id)),
        ),
        qualifying: of(
            Contest::GrandPrix,
            qualifying.iter().map(|row| (row.contest, row.race_id)),
        ),
        sprint_qualifying: of(
            Contest::Sprint,
            qualifying.iter().map(|row| (row.contest, row.race_id)),
        ),
    };

    let mut held = published.clone();
    lists::add_others(connection, &mut held).await?;
    let mut races = races::races(
        &sheet,
        &archive.sheet("grands-prix")?,
        &ids.races,
        &circuits,
        &held,
    )?;
    let times = races::sessions(&sheet, &ids.races)?;
    write_calendar(connection, &mut races, times, &published, changes).await?;

    let mut practice = Vec::new();
    for session in 1..=4 {
        let sheet = archive.sheet(&format!("races-free-practice-{session}-results"))?;
        practice.extend(sessions::practice(&sheet, session, &ids)?);
    }
    *changes += merge(
        connection,
        &practice,
        Scope::Covered(&["race_id", "session"]),
    )
    .await?;
    *changes += merge(
        connection,
        &qualifying,
        Scope::Covered(&["race_id", "contest"]),
    )
    .await?;
    let mut grid = sessions::grid(
        &archive.sheet("races-starting-grid-positions")?,
        Contest::GrandPrix,
        &ids,
    )?;
    let sprint_grid = archive.sheet("races-sprint-starting-grid-positions")?;
    grid.extend(sessions::grid(&sprint_grid, Contest::Sprint, &ids)?);
    *changes += merge(connection, &grid, Scope::Covered(&["race_id", "contest"])).await?;
    *changes += merge(
        connection,
        &results,
        Scope::Covered(&["race_id", "contest"]),
    )
    .await?;
    let stops = sessions::pit_stops(&archive.sheet("races-pit-stops")?, &ids)?;
    *changes += merge(connection, &stops, Scope::Covered(&["race_id"])).await?;
    write_standings(
        connection,
        archive,
        &ids,
        &last_races(&races, &published),
        changes,
    )
    .await
}

/// Writes races and session times, as they are known from everybody; `published` are the lists of the release.
async fn write_calendar(
    connection: &mut PgConnection,
    races: &mut [Race],
    mut times: Vec<RaceSession>,
    published: &Published,
    changes: &mut Changes,
) -> Result<()> {
    let said = Said::of(&times, &published.race);
    times::keep_known(connection, races, &mut times, &published.race).await?;
    changes.deleted += drop_vanished_races(connection, races).await?;
    *changes += merge(connection, races, Scope::Nothing).await?;
    cover(connection, published).await?;
    *changes += merge(connection, &times, Scope::Alike(&["race_id"])).await?;
    said.remember(connection).await?;
    Ok(())
}

/// Results of Grands Prix with their fastest laps, then of sprints.
fn read_results(archive: &mut Archive<'_>, ids: &Ids) -> Result<Vec<RaceResult>> {
    let fastest = sessions::fastest_laps(&archive.sheet("races-fastest-laps")?, ids)?;
    let mut results = sessions::results(
        &archive.sheet("races-race-results")?,
        Contest::GrandPrix,
        ids,
        &fastest,
    )?;
    let sprints = archive.sheet("races-sprint-race-results")?;
    results.extend(sessions::results(
        &sprints,
        Contest::Sprint,
        ids,
        &HashMap::new(),
    )?);
    Ok(results)
}

/// The races that have rows of `contest`.
fn of(contest: Contest, rows: impl Iterator<Item = (Contest, RaceId)>) -> HashSet<RaceId> {
    rows.filter(|(of, _)| *of == contest)
        .map(|(_, race)| race)
        .collect()
}

async fn write_standings(
    connection: &mut PgConnection,
    archive: &mut Archive<'_>,
    ids: &Ids,
    last_races: &HashMap<i16, RaceId>,
    changes: &mut Changes,
) -> Result<()> {
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
    *changes += merge(
        connection,
        &tables,
        Scope::Covered(&["race_id", "is_final", "championship"]),
    )
    .await?;
    Ok(())
}

async fn match_races(
    connection: &mut PgConnection,
    sheet: &Sheet,
    circuits: &HashMap<String, CircuitId>,
) -> Result<HashMap<String, RaceId>> {
    let rows = sqlx::query!(
        r#"SELECT id, year, grand_prix_key AS "key!: String", date, circuit_id,
                  status = 'cancelled' AS "cancelled!" FROM races"#
    )
    .fetch_all(&mut *connection)
    .await?;
    let known = rows.into_iter().map(|row| KnownEntity {
        id: RaceId(row.id),
        key: races::race_key(row.year, &row.key),
        // A cancelled race comes back under its own title, or not at all.
        fact: (!row.cancelled).then_some((row.date, CircuitId(row.circuit_id))),
        provisional: false,
    });
    let facts = races::race_facts(sheet, circuits)?;
    let matches = match_keys(known.collect(), &facts, |ours, theirs| {
        ours.fact == Some(*theirs)
    });
    let fresh = new_ids(connection, "races_id_seq", matches.new.len()).await?;
    let mut ids = matches.ids;
    ids.extend(matches.new.into_iter().zip(fresh.into_iter().map(RaceId)));
    Ok(ids)
}

/// A race that the release's calendar no longer has is deleted; one with a forecast stays, cancelled.
async fn drop_vanished_races(connection: &mut PgConnection, races: &[Race]) -> Result<u64> {
    let kept: Vec<i32> = races.iter().map(|race| race.id.0).collect();
    let years: Vec<i16> = races.iter().map(|race| race.year).collect();
    let cancelled = sqlx::query!(
        "UPDATE races SET status = 'cancelled'
         WHERE year = ANY($1) AND id <> ALL($2) AND status <> 'cancelled'
           AND EXISTS (SELECT FROM predictions p WHERE p.race_id = races.id)",
        &years,
        &kept,
    )
    .execute(&mut *connection)
    .await?;
    let deleted = sqlx::query!(
        "DELETE FROM races WHERE year = ANY($1) AND id <> ALL($2)
           AND NOT EXISTS (SELECT FROM predictions p WHERE p.race_id = races.id)",
        &years,
        &kept,
    )
    .execute(connection)
    .await?;
    Ok(cancelled.rows_affected() + deleted.rows_affected())
}

/// `covered`: the races that the release holds results of.
async fn cover(connection: &mut PgConnection, published: &Published) -> Result<()> {
    sqlx::query("CREATE TEMP TABLE covered (race_id integer PRIMARY KEY) ON COMMIT DROP")
        .execute(&mut *connection)
        .await?;
    let covered: Vec<i32> = published.race.iter().map(|race| race.0).collect();
    sqlx::query("INSERT INTO covered SELECT unnest($1::int[])")
        .bind(covered)
        .execute(&mut *connection)
        .await?;
    sqlx::query("ANALYZE covered").execute(connection).await?;
    Ok(())
}

/// The last race of every season that has been run to its end.
fn last_races(races: &[Race], published: &Published) -> HashMap<i16, RaceId> {
    let mut last: HashMap<i16, &Race> = HashMap::new();
    for race in races {
        let held = last.entry(race.year).or_insert(race);
        if race.round > held.round {
            *held = race;
        }
    }
    last.into_iter()
        .filter(|(_, race)| published.race.contains(&race.id))
        .map(|(year, race)| (year, race.id))
        .collect()
}
