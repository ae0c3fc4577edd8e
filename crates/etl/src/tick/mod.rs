//! `tick`: from the clock, the calendar and the database, everything that is due.

mod due;

use anyhow::{Context as _, Result};
use chrono::{Datelike as _, TimeDelta};
use schema::JobOutcome;
use sqlx::Connection as _;
use tokio_util::sync::CancellationToken;

use self::due::Tried;
use crate::{
    Context,
    calendar::{self, Round},
    jobs::{
        Report, Which, accuracy,
        ingest::{self, Selection},
        ledger, load, predictions, recheck, schedule, title_odds,
    },
    words,
};

/// A kind of work that is looked at from time to time. In the order in which a tick does them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Chore {
    /// A new release of F1DB.
    Release,
    /// Changes of the calendar.
    Calendar,
    /// Sessions that may have been published.
    Sessions,
    /// Corrections of recent rounds.
    Corrections,
    /// Scores of the forecasts and title odds, once results are new.
    Scores,
}

impl Chore {
    /// All of them, in their order.
    pub const ALL: &'static [Self] = &[
        Self::Release,
        Self::Calendar,
        Self::Sessions,
        Self::Corrections,
        Self::Scores,
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
    /// Something that has failed for long was left alone for now.
    pub rested: bool,
}

/// A release is looked for this often; while a race that has been run is in none, more often.
const RELEASE_EVERY: TimeDelta = TimeDelta::hours(23);
const RELEASE_SOON: TimeDelta = TimeDelta::hours(3);
/// The calendar, and recent rounds, are read this often. A little less than a day, so that a daily tick finds them due.
const DAILY: TimeDelta = TimeDelta::hours(23);

/// Does `chores`, and what follows from them: forecasts, scores, title odds. Ends early, between two jobs, when `stop`
/// is cancelled.
pub async fn run(
    ctx: &Context,
    chores: &[Chore],
    when: When,
    stop: &CancellationToken,
) -> Result<Ticked> {
    let mut lock = ctx.pool.acquire().await?.detach();
    if !ledger::lock_soon(&mut lock, "f1 tick", "").await? {
        return Ok(Ticked {
            busy: true,
            ..Ticked::default()
        });
    }
    let cannot_go_on = "cannot go on without the database";
    let mut tick = Tick {
        ctx,
        when,
        stop,
        tried: Tried::read(&ctx.pool, ctx.now())
            .await
            .context(cannot_go_on)?,
        ticked: Ticked::default(),
    };
    tick.run(chores).await.context(cannot_go_on)?;
    lock.close().await?;
    Ok(tick.ticked)
}

/// A tick at work.
struct Tick<'a> {
    ctx: &'a Context,
    when: When,
    stop: &'a CancellationToken,
    /// What was tried before this tick, and what failed in it.
    tried: Tried,
    ticked: Ticked,
}

/// Whether to go on with what comes after a job.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    GoOn,
    /// It failed, and what comes after it would be told too little.
    Wait,
}

impl Tick<'_> {
    async fn run(&mut self, chores: &[Chore]) -> Result<()> {
        for chore in Chore::ALL.iter().filter(|chore| chores.contains(chore)) {
            let next = match chore {
                Chore::Release => self.release().await?,
                Chore::Calendar => self.calendar().await?,
                Chore::Sessions => self.sessions().await?,
                Chore::Corrections => self.corrections().await?,
                Chore::Scores => self.scores().await?,
            };
            if next == Next::Wait || self.stop.is_cancelled() {
                return Ok(());
            }
        }
        Ok(())
    }

    async fn release(&mut self) -> Result<Next> {
        let now = self.ctx.now();
        let open = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM published_lists p JOIN races r ON r.id = p.race_id
                              WHERE p.list = 'race' AND p.source <> 'f1db' AND r.date > $1) AS "open!""#,
            (now - DAILY * 14).date_naive()
        );
        let every = if open.fetch_one(&self.ctx.pool).await? {
            RELEASE_SOON
        } else {
            RELEASE_EVERY
        };
        if self.is_due("load", Which::default(), every) {
            let job = async |ctx: &Context| load::load(ctx, false).await;
            let loaded = ledger::record(self.ctx, "load", Which::default(), job).await;
            if self.note("load", Which::default(), loaded).await? == Next::Wait {
                return Ok(Next::Wait);
            }
        }
        // Also after a load whose process ended before this.
        if !self.stop.is_cancelled()
            && !self.rests("forecast_all", Which::default(), DAILY)
            && ledger::is_older(&self.ctx.pool, "forecast_all", "load").await?
        {
            let job = async |ctx: &Context| predictions::compute_all(ctx, |_, _| {}).await;
            let made = ledger::record(self.ctx, "forecast_all", Which::default(), job).await;
            return self.note("forecast_all", Which::default(), made).await;
        }
        Ok(Next::GoOn)
    }

    async fn calendar(&mut self) -> Result<Next> {
        let now = self.ctx.now();
        let this_year = i16::try_from(now.year())?;
        // The next calendar is announced long before the year is over.
        let last = if now.month() >= 10 {
            this_year + 1
        } else {
            this_year
        };
        for year in this_year..=last {
            let which = Which::season(year);
            if self.is_due("sync_schedule", which, DAILY) {
                let synced = schedule::run(self.ctx, year).await;
                if self.note("sync_schedule", which, synced).await? == Next::Wait {
                    return Ok(Next::Wait);
                }
            }
        }
        Ok(Next::GoOn)
    }

    async fn sessions(&mut self) -> Result<Next> {
        let now = self.ctx.now();
        let mut connection = self.ctx.pool.acquire().await?;
        let rounds = calendar::read(&mut connection, Which::default()).await?;
        drop(connection);
        for round in &rounds {
            for step in due::steps(round, &self.tried, now) {
                if self.stop.is_cancelled() {
                    return Ok(Next::GoOn);
                }
                let waited = self.tried.is_waited_for(step.job(), round.which(), now);
                let wanted = if waited {
                    Selection::Missing
                } else {
                    Selection::MissingBestEffort
                };
                let Some(round) = self.now(round).await? else {
                    break;
                };
                let ended = ingest::stage(self.ctx, &round, step, wanted).await;
                // What comes later in the same weekend waits; other weekends do not.
                if self.note(step.job(), round.which(), ended).await? == Next::Wait {
                    break;
                }
            }
        }
        Ok(Next::GoOn)
    }

    /// The round as the steps before have left it.
    async fn now(&self, round: &Round) -> Result<Option<Round>> {
        let mut connection = self.ctx.pool.acquire().await?;
        let mut rounds = calendar::read(&mut connection, round.which()).await?;
        rounds.retain(|other| other.race == round.race);
        Ok(rounds.pop())
    }

    async fn corrections(&mut self) -> Result<Next> {
        for round in recheck::rounds(self.ctx).await? {
            if self.stop.is_cancelled() {
                return Ok(Next::GoOn);
            }
            if self.is_due("recheck", round.which(), DAILY) {
                let checked = recheck::run(self.ctx, &round).await;
                self.note("recheck", round.which(), checked).await?;
            }
        }
        Ok(Next::GoOn)
    }

    /// Scores and titles, if results are new.
    async fn scores(&mut self) -> Result<Next> {
        let all = Which::default();
        if !self.stop.is_cancelled()
            && !self.rests("compute_accuracy", all, DAILY)
            && ledger::is_behind(&self.ctx.pool, "compute_accuracy").await?
        {
            let scored = ledger::record(self.ctx, "compute_accuracy", all, accuracy::compute).await;
            self.note("compute_accuracy", all, scored).await?;
        }
        if !self.stop.is_cancelled()
            && !self.rests("compute_title_odds", all, DAILY)
            && ledger::is_behind(&self.ctx.pool, "compute_title_odds").await?
        {
            let job = async |ctx: &Context| title_odds::compute(ctx, all).await;
            let simulated = ledger::record(self.ctx, "compute_title_odds", all, job).await;
            self.note("compute_title_odds", all, simulated).await?;
        }
        Ok(Next::GoOn)
    }

    fn is_due(&mut self, job: &str, which: Which, every: TimeDelta) -> bool {
        let now = self.ctx.now();
        if self.when == When::Now {
            return true;
        }
        !self.tried.is_fresh(job, which, every, now) && !self.rests(job, which, every)
    }

    /// Whether a job that failed is left alone for now.
    fn rests(&mut self, job: &str, which: Which, longest: TimeDelta) -> bool {
        let rests = self.when == When::Due && self.tried.rests(job, which, longest, self.ctx.now());
        self.ticked.rested |= rests;
        rests
    }

    /// Takes note of how a job ended. Only a database that is away is an error.
    async fn note(&mut self, job: &str, which: Which, ended: Result<Report>) -> Result<Next> {
        match ended {
            Ok(report) => {
                tracing::info!(
                    job,
                    season = which.season,
                    round = which.round,
                    outcome = report.outcome().as_str(),
                    "{}",
                    report.detail
                );
                match report.outcome() {
                    JobOutcome::Done => self.ticked.done += 1,
                    JobOutcome::NotYet => self.ticked.not_yet += 1,
                    JobOutcome::NothingNew | JobOutcome::Failed => {}
                }
                Ok(Next::GoOn)
            }
            Err(error) if error.is::<ledger::AlreadyRunning>() => {
                tracing::info!(job, "{error}");
                Ok(Next::Wait)
            }
            Err(error) => {
                let error = words(&error);
                tracing::error!(job, season = which.season, round = which.round, "{error}");
                self.ticked.failed.push(format!("{job}: {error}"));
                self.tried = Tried::read(&self.ctx.pool, self.ctx.now()).await?;
                let waits = self.tried.is_waited_for(job, which, self.ctx.now());
                Ok(if waits { Next::Wait } else { Next::GoOn })
            }
        }
    }
}
