//! `tick`: runs every job that is due, by the clock, the calendar and the database.

mod due;
mod history;
mod report;

use anyhow::{Context as _, Result};
use chrono::{Datelike as _, TimeDelta};
use schema::JobOutcome;
use sqlx::Connection as _;
use tokio_util::sync::CancellationToken;

use self::history::RunHistory;
pub use self::report::TickReport;
pub use crate::jobs::Task;
use crate::{
    Context, RaceFilter,
    calendar::{self, Round},
    error_chain,
    jobs::{
        Due, Job, Report,
        ingest::{self, Selection},
        ledger, recheck,
    },
    locks::{self, Lock},
};

/// Whether the jobs of a task run only when they are due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// They run if they are due.
    IfDue,
    /// They run in any case, as far as time alone makes them due. Sources are still asked for a session only when it may
    /// have been published.
    Always,
}

/// The longest pause after failures of a job that runs after another.
const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(23);
/// The release is behind if it lacks the result of a race that was run within this time.
const RECENT_RACES: TimeDelta = TimeDelta::hours(14 * 23);

/// Does `tasks`, in their own order. Ends early, between two jobs, when `stop` is cancelled.
pub async fn run(
    ctx: &Context,
    tasks: &[Task],
    trigger: Trigger,
    stop: &CancellationToken,
) -> Result<TickReport> {
    let mut connection = ctx.pool.acquire().await?.detach();
    if !Lock::TICK.take(&mut connection, locks::BRIEFLY).await? {
        return Ok(TickReport {
            busy: true,
            ..TickReport::default()
        });
    }
    let cannot_go_on = "cannot go on without the database";
    let mut tick = Tick {
        ctx,
        trigger,
        stop,
        history: RunHistory::read(&ctx.pool, ctx.now())
            .await
            .context(cannot_go_on)?,
        report: TickReport::default(),
    };
    tick.run(tasks).await.context(cannot_go_on)?;
    connection.close().await?;
    Ok(tick.report)
}

/// A running tick.
struct Tick<'a> {
    ctx: &'a Context,
    trigger: Trigger,
    stop: &'a CancellationToken,
    /// The runs before this tick, and those that failed in it.
    history: RunHistory,
    report: TickReport,
}

/// Whether what comes after a job can go on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    GoOn,
    /// The job failed, and what comes after it would work on incomplete data.
    Wait,
}

impl Tick<'_> {
    async fn run(&mut self, tasks: &[Task]) -> Result<()> {
        for &task in Task::ALL.iter().filter(|task| tasks.contains(task)) {
            let next = match task {
                Task::Sessions => self.sessions().await?,
                _ => self.jobs_of(task).await?,
            };
            let waits = next == Next::Wait && task.is_needed_by_later_tasks();
            if waits || self.stop.is_cancelled() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Runs the jobs of a task that are due, each for the races that the task is about.
    async fn jobs_of(&mut self, task: Task) -> Result<Next> {
        for job in Job::of_task(task) {
            for filter in self.races_of(task).await? {
                if self.stop.is_cancelled() {
                    return Ok(Next::GoOn);
                }
                if !self.is_due(job, filter).await? {
                    continue;
                }
                let ended = job.run(self.ctx, filter).await;
                let next = self.note(job, filter, ended).await?;
                if next == Next::Wait && task.is_needed_by_later_tasks() {
                    return Ok(next);
                }
            }
        }
        Ok(Next::GoOn)
    }

    /// The races that a task is about: a job runs once for each of these filters.
    async fn races_of(&self, task: Task) -> Result<Vec<RaceFilter>> {
        Ok(match task {
            Task::Calendar => self.seasons()?.map(RaceFilter::season).collect(),
            Task::Corrections => {
                let rounds = recheck::rounds(self.ctx).await?;
                rounds.iter().map(Round::filter).collect()
            }
            Task::Release | Task::Sessions | Task::Scores => vec![RaceFilter::ALL],
        })
    }

    /// The current season and, once its calendar may be announced, the next.
    fn seasons(&self) -> Result<impl Iterator<Item = i16> + use<>> {
        let now = self.ctx.now();
        let this_year = i16::try_from(now.year())?;
        let next_is_announced = now.month() >= 10;
        Ok(this_year..=this_year + i16::from(next_is_announced))
    }

    /// Ingests the lists of every round that may have been published.
    async fn sessions(&mut self) -> Result<Next> {
        let now = self.ctx.now();
        let mut connection = self.ctx.pool.acquire().await?;
        let rounds = calendar::read(&mut connection, RaceFilter::ALL).await?;
        drop(connection);
        for round in &rounds {
            for job in due::jobs(round, &self.history, now) {
                if self.stop.is_cancelled() {
                    return Ok(Next::GoOn);
                }
                let waited = self.history.is_waited_for(job, round.filter(), now);
                let wanted = if waited {
                    Selection::Missing
                } else {
                    Selection::MissingBestEffort
                };
                let Some(round) = self.current(round).await? else {
                    break;
                };
                let ended = ingest::stage(self.ctx, &round, job, wanted).await;
                // Later jobs of the same weekend wait; other weekends do not.
                if self.note(job, round.filter(), ended).await? == Next::Wait {
                    break;
                }
            }
        }
        Ok(Next::GoOn)
    }

    /// The round as the jobs before have left it.
    async fn current(&self, round: &Round) -> Result<Option<Round>> {
        let mut connection = self.ctx.pool.acquire().await?;
        let mut rounds = calendar::read(&mut connection, round.filter()).await?;
        rounds.retain(|other| other.race == round.race);
        Ok(rounds.pop())
    }

    async fn is_due(&mut self, job: Job, filter: RaceFilter) -> Result<bool> {
        let pool = &self.ctx.pool;
        match job.due() {
            Due::Every(period) => Ok(self.is_time_for(job, filter, period)),
            Due::EveryOrSooner {
                period,
                while_behind,
            } => {
                let behind = self.is_release_behind().await?;
                let period = if behind { while_behind } else { period };
                Ok(self.is_time_for(job, filter, period))
            }
            Due::AfterRelease => Ok(!self.is_backing_off(job, filter, LONGEST_PAUSE)
                && ledger::is_older(pool, job, Job::Load).await?),
            Due::AfterNews => Ok(!self.is_backing_off(job, filter, LONGEST_PAUSE)
                && ledger::is_behind(pool, job).await?),
            Due::AfterSessions | Due::OnRequest => Ok(false),
        }
    }

    /// Whether a race that was run lately is in no release of F1DB.
    async fn is_release_behind(&self) -> Result<bool> {
        let behind = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM published_lists p JOIN races r ON r.id = p.race_id
                              WHERE p.list = 'race' AND p.source <> 'f1db' AND r.date > $1) AS "behind!""#,
            (self.ctx.now() - RECENT_RACES).date_naive()
        );
        Ok(behind.fetch_one(&self.ctx.pool).await?)
    }

    fn is_time_for(&mut self, job: Job, filter: RaceFilter, period: TimeDelta) -> bool {
        let now = self.ctx.now();
        self.trigger == Trigger::Always
            || (!self.history.is_fresh(job, filter, period, now)
                && !self.is_backing_off(job, filter, period))
    }

    /// Whether a job that failed is not tried again yet.
    fn is_backing_off(&mut self, job: Job, filter: RaceFilter, longest: TimeDelta) -> bool {
        let now = self.ctx.now();
        let is_backing_off = self.trigger == Trigger::IfDue
            && self.history.is_backing_off(job, filter, longest, now);
        self.report.backing_off |= is_backing_off;
        is_backing_off
    }

    /// Notes how a job ended. Only an unreachable database is an error.
    async fn note(&mut self, job: Job, filter: RaceFilter, ended: Result<Report>) -> Result<Next> {
        match ended {
            Ok(report) => {
                tracing::info!(
                    job = job.as_str(),
                    season = filter.season,
                    round = filter.round,
                    outcome = report.outcome().as_str(),
                    "{}",
                    report.detail
                );
                match report.outcome() {
                    JobOutcome::Done => self.report.done += 1,
                    JobOutcome::NotYet => self.report.not_yet += 1,
                    JobOutcome::NothingNew | JobOutcome::Failed => {}
                }
                Ok(Next::GoOn)
            }
            Err(error) if error.is::<ledger::AlreadyRunning>() => {
                tracing::info!(job = job.as_str(), "{error}");
                Ok(Next::Wait)
            }
            Err(error) => {
                let error = error_chain(&error);
                let (season, round) = (filter.season, filter.round);
                tracing::error!(job = job.as_str(), season, round, "{error}");
                self.report.failed.push(format!("{job}: {error}"));
                self.history = RunHistory::read(&self.ctx.pool, self.ctx.now()).await?;
                let waits = self.history.is_waited_for(job, filter, self.ctx.now());
                Ok(if waits { Next::Wait } else { Next::GoOn })
            }
        }
    }
}
