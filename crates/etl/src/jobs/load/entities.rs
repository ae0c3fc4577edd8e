//! Drivers, teams and circuits of a release: matched to ours, then written.

use std::collections::{HashMap, HashSet};

use anyhow::{Context as _, Result};
use schema::{
    CircuitId, DriverId, EntityKind, LineageId, TeamId,
    reference::{Lineage, Season},
};
use sqlx::PgConnection;

use super::duplicates;
use crate::{
    identity::{KnownEntity, Matches, match_keys, names::Name},
    merge::{Changes, Scope, merge},
    sources::f1db::{
        Archive,
        reference::{self, TeamFact},
    },
};

/// Our ids of a release's drivers, teams and circuits, by key.
pub(super) struct Entities {
    pub(super) drivers: HashMap<String, DriverId>,
    pub(super) teams: HashMap<String, TeamId>,
    pub(super) circuits: HashMap<String, CircuitId>,
}

/// Writes drivers, teams, circuits and season entries, and returns the ids.
pub(super) async fn write(
    connection: &mut PgConnection,
    archive: &mut Archive<'_>,
    changes: &mut Changes,
) -> Result<Entities> {
    let countries = reference::countries(&archive.sheet("countries")?)?;
    let seasons = archive.sheet("seasons")?.read(|row| {
        Ok(Season {
            year: row.get("year")?,
        })
    })?;
    *changes += merge(connection, &seasons, Scope::Nothing).await?;

    let sheet = archive.sheet("drivers")?;
    let known = known_drivers(connection).await?;
    let matches = match_keys(known, &reference::driver_facts(&sheet)?, |ours, theirs| {
        reference::same_person(&ours.fact, theirs)
    });
    changes.changed += duplicates::merge_drivers(connection, &matches.duplicates).await?;
    let drivers = settle(connection, EntityKind::Driver, matches, DriverId, |id| id.0).await?;
    *changes += merge(
        connection,
        &reference::drivers(&sheet, &countries, &drivers)?,
        Scope::Nothing,
    )
    .await?;

    let sheet = archive.sheet("circuits")?;
    let known = known_circuits(connection).await?;
    let matches = match_keys(known, &reference::circuit_facts(&sheet)?, |ours, theirs| {
        reference::same_circuit(&ours.fact, theirs)
    });
    let circuits = settle(connection, EntityKind::Circuit, matches, CircuitId, |id| {
        id.0
    })
    .await?;
    *changes += merge(
        connection,
        &reference::circuits(&sheet, &countries, &circuits)?,
        Scope::Nothing,
    )
    .await?;

    let sheet = archive.sheet("constructors")?;
    let entries = archive.sheet("seasons-entrants-drivers")?;
    let known = known_teams(connection).await?;
    let matches = match_keys(
        known,
        &reference::team_facts(&sheet, &entries, &drivers)?,
        |ours, theirs| reference::same_team(&ours.fact, ours.provisional, theirs),
    );
    changes.changed += duplicates::merge_teams(connection, &matches.duplicates).await?;
    let teams = settle(connection, EntityKind::Team, matches, TeamId, |id| id.0).await?;
    let chronology = archive.sheet("constructors-chronology")?;
    let lineages = write_lineages(
        connection,
        &reference::lineages(&chronology, &sheet)?,
        &teams,
        changes,
    )
    .await?;
    *changes += merge(
        connection,
        &reference::teams(&sheet, &countries, &teams, &lineages)?,
        Scope::Nothing,
    )
    .await?;

    let entries =
        reference::season_entries(&entries, &archive.sheet("entrants")?, &teams, &drivers)?;
    *changes += merge(connection, &entries, Scope::All).await?;
    Ok(Entities {
        drivers,
        teams,
        circuits,
    })
}

async fn known_drivers(
    connection: &mut PgConnection,
) -> Result<Vec<KnownEntity<DriverId, reference::PersonFact>>> {
    let rows = sqlx::query!(
        r#"SELECT id, driver_key AS "key!: String", date_of_birth, name, last_name,
                  nationality IS NULL AS "provisional!" FROM drivers"#
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| KnownEntity {
            id: DriverId(row.id),
            key: row.key,
            fact: (row.date_of_birth, Name::new(&row.name, &row.last_name)),
            provisional: row.provisional,
        })
        .collect())
}

async fn known_circuits(
    connection: &mut PgConnection,
) -> Result<Vec<KnownEntity<CircuitId, (f64, f64)>>> {
    let rows = sqlx::query!(
        r#"SELECT id, circuit_key AS "key!: String", latitude, longitude FROM circuits"#
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| KnownEntity {
            id: CircuitId(row.id),
            key: row.key,
            fact: (row.latitude, row.longitude),
            provisional: false,
        })
        .collect())
}

/// Teams with their drivers: those entered, and for a provisional team, which has no entries, those who drove for it.
async fn known_teams(connection: &mut PgConnection) -> Result<Vec<KnownEntity<TeamId, TeamFact>>> {
    let rows = sqlx::query!(
        r#"WITH seen AS (
               SELECT race_id, team_id, driver_id FROM results
               UNION ALL SELECT race_id, team_id, driver_id FROM qualifying
               UNION ALL SELECT race_id, team_id, driver_id FROM grid
               UNION ALL SELECT race_id, team_id, driver_id FROM practice_results
           ), drives AS (
               SELECT year, team_id, driver_id FROM season_entries
               UNION SELECT r.year, s.team_id, s.driver_id
               FROM teams t JOIN seen s ON s.team_id = t.id JOIN races r ON r.id = s.race_id
               WHERE t.country IS NULL)
           SELECT t.id, t.team_key AS "key!: String", t.country IS NULL AS "provisional!",
                  array_agg(e.year ORDER BY e.year, e.driver_id) FILTER (WHERE e.year IS NOT NULL) AS years,
                  array_agg(e.driver_id ORDER BY e.year, e.driver_id) FILTER (WHERE e.year IS NOT NULL) AS drivers
           FROM teams t LEFT JOIN drives e ON e.team_id = t.id GROUP BY t.id"#
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let drivers = row.drivers.unwrap_or_default().into_iter().map(DriverId);
            let fact = row
                .years
                .unwrap_or_default()
                .into_iter()
                .zip(drivers)
                .collect();
            KnownEntity {
                id: TeamId(row.id),
                key: row.key,
                fact,
                provisional: row.provisional,
            }
        })
        .collect())
}

/// Gives new keys their ids, and stores renamed keys as aliases.
async fn settle<I: Copy>(
    connection: &mut PgConnection,
    kind: EntityKind,
    matches: Matches<I>,
    make: impl Fn(i32) -> I,
    number: impl Fn(I) -> i32,
) -> Result<HashMap<String, I>> {
    let (aliases, targets): (Vec<String>, Vec<i32>) = matches
        .renamed
        .into_iter()
        .map(|(id, old_key)| (old_key, number(id)))
        .unzip();
    sqlx::query!(
        "INSERT INTO key_aliases (kind, alias, entity_id) SELECT $1, * FROM unnest($2::text[], $3::int[])
         ON CONFLICT (kind, alias) DO UPDATE SET entity_id = excluded.entity_id",
        kind as EntityKind,
        &aliases,
        &targets,
    )
    .execute(&mut *connection)
    .await?;
    let mut ids = matches.ids;
    let sequence = match kind {
        EntityKind::Driver => "drivers_id_seq",
        EntityKind::Team => "teams_id_seq",
        EntityKind::Circuit => "circuits_id_seq",
    };
    let fresh = new_ids(connection, sequence, matches.new.len()).await?;
    ids.extend(matches.new.into_iter().zip(fresh.into_iter().map(make)));
    let present: Vec<String> = ids.keys().cloned().collect();
    sqlx::query!(
        "DELETE FROM key_aliases WHERE kind = $1 AND alias::text = ANY($2)",
        kind as EntityKind,
        &present
    )
    .execute(connection)
    .await?;
    Ok(ids)
}

/// Draws new ids from a sequence.
pub(super) async fn new_ids(
    connection: &mut PgConnection,
    sequence: &str,
    count: usize,
) -> Result<Vec<i32>> {
    let count = i32::try_from(count)?;
    let ids = sqlx::query_scalar!(
        r#"SELECT nextval($1::text::regclass)::int AS "id!" FROM generate_series(1, $2)"#,
        sequence,
        count
    );
    Ok(ids.fetch_all(connection).await?)
}

/// Writes lineages. A lineage keeps its id as long as one of its teams is known.
async fn write_lineages(
    connection: &mut PgConnection,
    lineages: &[reference::LineageKeys],
    teams: &HashMap<String, TeamId>,
    changes: &mut Changes,
) -> Result<HashMap<String, LineageId>> {
    let rows = sqlx::query!("SELECT id, lineage_id FROM teams")
        .fetch_all(&mut *connection)
        .await?;
    let present: HashMap<TeamId, i32> = rows
        .into_iter()
        .map(|row| (TeamId(row.id), row.lineage_id))
        .collect();
    let mut fresh = new_ids(connection, "team_lineages_id_seq", lineages.len())
        .await?
        .into_iter();
    let mut taken = HashSet::new();
    let mut rows = Vec::new();
    let mut lineage_of = HashMap::new();
    for keys in lineages {
        let kept = keys
            .iter()
            .find_map(|key| present.get(teams.get(key)?).copied())
            .filter(|id| taken.insert(*id));
        let id = LineageId(
            kept.or_else(|| fresh.next())
                .context("too few lineage ids were drawn")?,
        );
        let newest = keys.first().context("a lineage has no team")?;
        rows.push(Lineage {
            id,
            lineage_key: newest.clone(),
        });
        lineage_of.extend(keys.iter().map(|key| (key.clone(), id)));
    }
    *changes += merge(connection, &rows, Scope::Nothing).await?;
    Ok(lineage_of)
}
