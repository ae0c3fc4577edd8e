//! Temporary tables with the rows of a merge, and `COPY` into a table.

use std::fmt;

use anyhow::Result;
use schema::Table;
use sqlx::PgConnection;

use super::sql::composed;

/// A `COPY` buffer is sent in pieces of about this many bytes.
const PIECE: usize = 1 << 20;
/// Up to this many rows go in one statement. A short `COPY` takes 40 ms whatever its size: its end is a packet of its own,
/// which waits until the server has acknowledged the one before.
const FEW: usize = 500;

/// A temporary table like `T`'s table, dropped when the transaction ends. It is written as its name.
pub(super) struct Staged(String);

impl fmt::Display for Staged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Staged {
    /// Creates the table and fills it with `rows`. It replaces the one of an earlier merge of the transaction.
    pub(super) async fn fill<T: Table>(connection: &mut PgConnection, rows: &[T]) -> Result<Self> {
        let table = T::NAME;
        let staged = Self(format!("pg_temp.staged_{table}"));
        composed(format!("DROP TABLE IF EXISTS {staged}"))
            .execute(&mut *connection)
            .await?;
        composed(format!(
            "CREATE TEMP TABLE {staged} (LIKE {table}) ON COMMIT DROP"
        ))
        .execute(&mut *connection)
        .await?;
        if rows.len() <= FEW {
            staged.insert(connection, rows).await?;
        } else {
            copy(connection, &staged.0, rows).await?;
        }
        composed(format!("ANALYZE {staged}"))
            .execute(connection)
            .await?;
        Ok(staged)
    }

    /// Inserts all rows in one statement. No merged table has a JSON column, whose values would be taken unparsed.
    async fn insert<T: Table>(&self, connection: &mut PgConnection, rows: &[T]) -> Result<()> {
        let columns = T::COLUMNS.join(", ");
        composed(format!(
            "INSERT INTO {self} ({columns})
             SELECT {columns} FROM jsonb_populate_recordset(NULL::{self}, $1)"
        ))
        .bind(serde_json::Value::Array(rows.iter().map(as_json).collect()))
        .execute(connection)
        .await?;
        Ok(())
    }
}

/// Appends `rows` to `target`, which has the columns of `T`.
pub async fn copy<T: Table>(connection: &mut PgConnection, target: &str, rows: &[T]) -> Result<()> {
    let mut sink = connection
        .copy_in_raw(&format!(
            "COPY {target} ({}) FROM STDIN",
            T::COLUMNS.join(", ")
        ))
        .await?;
    let mut buffer = String::with_capacity(PIECE + (PIECE >> 4));
    for row in rows {
        row.copy_to(&mut buffer);
        if buffer.len() >= PIECE {
            sink.send(buffer.as_bytes()).await?;
            buffer.clear();
        }
    }
    sink.send(buffer.as_bytes()).await?;
    sink.finish().await?;
    Ok(())
}

/// A row as an object of texts, each as PostgreSQL reads its column's type.
fn as_json<T: Table>(row: &T) -> serde_json::Value {
    let mut line = String::new();
    row.copy_to(&mut line);
    let values = line.trim_end_matches('\n').split('\t').map(unescaped);
    let columns = T::COLUMNS.iter().map(ToString::to_string);
    columns.zip(values).collect()
}

/// The text of a value in the `COPY` format; `None` for NULL.
fn unescaped(value: &str) -> Option<String> {
    if value == "\\N" {
        return None;
    }
    let mut text = String::with_capacity(value.len());
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        text.push(match character {
            '\\' => match characters.next() {
                Some('t') => '\t',
                Some('n') => '\n',
                Some('r') => '\r',
                other => other.unwrap_or('\\'),
            },
            other => other,
        });
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use schema::table::CopyValue as _;

    use super::unescaped;

    #[test]
    fn escaped_text_is_read_back() {
        for text in ["", "plain", "a\tb\nc\rd", "\\N", "\\\\t", "ends in \\"] {
            let mut written = String::new();
            text.to_owned().copy_to(&mut written);
            assert_eq!(unescaped(&written).as_deref(), Some(text));
        }
        assert_eq!(unescaped("\\N"), None);
    }
}
