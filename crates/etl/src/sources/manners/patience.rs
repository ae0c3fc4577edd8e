//! Waiting until an upstream may be asked again.

use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::watch;

use super::{Error, PATIENCE, Turn, lock};
use crate::locks::Lock;

/// Once the window is full, room comes back at the pace at which it went: pauses this short are not worth a word.
const UNREMARKABLE: Duration = Duration::from_secs(5);

impl Turn {
    /// Waits when the budget is spent, or a pause was asked for, and says in `waits` until when, by the context's clock, if
    /// that is long. Meanwhile others may take the turn. A clock that stands still is not waited for.
    #[must_use]
    pub fn patient(mut self, waits: watch::Sender<Option<DateTime<Utc>>>) -> Self {
        self.waits = Some(waits);
        self
    }

    /// Counts one request, as soon as there is room for it.
    pub(super) async fn count_in_time(&mut self) -> Result<(), Error> {
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

    async fn wait(&mut self, closed: Error, until: DateTime<Utc>) -> Result<(), Error> {
        let upstream = self.manners.upstream;
        let pause = self.clock.until(until);
        let (Some(waits), Some(pause)) = (self.waits.clone(), pause) else {
            return Err(closed);
        };
        waits.send_replace(Some(until).filter(|_| pause > UNREMARKABLE));
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
}
