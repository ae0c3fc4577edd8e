//! `sync_season` and `backfill`: whole seasons from Jolpica, as far as nobody with more say has them.
//!
//! The lists that come by season are written together, so that statistics and forecasts follow once. Pit stops and laps
//! cost requests for every round, so each round is written when it is there: a run that is killed has lost no more than
//! one. What is held is read off `published_lists`; `backfill` does not ask for it again.

use anyhow::{Error, Result, anyhow};
use chrono::{DateTime, Datelike as _, Utc};
use schema::{RaceList, RaceStatus, Upstream};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{
    Report, Which,
    ingest::{
        self, Selection,
        season::{lacking, queries, query},
    },
    ledger, schedule,
};
use crate::{
    Context,
    calendar::{self, Round},
    sources::{
        SeasonQuery,
        jolpica::{self, SEASON_LISTS, SeasonResults, season_lists},
        lease::{self, UpstreamLease},
        rate_limit::RateLimit,
    },
    words,
};

/// What to fill.
#[derive(Debug, Clone, Copy)]
pub struct Request {
    /// First season.
    pub from: i16,
    /// Last season; what is after the next one is not asked for.
    pub to: i16,
    /// Lap times too.
    pub laps: bool,
}

/// How far it is.
#[derive(Debug)]
pub enum Progress<'a> {
    /// Something is asked for next.
    Next {
        /// The season.
        year: i16,
        /// What.
        what: &'a str,
        /// Steps done.
        done: usize,
        /// Of so many.
        of: usize,
    },
    /// A season is done; nothing had to be asked for if there is no report.
    Season {
        /// Which.
        year: i16,
        /// What came of it.
        report: Option<&'a Report>,
    },
}

/// It was told to stop.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("stopped; the same command goes on from here")]
pub struct Stopped;

/// Lists of some races could not be written; all others were.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("; "))]
struct Unwritten(Vec<String>);

/// Runs `sync_season`: all that Jolpica has of a season but laps, also where F1DB has the word and it is only compared.
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
    ledger::record(ctx, "sync_season", Which::season(year), job).await
}

/// Asks for everything that the seasons lack. When the budget of requests is spent it waits, and says in `waits` until
/// when; `stop` ends it at once. A season that fails does not hold up the next, but an upstream that does not answer
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
            part_of_job: Some("sync_season"),
        };
        match season.backfill(stop, &mut progress).await {
            Ok(report) => progress(Progress::Season {
                year,
                report: report.as_ref(),
            }),
            Err(error) if is_of_this_season(&error) => {
                failed.push(format!("{year}: {}", words(&error)));
            }
            Err(error) => return Err(error),
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    Err(anyhow!("{}", failed.join("; ")))
}

/// Whether other seasons may fare better.
fn is_of_this_season(error: &Error) -> bool {
    let is_unreadable = matches!(
        error.downcast_ref::<jolpica::Error>(),
        Some(jolpica::Error::Content(_))
    );
    is_unreadable || error.is::<Unwritten>()
}

/// Whether an upstream was not asked or did not answer: nor will it for the next round.
fn is_of_upstream(error: &Error) -> bool {
    let by_jolpica = matches!(
        error.downcast_ref::<jolpica::Error>(),
        Some(jolpica::Error::Upstream(_))
    );
    by_jolpica || error.is::<lease::Error>()
}

/// A season at work.
struct Season<'a> {
    ctx: &'a Context,
    year: i16,
    selection: Selection,
    /// The lists that are asked for by round.
    lists: &'a [RaceList],
    limit: &'static RateLimit,
    waits: Option<&'a watch::Sender<Option<DateTime<Utc>>>>,
    part_of_job: Option<&'static str>,
}

impl Season<'_> {
    /// Fills it under its row of the ledger; `None` if it lacks nothing.
    async fn backfill(
        &self,
        stop: &CancellationToken,
        progress: &mut impl FnMut(Progress<'_>),
    ) -> Result<Option<Report>> {
        let mut rounds = self.rounds().await?;
        if !is_over(&rounds) {
            progress(Progress::Next {
                year: self.year,
                what: "schedule",
                done: 0,
                of: 1,
            });
            tokio::select! {
                biased;
                () = stop.cancelled() => return Err(Stopped.into()),
                synced = self.schedule() => synced?,
            }
            rounds = self.rounds().await?;
        }
        let lacks_rounds = !self.lacking(&rounds).is_empty();
        if !lacks_rounds && self.queries(&rounds).is_empty() {
            return Ok(None);
        }
        let job = async |ctx: &Context| {
            let season = Season { ctx, ..*self };
            tokio::select! {
                biased;
                // To be stopped is no fault.
                () = stop.cancelled() => Ok(Report {
                    not_yet: true,
                    detail: Stopped.to_string(),
                    ..Report::default()
                }),
                filled = season.fill(progress) => filled,
            }
        };
        let which = Which::season(self.year);
        let report = ledger::record(self.ctx, "backfill", which, job).await?;
        if stop.is_cancelled() {
            return Err(Stopped.into());
        }
        Ok(Some(report))
    }

    async fn schedule(&self) -> Result<()> {
        let lease = self.lease().await?;
        schedule::run_in(self.ctx, lease, self.year).await?;
        Ok(())
    }

    /// Asks for what is wanted and writes it.
    async fn fill(&self, progress: &mut impl FnMut(Progress<'_>)) -> Result<Report> {
        let mut next = |what: &str, done: usize, of: usize| {
            progress(Progress::Next {
                year: self.year,
                what,
                done,
                of,
            });
        };
        let mut rounds = self.rounds().await?;
        let (mut report, mut failed) = (Report::default(), Vec::new());
        let mut results = SeasonResults::default();
        let base = &self.ctx.sources.jolpica_url;
        let queries = self.queries(&rounds);
        if !queries.is_empty() {
            next("results", 0, 1 + self.lacking(&rounds).len());
            let mut lease = self.lease().await?;
            let lists = season_lists(&mut lease, base, &rounds, &queries, &mut results).await?;
            lease.release().await?;
            let season =
                ingest::commit_season(self.ctx, self.year, lists, self.part_of_job).await?;
            report = season.report;
            failed = season.failed;
            rounds = self.rounds().await?;
        }
        let lacking = self.lacking(&rounds);
        if !lacking.is_empty() {
            let wanted = lacking.iter().map(|(round, _)| *round).collect();
            let query = query(self.year, &rounds, RaceList::Race, wanted, self.ctx.now());
            let mut lease = self.lease().await?;
            results.complete(&mut lease, base, &rounds, query).await?;
            lease.release().await?;
        }
        let mut written = 0;
        for (done, (round, lists)) in lacking.iter().enumerate() {
            next(&round.name, 1 + done, 1 + lacking.len());
            match self.fill_round(round, lists, &results).await {
                Ok(of_round) => {
                    written += usize::from(!of_round.not_yet);
                    report.changes += of_round.changes;
                    report.disagreements += of_round.disagreements;
                }
                Err(error) if is_of_upstream(&error) => return Err(error),
                Err(error) => failed.push(format!("{}: {}", round.name, words(&error))),
            }
        }
        if !failed.is_empty() {
            return Err(Unwritten(failed).into());
        }
        if report.detail.is_empty() {
            report.detail = self.year.to_string();
        }
        if !lacking.is_empty() {
            let of = lacking.len();
            let missing = |list: &&RaceList| lacking.iter().any(|(_, lists)| lists.contains(list));
            let names = self.lists.iter().filter(missing);
            let names: Vec<&str> = names.map(|list| list.as_str()).collect();
            let names = names.join(" and ");
            report.detail = format!("{}; {names} of {written} of {of} races", report.detail);
        }
        Ok(report)
    }

    async fn fill_round(
        &self,
        round: &Round,
        lists: &[RaceList],
        results: &SeasonResults,
    ) -> Result<Report> {
        let base = &self.ctx.sources.jolpica_url;
        let mut lease = self.lease().await?;
        let published = results.detail_lists(&mut lease, base, round, lists).await?;
        lease.release().await?;
        let mut transaction = self.ctx.begin().await?;
        let written = ingest::write(&mut transaction, self.ctx, round, &published).await?;
        transaction.commit().await?;
        Ok(written.report(round, &published))
    }

    /// What to ask for by season.
    fn queries<'r>(&self, rounds: &'r [Round]) -> Vec<SeasonQuery<'r>> {
        let now = self.ctx.now();
        let (lists, selection) = (&SEASON_LISTS, self.selection);
        queries(self.year, rounds, Upstream::Jolpica, lists, selection, now)
    }

    /// The rounds of which lists are asked for one by one, and which.
    fn lacking<'r>(&self, rounds: &'r [Round]) -> Vec<(&'r Round, Vec<RaceList>)> {
        let now = self.ctx.now();
        let mut lacking: Vec<(&Round, Vec<RaceList>)> = Vec::new();
        for list in self.lists {
            for round in self::lacking(rounds, Upstream::Jolpica, *list, self.selection, now) {
                match lacking.iter_mut().find(|(of, _)| of.race == round.race) {
                    Some((_, lists)) => lists.push(*list),
                    None => lacking.push((round, vec![*list])),
                }
            }
        }
        lacking.sort_by_key(|(round, _)| (round.date, round.race.0));
        lacking
    }

    async fn rounds(&self) -> Result<Vec<Round>> {
        let mut connection = self.ctx.pool.acquire().await?;
        Ok(calendar::read(&mut connection, Which::season(self.year)).await?)
    }

    async fn lease(&self) -> Result<UpstreamLease> {
        let lease = UpstreamLease::acquire(self.ctx, self.limit).await?;
        Ok(match self.waits {
            Some(waits) => lease.waiting(waits.clone()),
            None => lease,
        })
    }
}

/// Whether the calendar of a season has nothing new to say.
fn is_over(rounds: &[Round]) -> bool {
    let over =
        |round: &Round| matches!(round.status, RaceStatus::Completed | RaceStatus::Cancelled);
    !rounds.is_empty() && rounds.iter().all(over)
}
