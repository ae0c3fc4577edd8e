//! `ingest_…`: one list of a weekend, or a few that belong together, from any source that has published it.
//!
//! `download` asks sources, in the order of `precedence`, and ends before anything is written. `write` writes the lists
//! that count and compares the others: `provisional` creates the drivers and teams that no release has yet, `rows` merges.
//! `stage` makes one transaction of it: rows, what follows from them, and the move of the race's status.

mod download;
mod precedence;
mod provisional;
mod rows;
pub mod season;
mod stage;
mod write;

use anyhow::{Context as _, Result};
use chrono::{DateTime, Utc};
use schema::{RaceStatus, pipeline::session_of};

pub use self::download::{Selection, ask};
pub use self::precedence::is_improvable;
pub use self::stage::{commit_season, follow, overdue};
pub use self::write::{Written, write};
use super::{Job, Report, ledger};
use crate::{
    Context, RaceFilter,
    calendar::{self, Round},
    sources::PublishedList,
};

/// Ingests the lists of `job` for one race as a stage, as far as `selection` includes them: rows, season statistics,
/// features, forecasts and status in one transaction.
pub async fn stage(ctx: &Context, round: &Round, job: Job, selection: Selection) -> Result<Report> {
    let body = async |ctx: &Context| {
        let published = ask(ctx, round, job.lists(), selection).await?;
        stage::commit(ctx, round, published).await
    };
    ledger::record(ctx, job, round.filter(), body).await
}

/// Ingests the lists of `job` for one race: rows alone. Without a round, of the newest race whose session is over.
pub async fn by_hand(ctx: &Context, job: Job, filter: RaceFilter) -> Result<Report> {
    let mut connection = ctx.pool.acquire().await?;
    let mut rounds = calendar::read(&mut connection, filter).await?;
    drop(connection);
    let now = ctx.now();
    rounds.retain(|round| round.status != RaceStatus::Cancelled);
    let wanted = |round: &Round| filter.round.is_some() || has_begun(round, job, now);
    let round = rounds
        .into_iter()
        .rfind(wanted)
        .context("the calendar has no such race; sync_schedule reads it")?;
    let body = async |ctx: &Context| {
        let published = ask(ctx, &round, job.lists(), Selection::Finished).await?;
        let mut transaction = ctx.begin().await?;
        let written = write(&mut transaction, ctx, &round, &published).await?;
        transaction.commit().await?;
        Ok(written.report(&round, &published))
    };
    ledger::record(ctx, job, round.filter(), body).await
}

fn has_begun(round: &Round, job: Job, now: DateTime<Utc>) -> bool {
    let lists = job.lists().iter();
    let sessions = lists.filter_map(|list| session_of(*list, round.format));
    sessions
        .filter(|session| round.sessions.contains_key(session))
        .any(|session| round.earliest_end(session) <= now)
}

impl Written {
    /// The report of writing these lists.
    pub(super) fn report(&self, round: &Round, published: &[PublishedList]) -> Report {
        let lists: Vec<String> = published
            .iter()
            .map(|list| format!("{} of {}", list.list, list.source()))
            .collect();
        let mut detail = if lists.is_empty() {
            format!("{}: nothing is published yet", round.name)
        } else {
            format!("{}: {}", round.name, lists.join(", "))
        };
        for note in &self.notes {
            detail.push_str("; ");
            detail.push_str(note);
        }
        Report {
            changes: self.changes,
            disagreements: self.disagreements,
            not_yet: published.is_empty(),
            detail,
        }
    }
}
