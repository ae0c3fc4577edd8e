//! `job_runs`: what ran, when, and how it ended.

use std::time::Duration;

use anyhow::{Context as _, Result};
use schema::JobOutcome;
use sqlx::{Connection as _, PgConnection, PgPool};

use crate::{Context, dataset::Weekend, merge::Changes, words};

/// How long the lock of a process that was killed may stay.
const A_MOMENT: Duration = Duration::from_secs(2);
/// What the ledger says of a run whose process ended before it did. Its rows may be there all the same.
const KILLED: &str = "the process ended before the job did; what was not committed is not there";
/// PostgreSQL's `lock_not_available`.
pub(crate) const LOCK_TIMED_OUT: &str = "55P03";

/// Which races a job is about; `None` means all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Which {
    /// Season.
    pub season: Option<i16>,
    /// Round.
    pub round: Option<i16>,
}

impl Which {
    /// One race.
    #[must_use]
    pub const fn race(season: i16, round: i16) -> Self {
        Self {
            season: Some(season),
            round: Some(round),
        }
    }

    /// A season.
    #[must_use]
    pub const fn season(season: i16) -> Self {
        Self {
            season: Some(season),
            round: None,
        }
    }

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
    /// Rows of ours that a source of less weight has otherwise.
    pub disagreements: u64,
    /// What was looked for is not published yet.
    pub not_yet: bool,
    /// One line for people: which release, how many forecasts.
    pub detail: String,
}

impl Report {
    /// Rows that differed, and a word on them.
    #[must_use]
    pub fn of(changes: Changes, detail: impl Into<String>) -> Self {
        Self {
            changes,
            detail: detail.into(),
            ..Self::default()
        }
    }

    /// Something was written; else it is not published, or nothing new.
    #[must_use]
    pub const fn outcome(&self) -> JobOutcome {
        match (self.changes.is_empty(), self.not_yet) {
            (false, _) => JobOutcome::Done,
            (true, true) => JobOutcome::NotYet,
            (true, false) => JobOutcome::NothingNew,
        }
    }
}

/// Somebody else is at the same job.
#[derive(Debug, thiserror::Error)]
#[error("{0} is already running")]
pub struct AlreadyRunning(String);

/// Runs `job` under its name, and records it: of one name and race only one at a time. An error is recorded and
/// returned. `job` is given a context that knows its row.
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
    if !lock_job(&mut lock, name, which).await? {
        return Err(AlreadyRunning(name.to_owned()).into());
    }
    close_orphans(&mut lock, ctx, name, which).await?;
    let id = begin(&mut lock, ctx, name, which).await?;
    let ctx = Context {
        job_run: Some(id),
        ..ctx.clone()
    };
    let requests_before = ctx.http.requests();
    let result = job(&ctx).await;
    let requests = ctx.http.requests() - requests_before;
    let recorded = end(&mut lock, &ctx, id, requests, &result).await;
    match (result, recorded) {
        (result, Ok(())) => {
            lock.close().await?;
            result
        }
        (Ok(_), Err(error)) => Err(error.context(format!("cannot record the end of {name}"))),
        // The first error says why; the next run closes the row.
        (Err(first), Err(error)) => {
            tracing::error!(
                job = name,
                "cannot record that it failed: {}",
                words(&error)
            );
            Err(first)
        }
    }
}

/// Records a job that ran in the transaction of another: it is there if and only if its rows are.
pub async fn record_part(
    transaction: &mut PgConnection,
    ctx: &Context,
    name: &'static str,
    which: Which,
    report: &Report,
) -> Result<()> {
    let id = begin(transaction, ctx, name, which).await?;
    end(transaction, ctx, id, 0, &Ok(report.clone())).await
}

async fn begin(
    connection: &mut PgConnection,
    ctx: &Context,
    name: &str,
    which: Which,
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
        name,
        which.season,
        which.round,
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
        Err(error) => (JobOutcome::Failed, &failed, Some(words(error))),
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

/// A run that was killed has no end. Nobody else is at the job, so those before this one were.
async fn close_orphans(
    connection: &mut PgConnection,
    ctx: &Context,
    name: &str,
    which: Which,
) -> Result<()> {
    sqlx::query!(
        "UPDATE job_runs SET finished_at = greatest($4, started_at), outcome = 'failed',
                error = $5
         WHERE job = $1 AND year IS NOT DISTINCT FROM $2 AND round IS NOT DISTINCT FROM $3 AND finished_at IS NULL",
        name,
        which.season,
        which.round,
        ctx.now(),
        KILLED
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A session-level advisory lock on the job's name and race: gone with the connection, even if the process is killed.
async fn lock_job(connection: &mut PgConnection, name: &str, which: Which) -> Result<bool> {
    let subject = match (which.season, which.round) {
        (None, _) => name.to_owned(),
        (Some(season), None) => format!("{name} {season}"),
        (Some(season), Some(round)) => format!("{name} {season}/{round}"),
    };
    Ok(lock_soon(connection, "f1 job", &subject).await?)
}

/// Takes the advisory lock of a subject, unless another process is at it. The server needs a moment to notice that a
/// process was killed: so long it is waited for.
pub(crate) async fn lock_soon(
    connection: &mut PgConnection,
    kind: &str,
    subject: &str,
) -> sqlx::Result<bool> {
    sqlx::query!(
        "SELECT set_config('lock_timeout', $1, false)",
        format!("{}ms", A_MOMENT.as_millis())
    )
    .fetch_one(&mut *connection)
    .await?;
    let locked = sqlx::query!(
        "SELECT pg_advisory_lock(hashtext($1), hashtext($2))",
        kind,
        subject
    )
    .fetch_one(&mut *connection)
    .await;
    sqlx::query!("SELECT set_config('lock_timeout', '0', false)")
        .fetch_one(connection)
        .await?;
    match locked {
        Ok(_) => Ok(true),
        Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some(LOCK_TIMED_OUT) => {
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

/// Jobs after which forecasts are to be scored anew, and titles to be simulated.
const NEWS: [&str; 7] = [
    "load",
    "sync_schedule",
    "forecast_all",
    "ingest_race",
    "ingest_sprint",
    "recheck",
    "sync_season",
];

/// Whether anything changed since `name` last ran to its end for all seasons: what it derives may be stale. Of a run
/// that was killed it is not known what it wrote.
pub async fn is_behind(pool: &PgPool, name: &str) -> Result<bool> {
    let current = sqlx::query_scalar!(
        r#"SELECT coalesce(
               (SELECT max(id) FROM job_runs WHERE job = $1 AND year IS NULL AND outcome IN ('done', 'nothing_new'))
                   > (SELECT max(id) FROM job_runs WHERE job = ANY ($2) AND (outcome = 'done' OR outcome IS NULL OR error = $3)),
               false) AS "current!""#,
        name,
        &NEWS.map(str::to_owned),
        KILLED
    );
    Ok(!current.fetch_one(pool).await?)
}

/// Whether `job` has not run to its end since `other` last wrote something, or was killed.
pub async fn is_older(pool: &PgPool, job: &str, other: &str) -> Result<bool> {
    let older = sqlx::query_scalar!(
        r#"SELECT coalesce(
               (SELECT max(id) FROM job_runs WHERE job = $2 AND (outcome = 'done' OR outcome IS NULL OR error = $3))
                   > coalesce((SELECT max(id) FROM job_runs WHERE job = $1 AND outcome IN ('done', 'nothing_new')), 0),
               false) AS "older!""#,
        job,
        other,
        KILLED
    );
    Ok(older.fetch_one(pool).await?)
}
