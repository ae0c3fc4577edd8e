//! `job_runs`: what ran, when, and how it ended.

use anyhow::{Context as _, Result};
use schema::JobOutcome;
use sqlx::{Connection as _, PgConnection, PgPool};

use super::{Job, Report};
use crate::{
    Context, RaceFilter, error_chain,
    locks::{self, Lock},
};

/// The error of a run whose process ended before it did. Some of its rows may have been written.
const KILLED: &str = "the process ended before the job did; what was not committed is not there";

/// Another process is running this job for the same races.
#[derive(Debug, thiserror::Error)]
#[error("{0} is already running")]
pub struct AlreadyRunning(Job);

/// Runs `body` as `job` and records the run. A job runs once at a time for the same races. An error is recorded and
/// returned. The context that `body` gets knows the row of this run.
pub async fn record<F>(ctx: &Context, job: Job, filter: RaceFilter, body: F) -> Result<Report>
where
    F: AsyncFnOnce(&Context) -> Result<Report>,
{
    let mut connection = ctx
        .pool
        .acquire()
        .await
        .context("cannot reach the database")?
        .detach();
    let subject = format!("{job} {filter}");
    let lock = Lock::job(subject.trim_end());
    if !lock.take(&mut connection, locks::BRIEFLY).await? {
        return Err(AlreadyRunning(job).into());
    }
    close_orphans(&mut connection, ctx, job, filter).await?;
    let id = begin(&mut connection, ctx, job, filter).await?;
    let ctx = Context {
        job_run: Some(id),
        ..ctx.clone()
    };
    let requests_before = ctx.http.requests();
    let result = body(&ctx).await;
    let requests = ctx.http.requests() - requests_before;
    let recorded = end(&mut connection, &ctx, id, requests, &result).await;
    match (result, recorded) {
        (result, Ok(())) => {
            connection.close().await?;
            result
        }
        (Ok(_), Err(error)) => Err(error.context(format!("cannot record the end of {job}"))),
        // The first error is the cause; the next run closes the row.
        (Err(first), Err(error)) => {
            let error = error_chain(&error);
            tracing::error!(%job, "cannot record that it failed: {error}");
            Err(first)
        }
    }
}

/// Records a job that ran in the transaction of another: its row is committed together with what it wrote.
pub async fn record_part(
    transaction: &mut PgConnection,
    ctx: &Context,
    job: Job,
    filter: RaceFilter,
    report: &Report,
) -> Result<()> {
    let id = begin(transaction, ctx, job, filter).await?;
    end(transaction, ctx, id, 0, &Ok(report.clone())).await
}

async fn begin(
    connection: &mut PgConnection,
    ctx: &Context,
    job: Job,
    filter: RaceFilter,
) -> Result<i64> {
    let id = sqlx::query_scalar!(
        r#"INSERT INTO job_runs (job, year, round, started_at, attempt)
           SELECT $1, $2, $3, $4, 1 + (
               SELECT count(*) FROM job_runs b
               WHERE b.job = $1 AND b.year IS NOT DISTINCT FROM $2 AND b.round IS NOT DISTINCT FROM $3
                 AND b.id > coalesce((SELECT max(id) FROM job_runs d
                                      WHERE d.job = $1 AND d.year IS NOT DISTINCT FROM $2
                                        AND d.round IS NOT DISTINCT FROM $3
                                        AND d.outcome IN ('done', 'nothing_new')), 0))
           RETURNING id"#,
        job.as_str(),
        filter.season,
        filter.round,
        ctx.now()
    );
    Ok(id.fetch_one(connection).await?)
}

async fn end(
    connection: &mut PgConnection,
    ctx: &Context,
    id: i64,
    requests: u32,
    result: &Result<Report>,
) -> Result<()> {
    let failed = Report::default();
    let (outcome, report, error) = match result {
        Ok(report) => (report.outcome(), report, None),
        Err(error) => (JobOutcome::Failed, &failed, Some(error_chain(error))),
    };
    let count = |rows: u64| i32::try_from(rows).unwrap_or(i32::MAX);
    sqlx::query!(
        "UPDATE job_runs SET finished_at = greatest($2, started_at), outcome = $3, rows_read = $4, rows_inserted = $5,
                rows_changed = $6, rows_deleted = $7, disagreements = $8, upstream_requests = $9, detail = $10, error = $11
         WHERE id = $1",
        id,
        ctx.now(),
        outcome as JobOutcome,
        count(report.changes.read),
        count(report.changes.inserted),
        count(report.changes.changed),
        count(report.changes.deleted),
        count(report.disagreements),
        i32::try_from(requests).unwrap_or(i32::MAX),
        report.detail,
        error,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Ends the rows of runs that were killed. The lock of this run excludes any that still runs.
async fn close_orphans(
    connection: &mut PgConnection,
    ctx: &Context,
    job: Job,
    filter: RaceFilter,
) -> Result<()> {
    sqlx::query!(
        "UPDATE job_runs SET finished_at = greatest($4, started_at), outcome = 'failed',
                error = $5
         WHERE job = $1 AND year IS NOT DISTINCT FROM $2 AND round IS NOT DISTINCT FROM $3 AND finished_at IS NULL",
        job.as_str(),
        filter.season,
        filter.round,
        ctx.now(),
        KILLED
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Whether a job that is news wrote something since `job` last ran to its end for all seasons: what it derives may be
/// stale. A run that was killed counts as news, since what it wrote is not known.
pub async fn is_behind(pool: &PgPool, job: Job) -> Result<bool> {
    let current = sqlx::query_scalar!(
        r#"SELECT coalesce(
               (SELECT max(id) FROM job_runs WHERE job = $1 AND year IS NULL AND outcome IN ('done', 'nothing_new'))
                   > (SELECT max(id) FROM job_runs WHERE job = ANY ($2) AND (outcome = 'done' OR outcome IS NULL OR error = $3)),
               false) AS "current!""#,
        job.as_str(),
        &Job::names(Job::is_news),
        KILLED
    );
    Ok(!current.fetch_one(pool).await?)
}

/// Whether `job` has not run to its end since `other` last wrote something or was killed.
pub async fn is_older(pool: &PgPool, job: Job, other: Job) -> Result<bool> {
    let older = sqlx::query_scalar!(
        r#"SELECT coalesce(
               (SELECT max(id) FROM job_runs WHERE job = $2 AND (outcome = 'done' OR outcome IS NULL OR error = $3))
                   > coalesce((SELECT max(id) FROM job_runs WHERE job = $1 AND outcome IN ('done', 'nothing_new')), 0),
               false) AS "older!""#,
        job.as_str(),
        other.as_str(),
        KILLED
    );
    Ok(older.fetch_one(pool).await?)
}
