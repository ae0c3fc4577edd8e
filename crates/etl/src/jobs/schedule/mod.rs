//! `sync_schedule`: the calendar of a season as Jolpica has it, where it says something new.
//!
//! Where a release of F1DB has session times they hold, since Jolpica's have known mistakes; but a *change* of what
//! Jolpica announces is news: a postponement reaches it days before the next release. `rounds` finds which race of ours
//! each of Jolpica's is, `numbering` which number it gets, `write` says what is new.

mod numbering;
mod rounds;
mod write;

use anyhow::Result;

use self::{numbering::Numbering, rounds::Matched};
use super::{Job, Report, ingest, ledger};
use crate::{
    Context, RaceFilter,
    merge::Changes,
    sources::{
        jolpica,
        manners::{JOLPICA, Turn},
    },
};

/// Runs the job for a season.
pub async fn run(ctx: &Context, year: i16) -> Result<Report> {
    let job = async |ctx: &Context| {
        let turn = Turn::take(ctx, &JOLPICA).await?;
        sync(ctx, turn, year).await
    };
    ledger::record(ctx, Job::SyncSchedule, RaceFilter::season(year), job).await
}

/// Runs the job in a turn that is ours already.
pub async fn run_in(ctx: &Context, turn: Turn, year: i16) -> Result<Report> {
    let job = async |ctx: &Context| sync(ctx, turn, year).await;
    ledger::record(ctx, Job::SyncSchedule, RaceFilter::season(year), job).await
}

async fn sync(ctx: &Context, mut turn: Turn, year: i16) -> Result<Report> {
    let races = jolpica::schedule(&mut turn, &ctx.sources.jolpica_url, year).await?;
    turn.end().await?;
    if races.is_empty() {
        let detail = format!("Jolpica has no calendar of {year}");
        return Ok(Report::of(Changes::default(), detail));
    }
    let mut transaction = ctx.begin().await?;
    let matched = Matched::of(&mut transaction, year, &races).await?;
    let mut notes = Vec::new();
    let mut changes = Changes {
        read: races.len() as u64,
        ..Changes::default()
    };
    let gone = write::vanished(&mut transaction, &matched, &mut notes).await?;
    changes.changed += gone.len() as u64;
    let numbering = Numbering::of(&matched, &gone);
    let now = ctx.now();
    changes += write::known(&mut transaction, &matched, &numbering, now, &mut notes).await?;
    changes += write::new(&mut transaction, year, &matched, &numbering, &mut notes).await?;
    if !changes.is_empty() {
        ingest::follow(&mut transaction, ctx, year, None).await?;
    }
    transaction.commit().await?;
    let mut detail = format!("{} races of {year}", races.len());
    for note in notes {
        detail.push_str("; ");
        detail.push_str(&note);
    }
    Ok(Report::of(changes, detail))
}
