//! Filling the database, with progress on standard error: results first, then forecasts, then what is newer than the
//! release.

use std::{
    io::{self, IsTerminal},
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use demo::Championship;
use etl::{
    Context,
    jobs::{Report, Which, accuracy, ledger, load, predictions, title_odds},
    tick::{self, Chore, When},
};
use indicatif::{ProgressBar, ProgressStyle};
use tokio_util::sync::CancellationToken;

use crate::database::is_empty;

/// What a database shows.
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
            stage(&what, async |_| {
                ledger::record(ctx, "load", Which::default(), async |ctx| {
                    load::load(ctx, false).await
                })
                .await
            })
            .await
        }
        Content::Demo if is_empty(&ctx.pool).await? => {
            stage("simulating a championship", async |_| {
                ledger::record(ctx, "load", Which::default(), async |ctx| {
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
    stage("forecasting", async |bar| {
        ledger::record(ctx, "forecast_all", Which::default(), async |ctx| {
            predictions::compute_all(ctx, |made, total| show(bar, made, total)).await
        })
        .await
    })
    .await?;
    let all = Which::default();
    if ledger::is_behind(&ctx.pool, "compute_accuracy").await? {
        stage("scoring the forecasts", async |_| {
            ledger::record(ctx, "compute_accuracy", all, accuracy::compute).await
        })
        .await?;
    }
    if ledger::is_behind(&ctx.pool, "compute_title_odds").await? {
        stage("simulating the titles", async |_| {
            let job = async |ctx: &Context| title_odds::compute(ctx, all).await;
            ledger::record(ctx, "compute_title_odds", all, job).await
        })
        .await?;
    }
    Ok(())
}

/// What is asked for that a release cannot hold yet, and what follows from it. Corrections are a matter of `f1 etl`.
const NEWER: [Chore; 3] = [Chore::Calendar, Chore::Sessions, Chore::Scores];

/// Asks the other sources for sessions since the newest release, where they are due. What fails is an error; the rest is
/// done.
pub async fn catch_up(ctx: &Context) -> Result<()> {
    stage("asking for what is newer than the release", async |_| {
        let ticked = tick::run(ctx, &NEWER, When::Due, &CancellationToken::new()).await?;
        ensure!(ticked.failed.is_empty(), "{}", ticked.failed.join("; "));
        let detail = if ticked.busy {
            "another process is asking for it".to_owned()
        } else {
            let (done, not_yet) = (ticked.done, ticked.not_yet);
            format!("{done} jobs brought something new, {not_yet} found nothing published yet")
        };
        Ok(Report {
            detail,
            ..Report::default()
        })
    })
    .await
}

/// Says that something begins and how it ended; between the two a terminal sees it move.
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

/// Shows how much is done, now that it is known how much there is.
fn show(bar: &ProgressBar, done: usize, total: usize) {
    if bar.length().is_none() {
        let style = ProgressStyle::with_template("{spinner} {msg} {wide_bar} {pos}/{len}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_length(total as u64);
    }
    bar.set_position(done as u64);
}
