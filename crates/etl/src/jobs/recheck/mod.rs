//! `recheck`: recent rounds are read again from Jolpica. What was corrected flows through; where F1DB has the word, it is
//! compared, and so are the championships after the race.

mod standings;

use anyhow::Result;
use chrono::TimeDelta;
use schema::{RaceList, SessionKind};

use self::standings::Tables;
use super::{
    Job, Report,
    ingest::{self, Published, Wanted},
    ledger, season_stats,
};
use crate::{
    Context, RaceFilter,
    calendar::{self, Round},
};

/// So many rounds are read again.
const ROUNDS: usize = 3;
/// What is older than this is not corrected any more.
const RECENT: TimeDelta = TimeDelta::days(60);
/// So long after a race its laps are read again: a list of many pages may have been taken while it was being filled.
const SETTLED: TimeDelta = TimeDelta::days(1);
const LISTS: [RaceList; 4] = [
    RaceList::Qualifying,
    RaceList::Sprint,
    RaceList::Race,
    RaceList::PitStops,
];

/// The rounds that are read again: the newest of which a list is held.
pub async fn rounds(ctx: &Context) -> Result<Vec<Round>> {
    let now = ctx.now();
    let mut connection = ctx.pool.acquire().await?;
    let all = calendar::read(&mut connection, RaceFilter::ALL).await?;
    let begun = |round: &Round| LISTS.iter().any(|list| round.stored.contains_key(list));
    let recent =
        |round: &Round| round.starts_at() > now - RECENT && round.starts_at() < now + RECENT;
    let recent = all
        .into_iter()
        .rev()
        .filter(|round| begun(round) && recent(round));
    let mut rounds: Vec<Round> = recent.take(ROUNDS).collect();
    rounds.reverse();
    Ok(rounds)
}

/// Reads one round again.
pub async fn run(ctx: &Context, round: &Round) -> Result<Report> {
    let job = async |ctx: &Context| {
        let mut lists = LISTS.to_vec();
        let age = ctx.now() - round.earliest_end(SessionKind::Race);
        if (SETTLED..SETTLED * 2).contains(&age) {
            lists.push(RaceList::Laps);
        }
        let published = ingest::ask(ctx, round, &lists, Wanted::OfJolpica).await?;
        let is_run = published.iter().any(|list| list.list == RaceList::Race);
        let tables = if is_run {
            Some(Tables::ask(ctx, round).await?)
        } else {
            None
        };
        commit(ctx, round, &published, tables).await
    };
    ledger::record(ctx, Job::Recheck, round.filter(), job).await
}

async fn commit(
    ctx: &Context,
    round: &Round,
    published: &[Published],
    tables: Option<Tables>,
) -> Result<Report> {
    let held: Vec<Published> = published
        .iter()
        .filter(|list| round.stored.contains_key(&list.list) || list.list == RaceList::PitStops)
        .cloned()
        .collect();
    let mut transaction = ctx.begin().await?;
    let written = ingest::write(&mut transaction, ctx, round, &held).await?;
    let mut report = written.report(round, &held);
    if !report.changes.is_empty() {
        report.changes += season_stats::compute(&mut transaction, Some(round.year)).await?;
        ingest::follow(&mut transaction, ctx, round.year, None).await?;
    }
    if let Some(tables) = tables {
        let other = tables.differences(&mut transaction, round).await?;
        if other > 0 {
            report.disagreements += other;
            let detail = report.detail;
            report.detail = format!("{detail}; {other} of the championships otherwise at jolpica");
        }
    }
    transaction.commit().await?;
    Ok(report)
}
