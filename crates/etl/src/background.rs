//! Work on a thread and a runtime of its own. Jobs compute for seconds without yielding; neither a request nor Ctrl-C
//! waits for that.

use std::{convert::Infallible, thread};

use anyhow::{Context, Result};
use tokio::{runtime::Builder, sync::oneshot};

/// Work on another thread. Dropping it stops the work at its next `await`, without waiting for it.
#[derive(Debug)]
pub struct BackgroundTask<T> {
    outcome: oneshot::Receiver<T>,
    /// The thread ends when this is dropped.
    _stop: oneshot::Sender<Infallible>,
}

impl<T: Send + 'static> BackgroundTask<T> {
    /// Starts the work. Whatever belongs to a runtime, such as a connection, must be created inside it.
    pub fn start<F>(work: impl FnOnce() -> F + Send + 'static) -> Result<Self>
    where
        F: Future<Output = T>,
    {
        let (stop, stopped) = oneshot::channel();
        let (sender, outcome) = oneshot::channel();
        let runtime = Builder::new_current_thread().enable_all().build()?;
        thread::Builder::new()
            .name("background".into())
            .spawn(move || {
                runtime.block_on(async move {
                    tokio::select! {
                        biased;
                        _ = stopped => {}
                        outcome = work() => {
                            // Without a receiver nobody needs the outcome.
                            let _ = sender.send(outcome);
                        }
                    }
                });
            })
            .context("cannot start a thread")?;
        Ok(Self {
            outcome,
            _stop: stop,
        })
    }

    /// Waits for the outcome, which comes once. A wait that is dropped loses nothing.
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
        let mut task = BackgroundTask::start(async || 42).unwrap();
        assert_eq!(task.outcome().await.unwrap(), 42);
    }

    #[tokio::test]
    async fn a_panic_is_an_error() {
        let mut task =
            BackgroundTask::<()>::start(async || panic!("expected by the test")).unwrap();
        assert!(task.outcome().await.is_err());
    }

    #[tokio::test]
    async fn a_dropped_task_stops_at_its_next_await() {
        let (sender, ended) = oneshot::channel::<()>();
        let task = BackgroundTask::start(async || {
            let _sender = sender;
            tokio::time::sleep(Duration::from_hours(1)).await;
        })
        .unwrap();
        drop(task);
        assert!(ended.await.is_err());
    }
}
