//! A real season session by session through `tick`, over the replay server of the shared folder.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails here")]

mod common;

use std::time::Duration;

use chrono::{DateTime, Datelike as _, TimeDelta, Timelike as _, Utc, Weekday};
use common::replay::Replay;
use etl::{
    Context,
    tick::{self, Chore, Ticked, When},
};
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

async fn tick_at(pool: &PgPool, replay: &Replay, now: DateTime<Utc>, chores: &[Chore]) -> Ticked {
    replay.set_now(now).await;
    let ctx: Context = common::context_of(pool, now, replay.address());
    tick::run(&ctx, chores, When::Due, &CancellationToken::new())
        .await
        .unwrap()
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_season(pool: PgPool) {
    let Some(replay) = Replay::start(&["--today", "2024-02-20"]) else {
        return;
    };
    let mut now = instant("2024-02-20T12:00:00Z");
    let end = instant(&std::env::var("UNTIL").unwrap_or("2024-03-12T12:00:00Z".to_owned()));
    while now < end {
        let begun = std::time::Instant::now();
        let ticked = tick_at(&pool, &replay, now, &Chore::ALL[..4]).await;
        if ticked != Ticked::default() {
            println!("{now} {ticked:?} {:?}", begun.elapsed());
        }
        let weekend = matches!(now.weekday(), Weekday::Fri | Weekday::Sat | Weekday::Sun);
        now += TimeDelta::hours(if weekend { 1 } else { 24 });
        if !weekend && now.weekday() == Weekday::Fri {
            now = now.with_hour(0).unwrap();
        }
    }
    let runs: Vec<(i64, String, Option<i16>, Option<i16>, DateTime<Utc>, Option<String>, Option<i32>, Option<i32>, Option<String>)> = sqlx::query_as(
        "SELECT id, job, year, round, started_at, outcome::text, rows_inserted, rows_changed, coalesce(error, detail) FROM job_runs ORDER BY id",
    ).fetch_all(&pool).await.unwrap();
    for run in runs {
        println!("{run:?}");
    }
    let f: Vec<(i16, i16, String, String, String, DateTime<Utc>, DateTime<Utc>, String)> = sqlx::query_as(
        "SELECT r.year, r.round, p.contest::text, p.moment::text, p.kind::text, p.made_at, p.scheduled_start, p.inputs_used::text FROM predictions p JOIN races r ON r.id = p.race_id WHERE r.year = 2024 ORDER BY p.id",
    ).fetch_all(&pool).await.unwrap();
    for row in f {
        println!("{row:?}");
    }
    let c: Vec<(i32, String, String, serde_json::Value, Option<serde_json::Value>)> = sqlx::query_as("SELECT race_id, list::text, driver_key::text, before, after FROM corrections JOIN drivers d ON d.id = driver_id ORDER BY corrections.id").fetch_all(&pool).await.unwrap();
    for row in c {
        println!("{row:?}");
    }
    let _ = Duration::ZERO;
}
