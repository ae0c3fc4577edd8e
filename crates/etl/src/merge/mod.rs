//! Rows into a table by difference: staged, then deleted, changed and inserted where they differ.

mod staging;

use std::ops::AddAssign;

use anyhow::{Context as _, Result};
use schema::Table;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

pub use staging::copy;
use staging::stage;

/// How many rows differed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Changes {
    /// Rows read from the source.
    pub read: u64,
    /// Rows that were not there.
    pub inserted: u64,
    /// Rows that were there with other values.
    pub changed: u64,
    /// Rows that the source no longer has.
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

/// Which rows of the table the source speaks for: what it lacks of them is deleted.
#[derive(Debug, Clone, Copy)]
pub enum Scope {
    /// The whole table.
    All,
    /// None: nothing is deleted.
    Nothing,
    /// The rows that agree with some staged row in these columns.
    Alike(&'static [&'static str]),
    /// The same, and every row of the races in the table `covered`, which hold all there is of a race.
    Covered(&'static [&'static str]),
}

/// Makes the table hold `rows` within `scope`. Must run in a transaction: the staging table lives until its end.
pub async fn merge<T: Table>(
    connection: &mut PgConnection,
    rows: &[T],
    scope: Scope,
) -> Result<Changes> {
    debug_assert!(
        connection.is_in_transaction(),
        "the staging table is dropped on commit"
    );
    merge_staged::<T>(connection, rows, scope)
        .await
        .with_context(|| format!("cannot write {}", T::NAME))
}

async fn merge_staged<T: Table>(
    connection: &mut PgConnection,
    rows: &[T],
    scope: Scope,
) -> Result<Changes> {
    let table = T::NAME;
    stage(connection, rows).await?;
    let list = |prefix: &str, columns: &[&str]| {
        columns
            .iter()
            .map(|column| format!("{prefix}{column}"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let same = T::KEY
        .iter()
        .map(|key| format!("t.{key} = s.{key}"))
        .collect::<Vec<_>>()
        .join(" AND ");
    let values: Vec<&str> = T::COLUMNS
        .iter()
        .copied()
        .filter(|column| !T::KEY.contains(column))
        .collect();
    let mut changes = Changes {
        read: rows.len() as u64,
        ..Changes::default()
    };
    if let Some(condition) = spoken_for(scope, table) {
        changes.deleted = run(
            connection,
            format!(
                "DELETE FROM {table} t WHERE ({condition}) \
                 AND NOT EXISTS (SELECT FROM staged_{table} s WHERE {same})"
            ),
        )
        .await?;
    }
    if !values.is_empty() {
        let set = values
            .iter()
            .map(|column| format!("{column} = s.{column}"))
            .collect::<Vec<_>>()
            .join(", ");
        let (old, new) = (list("t.", &values), list("s.", &values));
        changes.changed = run(
            connection,
            format!("UPDATE {table} t SET {set} FROM staged_{table} s WHERE {same} AND ({old}) IS DISTINCT FROM ({new})"),
        )
        .await?;
    }
    let columns = list("", T::COLUMNS);
    changes.inserted = run(
        connection,
        format!(
            "INSERT INTO {table} ({columns}) SELECT {columns} FROM staged_{table} s \
             WHERE NOT EXISTS (SELECT FROM {table} t WHERE {same})"
        ),
    )
    .await?;
    Ok(changes)
}

/// How many rows of the table would not be the same if `rows` were written: alike in `list` and matched by driver, they
/// differ in `facts`, or only one side has them. Nothing is written.
pub async fn differences<T: Table>(
    connection: &mut PgConnection,
    rows: &[T],
    list: &[&str],
    facts: &[&str],
) -> Result<u64> {
    let table = T::NAME;
    stage(connection, rows).await?;
    let columns = |prefix: &str, names: &[&str]| {
        names
            .iter()
            .map(|name| format!("{prefix}{name}"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let key = columns("", &[list, &["driver_id"]].concat());
    let sql = format!(
        "SELECT count(*) FROM staged_{table} s
         FULL JOIN (SELECT * FROM {table} WHERE ({}) IN (SELECT {} FROM staged_{table})) t USING ({key})
         WHERE ({}) IS DISTINCT FROM ({})",
        columns("", list),
        columns("", list),
        columns("s.", facts),
        columns("t.", facts),
    );
    let count: i64 = sqlx::query_scalar(AssertSqlSafe(sql))
        .persistent(false)
        .fetch_one(connection)
        .await?;
    Ok(count.unsigned_abs())
}

/// The SQL condition for the rows (as `t`) that the source speaks for.
fn spoken_for(scope: Scope, table: &str) -> Option<String> {
    let alike = |columns: &[&str]| {
        let (ours, staged) = (columns.join(", t."), columns.join(", "));
        format!("(t.{ours}) IN (SELECT {staged} FROM staged_{table})")
    };
    match scope {
        Scope::Nothing => None,
        Scope::All => Some("true".to_owned()),
        Scope::Alike(columns) => Some(alike(columns)),
        Scope::Covered(columns) => Some(format!(
            "t.race_id IN (SELECT race_id FROM covered) OR {}",
            alike(columns)
        )),
    }
}

/// Runs SQL made of the table and column names that the row types declare, and of nothing from outside.
async fn run(connection: &mut PgConnection, sql: String) -> Result<u64> {
    Ok(sqlx::query(AssertSqlSafe(sql))
        .persistent(false)
        .execute(connection)
        .await?
        .rows_affected())
}
