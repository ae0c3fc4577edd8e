//! `f1-etl status`: what the database holds and what ran last.

use std::fmt;

use anyhow::Result;
use chrono::{DateTime, Utc};
use schema::JobOutcome;
use serde::Serialize;
use sqlx::PgPool;

/// The state of the data.
#[derive(Debug, Serialize)]
pub struct Status {
    /// The release loaded last.
    pub release: Option<String>,
    /// Oldest and newest season.
    pub seasons: Option<(i16, i16)>,
    /// Races with a result.
    pub races_completed: i64,
    /// Forecasts made before the start.
    pub live_forecasts: i64,
    /// Forecasts made afterwards.
    pub retrospective_forecasts: i64,
    /// The last run of every job.
    pub jobs: Vec<LastRun>,
}

/// The last run of a job.
#[derive(Debug, Serialize)]
pub struct LastRun {
    /// The job.
    pub job: String,
    /// When it started, UTC.
    pub started_at: DateTime<Utc>,
    /// How it ended; `None` while it runs, or if it was killed.
    pub outcome: Option<&'static str>,
    /// What it said.
    pub detail: Option<String>,
}

/// Reads the state of the data.
pub async fn read(pool: &PgPool) -> Result<Status> {
    let counts = sqlx::query!(
        r#"SELECT (SELECT release_tag FROM raw_responses WHERE release_tag IS NOT NULL ORDER BY fetched_at DESC, id DESC LIMIT 1) AS release,
                  (SELECT min(year) FROM seasons) AS first, (SELECT max(year) FROM seasons) AS last,
                  (SELECT count(*) FROM races WHERE status = 'completed') AS "races!",
                  (SELECT count(*) FROM predictions WHERE kind = 'live') AS "live!",
                  (SELECT count(*) FROM predictions WHERE kind = 'retrospective') AS "retrospective!""#
    )
    .fetch_one(pool)
    .await?;
    let jobs = sqlx::query!(
        r#"SELECT DISTINCT ON (job) job, started_at, outcome AS "outcome: JobOutcome", coalesce(error, detail) AS detail
           FROM job_runs ORDER BY job, started_at DESC, id DESC"#
    )
    .fetch_all(pool)
    .await?;
    Ok(Status {
        release: counts.release,
        seasons: counts.first.zip(counts.last),
        races_completed: counts.races,
        live_forecasts: counts.live,
        retrospective_forecasts: counts.retrospective,
        jobs: jobs
            .into_iter()
            .map(|row| LastRun {
                job: row.job,
                started_at: row.started_at,
                outcome: row.outcome.map(JobOutcome::as_str),
                detail: row.detail,
            })
            .collect(),
    })
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "release    {}",
            self.release.as_deref().unwrap_or("none yet")
        )?;
        if let Some((first, last)) = self.seasons {
            writeln!(
                f,
                "seasons    {first} to {last}, {} races completed",
                self.races_completed
            )?;
        }
        writeln!(
            f,
            "forecasts  {} live, {} retrospective",
            self.live_forecasts, self.retrospective_forecasts
        )?;
        for run in &self.jobs {
            let outcome = run.outcome.unwrap_or("running or killed");
            let started = run.started_at.format("%Y-%m-%d %H:%M UTC");
            writeln!(
                f,
                "{:<28} {started}  {outcome}  {}",
                run.job,
                run.detail.as_deref().unwrap_or("")
            )?;
        }
        Ok(())
    }
}
