//! `tick`: from the clock, the calendar and the database, everything that is due.

use anyhow::Result;
use tokio_util::sync::CancellationToken;

use crate::Context;

/// A kind of work that is looked at from time to time. In the order in which a tick does them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Chore {
    /// A new release of F1DB.
    Release,
    /// Changes of the calendar.
    Calendar,
    /// Sessions that may have been published.
    Sessions,
    /// Corrections of recent rounds.
    Corrections,
}

impl Chore {
    /// All of them, in their order.
    pub const ALL: &'static [Self] = &[
        Self::Release,
        Self::Calendar,
        Self::Sessions,
        Self::Corrections,
    ];
}

/// Whether a chore is done in any case, or when its time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// If it is due.
    Due,
    /// In any case. Sessions are asked for only when they may have been published, all the same.
    Now,
}

/// What came of a tick.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ticked {
    /// Another process is at a tick: nothing was looked at.
    pub busy: bool,
    /// Jobs that wrote something.
    pub done: usize,
    /// Jobs that found that what they look for is not published.
    pub not_yet: usize,
    /// What failed, and why; the rest was done.
    pub failed: Vec<String>,
}

/// Does `chores`, and what follows from them: forecasts, scores, title odds. Ends early, between two jobs, when `stop`
/// is cancelled.
pub async fn run(
    ctx: &Context,
    chores: &[Chore],
    when: When,
    stop: &CancellationToken,
) -> Result<Ticked> {
    let _ = (ctx, chores, when, stop);
    Ok(Ticked::default())
}
