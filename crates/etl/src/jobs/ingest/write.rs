//! Writes the lists that count, and compares the others.

use std::collections::HashMap;

use anyhow::{Context as _, Result};
use schema::{RaceList, Upstream};
use sqlx::PgConnection;

use super::{precedence::may_replace, provisional, rows::TableRows};
use crate::{
    Context,
    calendar::Round,
    error_chain,
    merge::Changes,
    sources::{PublishedList, field::RoundField, rows::ListRows},
};

/// What became of published lists.
#[derive(Debug, Default)]
pub struct Written {
    /// Rows that differed.
    pub changes: Changes,
    /// Rows of ours that differ in a lower-ranking source.
    pub disagreements: u64,
    /// Descriptions of what was left out or differs.
    pub notes: Vec<String>,
    /// Lists that are stored now as they were published.
    pub stored: Vec<RaceList>,
}

/// Writes the published lists of a round, except those that a higher-ranking source has published: these are compared.
pub async fn write(
    connection: &mut PgConnection,
    ctx: &Context,
    round: &Round,
    published: &[PublishedList],
) -> Result<Written> {
    let mut written = Written::default();
    if published.is_empty() {
        return Ok(written);
    }
    let stored = stored_lists(connection, round).await?;
    let (counting, outranked): (Vec<_>, Vec<_>) = published
        .iter()
        .partition(|list| may_replace(list.source(), stored.get(&list.list).copied(), list.list));
    let keys = provisional::create(connection, round.year, &counting).await?;
    let notes = &mut written.notes;
    notes.extend(keys.iter().map(|key| format!("{key} is new")));
    let field = RoundField::read(connection, round).await?;
    let mut rows = TableRows::default();
    for list in &counting {
        rows.add(list_rows(list, round, &field, notes)?);
    }
    written.changes += rows.merge(connection).await?;
    for list in counting {
        written.stored.push(list.list);
        sqlx::query!(
            "INSERT INTO published_lists AS p (race_id, list, source, first_seen) VALUES ($1, $2, $3, $4)
             ON CONFLICT (race_id, list) DO UPDATE SET source = excluded.source WHERE p.source <> excluded.source",
            round.race.0,
            list.list as RaceList,
            list.source() as Upstream,
            ctx.now()
        )
        .execute(&mut *connection)
        .await?;
    }
    for list in outranked {
        compare(connection, list, round, &field, &mut written).await?;
    }
    Ok(written)
}

/// Counts the rows of ours that differ from a list. A list that cannot be read is noted.
async fn compare(
    connection: &mut PgConnection,
    list: &PublishedList,
    round: &Round,
    field: &RoundField,
    written: &mut Written,
) -> Result<()> {
    match list_rows(list, round, field, &mut Vec::new()) {
        Ok(list_rows) => {
            let mut rows = TableRows::default();
            rows.add(list_rows);
            let differing = rows.differences(connection).await?;
            if differing > 0 {
                let (list, source) = (list.list, list.source());
                let note = format!("differences to {source}: {differing} in {list}");
                written.notes.push(note);
                written.disagreements += differing;
            }
        }
        Err(error) => {
            let note = format!("{} is not compared: {}", list.list, error_chain(&error));
            written.notes.push(note);
        }
    }
    Ok(())
}

fn list_rows(
    list: &PublishedList,
    round: &Round,
    field: &RoundField,
    notes: &mut Vec<String>,
) -> Result<ListRows> {
    list.rows(round, field, notes)
        .with_context(|| format!("{} of {}", list.list, list.source()))
}

async fn stored_lists(
    connection: &mut PgConnection,
    round: &Round,
) -> Result<HashMap<RaceList, Upstream>> {
    let rows = sqlx::query!(
        r#"SELECT list AS "list: RaceList", source AS "source: Upstream" FROM published_lists WHERE race_id = $1"#,
        round.race.0
    );
    let rows = rows.fetch_all(connection).await?;
    Ok(rows.into_iter().map(|row| (row.list, row.source)).collect())
}
