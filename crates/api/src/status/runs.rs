//! What ran.

use client::{status::JobRun, vocabulary::JobOutcome};
use sqlx::PgPool;

use crate::error::Error;

/// The last run of every job in the order of their names, and the newest runs.
pub(super) async fn read(pool: &PgPool, limit: i64) -> Result<(Vec<JobRun>, Vec<JobRun>), Error> {
    let rows = sqlx::query_file!("src/status/runs.sql", limit)
        .fetch_all(pool)
        .await?;
    let (mut jobs, mut runs) = (Vec::new(), Vec::new());
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
            jobs.push(run.clone());
        }
        if row.newest {
            runs.push(run);
        }
    }
    jobs.sort_by(|a, b| a.job.cmp(&b.job));
    Ok((jobs, runs))
}
