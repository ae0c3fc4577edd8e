//! Helpers of every topic: contexts, the championship that tests load, and dumps of a database.
pub(crate) mod replay;
pub(crate) mod script;
pub(crate) mod watch;

use std::time::Duration;

use chrono::{DateTime, Utc};
use demo::Championship;
use etl::{
    Context, Sources, dump,
    jobs::{load, predictions},
    sources::{f1db, http::Http},
};
use reqwest::Url;
use schema::Clock;
use sqlx::PgPool;

/// The time of most tests: a Wednesday, 14:00 UTC.
pub(crate) fn now() -> DateTime<Utc> {
    "2026-06-10T14:00:00Z".parse().unwrap()
}

/// A context whose clock stands still at `now` and whose sources do not answer.
pub(crate) fn context_at(pool: &PgPool, now: DateTime<Utc>) -> Context {
    context_of(pool, now, "http://127.0.0.1:9")
}

/// A context whose clock stands still at `now` and whose sources are below `server`.
pub(crate) fn context_of(pool: &PgPool, now: DateTime<Utc>, server: &str) -> Context {
    Context {
        pool: pool.clone(),
        sources: Sources::below(&server.parse::<Url>().unwrap()).unwrap(),
        http: Http::pausing(Duration::from_millis(1)).unwrap(),
        clock: Clock::starting_at(Some(now), 0.0),
        job_run: None,
    }
}

/// A context at the time of most tests, whose sources do not answer.
pub(crate) fn context(pool: &PgPool) -> Context {
    context_at(pool, now())
}

/// The championship that most tests load.
pub(crate) fn championship() -> Championship {
    Championship::small(now())
}

/// A simulated release as it is downloaded from F1DB.
pub(crate) fn packed(release: &demo::Release) -> f1db::Release {
    f1db::Release {
        tag: release.tag.clone(),
        url: "test:".to_owned(),
        etag: None,
        bytes: release.zip().unwrap(),
    }
}

/// Loads a release as F1DB's.
pub(crate) async fn load(
    ctx: &Context,
    release: &demo::Release,
) -> anyhow::Result<etl::jobs::Report> {
    load::load_release(ctx, "f1db", &packed(release)).await
}

/// Loads a release and makes every forecast that is due.
pub(crate) async fn load_and_forecast(ctx: &Context, release: &demo::Release) {
    load(ctx, release).await.unwrap();
    predictions::compute_all(ctx, |_, _| {}).await.unwrap();
}

/// The canonical dump of a database as text.
pub(crate) async fn dumped(pool: &PgPool) -> String {
    let mut bytes = Vec::new();
    dump::write(pool, &mut bytes).await.unwrap();
    String::from_utf8(bytes).unwrap()
}

/// The lines of one section of a dump, without its header.
pub(crate) fn section<'a>(dump: &'a str, title: &str) -> Vec<&'a str> {
    let heading = format!("# {title}");
    dump.lines()
        .skip_while(|line| **line != *heading)
        .skip(2)
        .take_while(|line| !line.starts_with("# "))
        .collect()
}

/// A second migrated database for a test. The next run of the same test drops it.
pub(crate) async fn another_database(pool: &PgPool) -> PgPool {
    let name: String = sqlx::query_scalar("SELECT 'past_' || md5(current_database())")
        .fetch_one(pool)
        .await
        .unwrap();
    let create = format!("CREATE DATABASE \"{name}\"");
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!(
        "DROP DATABASE IF EXISTS \"{name}\""
    )))
    .execute(pool)
    .await
    .unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(create))
        .execute(pool)
        .await
        .unwrap();
    let options = (*pool.connect_options()).clone().database(&name);
    let other = PgPool::connect_with(options).await.unwrap();
    schema::MIGRATOR.run(&other).await.unwrap();
    other
}
