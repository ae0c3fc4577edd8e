//! `ingest_…`: one list of a weekend, or a few that belong together, from whoever has published it.
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
use schema::{RaceList, RaceStatus, pipeline::session_of};

pub use self::download::{Selection, ask};
pub use self::precedence::is_improvable;
pub use self::stage::{commit_season, follow, overdue};
pub use self::write::{Written, write};
use super::{Report, Which, ledger};
use crate::{
    Context,
    calendar::{self, Round},
    sources::PublishedList,
};

/// What a job asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// The practice sessions that are over.
    Practice,
    /// The session that sets the sprint's grid.
    SprintQualifying,
    /// The sprint's official grid.
    SprintGrid,
    /// The sprint's result.
    Sprint,
    /// Qualifying.
    Qualifying,
    /// The official grid.
    Grid,
    /// The result, with pit stops.
    Race,
    /// Lap times.
    Laps,
}

impl Step {
    /// The job's name.
    #[must_use]
    pub const fn job(self) -> &'static str {
        match self {
            Self::Practice => "ingest_practice",
            Self::SprintQualifying => "ingest_sprint_qualifying",
            Self::SprintGrid => "ingest_sprint_grid",
            Self::Sprint => "ingest_sprint",
            Self::Qualifying => "ingest_qualifying",
            Self::Grid => "ingest_grid",
            Self::Race => "ingest_race",
            Self::Laps => "ingest_laps",
        }
    }

    /// The lists it is about.
    #[must_use]
    pub const fn lists(self) -> &'static [RaceList] {
        match self {
            Self::Practice => &[
                RaceList::Practice1,
                RaceList::Practice2,
                RaceList::Practice3,
            ],
            Self::SprintQualifying => &[RaceList::SprintQualifying],
            Self::SprintGrid => &[RaceList::SprintGrid],
            Self::Sprint => &[RaceList::Sprint],
            Self::Qualifying => &[RaceList::Qualifying],
            Self::Grid => &[RaceList::Grid],
            Self::Race => &[RaceList::Race, RaceList::PitStops],
            Self::Laps => &[RaceList::Laps],
        }
    }
}

/// Runs a step for one race as a stage, for the lists that are `wanted`: rows, season statistics, features, forecasts and status in one transaction.
pub async fn stage(ctx: &Context, round: &Round, step: Step, wanted: Selection) -> Result<Report> {
    let job = async |ctx: &Context| {
        let published = ask(ctx, round, step.lists(), wanted).await?;
        stage::commit(ctx, round, published).await
    };
    ledger::record(ctx, step.job(), round.which(), job).await
}

/// Runs a step by hand for one race: rows alone. Without a round for the newest race whose session is over.
pub async fn by_hand(ctx: &Context, step: Step, which: Which) -> Result<Report> {
    let mut connection = ctx.pool.acquire().await?;
    let mut rounds = calendar::read(&mut connection, which).await?;
    drop(connection);
    let now = ctx.now();
    rounds.retain(|round| round.status != RaceStatus::Cancelled);
    let wanted = |round: &Round| which.round.is_some() || has_begun(round, step, now);
    let round = rounds
        .into_iter()
        .rfind(wanted)
        .context("the calendar has no such race; sync_schedule reads it")?;
    let job = async |ctx: &Context| {
        let published = ask(ctx, &round, step.lists(), Selection::Finished).await?;
        let mut transaction = ctx.begin().await?;
        let written = write(&mut transaction, ctx, &round, &published).await?;
        transaction.commit().await?;
        Ok(written.report(&round, &published))
    };
    ledger::record(ctx, step.job(), round.which(), job).await
}

fn has_begun(round: &Round, step: Step, now: DateTime<Utc>) -> bool {
    let lists = step.lists().iter();
    let sessions = lists.filter_map(|list| session_of(*list, round.format));
    sessions
        .filter(|session| round.sessions.contains_key(session))
        .any(|session| round.earliest_end(session) <= now)
}

impl Written {
    /// What became of the lists.
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
