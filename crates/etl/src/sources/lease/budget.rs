//! The budget of requests: counted in PostgreSQL, and waited for where the caller has time.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;

use super::{Error, PATIENCE, UpstreamLease, lock};
use crate::{locks::Lock, sources::rate_limit::Window};

/// An upstream is asked again after this time, whatever `Retry-After` says.
const LONGEST_PAUSE: TimeDelta = TimeDelta::days(1);
/// Once a window is full, room returns at the pace at which it was used: pauses this short are not reported.
const UNREPORTED: Duration = Duration::from_secs(5);

impl UpstreamLease {
    /// Waits while the budget is spent or a pause was asked for, and reports in `waits` until when, by the context's
    /// clock, if that is long. Others may take the lease meanwhile. A clock that stands still is an error.
    #[must_use]
    pub fn waiting(mut self, waits: watch::Sender<Option<DateTime<Utc>>>) -> Self {
        self.waits = Some(waits);
        self
    }

    /// Counts one request as soon as the budget allows it.
    pub(super) async fn count_when_allowed(&mut self) -> Result<(), Error> {
        loop {
            match self.count().await {
                Err(closed) => match closed.until() {
                    Some(until) => self.wait(closed, until).await?,
                    None => return Err(closed),
                },
                Ok(()) => return Ok(()),
            }
        }
    }

    /// Counts one request, if every window has room for it. The lease is exclusive, so no other process counts meanwhile.
    async fn count(&mut self) -> Result<(), Error> {
        let now = self.clock.now();
        let upstream = self.limit.upstream;
        let paused = sqlx::query_scalar!(
            "SELECT until FROM upstream_pauses WHERE upstream = $1 AND until > $2 AND until <= $3",
            upstream,
            now,
            now + LONGEST_PAUSE
        );
        if let Some(until) = paused.fetch_optional(&mut self.connection).await? {
            return Err(Error::Paused { upstream, until });
        }
        for window in self.limit.windows {
            let length = window.length();
            // A process with a shifted clock may have counted in the future: requests further ahead than a window are not ours.
            let spent = sqlx::query!(
                r#"SELECT coalesce(sum(requests), 0) AS "requests!", min(at) AS first
                   FROM upstream_requests WHERE upstream = $1 AND at > $2 AND at < $3"#,
                upstream,
                now - length,
                now + length
            )
            .fetch_one(&mut self.connection)
            .await?;
            if spent.requests >= i64::from(window.requests) {
                let until = spent.first.unwrap_or(now) + length;
                return Err(Error::BudgetSpent { upstream, until });
            }
        }
        sqlx::query!(
            "INSERT INTO upstream_requests AS u (upstream, at, requests) VALUES ($1, $2, 1)
             ON CONFLICT (upstream, at) DO UPDATE SET requests = u.requests + 1",
            upstream,
            now
        )
        .execute(&mut self.connection)
        .await?;
        Ok(())
    }

    /// Waits until `until` without the lock, then takes it again.
    async fn wait(&mut self, closed: Error, until: DateTime<Utc>) -> Result<(), Error> {
        let upstream = self.limit.upstream;
        let pause = self.clock.until(until);
        let (Some(waits), Some(pause)) = (self.waits.clone(), pause) else {
            return Err(closed);
        };
        waits.send_replace(Some(until).filter(|_| pause > UNREPORTED));
        Lock::upstream(upstream)
            .release(&mut self.connection)
            .await?;
        tokio::time::sleep(pause).await;
        loop {
            match lock(&mut self.connection, upstream, PATIENCE).await {
                Err(Error::Taken { .. }) => {}
                other => break other?,
            }
        }
        waits.send_replace(None);
        self.forget_old_requests().await
    }

    /// Records a pause that the upstream asked for; it holds for all processes.
    pub(super) async fn pause(&mut self, wait: Duration) -> Result<(), Error> {
        let wait = TimeDelta::from_std(wait).map_or(LONGEST_PAUSE, |wait| wait.min(LONGEST_PAUSE));
        sqlx::query!(
            "INSERT INTO upstream_pauses (upstream, until) VALUES ($1, $2)
             ON CONFLICT (upstream) DO UPDATE SET until = excluded.until",
            self.limit.upstream,
            self.clock.now() + wait
        )
        .execute(&mut self.connection)
        .await?;
        Ok(())
    }

    /// Deletes the requests that no window counts any more.
    pub(super) async fn forget_old_requests(&mut self) -> Result<(), Error> {
        let lengths = self.limit.windows.iter().map(Window::length);
        let length = lengths.max().unwrap_or_default();
        let now = self.clock.now();
        sqlx::query!(
            "DELETE FROM upstream_requests WHERE upstream = $1 AND (at <= $2 OR at >= $3)",
            self.limit.upstream,
            now - length,
            now + length
        )
        .execute(&mut self.connection)
        .await?;
        Ok(())
    }
}
