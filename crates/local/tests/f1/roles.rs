//! The role of the API may only read.

use sqlx::{ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};
use tokio::runtime::Runtime;

use crate::harness::{Scratch, stdout};

const WRITES: [&str; 7] = [
    "INSERT INTO seasons (year) VALUES (1949)",
    "UPDATE seasons SET year = year",
    "DELETE FROM races",
    "TRUNCATE job_runs",
    "CREATE TABLE mine (n integer)",
    "DROP TABLE seasons",
    "GRANT INSERT ON seasons TO f1_api",
];

/// The SQLSTATE of a statement's error.
async fn error_code(connection: &mut PgConnection, statement: &'static str) -> String {
    let result = sqlx::raw_sql(statement).execute(connection).await;
    let error = result.expect_err(statement).into_database_error().unwrap();
    error.code().unwrap().into_owned()
}

#[test]
fn the_role_of_the_api_cannot_write() {
    const READ_ONLY: &str = "25006";
    const NOT_ALLOWED: &str = "42501";
    let scratch = Scratch::new();
    let _up = scratch.up();
    let url = stdout(scratch.f1("exec -- printenv DATABASE_URL"));
    Runtime::new().unwrap().block_on(async {
        let options: PgConnectOptions = url.parse().unwrap();
        for database in ["f1", "f1_demo"] {
            let options = options.clone().username("f1_api").database(database);
            let mut connection = options.connect().await.unwrap();
            let read = "SELECT count(*) FROM seasons, predictions, raw_responses";
            sqlx::raw_sql(read).execute(&mut connection).await.unwrap();
            for statement in WRITES {
                let code = error_code(&mut connection, statement).await;
                assert!(
                    [READ_ONLY, NOT_ALLOWED].contains(&&*code),
                    "{statement}: {code}"
                );
            }

            // A session may switch its read-only mode off: then it still lacks the rights.
            let writable = "SET default_transaction_read_only = off";
            sqlx::raw_sql(writable)
                .execute(&mut connection)
                .await
                .unwrap();
            for statement in WRITES.into_iter().chain(["SET ROLE f1_etl"]) {
                if statement.starts_with("GRANT") {
                    continue; // Granting a right that one lacks is only a warning.
                }
                let code = error_code(&mut connection, statement).await;
                assert_eq!(code, NOT_ALLOWED, "{statement}");
            }
            connection.close().await.unwrap();
        }
    });
}
