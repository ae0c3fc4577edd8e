//! `serve`: runs the pipeline on schedules, with health checks and metrics, until a signal stops it.

mod health;
pub mod metrics;
pub mod outcome;
mod pending;
pub mod schedule;
mod worker;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::{Context as _, Result, anyhow};
use axum::Router;
use tokio::{net::TcpListener, task::JoinHandle, time};
use tokio_util::sync::CancellationToken;

use self::{
    metrics::Ticks,
    pending::Pending,
    schedule::{Cron, Schedule},
};
use crate::{
    Context,
    background::BackgroundTask,
    tick::{Task, Trigger},
};

/// How long running requests may take after the end of the work.
const PATIENCE: Duration = Duration::from_secs(3);

/// Schedules of the tasks, and the address for health and metrics.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// When to look for sessions; sources are asked only for those that may have been published
    #[arg(long, env = "SCHEDULE_SESSIONS", default_value = "0 */5 * * * *")]
    pub schedule_sessions: Schedule,
    /// When to read the calendar
    #[arg(long, env = "SCHEDULE_CALENDAR", default_value = "0 37 4 * * *")]
    pub schedule_calendar: Schedule,
    /// When to look for a new F1DB release
    #[arg(long, env = "SCHEDULE_RELEASE", default_value = "0 17 5 * * *")]
    pub schedule_release: Schedule,
    /// When to read the last three rounds again
    #[arg(long, env = "SCHEDULE_CORRECTIONS", default_value = "0 52 5 * * *")]
    pub schedule_corrections: Schedule,
    /// Each run waits a random time up to this, so that not all hosts ask at once
    #[arg(long, env = "SCHEDULE_JITTER_SECONDS", default_value_t = 60)]
    pub schedule_jitter_seconds: u16,
    /// Address to listen on for /health/live, /health/ready and /metrics
    #[arg(
        long,
        env = "F1_ETL_LISTEN",
        value_name = "F1_ETL_LISTEN",
        default_value = "127.0.0.1:9090"
    )]
    pub listen: SocketAddr,
    /// How long a running job may take to end after SIGTERM or Ctrl-C before it is rolled back
    #[arg(long, env = "SHUTDOWN_PATIENCE_SECONDS", default_value_t = 100)]
    pub shutdown_patience_seconds: u16,
}

impl Options {
    /// Which tasks run on which schedule. The schedule of sessions runs sessions that are due, and looks for a release
    /// if one is due: every few hours while a race is in none. The other schedules run their task in any case.
    fn schedules(&self) -> [(Task, Trigger, &Schedule); 5] {
        [
            (Task::Release, Trigger::IfDue, &self.schedule_sessions),
            (Task::Release, Trigger::Always, &self.schedule_release),
            (Task::Calendar, Trigger::Always, &self.schedule_calendar),
            (Task::Sessions, Trigger::IfDue, &self.schedule_sessions),
            (
                Task::Corrections,
                Trigger::Always,
                &self.schedule_corrections,
            ),
        ]
    }
}

/// Runs everything that is due, and from then on each task on its schedule, until `stop` is cancelled. The jobs run on a
/// thread of their own: they compute for seconds, and health checks do not wait for that.
pub async fn run(ctx: &Context, options: &Options, stop: &CancellationToken) -> Result<()> {
    let listener = TcpListener::bind(options.listen)
        .await
        .with_context(|| format!("cannot listen on {}", options.listen))?;
    tracing::info!(address = %listener.local_addr()?, "listening");
    let pending = Arc::new(Pending::default());
    pending.add(Task::ALL, Trigger::IfDue, ctx.now());
    let cron = Cron::start(&options.schedules(), &pending, ctx.clock).await?;
    let ticks = Arc::new(Ticks::default());
    let mut work = BackgroundTask::start({
        let worker = worker::Worker {
            ctx: ctx.clone(),
            pending,
            jitter: Duration::from_secs(options.schedule_jitter_seconds.into()),
            ticks: Arc::clone(&ticks),
            stop: stop.clone(),
        };
        || worker.run()
    })?;
    let state = health::State {
        ctx: ctx.clone(),
        cron: cron.clone(),
        ticks,
        stop: stop.clone(),
    };
    let closing = CancellationToken::new();
    let mut server = spawn(listener, health::app(state), closing.clone());
    let outcome = tokio::select! {
        biased;
        () = stop.cancelled() => Ok(()),
        ended = work.outcome() => Err(ended.err().unwrap_or_else(|| anyhow!("the work ended by itself"))),
        served = &mut server => Err(anyhow!("the server of health and metrics ended by itself: {served:?}")),
    };
    cron.stop().await;
    if outcome.is_ok() {
        let patience = Duration::from_secs(options.shutdown_patience_seconds.into());
        tracing::info!(
            patience_s = patience.as_secs(),
            "stopping after the running job"
        );
        if time::timeout(patience, work.outcome()).await.is_err() {
            tracing::warn!("the running job took too long and is rolled back");
        }
    }
    drop(work);
    closing.cancel();
    // Slower requests are cut off.
    let _ = time::timeout(PATIENCE, &mut server).await;
    server.abort();
    outcome
}

fn spawn(
    listener: TcpListener,
    app: Router,
    closing: CancellationToken,
) -> JoinHandle<std::io::Result<()>> {
    tokio::spawn(async move {
        axum::serve(listener, app)
            .with_graceful_shutdown(closing.cancelled_owned())
            .await
    })
}

#[cfg(test)]
mod tests {
    use clap::{Args as _, Command, FromArgMatches as _};

    use super::*;

    #[test]
    fn a_release_is_also_looked_for_on_the_schedule_of_sessions() {
        let matches = Options::augment_args(Command::new("serve")).get_matches_from(["serve"]);
        let options = Options::from_arg_matches(&matches).unwrap();
        let schedules = options.schedules();
        let of_release: Vec<_> = schedules
            .iter()
            .filter(|(task, ..)| *task == Task::Release)
            .map(|(_, trigger, schedule)| (*trigger, *schedule))
            .collect();
        assert_eq!(
            of_release,
            [
                (Trigger::IfDue, &options.schedule_sessions),
                (Trigger::Always, &options.schedule_release),
            ]
        );
    }
}
