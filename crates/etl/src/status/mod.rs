//! `f1-etl status`: what is wrong, what is due, what ran last, how fresh the data is, and how early predictions were.

mod json;
mod text;

use chrono::{DateTime, Utc};
use schema::pipeline::{self, Freshness, JobRun, Problem, Summary, Timeliness, Weekend};
use sqlx::PgPool;

/// The state of the data and of the pipeline at an instant: text by `Display`, JSON by `Serialize`.
#[derive(Debug)]
pub struct Status {
    now: DateTime<Utc>,
    summary: Summary,
    problems: Vec<Problem>,
    weekends: Vec<Weekend>,
    jobs: Vec<JobRun>,
    freshness: Vec<Freshness>,
    timeliness: Vec<Timeliness>,
}

/// Reads the state as it is at `now`.
pub async fn read(pool: &PgPool, now: DateTime<Utc>) -> sqlx::Result<Status> {
    Ok(Status {
        now,
        summary: pipeline::summary(pool).await?,
        problems: pipeline::problems(pool, now).await?,
        weekends: pipeline::weekends(pool, now).await?,
        jobs: pipeline::runs(pool, 0).await?.last_of_job,
        freshness: pipeline::freshness(pool).await?,
        timeliness: pipeline::timeliness(pool, now).await?,
    })
}

/// The newest data of a kind: a release, or the race that has it.
fn newest(freshness: &Freshness) -> Option<String> {
    let race = freshness.race.as_ref();
    let release = freshness.release.clone();
    release.or_else(|| race.map(|race| format!("{} {}", race.year, race.name)))
}
