//! `sync_schedule`: takes over what is new in Jolpica's calendar of a season.
//!
//! Session times of an F1DB release stay, since Jolpica's have known mistakes. A *change* of what Jolpica announces is
//! taken over: a postponement reaches it days before the next release. `rounds` matches the races of both calendars,
//! `numbering` decides the round numbers, `write` writes what is new.

mod numbering;
mod rounds;
mod write;

use anyhow::Result;

use self::{numbering::Numbering, rounds::Matched};
use super::{Job, Report, ingest, ledger};
use crate::{
    Context, RaceFilter,
    merge::Changes,
    sources::{jolpica, lease::UpstreamLease},
};

/// Runs the job for a season.
pub async fn run(ctx: &Context, year: i16) -> Result<Report> {
    let job = async |ctx: &Context| {
        let lease = UpstreamLease::acquire(ctx, &jolpica::RATE_LIMIT).await?;
        sync(ctx, lease, year).await
    };
    ledger::record(ctx, Job::SyncSchedule, RaceFilter::season(year), job).await
}

/// Runs the job under a lease that the caller has.
pub async fn run_in(ctx: &Context, lease: UpstreamLease, year: i16) -> Result<Report> {
    let job = async |ctx: &Context| sync(ctx, lease, year).await;
    ledger::record(ctx, Job::SyncSchedule, RaceFilter::season(year), job).await
}

async fn sync(ctx: &Context, mut lease: UpstreamLease, year: i16) -> Result<Report> {
    let races = jolpica::calendar(&mut lease, &ctx.sources.jolpica_url, year).await?;
    lease.release().await?;
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
    let cancelled = write::cancel_withdrawn(&mut transaction, &matched, &mut notes).await?;
    changes.changed += cancelled.len() as u64;
    let numbering = Numbering::of(&matched, &cancelled);
    let now = ctx.now();
    changes += write::update(&mut transaction, &matched, &numbering, now, &mut notes).await?;
    changes += write::insert_new(&mut transaction, year, &matched, &numbering, &mut notes).await?;
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
