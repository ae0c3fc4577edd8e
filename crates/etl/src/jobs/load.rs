//! `load`: the newest F1DB release into the database, in one transaction.

use std::collections::{HashMap, HashSet};

use anyhow::{Context as _, Result};
use schema::{
    Championship, CircuitId, Contest, DriverId, EntityKind, LineageId, RaceId, TeamId,
    races::Race,
    reference::{Lineage, Season},
};
use sha2::{Digest as _, Sha256};
use sqlx::PgConnection;

use super::{Report, season_stats};
use crate::{
    Context, demo,
    identity::{Known, Matches, match_keys},
    merge::{Changes, Scope, merge},
    sources::f1db::{
        Archive, Download, Release, fetch,
        races::{self, Published},
        reference::{self, TeamFact},
        sessions::{self, Ids},
        sheet::Sheet,
        standings,
    },
};

/// Rows of the sessions of these races are the release's to say, whatever it lacks of them.
const OF_COVERED_RACES: Scope = Scope::Where("t.race_id IN (SELECT race_id FROM covered)");

/// Downloads the newest release, if it is not the one loaded last, and loads it.
pub async fn load(ctx: &Context) -> Result<Report> {
    let known = sqlx::query!(
        "SELECT etag, release_tag FROM raw_responses WHERE source = 'f1db' ORDER BY fetched_at DESC, id DESC LIMIT 1"
    )
    .fetch_optional(&ctx.pool)
    .await?;
    let known_etag = known.as_ref().and_then(|row| row.etag.as_deref());
    match fetch(&ctx.http, &ctx.sources.f1db_url, known_etag).await? {
        Download::Unchanged => {
            let tag = known.and_then(|row| row.release_tag).unwrap_or_default();
            Ok(Report {
                detail: format!("release {tag} is unchanged"),
                requests: 2,
                ..Report::default()
            })
        }
        Download::New(release) => Ok(Report {
            requests: 2,
            ..load_release(ctx, "f1db", &release).await?
        }),
    }
}

/// Simulates a championship around the present and loads it as any other release.
pub async fn load_demo(ctx: &Context, championship: &demo::Championship) -> Result<Report> {
    let simulated = championship.release();
    let bytes = simulated
        .zip()
        .context("cannot pack the demo championship")?;
    let release = Release {
        tag: simulated.tag,
        url: "demo:".to_owned(),
        etag: None,
        bytes,
    };
    load_release(ctx, "demo", &release).await
}

/// Loads `release` from `source` (`f1db`, or `demo`).
pub async fn load_release(ctx: &Context, source: &str, release: &Release) -> Result<Report> {
    let mut transaction = ctx.pool.begin().await?;
    let mut changes = write(&mut transaction, &release.bytes)
        .await
        .with_context(|| {
            format!(
                "release {} was not loaded, nothing was changed",
                release.tag
            )
        })?;
    changes += season_stats::compute(&mut transaction, None).await?;
    let sha256 = Sha256::digest(&release.bytes);
    sqlx::query!(
        "INSERT INTO raw_responses (source, url, release_tag, fetched_at, etag, sha256, body)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        source,
        release.url,
        release.tag,
        ctx.now(),
        release.etag,
        sha256.as_slice(),
        release.bytes,
    )
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(Report {
        changes,
        requests: 0,
        detail: format!("release {}", release.tag),
    })
}

async fn write(connection: &mut PgConnection, bytes: &[u8]) -> Result<Changes> {
    let mut archive = Archive::open(bytes)?;
    sqlx::query!("SELECT set_config('f1.bulk_load', 'on', true)")
        .fetch_one(&mut *connection)
        .await?;
    let mut changes = Changes::default();
    let entities = write_entities(connection, &mut archive, &mut changes).await?;
    write_weekends(connection, &mut archive, entities, &mut changes).await?;
    changes.deleted += delete_unreferenced(connection).await?;
    Ok(changes)
}

/// Ids of everything that has a key.
struct Entities {
    drivers: HashMap<String, DriverId>,
    teams: HashMap<String, TeamId>,
    circuits: HashMap<String, CircuitId>,
}

async fn write_entities(
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
    let matches = match_keys(known, &reference::driver_facts(&sheet)?, PartialEq::eq);
    let drivers = settle(connection, EntityKind::Driver, matches, DriverId, |id| id.0).await?;
    *changes += merge(
        connection,
        &reference::drivers(&sheet, &countries, &drivers)?,
        Scope::Nothing,
    )
    .await?;

    let sheet = archive.sheet("circuits")?;
    let known = known_circuits(connection).await?;
    let matches = match_keys(
        known,
        &reference::circuit_facts(&sheet)?,
        reference::same_circuit,
    );
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
        reference::same_team,
    );
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
) -> Result<Vec<Known<DriverId, reference::PersonFact>>> {
    let rows = sqlx::query!(
        r#"SELECT id, driver_key AS "key!: String", date_of_birth, last_name FROM drivers"#
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Known {
            id: DriverId(row.id),
            key: row.key,
            fact: (row.date_of_birth, row.last_name),
        })
        .collect())
}

async fn known_circuits(
    connection: &mut PgConnection,
) -> Result<Vec<Known<CircuitId, (f64, f64)>>> {
    let rows = sqlx::query!(
        r#"SELECT id, circuit_key AS "key!: String", latitude, longitude FROM circuits"#
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Known {
            id: CircuitId(row.id),
            key: row.key,
            fact: (row.latitude, row.longitude),
        })
        .collect())
}

async fn known_teams(connection: &mut PgConnection) -> Result<Vec<Known<TeamId, TeamFact>>> {
    let rows = sqlx::query!(
        r#"SELECT t.id, t.team_key AS "key!: String",
                  array_agg(e.year ORDER BY e.year, e.driver_id) FILTER (WHERE e.year IS NOT NULL) AS years,
                  array_agg(e.driver_id ORDER BY e.year, e.driver_id) FILTER (WHERE e.year IS NOT NULL) AS drivers
           FROM teams t LEFT JOIN season_entries e ON e.team_id = t.id GROUP BY t.id"#
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
            Known {
                id: TeamId(row.id),
                key: row.key,
                fact,
            }
        })
        .collect())
}

/// Gives new keys their ids and remembers the keys that were renamed.
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

async fn new_ids(connection: &mut PgConnection, sequence: &str, count: usize) -> Result<Vec<i32>> {
    let count = i32::try_from(count)?;
    let ids = sqlx::query_scalar!(
        r#"SELECT nextval($1::text::regclass)::int AS "id!" FROM generate_series(1, $2)"#,
        sequence,
        count
    );
    Ok(ids.fetch_all(connection).await?)
}

/// An organisation keeps its id as long as one of its teams is known.
async fn write_lineages(
    connection: &mut PgConnection,
    organisations: &[reference::LineageKeys],
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
    let mut fresh = new_ids(connection, "team_lineages_id_seq", organisations.len())
        .await?
        .into_iter();
    let mut taken = HashSet::new();
    let mut rows = Vec::new();
    let mut lineage_of = HashMap::new();
    for keys in organisations {
        let kept = keys
            .iter()
            .find_map(|key| present.get(teams.get(key)?).copied())
            .filter(|id| taken.insert(*id));
        let id = LineageId(
            kept.or_else(|| fresh.next())
                .context("too few lineage ids were drawn")?,
        );
        let newest = keys.first().context("an organisation has no team")?;
        rows.push(Lineage {
            id,
            lineage_key: newest.clone(),
        });
        lineage_of.extend(keys.iter().map(|key| (key.clone(), id)));
    }
    *changes += merge(connection, &rows, Scope::Nothing).await?;
    Ok(lineage_of)
}

async fn write_weekends(
    connection: &mut PgConnection,
    archive: &mut Archive<'_>,
    entities: Entities,
    changes: &mut Changes,
) -> Result<()> {
    let sheet = archive.sheet("races")?;
    let races_of_release = match_races(connection, &sheet).await?;
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

    let fastest = sessions::fastest_laps(&archive.sheet("races-fastest-laps")?, &ids)?;
    let mut results = sessions::results(
        &archive.sheet("races-race-results")?,
        Contest::GrandPrix,
        &ids,
        &fastest,
    )?;
    let sprints = archive.sheet("races-sprint-race-results")?;
    let sprints = sessions::results(&sprints, Contest::Sprint, &ids, &HashMap::new())?;
    let mut qualifying = sessions::qualifying(
        &archive.sheet("races-qualifying-results")?,
        Contest::GrandPrix,
        &ids,
    )?;
    let sprint_qualifying = archive.sheet("races-sprint-qualifying-results")?;
    let sprint_qualifying = sessions::qualifying(&sprint_qualifying, Contest::Sprint, &ids)?;
    let published = Published {
        race: results.iter().map(|row| row.race_id).collect(),
        qualifying: qualifying.iter().map(|row| row.race_id).collect(),
        sprint_qualifying: sprint_qualifying.iter().map(|row| row.race_id).collect(),
        sprint: sprints.iter().map(|row| row.race_id).collect(),
    };
    results.extend(sprints);
    qualifying.extend(sprint_qualifying);

    let races = races::races(
        &sheet,
        &archive.sheet("grands-prix")?,
        &ids.races,
        &circuits,
        &published,
    )?;
    changes.deleted += drop_vanished_races(connection, &races).await?;
    *changes += merge(connection, &races, Scope::Nothing).await?;
    cover(connection, &published).await?;
    let sessions_of_release = Scope::Where("t.race_id IN (SELECT id FROM staged_races)");
    *changes += merge(
        connection,
        &races::sessions(&sheet, &ids.races)?,
        sessions_of_release,
    )
    .await?;

    let mut practice = Vec::new();
    for session in 1..=4 {
        let sheet = archive.sheet(&format!("races-free-practice-{session}-results"))?;
        practice.extend(sessions::practice(&sheet, session, &ids)?);
    }
    *changes += merge(connection, &practice, OF_COVERED_RACES).await?;
    *changes += merge(connection, &qualifying, OF_COVERED_RACES).await?;
    let mut grid = sessions::grid(
        &archive.sheet("races-starting-grid-positions")?,
        Contest::GrandPrix,
        &ids,
    )?;
    let sprint_grid = archive.sheet("races-sprint-starting-grid-positions")?;
    grid.extend(sessions::grid(&sprint_grid, Contest::Sprint, &ids)?);
    *changes += merge(connection, &grid, OF_COVERED_RACES).await?;
    *changes += merge(connection, &results, OF_COVERED_RACES).await?;
    *changes += merge(
        connection,
        &sessions::pit_stops(&archive.sheet("races-pit-stops")?, &ids)?,
        OF_COVERED_RACES,
    )
    .await?;

    let last_races = last_races(&races, &published);
    let mut tables = standings::after_races(
        &archive.sheet("races-driver-standings")?,
        Championship::Drivers,
        &ids,
    )?;
    tables.extend(standings::after_races(
        &archive.sheet("races-constructor-standings")?,
        Championship::Teams,
        &ids,
    )?);
    let finals = archive.sheet("seasons-driver-standings")?;
    tables.extend(standings::of_seasons(
        &finals,
        Championship::Drivers,
        &ids,
        &last_races,
    )?);
    let finals = archive.sheet("seasons-constructor-standings")?;
    tables.extend(standings::of_seasons(
        &finals,
        Championship::Teams,
        &ids,
        &last_races,
    )?);
    *changes += merge(connection, &tables, OF_COVERED_RACES).await?;
    Ok(())
}

async fn match_races(
    connection: &mut PgConnection,
    sheet: &Sheet,
) -> Result<HashMap<String, RaceId>> {
    let known =
        sqlx::query!(r#"SELECT id, year, grand_prix_key AS "key!: String", date FROM races"#)
            .fetch_all(&mut *connection)
            .await?
            .into_iter()
            .map(|row| Known {
                id: RaceId(row.id),
                key: races::race_key(row.year, &row.key),
                fact: row.date,
            })
            .collect();
    let matches = match_keys(known, &races::race_facts(sheet)?, PartialEq::eq);
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

/// People, teams and circuits that nothing mentions and the release no longer has.
async fn delete_unreferenced(connection: &mut PgConnection) -> Result<u64> {
    let drivers = sqlx::query(
        "DELETE FROM drivers d WHERE NOT EXISTS (SELECT FROM staged_drivers s WHERE s.id = d.id)
           AND NOT EXISTS (SELECT FROM season_entries x WHERE x.driver_id = d.id)
           AND NOT EXISTS (SELECT FROM results x WHERE x.driver_id = d.id)
           AND NOT EXISTS (SELECT FROM practice_results x WHERE x.driver_id = d.id)
           AND NOT EXISTS (SELECT FROM qualifying x WHERE x.driver_id = d.id)
           AND NOT EXISTS (SELECT FROM grid x WHERE x.driver_id = d.id)
           AND NOT EXISTS (SELECT FROM standings x WHERE x.driver_id = d.id)
           AND NOT EXISTS (SELECT FROM driver_season_stats x WHERE x.driver_id = d.id)
           AND NOT EXISTS (SELECT FROM prediction_features x WHERE x.driver_id = d.id)
           AND NOT EXISTS (SELECT FROM prediction_drivers x WHERE x.driver_id = d.id)",
    )
    .execute(&mut *connection)
    .await?;
    let teams = sqlx::query(
        "DELETE FROM teams t WHERE NOT EXISTS (SELECT FROM staged_teams s WHERE s.id = t.id)
           AND NOT EXISTS (SELECT FROM season_entries x WHERE x.team_id = t.id)
           AND NOT EXISTS (SELECT FROM results x WHERE x.team_id = t.id)
           AND NOT EXISTS (SELECT FROM practice_results x WHERE x.team_id = t.id)
           AND NOT EXISTS (SELECT FROM qualifying x WHERE x.team_id = t.id)
           AND NOT EXISTS (SELECT FROM grid x WHERE x.team_id = t.id)
           AND NOT EXISTS (SELECT FROM standings x WHERE x.team_id = t.id)
           AND NOT EXISTS (SELECT FROM team_season_stats x WHERE x.team_id = t.id)
           AND NOT EXISTS (SELECT FROM prediction_features x WHERE x.team_id = t.id)
           AND NOT EXISTS (SELECT FROM prediction_drivers x WHERE x.team_id = t.id)",
    )
    .execute(&mut *connection)
    .await?;
    let circuits = sqlx::query(
        "DELETE FROM circuits c WHERE NOT EXISTS (SELECT FROM staged_circuits s WHERE s.id = c.id)
           AND NOT EXISTS (SELECT FROM races x WHERE x.circuit_id = c.id)",
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("DELETE FROM team_lineages l WHERE NOT EXISTS (SELECT FROM teams t WHERE t.lineage_id = l.id)")
        .execute(connection)
        .await?;
    Ok(drivers.rows_affected() + teams.rows_affected() + circuits.rows_affected())
}
