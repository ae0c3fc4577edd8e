//! Which tables mention a person, a team or a circuit: asked of the database, so that a new table is not forgotten.

use std::fmt::Write as _;

use anyhow::Result;
use sqlx::{AssertSqlSafe, PgConnection};

/// A column that points at a row of another table.
pub(super) struct Reference {
    /// The table that has it, or the parent of its partitions.
    pub(super) table: String,
    /// The column.
    pub(super) column: String,
    /// The rest of the primary key that the column is part of; empty where it is not part of it.
    pub(super) key: Vec<String>,
}

/// All columns that point at `target`, by table.
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

/// Deletes people, teams and circuits that nothing mentions and the release does not have, and says how many.
pub(super) async fn delete_unreferenced(connection: &mut PgConnection) -> Result<u64> {
    let mut deleted = 0;
    for table in ["drivers", "teams", "circuits"] {
        let mut sql = format!(
            "DELETE FROM {table} t WHERE NOT EXISTS (SELECT FROM staged_{table} s WHERE s.id = t.id)"
        );
        for Reference { table, column, .. } in to(connection, table).await? {
            write!(
                sql,
                " AND NOT EXISTS (SELECT FROM {table} x WHERE x.{column} = t.id)"
            )?;
        }
        let done = sqlx::query(AssertSqlSafe(sql)).persistent(false);
        deleted += done.execute(&mut *connection).await?.rows_affected();
    }
    sqlx::query!("DELETE FROM team_lineages l WHERE NOT EXISTS (SELECT FROM teams t WHERE t.lineage_id = l.id)")
        .execute(connection)
        .await?;
    Ok(deleted)
}
