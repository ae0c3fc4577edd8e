//! The calendar of a release: races, matched to ours, and session times.

use std::collections::{HashMap, HashSet};

use anyhow::Result;
use schema::{
    CircuitId, RaceId,
    races::{Race, RaceSession},
};
use sqlx::PgConnection;

use super::{
    entities::new_ids,
    times::{self, ReleaseTimes},
};
use crate::{
    identity::{KnownEntity, match_keys},
    merge::{Changes, Scope, merge},
    sources::f1db::{races, sheet::Sheet},
};

/// Our ids of the races of a release by their keys; new races get new ids.
pub(super) async fn match_races(
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

/// Writes races and session times. Of the `run` races the release has the result.
pub(super) async fn write(
    connection: &mut PgConnection,
    races: &mut [Race],
    mut sessions: Vec<RaceSession>,
    run: &HashSet<RaceId>,
) -> Result<Changes> {
    let announced = ReleaseTimes::of(&sessions, run);
    times::keep_known(connection, races, &mut sessions, run).await?;
    let mut changes = Changes {
        deleted: drop_vanished_races(connection, races).await?,
        ..Changes::default()
    };
    changes += merge(connection, races, Scope::Nothing).await?;
    changes += merge(connection, &sessions, Scope::Alike(&["race_id"])).await?;
    announced.store(connection).await?;
    Ok(changes)
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
