//! Which columns refer to a driver, a team or a circuit: read from the catalogue, so that a new table is not forgotten.

use std::fmt::Write as _;

use anyhow::Result;
use sqlx::PgConnection;

use super::entities::Entities;
use crate::merge::sql::composed;

/// A column that refers to a row of another table.
pub(super) struct Reference {
    /// Its table, or the parent of its partitions.
    pub(super) table: String,
    /// The column.
    pub(super) column: String,
    /// The other columns of the primary key that the column is part of; empty if it is part of none.
    pub(super) key: Vec<String>,
}

/// All columns that refer to `target`, by table.
pub(super) async fn to(connection: &mut PgConnection, target: &str) -> Result<Vec<Reference>> {
    let rows = sqlx::query!(
        r#"SELECT c.conrelid::regclass::text AS "table!", a.attname::text AS "column!",
                  ARRAY(SELECT k.attname::text FROM pg_index i
                        JOIN pg_attribute k ON k.attrelid = i.indrelid AND k.attnum = ANY (i.indkey) AND k.attnum <> a.attnum
                        WHERE i.indrelid = c.conrelid AND i.indisprimary AND a.attnum = ANY (i.indkey)
                        ORDER BY k.attnum) AS "key!"
           FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
           WHERE c.contype = 'f' AND c.conparentid = 0 AND c.confrelid = $1::text::regclass ORDER BY 1"#,
        target
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Reference {
            table: row.table,
            column: row.column,
            key: row.key,
        })
        .collect())
}

/// Deletes drivers, teams and circuits that nothing refers to and that the release does not have, and returns how many.
pub(super) async fn delete_unreferenced(
    connection: &mut PgConnection,
    of_release: &Entities,
) -> Result<u64> {
    let Entities {
        drivers,
        teams,
        circuits,
    } = of_release;
    let mut deleted = 0;
    for (table, kept) in [
        ("drivers", drivers.values().map(|id| id.0).collect()),
        ("teams", teams.values().map(|id| id.0).collect()),
        (
            "circuits",
            circuits.values().map(|id| id.0).collect::<Vec<i32>>(),
        ),
    ] {
        let mut sql = format!("DELETE FROM {table} t WHERE id <> ALL ($1)");
        for Reference { table, column, .. } in to(connection, table).await? {
            write!(
                sql,
                " AND NOT EXISTS (SELECT FROM {table} x WHERE x.{column} = t.id)"
            )?;
        }
        let done = composed(sql).bind(kept).execute(&mut *connection).await?;
        deleted += done.rows_affected();
    }
    sqlx::query!("DELETE FROM team_lineages l WHERE NOT EXISTS (SELECT FROM teams t WHERE t.lineage_id = l.id)")
        .execute(connection)
        .await?;
    Ok(deleted)
}
