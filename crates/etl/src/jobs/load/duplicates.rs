//! Merges two rows that are one driver or team: references to the provisional row move to the other, then it is deleted.

use anyhow::{Context as _, Result};
use schema::{DriverId, EntityKind, TeamId};
use sqlx::PgConnection;

use super::references::{self, Reference};
use crate::{identity::Duplicate, merge::sql::composed};

/// Rows of forecasts are never deleted; only their references move.
const SEALED: &str = "prediction_drivers";

/// Merges drivers, and returns how many references moved.
pub(super) async fn merge_drivers(
    connection: &mut PgConnection,
    duplicates: &[Duplicate<DriverId>],
) -> Result<u64> {
    let duplicates = duplicates
        .iter()
        .map(|duplicate| (duplicate.key.as_str(), duplicate.id.0, duplicate.kept.0));
    merge(connection, EntityKind::Driver, "drivers", duplicates).await
}

/// Merges teams, and returns how many references moved.
pub(super) async fn merge_teams(
    connection: &mut PgConnection,
    duplicates: &[Duplicate<TeamId>],
) -> Result<u64> {
    let duplicates = duplicates
        .iter()
        .map(|duplicate| (duplicate.key.as_str(), duplicate.id.0, duplicate.kept.0));
    merge(connection, EntityKind::Team, "teams", duplicates).await
}

async fn merge(
    connection: &mut PgConnection,
    kind: EntityKind,
    table: &str,
    duplicates: impl ExactSizeIterator<Item = (&str, i32, i32)>,
) -> Result<u64> {
    if duplicates.len() == 0 {
        return Ok(0);
    }
    let references = references::to(connection, table).await?;
    allow_merging(connection, true).await?;
    let mut moved = 0;
    for (key, id, kept) in duplicates {
        for reference in &references {
            moved += move_references(connection, reference, id, kept)
                .await
                .with_context(|| format!("cannot merge {key} in {}", reference.table))?;
        }
        if delete(connection, table, id).await? {
            keep_as_alias(connection, kind, key, id, kept).await?;
        }
    }
    allow_merging(connection, false).await?;
    Ok(moved)
}

/// Lets the triggers of sealed tables accept moved references.
async fn allow_merging(connection: &mut PgConnection, allowed: bool) -> Result<()> {
    let setting = if allowed { "on" } else { "off" };
    sqlx::query!("SELECT set_config('f1.merging', $1, true)", setting)
        .fetch_one(connection)
        .await?;
    Ok(())
}

/// Moves references from `id` to `kept`. A row that exists for both is deleted for `id`.
async fn move_references(
    connection: &mut PgConnection,
    reference: &Reference,
    id: i32,
    kept: i32,
) -> Result<u64> {
    let Reference { table, column, key } = reference;
    let not_both = if key.is_empty() {
        String::new()
    } else {
        let list = |row: &str| {
            let columns = key.iter().map(|name| format!("{row}.{name}"));
            columns.collect::<Vec<_>>().join(", ")
        };
        format!(
            " AND NOT EXISTS (SELECT FROM {table} o WHERE o.{column} = $2 AND ({}) = ({}))",
            list("o"),
            list("t")
        )
    };
    let update = format!("UPDATE {table} t SET {column} = $2 WHERE t.{column} = $1{not_both}");
    let moved = composed(update)
        .bind(id)
        .bind(kept)
        .execute(&mut *connection)
        .await?
        .rows_affected();
    if !key.is_empty() && table != SEALED {
        let delete = format!("DELETE FROM {table} WHERE {column} = $1");
        composed(delete).bind(id).execute(connection).await?;
    }
    Ok(moved)
}

/// Deletes a row without references. A row in a forecast that also contains the other one stays.
async fn delete(connection: &mut PgConnection, table: &str, id: i32) -> Result<bool> {
    let sealed = if table == "drivers" {
        "driver_id"
    } else {
        "team_id"
    };
    let delete = format!(
        "DELETE FROM {table} WHERE id = $1 AND NOT EXISTS (SELECT FROM {SEALED} WHERE {sealed} = $1)"
    );
    let done = composed(delete).bind(id).execute(connection).await?;
    Ok(done.rows_affected() > 0)
}

/// Makes the key of the deleted row, and its aliases, aliases of the row that is kept.
async fn keep_as_alias(
    connection: &mut PgConnection,
    kind: EntityKind,
    key: &str,
    id: i32,
    kept: i32,
) -> Result<()> {
    sqlx::query!(
        "UPDATE key_aliases SET entity_id = $3 WHERE kind = $1 AND entity_id = $2",
        kind as EntityKind,
        id,
        kept
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "INSERT INTO key_aliases (kind, alias, entity_id) VALUES ($1, $2::text, $3)
         ON CONFLICT (kind, alias) DO UPDATE SET entity_id = excluded.entity_id",
        kind as EntityKind,
        key,
        kept
    )
    .execute(connection)
    .await?;
    Ok(())
}
