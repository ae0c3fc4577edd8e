//! Writes rows into a table by difference: they are staged, then rows are deleted, changed and inserted where they differ.

pub(crate) mod sql;
mod staging;

use std::ops::AddAssign;

use anyhow::{Context as _, Result};
use schema::{RaceId, Table};
use sqlx::{Connection as _, PgConnection, Row as _};

use self::{sql::composed, staging::Staged};

pub use staging::copy;

/// How many rows differed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Changes {
    /// Rows read from the source.
    pub read: u64,
    /// Rows that were absent.
    pub inserted: u64,
    /// Rows that had other values.
    pub changed: u64,
    /// Rows that the source does not have any more.
    pub deleted: u64,
}

impl Changes {
    /// Whether nothing was written.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.inserted == 0 && self.changed == 0 && self.deleted == 0
    }
}

impl AddAssign for Changes {
    fn add_assign(&mut self, other: Self) {
        self.read += other.read;
        self.inserted += other.inserted;
        self.changed += other.changed;
        self.deleted += other.deleted;
    }
}

/// Which rows of the table the source is complete for: those it lacks are deleted.
#[derive(Debug, Clone, Copy)]
pub enum Scope<'a> {
    /// The whole table.
    All,
    /// No rows: nothing is deleted.
    Nothing,
    /// The rows that equal some staged row in these columns.
    Alike(&'static [&'static str]),
    /// The same, and all rows of these races.
    AlikeOrOfRaces(&'static [&'static str], &'a [RaceId]),
}

/// Makes the table equal `rows` within `scope`. Must run in a transaction, since staged rows are dropped at its end.
pub async fn merge<T: Table>(
    connection: &mut PgConnection,
    rows: &[T],
    scope: Scope<'_>,
) -> Result<Changes> {
    debug_assert!(
        connection.is_in_transaction(),
        "staged rows are dropped on commit"
    );
    merge_staged(connection, rows, scope)
        .await
        .with_context(|| format!("cannot write {}", T::NAME))
}

async fn merge_staged<T: Table>(
    connection: &mut PgConnection,
    rows: &[T],
    scope: Scope<'_>,
) -> Result<Changes> {
    let staged = Staged::fill(connection, rows).await?;
    let table = T::NAME;
    let keys = T::KEY.iter().map(|key| format!("t.{key} = s.{key}"));
    let same = keys.collect::<Vec<_>>().join(" AND ");
    let mut changes = Changes {
        read: rows.len() as u64,
        ..Changes::default()
    };
    if let Some(condition) = scope.condition(&staged) {
        let delete = composed(format!(
            "DELETE FROM {table} t WHERE ({condition}) \
             AND NOT EXISTS (SELECT FROM {staged} s WHERE {same})"
        ));
        let delete = match scope {
            Scope::AlikeOrOfRaces(_, races) => {
                delete.bind(races.iter().map(|race| race.0).collect::<Vec<i32>>())
            }
            _ => delete,
        };
        changes.deleted = delete.execute(&mut *connection).await?.rows_affected();
    }
    let columns = T::COLUMNS.iter().copied();
    let values: Vec<&str> = columns.filter(|column| !T::KEY.contains(column)).collect();
    if !values.is_empty() {
        let set = values.iter().map(|column| format!("{column} = s.{column}"));
        let set = set.collect::<Vec<_>>().join(", ");
        let (old, new) = (list("t.", &values), list("s.", &values));
        let update = composed(format!(
            "UPDATE {table} t SET {set} FROM {staged} s WHERE {same} AND ({old}) IS DISTINCT FROM ({new})"
        ));
        changes.changed = update.execute(&mut *connection).await?.rows_affected();
    }
    let columns = list("", T::COLUMNS);
    let insert = composed(format!(
        "INSERT INTO {table} ({columns}) SELECT {columns} FROM {staged} s \
         WHERE NOT EXISTS (SELECT FROM {table} t WHERE {same})"
    ));
    changes.inserted = insert.execute(connection).await?.rows_affected();
    Ok(changes)
}

/// The number of rows of the table that a merge of `rows` would change. Rows are compared that equal a staged row in the
/// `alike` columns; matched by driver, they differ in `facts` or only one side has them. Nothing is written.
pub async fn differences<T: Table>(
    connection: &mut PgConnection,
    rows: &[T],
    alike: &[&str],
    facts: &[&str],
) -> Result<u64> {
    let staged = Staged::fill(connection, rows).await?;
    let table = T::NAME;
    let key = list("", &[alike, &["driver_id"]].concat());
    let alike = list("", alike);
    let count = composed(format!(
        "SELECT count(*) FROM {staged} s
         FULL JOIN (SELECT * FROM {table} WHERE ({alike}) IN (SELECT {alike} FROM {staged})) t USING ({key})
         WHERE ({}) IS DISTINCT FROM ({})",
        list("s.", facts),
        list("t.", facts),
    ));
    let count: i64 = count.fetch_one(connection).await?.try_get(0)?;
    Ok(count.unsigned_abs())
}

impl Scope<'_> {
    /// The SQL condition for the rows (as `t`) in the scope; the races are its parameter `$1`.
    fn condition(self, staged: &Staged) -> Option<String> {
        let alike = |columns: &[&str]| {
            let (ours, theirs) = (list("t.", columns), list("", columns));
            format!("({ours}) IN (SELECT {theirs} FROM {staged})")
        };
        match self {
            Self::Nothing => None,
            Self::All => Some("true".to_owned()),
            Self::Alike(columns) => Some(alike(columns)),
            Self::AlikeOrOfRaces(columns, _) => {
                Some(format!("t.race_id = ANY ($1) OR {}", alike(columns)))
            }
        }
    }
}

/// Columns as an SQL list, each with `prefix`.
fn list(prefix: &str, columns: &[&str]) -> String {
    let columns = columns.iter().map(|column| format!("{prefix}{column}"));
    columns.collect::<Vec<_>>().join(", ")
}
