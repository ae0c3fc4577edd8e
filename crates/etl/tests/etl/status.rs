//! `f1-etl status` on the terminal and as JSON, over a loaded championship and job runs that each test states.

use std::process::Output;

use serde_json::Value;
use sqlx::{ConnectOptions as _, PgPool};
use tokio::process::Command;

use crate::common::{championship, context, load_and_forecast};

/// Runs the program on the test's database, with a clock that starts at `now`.
async fn status(pool: &PgPool, now: &str, words: &[&str]) -> Output {
    let url = pool.connect_options().to_url_lossy();
    let output = Command::new(env!("CARGO_BIN_EXE_f1-etl"))
        .arg("status")
        .args(words)
        .env("DATABASE_URL", url.as_str())
        .env("F1_NOW", now)
        .output()
        .await
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

async fn text(pool: &PgPool, now: &str) -> String {
    String::from_utf8(status(pool, now, &[]).await.stdout).unwrap()
}

async fn write(pool: &PgPool, sql: &'static str) {
    sqlx::raw_sql(sql).execute(pool).await.unwrap();
}

/// The next race, a conventional weekend that began on the Monday before the tests' Wednesday. Practice is published,
/// qualifying is not. The only job run is a load.
const WEEKEND: &str = "
    BEGIN;
    SET LOCAL f1.bulk_load = 'on';
    DELETE FROM published_lists;
    DELETE FROM job_runs;
    DELETE FROM race_sessions WHERE race_id = (SELECT race_id FROM current_weekends('2026-06-10 14:00Z') LIMIT 1);
    UPDATE races SET date = '2026-06-12', starts_at = '2026-06-12 13:00Z', name = 'Nowhere Grand Prix',
                     event_format = 'conventional', status = 'scheduled', sprint_laps = NULL
    WHERE id = (SELECT race_id FROM current_weekends('2026-06-10 14:00Z') LIMIT 1);
    INSERT INTO race_sessions (race_id, session, date, starts_at)
    SELECT id, s::session_kind, t::timestamptz::date, t::timestamptz
    FROM races, (VALUES ('practice_1', '2026-06-08 10:00Z'), ('qualifying', '2026-06-09 12:00Z')) v (s, t)
    WHERE name = 'Nowhere Grand Prix';
    INSERT INTO published_lists SELECT id, 'practice_1', 'openf1', '2026-06-08 11:20Z' FROM races WHERE name = 'Nowhere Grand Prix';
    INSERT INTO job_runs (job, started_at, finished_at, outcome, detail)
    VALUES ('load', '2026-06-10 13:00Z', '2026-06-10 13:00:02.4Z', 'done', 'release v1');
    COMMIT";

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn problems_come_first_then_what_is_awaited(pool: PgPool) {
    load_and_forecast(&context(&pool), &championship().release()).await;
    write(&pool, WEEKEND).await;
    let early = text(&pool, "2026-06-09T13:30:00Z").await;
    assert!(early.starts_with("Nothing is wrong.\n"), "{early}");
    assert!(early.contains("awaited: qualifying, grid"), "{early}");

    write(
        &pool,
        "INSERT INTO job_runs (job, year, round, started_at, finished_at, outcome, attempt, error)
         SELECT 'ingest_qualifying', year, round, '2026-06-10 13:30Z', '2026-06-10 13:30:01Z', 'failed', 4, 'row 3: q1 is no time'
         FROM races WHERE name = 'Nowhere Grand Prix'",
    )
    .await;
    let late = text(&pool, "2026-06-10T14:00:00Z").await;
    let problems: Vec<&str> = late.lines().filter(|line| line.starts_with('!')).collect();
    let [failing, overdue] = problems[..] else {
        panic!("{late}")
    };
    assert!(late.starts_with('!'), "{late}");
    assert!(
        failing.contains("ingest_qualifying (2026 Nowhere Grand Prix)"),
        "{failing}"
    );
    assert!(failing.ends_with("row 3: q1 is no time."), "{failing}");
    assert!(
        overdue.contains(
            "no qualifying, grid yet; the session was scheduled to end on 9 Jun 2026, 13:00 UTC."
        ),
        "{overdue}"
    );
    let line = |start: &str| {
        let found = late
            .lines()
            .find(|line| line.trim_start().starts_with(start));
        found
            .unwrap_or_else(|| panic!("{start}: {late}"))
            .to_owned()
    };
    assert!(line("practice_1").ends_with("stored: practice_1"), "{late}");
    assert!(
        line("ingest_qualifying 2026/").contains("failed, attempt 4"),
        "{late}"
    );
    assert!(line("load").contains("2.4 s  release v1"), "{late}");
    let practice = line("practice  ");
    assert!(practice.contains("2026 Nowhere Grand Prix"), "{practice}");
    assert!(
        practice.contains("from openf1, since 2026-06-08 11:20 UTC"),
        "{practice}"
    );
    assert!(line("laps ").ends_with("none"), "{late}");
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn standard_output_is_only_json(pool: PgPool) {
    let empty: Value = serde_json::from_slice(
        &status(&pool, "2026-06-10T14:00:00Z", &["--json"])
            .await
            .stdout,
    )
    .unwrap();
    assert_eq!(empty["problems"], Value::Array(Vec::new()));
    assert_eq!(empty["release"], Value::Null);

    load_and_forecast(&context(&pool), &championship().release()).await;
    let output = status(&pool, "2026-06-10T14:00:00Z", &["--json"]).await;
    let loaded: Value = serde_json::from_slice(&output.stdout).unwrap();
    let forecasts = loaded["predictions"].as_array().unwrap();
    let live: Vec<&Value> = forecasts
        .iter()
        .filter(|row| row["kind"] == "live")
        .collect();
    assert!(!live.is_empty(), "{forecasts:?}");
    assert!(
        live.iter()
            .all(|row| row["lead_s"].as_i64() > Some(0) && row["late_s"].is_null())
    );
    // The demonstration's races were run before it was loaded.
    let mut retrospective = forecasts
        .iter()
        .filter(|row| row["kind"] == "retrospective");
    assert!(retrospective.clone().count() > 0, "{forecasts:?}");
    assert!(retrospective.all(|row| row["made_at"].is_string() && row["late_s"].is_null()));
    let text = text(&pool, "2026-06-10T14:00:00Z").await;
    assert!(text.contains("  retrospective, official_grid\n"), "{text}");
    assert!(!text.contains(" late, "), "{text}");
    assert!(loaded["races_completed"].as_i64() > Some(4));
}
