//! `job_runs`: what ran, when, and how it ended.

use anyhow::{Context as _, Result, bail};
use schema::JobOutcome;
use sqlx::{Connection as _, PgConnection, PgPool};

use crate::{Context, dataset::Weekend, merge::Changes};

/// Which races a job is about; `None` means all.
#[derive(Debug, Clone, Copy, Default)]
pub struct Which {
    /// Season.
    pub season: Option<i16>,
    /// Round.
    pub round: Option<i16>,
}

impl Which {
    /// Whether a weekend is one of them.
    #[must_use]
    pub fn includes(self, weekend: &Weekend) -> bool {
        self.season.is_none_or(|season| season == weekend.year)
            && self.round.is_none_or(|round| round == weekend.round)
    }
}

/// What a job run has to say.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Rows that differed.
    pub changes: Changes,
    /// One line for people: which release, how many forecasts.
    pub detail: String,
}

impl Report {
    /// Done, or nothing new.
    #[must_use]
    pub const fn outcome(&self) -> JobOutcome {
        if self.changes.is_empty() {
            JobOutcome::NothingNew
        } else {
            JobOutcome::Done
        }
    }
}

/// Runs `job` under its name, and records it: of one name only one, and of all names one after the other, since they
/// write the same tables. An error is recorded and returned.
pub async fn record<F>(ctx: &Context, name: &'static str, which: Which, job: F) -> Result<Report>
where
    F: AsyncFnOnce(&Context) -> Result<Report>,
{
    let mut lock = ctx
        .pool
        .acquire()
        .await
        .context("cannot reach the database")?
        .detach();
    if !try_lock(&mut lock, name).await? {
        bail!("{name} is already running");
    }
    let id = sqlx::query_scalar!(
        "INSERT INTO job_runs (job, year, round, started_at) VALUES ($1, $2, $3, $4) RETURNING id",
        name,
        which.season,
        which.round,
        ctx.now()
    )
    .fetch_one(&mut lock)
    .await?;
    wait_for_other_jobs(&mut lock).await?;
    let requests_before = ctx.http.requests();
    let result = job(ctx).await;
    let requests = ctx.http.requests() - requests_before;
    let (outcome, report, error) = match &result {
        Ok(report) => (report.outcome(), report.clone(), None),
        Err(error) => (
            JobOutcome::Failed,
            Report::default(),
            Some(format!("{error:#}")),
        ),
    };
    let count = |rows: u64| i32::try_from(rows).unwrap_or(i32::MAX);
    sqlx::query!(
        "UPDATE job_runs SET finished_at = greatest($2, started_at), outcome = $3, rows_read = $4, rows_inserted = $5,
                rows_changed = $6, rows_deleted = $7, upstream_requests = $8, detail = $9, error = $10
         WHERE id = $1",
        id,
        ctx.now(),
        outcome as JobOutcome,
        count(report.changes.read),
        count(report.changes.inserted),
        count(report.changes.changed),
        count(report.changes.deleted),
        i32::try_from(requests).unwrap_or(i32::MAX),
        report.detail,
        error,
    )
    .execute(&mut lock)
    .await?;
    lock.close().await?;
    result
}

/// Held until the connection is closed.
async fn wait_for_other_jobs(connection: &mut PgConnection) -> Result<()> {
    sqlx::query!("SELECT pg_advisory_lock(hashtext('f1 writer'), 0)")
        .fetch_one(connection)
        .await?;
    Ok(())
}

/// A session-level advisory lock on the job's name: gone with the connection, even if the process is killed.
async fn try_lock(connection: &mut PgConnection, name: &str) -> Result<bool> {
    let locked = sqlx::query_scalar!(
        r#"SELECT pg_try_advisory_lock(hashtext('f1 job'), hashtext($1)) AS "locked!""#,
        name
    );
    Ok(locked.fetch_one(connection).await?)
}

/// Whether anything changed since `name` last ran to its end: what it derives may be stale.
pub async fn is_behind(pool: &PgPool, name: &str) -> Result<bool> {
    let current = sqlx::query_scalar!(
        r#"SELECT coalesce(
               (SELECT max(id) FROM job_runs WHERE job = $1 AND outcome IN ('done', 'nothing_new'))
                   > (SELECT max(id) FROM job_runs WHERE outcome = 'done' AND job NOT IN ('compute_accuracy', 'compute_title_odds')),
               false) AS "current!""#,
        name
    );
    Ok(!current.fetch_one(pool).await?)
}
