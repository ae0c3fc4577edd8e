//! Two rows that turn out to be one person or team: the provisional one hands over what it has and goes.

use anyhow::{Context as _, Result};
use schema::{DriverId, EntityKind, TeamId};
use sqlx::{AssertSqlSafe, PgConnection};

use super::references::{self, Reference};
use crate::identity::Duplicate;

/// Rows of forecasts are never deleted, only handed over.
const SEALED: &str = "prediction_drivers";

/// Merges people; says how many rows point elsewhere now.
pub(super) async fn merge_drivers(
    connection: &mut PgConnection,
    duplicates: &[Duplicate<DriverId>],
) -> Result<u64> {
    let duplicates = duplicates
        .iter()
        .map(|duplicate| (duplicate.key.as_str(), duplicate.id.0, duplicate.kept.0));
    merge(connection, EntityKind::Driver, "drivers", duplicates).await
}

/// Merges teams; says how many rows point elsewhere now.
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
            moved += hand_over(connection, reference, id, kept)
                .await
                .with_context(|| format!("cannot merge {key} in {}", reference.table))?;
        }
        if delete(connection, table, id).await? {
            point_key_at(connection, kind, key, id, kept).await?;
        }
    }
    allow_merging(connection, false).await?;
    Ok(moved)
}

/// Tells the triggers of sealed tables that references may move.
async fn allow_merging(connection: &mut PgConnection, allowed: bool) -> Result<()> {
    let setting = if allowed { "on" } else { "off" };
    sqlx::query!("SELECT set_config('f1.merging', $1, true)", setting)
        .fetch_one(connection)
        .await?;
    Ok(())
}

/// Points the rows of `id` at `stays`. A row that `stays` has, too, is the same thing said twice, and goes.
async fn hand_over(
    connection: &mut PgConnection,
    reference: &Reference,
    id: i32,
    kept: i32,
) -> Result<u64> {
    let Reference { table, column, key } = reference;
    let twice = if key.is_empty() {
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
    let update = format!("UPDATE {table} t SET {column} = $2 WHERE t.{column} = $1{twice}");
    let moved = sqlx::query(AssertSqlSafe(update))
        .persistent(false)
        .bind(id)
        .bind(kept)
        .execute(&mut *connection)
        .await?
        .rows_affected();
    if !key.is_empty() && table != SEALED {
        let delete = format!("DELETE FROM {table} WHERE {column} = $1");
        sqlx::query(AssertSqlSafe(delete))
            .persistent(false)
            .bind(id)
            .execute(connection)
            .await?;
    }
    Ok(moved)
}

/// Deletes the row that has handed everything over. One that stands in a forecast beside the other has to stay.
async fn delete(connection: &mut PgConnection, table: &str, id: i32) -> Result<bool> {
    let sealed = if table == "drivers" {
        "driver_id"
    } else {
        "team_id"
    };
    let delete = format!(
        "DELETE FROM {table} WHERE id = $1 AND NOT EXISTS (SELECT FROM {SEALED} WHERE {sealed} = $1)"
    );
    let done = sqlx::query(AssertSqlSafe(delete))
        .persistent(false)
        .bind(id);
    Ok(done.execute(connection).await?.rows_affected() > 0)
}

/// The key of the row that went, and those that led to it, lead to the one that stays.
async fn point_key_at(
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
