//! A connection of the test's own to a running server: it reads, and it can hold locks.

use sqlx::{AssertSqlSafe, ConnectOptions as _, PgConnection, postgres::PgConnectOptions};
use tokio::runtime::Runtime;

use crate::harness::{Scratch, wait_for};

/// A connection to the server of a folder, as the owner of its database.
pub(super) struct Watcher {
    runtime: Runtime,
    connection: PgConnection,
}

impl Watcher {
    /// Waits until the server accepts connections, and connects.
    pub(super) fn of(scratch: &Scratch) -> Self {
        wait_for("a server", || scratch.owner_entry("port").is_some());
        let port = scratch.owner_entry("port").unwrap();
        let url = format!("postgres://f1_owner@127.0.0.1:{port}/f1?sslmode=disable");
        let options: PgConnectOptions = url.parse().unwrap();
        let runtime = Runtime::new().unwrap();
        let connection = runtime.block_on(options.connect()).unwrap();
        Self {
            runtime,
            connection,
        }
    }

    pub(super) fn execute(&mut self, statement: &str) {
        let statement = AssertSqlSafe(statement.to_owned());
        let executed = sqlx::raw_sql(statement).execute(&mut self.connection);
        self.runtime.block_on(executed).unwrap();
    }

    /// The value of an expression.
    pub(super) fn number(&mut self, expression: &str) -> i64 {
        let sql = AssertSqlSafe(format!("SELECT ({expression})::bigint"));
        let number = sqlx::query_scalar(sql).fetch_one(&mut self.connection);
        self.runtime.block_on(number).unwrap()
    }

    /// Waits until a table has rows that match a condition.
    pub(super) fn wait_for(&mut self, rows: &str) {
        wait_for(rows, || {
            self.number(&format!("SELECT count(*) FROM {rows}")) > 0
        });
    }
}
