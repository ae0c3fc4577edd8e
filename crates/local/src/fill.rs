//! Filling the database, with progress on standard error: first the release, then the forecasts, then the data that is
//! newer than the release.

use std::{
    io::{self, IsTerminal},
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use demo::Championship;
use etl::{
    Context, RaceFilter,
    jobs::{Job, Report, after_load, ledger, load},
    tick::{self, Task, Trigger},
};
use indicatif::{ProgressBar, ProgressStyle};
use tokio_util::sync::CancellationToken;

use crate::database::is_empty;

/// What a database contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Formula 1, from the sources.
    Real,
    /// The simulated championship.
    Demo,
}

/// Loads the newest release, or simulates a championship where there is none yet.
pub async fn load(ctx: &Context, content: Content) -> Result<()> {
    match content {
        Content::Real => {
            let what = format!("loading the newest release from {}", ctx.sources.f1db_url);
            stage(&what, async |_| Job::Load.run(ctx, RaceFilter::ALL).await).await
        }
        Content::Demo if is_empty(&ctx.pool).await? => {
            stage("simulating a championship", async |_| {
                ledger::record(ctx, Job::Load, RaceFilter::ALL, async |ctx| {
                    let release = Championship::standard(ctx.now()).release();
                    let zip = release.zip()?;
                    load::load_demo(ctx, release.tag, zip).await
                })
                .await
            })
            .await
        }
        Content::Demo => Ok(()),
    }
}

/// Makes the forecasts that are missing, then scores them and simulates the titles if anything changed since.
pub async fn forecast(ctx: &Context) -> Result<()> {
    after_load(ctx, async |job| {
        let what = match job {
            Job::ComputeAllPredictions => "forecasting",
            Job::ComputeAccuracy => "scoring the forecasts",
            Job::ComputeTitleOdds => "simulating the titles",
            other => other.as_str(),
        };
        stage(what, async |bar| {
            let progress = |done, total| show(bar, done, total);
            job.run_with_progress(ctx, RaceFilter::ALL, progress).await
        })
        .await
    })
    .await
}

/// Tasks for what a release cannot have yet, and what follows from it. Corrections are left to `f1 etl`.
const NEWER: [Task; 3] = [Task::Calendar, Task::Sessions, Task::Scores];

/// Asks the other sources for sessions since the newest release, where they are due. A job that fails is an error, once
/// the others have run.
pub async fn catch_up(ctx: &Context) -> Result<()> {
    stage("asking for what is newer than the release", async |_| {
        let tick_report = tick::run(ctx, &NEWER, Trigger::IfDue, &CancellationToken::new()).await?;
        ensure!(
            tick_report.failed.is_empty(),
            "{}",
            tick_report.failed.join("; ")
        );
        let detail = if tick_report.busy {
            "another process is asking for it".to_owned()
        } else {
            let (done, not_yet) = (tick_report.done, tick_report.not_yet);
            format!("{done} jobs brought something new, {not_yet} found nothing published yet")
        };
        Ok(Report {
            detail,
            ..Report::default()
        })
    })
    .await
}

/// Writes that a stage begins and how it ended; a terminal shows a spinner in between.
async fn stage(what: &str, work: impl AsyncFnOnce(&ProgressBar) -> Result<Report>) -> Result<()> {
    let begun = Instant::now();
    let bar = if io::stderr().is_terminal() {
        let bar = ProgressBar::new_spinner().with_message(what.to_owned());
        bar.enable_steady_tick(Duration::from_millis(100));
        bar
    } else {
        eprintln!("f1: {what}");
        ProgressBar::hidden()
    };
    let report = work(&bar).await;
    bar.finish_and_clear();
    let seconds = begun.elapsed().as_secs_f64();
    eprintln!("f1: {} ({seconds:.1} s)", report?.detail);
    Ok(())
}

/// Shows the progress as a bar, once the total is known.
fn show(bar: &ProgressBar, done: usize, total: usize) {
    if bar.length().is_none() {
        let style = ProgressStyle::with_template("{spinner} {msg} {wide_bar} {pos}/{len}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_length(total as u64);
    }
    bar.set_position(done as u64);
}
