//! One season: the lists it lacks, read by season where Jolpica allows it and by round otherwise.

use anyhow::Result;
use chrono::{DateTime, Utc};
use schema::{RaceList, RaceStatus, Upstream};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{Progress, Stopped, Unwritten, is_of_upstream};
use crate::{
    Context, RaceFilter,
    calendar::{self, Round},
    error_chain,
    jobs::{
        Job, Report,
        ingest::{
            self, Selection,
            season::{lacking, queries, query},
        },
        ledger, schedule,
    },
    sources::{
        SeasonQuery,
        jolpica::{SEASON_LISTS, SeasonResults, season_lists},
        lease::UpstreamLease,
        rate_limit::RateLimit,
    },
};

/// A season that is being filled.
pub(super) struct Season<'a> {
    pub(super) ctx: &'a Context,
    pub(super) year: i16,
    pub(super) selection: Selection,
    /// The lists that are asked for by round.
    pub(super) lists: &'a [RaceList],
    pub(super) limit: &'static RateLimit,
    /// Where the end of a wait for the budget of requests is sent; without it the season fails instead.
    pub(super) waits: Option<&'a watch::Sender<Option<DateTime<Utc>>>>,
    /// The job that writing the lists is recorded as, where this run has another name.
    pub(super) part_of_job: Option<Job>,
}

impl Season<'_> {
    /// Fills the season as a run of the ledger; `None` if it lacks nothing.
    pub(super) async fn backfill(
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
        let body = async |ctx: &Context| {
            let season = Season { ctx, ..*self };
            tokio::select! {
                biased;
                // A stopped run is not a failed one.
                () = stop.cancelled() => Ok(Report {
                    not_yet: true,
                    detail: Stopped.to_string(),
                    ..Report::default()
                }),
                filled = season.fill(progress) => filled,
            }
        };
        let filter = RaceFilter::season(self.year);
        let report = ledger::record(self.ctx, Job::Backfill, filter, body).await?;
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

    /// Asks for the lists that are wanted and writes them.
    pub(super) async fn fill(&self, progress: &mut impl FnMut(Progress<'_>)) -> Result<Report> {
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
                Err(error) => failed.push(format!("{}: {}", round.name, error_chain(&error))),
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

    /// The queries for the lists that Jolpica gives by season.
    fn queries<'r>(&self, rounds: &'r [Round]) -> Vec<SeasonQuery<'r>> {
        let now = self.ctx.now();
        let (lists, selection) = (&SEASON_LISTS, self.selection);
        queries(self.year, rounds, Upstream::Jolpica, lists, selection, now)
    }

    /// The rounds that lack lists which are asked for by round, with these lists.
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
        Ok(calendar::read(&mut connection, RaceFilter::season(self.year)).await?)
    }

    async fn lease(&self) -> Result<UpstreamLease> {
        let lease = UpstreamLease::acquire(self.ctx, self.limit).await?;
        Ok(match self.waits {
            Some(waits) => lease.waiting(waits.clone()),
            None => lease,
        })
    }
}

/// Whether the calendar of a season cannot change any more.
fn is_over(rounds: &[Round]) -> bool {
    let over =
        |round: &Round| matches!(round.status, RaceStatus::Completed | RaceStatus::Cancelled);
    !rounds.is_empty() && rounds.iter().all(over)
}
