//! Does what has fallen due, one thing after the other.

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
    pending::{Due, Pending},
};
use crate::{
    Context,
    tick::{self, Chore, Ticked, When},
    words,
};

/// Two hosts see the same minute begin at slightly different times.
const SKEW: TimeDelta = TimeDelta::seconds(5);

pub(super) struct Worker {
    pub(super) ctx: Context,
    pub(super) pending: Arc<Pending>,
    /// The longest random wait before a run.
    pub(super) jitter: Duration,
    pub(super) ticks: Arc<Ticks>,
    pub(super) stop: CancellationToken,
}

impl Worker {
    /// Works until it is told to stop, and then to the end of the running job; must be called inside the runtime that it will use.
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
            let due = this.pending.take();
            for alike in due.chunk_by(|one, next| one.when == next.when) {
                if !stop.is_cancelled() {
                    this.work_on(alike).await;
                }
            }
        }
    }

    /// A connection belongs to the runtime that made it.
    fn with_own_pool(mut self) -> Self {
        let connection = (*self.ctx.pool.connect_options()).clone();
        let options = self.ctx.pool.options().clone();
        self.ctx.pool = options.connect_lazy_with(connection);
        self
    }

    async fn next(&self, is_first: bool) {
        self.pending.added().await;
        if !is_first {
            // Where nothing may depend on it, chance need not be reproducible.
            let chance = RandomState::new().hash_one(()) as f64 / u64::MAX as f64;
            tokio::time::sleep(self.jitter.mul_f64(chance)).await;
        }
    }

    /// A run. What fails is logged; it stays due and is tried with the next run.
    async fn work_on(&self, due: &[Due]) {
        let Some(when) = due.first().map(|due| due.when) else {
            return;
        };
        let start = Instant::now();
        let result = self.tick(due, when).await;
        let outcome = result.as_ref().map_or(Outcome::Failed, Outcome::of);
        self.ticks.count(outcome, start.elapsed());
        match result {
            Err(error) => {
                tracing::error!(chores = ?names(due), "{}", words(&error));
                self.pending.put_back(due);
            }
            Ok(ticked) if ticked.busy => {
                tracing::info!(chores = ?names(due), "another process is at it");
                self.pending.put_back(due);
            }
            Ok(ticked) => {
                if outcome == Outcome::Failed || ticked.rested {
                    // It stays due: how soon it is tried again depends on for how long it has failed.
                    let again = due.iter().map(|&due| Due {
                        when: When::Due,
                        ..due
                    });
                    self.pending.put_back(&again.collect::<Vec<_>>());
                }
                if outcome != Outcome::Nothing {
                    tracing::info!(chores = ?names(due), "{}", outcome::line(&ticked));
                }
            }
        }
    }

    async fn tick(&self, due: &[Due], when: When) -> Result<Ticked> {
        let ctx = &self.ctx;
        // It may have been migrated while we were running.
        schema::database::check_schema(&ctx.pool).await?;
        let mut chores = Vec::new();
        for due in due {
            if when == When::Due || !is_done_since(&ctx.pool, due.chore, due.since).await? {
                chores.push(due.chore);
            }
        }
        if chores.is_empty() {
            return Ok(Ticked::default());
        }
        // Results that a chore brings are scored with it.
        chores.push(Chore::Scores);
        tick::run(ctx, &chores, when, &self.stop).await
    }
}

/// Whether another host, on the same schedule, did it while we waited.
async fn is_done_since(pool: &PgPool, chore: Chore, since: DateTime<Utc>) -> sqlx::Result<bool> {
    let Some(job) = job(chore) else {
        return Ok(false);
    };
    let done = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM job_runs WHERE job = $1 AND started_at >= $2
               AND outcome IN ('done', 'nothing_new', 'not_yet')) AS "done!""#,
        job,
        since - SKEW
    );
    done.fetch_one(pool).await
}

/// The job of `job_runs` that a chore is; sessions are of several.
const fn job(chore: Chore) -> Option<&'static str> {
    match chore {
        Chore::Release => Some("load"),
        Chore::Calendar => Some("sync_schedule"),
        Chore::Sessions | Chore::Scores => None,
        Chore::Corrections => Some("recheck"),
    }
}

fn names(due: &[Due]) -> Vec<Chore> {
    due.iter().map(|due| due.chore).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[sqlx::test(migrator = "schema::MIGRATOR")]
    async fn what_another_host_did_since_is_not_done_again(pool: PgPool) {
        let fell_due: DateTime<Utc> = "2026-06-10T05:17:00Z".parse().unwrap();
        let after = |seconds| fell_due + TimeDelta::seconds(seconds);
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
            let done = is_done_since(&pool, Chore::Release, fell_due).await;
            assert_eq!(done.unwrap(), is_done, "{outcome} at {started_at}");
        }
        let calendar = is_done_since(&pool, Chore::Calendar, fell_due).await;
        assert!(!calendar.unwrap(), "a release is no calendar");
    }
}
