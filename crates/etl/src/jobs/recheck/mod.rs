//! `recheck`: reads recent rounds again from Jolpica. Corrections are written; lists of F1DB are compared, and so are the
//! championships after the race.

mod standings;

use anyhow::Result;
use chrono::TimeDelta;
use schema::{RaceList, SessionKind, Upstream};

use self::standings::Tables;
use super::{
    Report, Which,
    ingest::{self, Selection},
    ledger, season_stats,
};
use crate::{
    Context,
    calendar::{self, Round},
    sources::PublishedList,
};

/// The number of rounds that are read again.
const ROUNDS: usize = 3;
/// Older rounds are not corrected any more.
const RECENT: TimeDelta = TimeDelta::days(60);
/// The laps of a race are read again after this time: the list has many pages and may have been incomplete at first.
const SETTLED: TimeDelta = TimeDelta::days(1);
const LISTS: [RaceList; 4] = [
    RaceList::Qualifying,
    RaceList::Sprint,
    RaceList::Race,
    RaceList::PitStops,
];

/// The rounds that are read again: the newest with a stored list.
pub async fn rounds(ctx: &Context) -> Result<Vec<Round>> {
    let now = ctx.now();
    let mut connection = ctx.pool.acquire().await?;
    let all = calendar::read(&mut connection, Which::default()).await?;
    let has_list = |round: &Round| LISTS.iter().any(|list| round.stored.contains_key(list));
    let recent =
        |round: &Round| round.starts_at() > now - RECENT && round.starts_at() < now + RECENT;
    let recent = all
        .into_iter()
        .rev()
        .filter(|round| has_list(round) && recent(round));
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
        let published = ingest::ask(
            ctx,
            round,
            &lists,
            Selection::FinishedFrom(Upstream::Jolpica),
        )
        .await?;
        let has_result = published.iter().any(|list| list.list == RaceList::Race);
        let tables = if has_result {
            Some(Tables::ask(ctx, round).await?)
        } else {
            None
        };
        commit(ctx, round, &published, tables).await
    };
    ledger::record(ctx, "recheck", round.which(), job).await
}

async fn commit(
    ctx: &Context,
    round: &Round,
    published: &[PublishedList],
    tables: Option<Tables>,
) -> Result<Report> {
    let known: Vec<PublishedList> = published
        .iter()
        .filter(|list| round.stored.contains_key(&list.list) || list.list == RaceList::PitStops)
        .cloned()
        .collect();
    let mut transaction = ctx.begin().await?;
    let written = ingest::write(&mut transaction, ctx, round, &known).await?;
    let mut report = written.report(round, &known);
    if !report.changes.is_empty() {
        report.changes += season_stats::compute(&mut transaction, Some(round.year)).await?;
        ingest::follow(&mut transaction, ctx, round.year, None).await?;
    }
    if let Some(tables) = tables {
        let differing = tables.differences(&mut transaction, round).await?;
        if differing > 0 {
            report.disagreements += differing;
            let detail = report.detail;
            report.detail =
                format!("{detail}; differences to jolpica: {differing} in the championships");
        }
    }
    transaction.commit().await?;
    Ok(report)
}
