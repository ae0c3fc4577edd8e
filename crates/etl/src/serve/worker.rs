//! Runs the pending tasks, one tick after the other.

use std::{
    hash::{BuildHasher as _, RandomState},
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use super::{
    metrics::Ticks,
    outcome::{self, Outcome},
    pending::{Pending, PendingTask},
};
use crate::{
    Context, error_chain,
    jobs::Job,
    tick::{self, Task, TickReport, Trigger},
};

/// How far the clocks of two hosts may differ when the same minute begins.
const SKEW: TimeDelta = TimeDelta::seconds(5);

pub(super) struct Worker {
    pub(super) ctx: Context,
    pub(super) pending: Arc<Pending>,
    /// The longest random wait before a tick.
    pub(super) jitter: Duration,
    pub(super) ticks: Arc<Ticks>,
    pub(super) stop: CancellationToken,
}

impl Worker {
    /// Runs tasks until `stop` is cancelled, and then to the end of the running job. Must be called inside the runtime
    /// that it will use.
    pub(super) async fn run(self) {
        let this = self.with_own_pool();
        let stop = this.stop.clone();
        let mut is_first = true;
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                () = this.next(is_first) => {}
            }
            is_first = false;
            let pending = this.pending.take();
            for alike in pending.chunk_by(|one, next| one.trigger == next.trigger) {
                if !stop.is_cancelled() {
                    this.work_on(alike).await;
                }
            }
        }
    }

    /// A connection belongs to the runtime that created it.
    fn with_own_pool(mut self) -> Self {
        let connection = (*self.ctx.pool.connect_options()).clone();
        let options = self.ctx.pool.options().clone();
        self.ctx.pool = options.connect_lazy_with(connection);
        self
    }

    async fn next(&self, is_first: bool) {
        self.pending.added().await;
        if !is_first {
            // Nothing stored depends on this number, so it need not be reproducible.
            let chance = RandomState::new().hash_one(()) as f64 / u64::MAX as f64;
            tokio::time::sleep(self.jitter.mul_f64(chance)).await;
        }
    }

    /// Runs one tick. Tasks that fail are logged and stay pending.
    async fn work_on(&self, pending: &[PendingTask]) {
        let Some(trigger) = pending.first().map(|task| task.trigger) else {
            return;
        };
        let start = Instant::now();
        let result = self.tick(pending, trigger).await;
        let outcome = result.as_ref().map_or(Outcome::Failed, Outcome::of);
        self.ticks.count(outcome, start.elapsed());
        match result {
            Err(error) => {
                tracing::error!(tasks = ?names(pending), "{}", error_chain(&error));
                self.pending.put_back(pending);
            }
            Ok(report) => {
                if outcome != Outcome::Nothing {
                    tracing::info!(tasks = ?names(pending), "{}", outcome::line(&report));
                }
                self.pending.put_back(&left_pending(pending, &report));
            }
        }
    }

    async fn tick(&self, pending: &[PendingTask], trigger: Trigger) -> Result<TickReport> {
        let ctx = &self.ctx;
        // The database may have been migrated meanwhile.
        schema::database::check_schema(&ctx.pool).await?;
        let mut tasks = Vec::new();
        for pending in pending {
            if trigger == Trigger::IfDue
                || !is_done_since(&ctx.pool, pending.task, pending.since).await?
            {
                tasks.push(pending.task);
            }
        }
        if tasks.is_empty() {
            return Ok(TickReport::default());
        }
        // Results of these tasks are scored in the same tick.
        tasks.push(Task::Scores);
        tick::run(ctx, &tasks, trigger, &self.stop).await
    }
}

/// The tasks that a tick leaves pending.
fn left_pending(pending: &[PendingTask], report: &TickReport) -> Vec<PendingTask> {
    let trigger = |task: &PendingTask| {
        if report.busy {
            Some(task.trigger)
        } else if !report.failed.is_empty() || report.backing_off {
            // How soon it is tried again depends on how long it has been failing.
            Some(Trigger::IfDue)
        } else {
            None
        }
    };
    let left = pending.iter().filter_map(|&task| {
        let trigger = trigger(&task)?;
        Some(PendingTask { trigger, ..task })
    });
    left.collect()
}

/// Whether another host, on the same schedule, ran the periodic jobs of a task meanwhile. Sessions and scores have none.
async fn is_done_since(pool: &PgPool, task: Task, since: DateTime<Utc>) -> sqlx::Result<bool> {
    let jobs = Job::names(|job| job.task() == Some(task) && job.due().is_periodic());
    let done = sqlx::query_scalar!(
        r#"SELECT count(DISTINCT job) AS "done!" FROM job_runs
           WHERE job = ANY ($1) AND started_at >= $2 AND outcome IN ('done', 'nothing_new', 'not_yet')"#,
        &jobs,
        since - SKEW
    );
    let done = usize::try_from(done.fetch_one(pool).await?).unwrap_or_default();
    Ok(!jobs.is_empty() && done == jobs.len())
}

fn names(pending: &[PendingTask]) -> Vec<Task> {
    pending.iter().map(|pending| pending.task).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due_at() -> DateTime<Utc> {
        "2026-06-10T05:17:00Z".parse().unwrap()
    }

    #[sqlx::test(migrator = "schema::MIGRATOR")]
    async fn tasks_completed_by_another_host_are_not_repeated(pool: PgPool) {
        let after = |seconds| due_at() + TimeDelta::seconds(seconds);
        for (started_at, outcome, is_done) in [
            (after(-60), "done", false),
            (after(20), "failed", false),
            (after(20), "nothing_new", true),
        ] {
            sqlx::query(
                "INSERT INTO job_runs (job, started_at, finished_at, outcome) VALUES ('load', $1, $1, $2::job_outcome)",
            )
            .bind(started_at)
            .bind(outcome)
            .execute(&pool)
            .await
            .unwrap();
            let done = is_done_since(&pool, Task::Release, due_at()).await;
            assert_eq!(done.unwrap(), is_done, "{outcome} at {started_at}");
        }
        for other in [Task::Calendar, Task::Sessions, Task::Scores] {
            let done = is_done_since(&pool, other, due_at()).await;
            assert!(!done.unwrap(), "{other:?} after a release");
        }
    }

    #[test]
    fn a_task_that_failed_or_backs_off_stays_pending_until_it_is_due() {
        let pending = PendingTask {
            task: Task::Release,
            trigger: Trigger::Always,
            since: due_at(),
        };
        let if_due = PendingTask {
            trigger: Trigger::IfDue,
            ..pending
        };
        let done = TickReport {
            done: 1,
            ..TickReport::default()
        };
        let failed = TickReport {
            failed: vec!["load: no route".to_owned()],
            ..TickReport::default()
        };
        let backing_off = TickReport {
            backing_off: true,
            ..done.clone()
        };
        let busy = TickReport {
            busy: true,
            ..TickReport::default()
        };
        for (report, left) in [
            (done, vec![]),
            (failed, vec![if_due]),
            (backing_off, vec![if_due]),
            (busy, vec![pending]),
        ] {
            assert_eq!(left_pending(&[pending], &report), left, "{report:?}");
        }
    }
}
