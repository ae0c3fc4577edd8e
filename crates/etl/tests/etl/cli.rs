//! `f1-etl` as a child process whose reader goes away, as in `f1-etl status | head -1`.

use std::process::{Command, Output, Stdio};

use sqlx::{ConnectOptions as _, PgPool};

use crate::common::{championship, context, load};

/// Runs a command whose standard output nobody reads.
fn run_unread(pool: &PgPool, arguments: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_f1-etl"));
    command
        .args(arguments.split_whitespace())
        .env(
            "DATABASE_URL",
            pool.connect_options().to_url_lossy().as_str(),
        )
        .env("RUST_LOG", "info")
        .env("NO_COLOR", "1")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    child.wait_with_output().unwrap()
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_command_whose_reader_goes_away_ends_quietly(pool: PgPool) {
    load(&context(&pool), &championship().release())
        .await
        .unwrap();
    for arguments in [
        "status",
        "status --json",
        "dump",
        "run compute_season_stats --season 2026",
    ] {
        let output = run_unread(&pool, arguments);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments}: {stderr}");
        assert_eq!(stderr, "", "{arguments}");
    }
    let jobs: Vec<String> =
        sqlx::query_scalar("SELECT job FROM job_runs WHERE outcome IS NOT NULL")
            .fetch_all(&pool)
            .await
            .unwrap();
    assert_eq!(jobs, ["compute_season_stats"], "the job ran to its end");
}
