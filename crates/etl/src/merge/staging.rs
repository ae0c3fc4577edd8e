//! Rows into a staging table, and into a table as they are.

use anyhow::Result;
use schema::Table;
use sqlx::{AssertSqlSafe, PgConnection};

use super::run;

/// A `COPY` buffer is sent in pieces of about this many bytes.
const PIECE: usize = 1 << 20;
/// So many rows go in one statement. A short `COPY` costs 40 ms whatever is in it: its end is a packet of its own, which
/// waits until the server has acknowledged the one before.
const FEW: usize = 500;

/// Fills `staged_{table}` with `rows`.
pub(super) async fn stage<T: Table>(connection: &mut PgConnection, rows: &[T]) -> Result<()> {
    let table = T::NAME;
    run(
        connection,
        format!("DROP TABLE IF EXISTS pg_temp.staged_{table}"),
    )
    .await?;
    run(
        connection,
        format!("CREATE TEMP TABLE staged_{table} (LIKE {table}) ON COMMIT DROP"),
    )
    .await?;
    if rows.len() <= FEW {
        insert(connection, rows).await?;
    } else {
        copy(connection, &format!("staged_{table}"), rows).await?;
    }
    run(connection, format!("ANALYZE staged_{table}")).await?;
    Ok(())
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

/// Fills `staged_{table}` in one statement. None of the tables that are merged has a column of JSON, whose values would be
/// taken as they stand.
async fn insert<T: Table>(connection: &mut PgConnection, rows: &[T]) -> Result<()> {
    let table = T::NAME;
    let columns = T::COLUMNS.join(", ");
    let sql = format!(
        "INSERT INTO staged_{table} ({columns})
         SELECT {columns} FROM jsonb_populate_recordset(NULL::pg_temp.staged_{table}, $1)"
    );
    sqlx::query(AssertSqlSafe(sql))
        .persistent(false)
        .bind(serde_json::Value::Array(rows.iter().map(as_json).collect()))
        .execute(connection)
        .await?;
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

/// What a value of the `COPY` format says; `None` becomes NULL.
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
    fn what_is_written_for_copy_is_read_back() {
        for text in ["", "plain", "a\tb\nc\rd", "\\N", "\\\\t", "ends in \\"] {
            let mut written = String::new();
            text.to_owned().copy_to(&mut written);
            assert_eq!(unescaped(&written).as_deref(), Some(text));
        }
        assert_eq!(unescaped("\\N"), None);
    }
}
