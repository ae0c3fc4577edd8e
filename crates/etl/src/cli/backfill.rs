//! `backfill` with its progress on standard error: a bar on a terminal, else a line for each season.

use std::{
    io::{self, IsTerminal},
    process::ExitCode,
    time::Duration,
};

use anyhow::{Error, Result};
use chrono::{DateTime, Utc};
use indicatif::{ProgressBar, ProgressStyle};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{described, remark, run_after_load};
use crate::{
    Context,
    jobs::{
        Job,
        backfill::{self, Progress, Request, Stopped},
        ledger,
    },
    sources::{jolpica, lease},
};

/// The exit code when the budget of requests is spent and the clock stands still: try again later.
const TRY_LATER: u8 = 75;
/// The exit code that shells report for a command ended by Ctrl-C.
const INTERRUPTED: u8 = 130;
const USAGE: u8 = 2;

/// The seasons to fill
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// First season
    #[arg(long, value_parser = clap::value_parser!(i16).range(1950..=2100))]
    from: i16,
    /// Last season
    #[arg(long, value_parser = clap::value_parser!(i16).range(1950..=2100))]
    to: i16,
    /// Ask for lap times too: some 300 requests a season, of 400 an hour
    #[arg(long)]
    laps: bool,
}

/// Fills the seasons, then makes the forecasts that follow from new results.
pub(super) async fn run(
    ctx: &Context,
    arguments: &Arguments,
    stop: &CancellationToken,
) -> Result<ExitCode> {
    let Arguments { from, to, laps } = *arguments;
    if from > to {
        remark(format_args!("error: --from {from} is after --to {to}"));
        return Ok(ExitCode::from(USAGE));
    }
    let request = Request { from, to, laps };
    match fill(ctx, request, stop).await {
        Ok(()) => {}
        Err(error) if error.is::<Stopped>() => {
            remark(error);
            return Ok(ExitCode::from(INTERRUPTED));
        }
        Err(error) if is_spent(&error) => {
            remark(format_args!("{error}; the same command goes on then"));
            return Ok(ExitCode::from(TRY_LATER));
        }
        Err(error) => return Err(error),
    }
    if ledger::is_older(&ctx.pool, Job::ComputeAllPredictions, Job::SyncSeason).await? {
        run_after_load(ctx).await?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn fill(ctx: &Context, request: Request, stop: &CancellationToken) -> Result<()> {
    let bar = Bar::new();
    let (waits, waited) = watch::channel(None);
    let waiting = tokio::spawn(show_waits(bar.clone(), waited));
    let filled = backfill::run(ctx, request, &waits, stop, |progress| bar.show(&progress)).await;
    drop(waits);
    bar.0.finish_and_clear();
    waiting.await?;
    filled
}

fn is_spent(error: &Error) -> bool {
    let by_jolpica = match error.downcast_ref::<jolpica::Error>() {
        Some(jolpica::Error::Upstream(error)) => Some(error),
        _ => None,
    };
    let error = by_jolpica.or_else(|| error.downcast_ref::<lease::Error>());
    matches!(error, Some(lease::Error::BudgetSpent { .. }))
}

/// Shows until when the run waits for the budget of requests.
async fn show_waits(bar: Bar, mut waits: watch::Receiver<Option<DateTime<Utc>>>) {
    while waits.changed().await.is_ok() {
        let until = *waits.borrow_and_update();
        let until = until.map(|until| until.format("%H:%M:%S"));
        bar.wait(until.map_or_else(String::new, |until| {
            format!("the budget of requests is spent, waiting until {until} UTC")
        }));
    }
}

/// A bar on a terminal, hidden elsewhere.
#[derive(Clone)]
struct Bar(ProgressBar);

impl Bar {
    fn new() -> Self {
        if !io::stderr().is_terminal() {
            return Self(ProgressBar::hidden());
        }
        let template = "{spinner} {prefix} {wide_bar} {pos}/{len} {msg}";
        let style = ProgressStyle::with_template(template);
        let bar =
            ProgressBar::new(1).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.enable_steady_tick(Duration::from_millis(100));
        Self(bar)
    }

    fn show(&self, progress: &Progress<'_>) {
        match progress {
            Progress::Next {
                year,
                what,
                done,
                of,
            } => {
                self.0.set_prefix(year.to_string());
                self.0.set_length(*of as u64);
                self.0.set_position(*done as u64);
                self.0.set_message((*what).to_owned());
            }
            Progress::Season { year, report } => match report {
                Some(report) => self.line(&described(report)),
                None => self.line(&format!("{year}: nothing is missing")),
            },
        }
    }

    fn wait(&self, message: String) {
        if self.0.is_hidden() && !message.is_empty() {
            remark(&message);
        }
        self.0.set_message(message);
    }

    fn line(&self, line: &str) {
        if self.0.is_hidden() {
            remark(line);
        } else {
            self.0.println(line);
        }
    }
}
