//! Work on a thread and a runtime of its own: it computes for seconds without a pause, and neither a visitor nor a
//! Ctrl-C shall wait for that.

use std::{convert::Infallible, thread};

use anyhow::{Context, Result};
use tokio::{runtime::Builder, sync::oneshot};

/// Work that runs beside us. Dropping this stops it at its next pause, without waiting for it.
#[derive(Debug)]
pub struct Aside<T> {
    outcome: oneshot::Receiver<T>,
    _leash: oneshot::Sender<Infallible>,
}

impl<T: Send + 'static> Aside<T> {
    /// Starts it. What it needs of the runtime it must make itself, inside.
    pub fn start<F>(work: impl FnOnce() -> F + Send + 'static) -> Result<Self>
    where
        F: Future<Output = T>,
    {
        let (leash, cut) = oneshot::channel();
        let (sender, outcome) = oneshot::channel();
        let runtime = Builder::new_current_thread().enable_all().build()?;
        thread::Builder::new()
            .name("aside".into())
            .spawn(move || {
                runtime.block_on(async move {
                    tokio::select! {
                        biased;
                        _ = cut => {}
                        outcome = work() => {
                            // Nobody listens any more: then nobody wants it.
                            let _ = sender.send(outcome);
                        }
                    }
                });
            })
            .context("cannot start a thread")?;
        Ok(Self {
            outcome,
            _leash: leash,
        })
    }

    /// Waits for its outcome, which comes once. Nothing is lost when the wait is dropped.
    pub async fn outcome(&mut self) -> Result<T> {
        (&mut self.outcome)
            .await
            .context("a thread ended before its work")
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn the_outcome_comes_back() {
        let mut aside = Aside::start(async || 42).unwrap();
        assert_eq!(aside.outcome().await.unwrap(), 42);
    }

    #[tokio::test]
    async fn a_panic_is_an_error() {
        let mut aside = Aside::<()>::start(async || panic!("as it shall")).unwrap();
        assert!(aside.outcome().await.is_err());
    }

    #[tokio::test]
    async fn dropped_it_stops_at_its_next_pause() {
        let (sender, held) = oneshot::channel::<()>();
        let aside = Aside::start(async || {
            let _sender = sender;
            tokio::time::sleep(Duration::from_hours(1)).await;
        })
        .unwrap();
        drop(aside);
        assert!(held.await.is_err());
    }
}
