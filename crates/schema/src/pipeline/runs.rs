//! Runs of jobs, from the ledger.

use chrono::{DateTime, Utc};
use sqlx::PgPool;

use vocabulary::JobOutcome;

/// A run of a job. A run without an outcome that is not running was killed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRun {
    /// Number in the ledger.
    pub id: i64,
    /// The job.
    pub job: String,
    /// The season it was about; `None`: all.
    pub season: Option<i16>,
    /// The round it was about; `None`: all.
    pub round: Option<i16>,
    /// The title of that race.
    pub race: Option<String>,
    /// Counts the runs in a row that did not get what they were for, and the one that then did.
    pub attempt: i32,
    /// How it ended; `None` while it runs, or if it was killed.
    pub outcome: Option<JobOutcome>,
    /// Currently running.
    pub running: bool,
    /// When it started, UTC.
    pub started_at: DateTime<Utc>,
    /// When it ended, UTC.
    pub finished_at: Option<DateTime<Utc>>,
    /// Duration, milliseconds.
    pub duration_ms: Option<i64>,
    /// Rows examined.
    pub rows_read: Option<i32>,
    /// Rows that were new.
    pub rows_inserted: Option<i32>,
    /// Rows that had changed.
    pub rows_changed: Option<i32>,
    /// Rows that were gone.
    pub rows_deleted: Option<i32>,
    /// Rows for which another source has other values.
    pub disagreements: Option<i32>,
    /// Requests sent to upstreams.
    pub upstream_requests: Option<i32>,
    /// What it did.
    pub detail: Option<String>,
    /// Why it failed.
    pub error: Option<String>,
}

/// A selection of runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runs {
    /// The last run of every job, in the order of the jobs' names.
    pub last_of_job: Vec<JobRun>,
    /// The newest runs of any job, newest first.
    pub newest: Vec<JobRun>,
}

/// Reads the last run of every job, and the `newest` runs of any.
pub async fn runs(pool: &PgPool, newest: i64) -> sqlx::Result<Runs> {
    let rows = sqlx::query_file!("src/pipeline/runs.sql", newest)
        .fetch_all(pool)
        .await?;
    let mut runs = Runs {
        last_of_job: Vec::new(),
        newest: Vec::new(),
    };
    for row in rows {
        let run = JobRun {
            id: row.id,
            job: row.job,
            season: row.year,
            round: row.round,
            race: row.race_name,
            attempt: row.attempt,
            outcome: row.outcome,
            running: row.running,
            started_at: row.started_at,
            finished_at: row.finished_at,
            duration_ms: row.duration_ms,
            rows_read: row.rows_read,
            rows_inserted: row.rows_inserted,
            rows_changed: row.rows_changed,
            rows_deleted: row.rows_deleted,
            disagreements: row.disagreements,
            upstream_requests: row.upstream_requests,
            detail: row.detail,
            error: row.error,
        };
        if row.last {
            runs.last_of_job.push(run.clone());
        }
        if row.newest {
            runs.newest.push(run);
        }
    }
    runs.last_of_job.sort_by(|a, b| a.job.cmp(&b.job));
    Ok(runs)
}
