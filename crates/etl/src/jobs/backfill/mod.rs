//! `sync_season` and `backfill`: whole seasons from Jolpica, except lists that a source with higher precedence has.
//!
//! The lists that Jolpica gives by season are written together, so that statistics and forecasts are computed once. Pit
//! stops and laps cost requests for every round, so each round is written as soon as it is there: a run that is killed
//! loses one round at most. `published_lists` says what is stored; `backfill` does not ask for it again.

mod season;

use anyhow::{Error, Result, anyhow};
use chrono::{DateTime, Datelike as _, Utc};
use schema::{RaceList, Upstream};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use self::season::Season;
use super::{Job, Report, ingest::Selection, ledger, schedule};
use crate::{
    Context, RaceFilter, error_chain,
    sources::{jolpica, lease},
};

/// What to fill.
#[derive(Debug, Clone, Copy)]
pub struct Request {
    /// First season.
    pub from: i16,
    /// Last season; seasons after the next one are not asked for.
    pub to: i16,
    /// Whether to ask for lap times too.
    pub laps: bool,
}

/// How far a backfill is.
#[derive(Debug)]
pub enum Progress<'a> {
    /// The next step begins.
    Next {
        /// The season.
        year: i16,
        /// What is asked for: `schedule`, `results`, or the name of a race.
        what: &'a str,
        /// Steps of this season that are done.
        done: usize,
        /// All steps of this season.
        of: usize,
    },
    /// A season is done; without a report it lacked nothing.
    Season {
        /// The season.
        year: i16,
        /// What was written.
        report: Option<&'a Report>,
    },
}

/// The backfill was stopped.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("stopped; the same command goes on from here")]
pub struct Stopped;

/// The lists of some races could not be written; those of the others were.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("; "))]
struct Unwritten(Vec<String>);

/// Runs `sync_season`: everything that Jolpica has of a season, except laps. Lists that F1DB has too are only compared.
pub async fn sync_season(ctx: &Context, year: i16) -> Result<Report> {
    schedule::run(ctx, year).await?;
    let job = async |ctx: &Context| {
        let season = Season {
            ctx,
            year,
            selection: Selection::FinishedFrom(Upstream::Jolpica),
            lists: &[RaceList::PitStops],
            limit: &jolpica::RATE_LIMIT,
            waits: None,
            part_of_job: None,
        };
        season.fill(&mut |_| {}).await
    };
    ledger::record(ctx, Job::SyncSeason, RaceFilter::season(year), job).await
}

/// Asks for every list that the seasons lack. When the budget of requests is spent it waits, and sends the end of the
/// wait to `waits`; `stop` ends it at once. A season that fails does not stop the next, an upstream that does not answer
/// does.
pub async fn run(
    ctx: &Context,
    request: Request,
    waits: &watch::Sender<Option<DateTime<Utc>>>,
    stop: &CancellationToken,
    mut progress: impl FnMut(Progress<'_>),
) -> Result<()> {
    let next_year = i16::try_from(ctx.now().year() + 1)?;
    let lists: &[RaceList] = if request.laps {
        &[RaceList::PitStops, RaceList::Laps]
    } else {
        &[RaceList::PitStops]
    };
    let mut failed = Vec::new();
    for year in request.from..=request.to.min(next_year) {
        let season = Season {
            ctx,
            year,
            selection: Selection::Missing,
            lists,
            limit: &jolpica::BACKFILL_RATE_LIMIT,
            waits: Some(waits),
            part_of_job: Some(Job::SyncSeason),
        };
        match season.backfill(stop, &mut progress).await {
            Ok(report) => progress(Progress::Season {
                year,
                report: report.as_ref(),
            }),
            Err(error) if is_of_this_season(&error) => {
                failed.push(format!("{year}: {}", error_chain(&error)));
            }
            Err(error) => return Err(error),
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    Err(anyhow!("{}", failed.join("; ")))
}

/// Whether the error concerns one season only.
fn is_of_this_season(error: &Error) -> bool {
    let is_unreadable = matches!(
        error.downcast_ref::<jolpica::Error>(),
        Some(jolpica::Error::Content(_))
    );
    is_unreadable || error.is::<Unwritten>()
}

/// Whether an upstream could not be asked or did not answer: the next round would fail as well.
fn is_of_upstream(error: &Error) -> bool {
    let by_jolpica = matches!(
        error.downcast_ref::<jolpica::Error>(),
        Some(jolpica::Error::Upstream(_))
    );
    by_jolpica || error.is::<lease::Error>()
}
