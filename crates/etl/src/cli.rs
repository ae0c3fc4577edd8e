//! The commands of `f1-etl`, which `f1 etl` runs on the local database.

mod backfill;
mod output;

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context as _, Result};
use chrono::{DateTime, Utc};
use clap::Subcommand;
use schema::{Contest, JobOutcome, Moment};
use tokio::fs::File;
use tokio_util::sync::CancellationToken;

use self::output::{print, print_json, print_line, remark, unless_reader_left};
use crate::{
    Context, RaceFilter, backtest, dump,
    jobs::{Job, Report, after_load, ledger, load},
    merge::Changes,
    serve::{self, outcome::Outcome},
    status,
    tick::{self, Task, Trigger},
};

/// What to do
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Load the newest F1DB release, make the forecasts that are missing, score them, simulate the titles
    Load {
        /// Load it even if it was loaded last time
        #[arg(long)]
        force: bool,
    },
    /// Run what is due, once. Exit code 75: it is not published yet
    Tick {
        /// Pretend that it is this moment (UTC), for replays
        #[arg(long, value_parser = schema::clock::parse_instant)]
        now: Option<DateTime<Utc>>,
        /// Run only this task; may be given several times
        #[arg(long = "only", value_name = "TASK")]
        tasks: Vec<Task>,
    },
    /// Run what is due, and from then on every task on its schedule
    ///
    /// A schedule is a cron expression in UTC of five fields (minute, hour, day, month, weekday) or of six, with
    /// seconds first. Schedules follow the real time, even where `F1_NOW` and `F1_CLOCK_SPEED` shift the clock of the jobs.
    #[command(verbatim_doc_comment)]
    Serve(serve::Options),
    /// Run one job
    Run {
        /// The job
        job: Job,
        /// Only this season
        #[arg(long)]
        season: Option<i16>,
        /// Only this round of it
        #[arg(long, requires = "season")]
        round: Option<i16>,
    },
    /// Ask Jolpica for the lists that whole seasons lack; a new start continues where the last one stopped
    Backfill(backfill::Arguments),
    /// Score walk-forward forecasts against baselines
    Backtest {
        /// First season
        #[arg(long)]
        from: i16,
        /// Last season
        #[arg(long)]
        to: i16,
        /// What the forecasts know: `before_weekend`, `before_qualifying`, `qualifying_order` or `official_grid`
        #[arg(long, default_value = "official_grid")]
        moment: Moment,
        /// Score sprints instead of Grands Prix
        #[arg(long)]
        sprints: bool,
        /// Score only this model or baseline
        #[arg(long)]
        model: Option<String>,
        /// Write JSON
        #[arg(long)]
        json: bool,
    },
    /// Show what is wrong, what is due, what ran and how fresh the data is
    Status {
        /// Write JSON
        #[arg(long)]
        json: bool,
    },
    /// Write all content in canonical order
    Dump {
        /// The file to write; standard output by default
        file: Option<PathBuf>,
    },
}

impl Command {
    /// Whether the command ends between two steps when it is asked to stop. Others are cut off: their transactions roll
    /// back.
    #[must_use]
    pub const fn ends_gently(&self) -> bool {
        matches!(self, Self::Tick { .. } | Self::Serve(_) | Self::Backfill(_))
    }

    /// Whether the command needs data. On an empty database it loads the newest release first; a tick loads by itself.
    const fn needs_data(&self) -> bool {
        !matches!(
            self,
            Self::Load { .. }
                | Self::Tick { .. }
                | Self::Serve(_)
                | Self::Status { .. }
                | Self::Dump { .. }
        )
    }
}

/// Runs a command, on an empty database after loading the newest release. Answers go to standard output, remarks to
/// standard error and the log. `stop` asks commands that end gently to end.
pub async fn run(ctx: &Context, command: Command, stop: &CancellationToken) -> Result<ExitCode> {
    if command.needs_data() && is_empty(ctx).await? {
        remark("the database is empty: loading the newest release first");
        remark(described(&load_release(ctx, false).await?));
    }
    match command {
        Command::Load { force } => {
            print_report(&load_release(ctx, force).await?)?;
            run_after_load(ctx).await?;
        }
        Command::Tick { now, tasks } => {
            let tasks = if tasks.is_empty() { Task::ALL } else { &tasks };
            return tick_once(ctx, now, tasks, stop).await;
        }
        Command::Serve(options) => serve::run(ctx, &options, stop).await?,
        Command::Run { job, season, round } => {
            let report = job.run(ctx, RaceFilter { season, round }).await?;
            print_report(&report)?;
            if report.outcome() == JobOutcome::NotYet {
                return Ok(Outcome::NotYet.exit_code());
            }
        }
        Command::Backfill(arguments) => return backfill::run(ctx, &arguments, stop).await,
        Command::Backtest {
            from,
            to,
            moment,
            sprints,
            model,
            json,
        } => {
            let contest = if sprints {
                Contest::Sprint
            } else {
                Contest::GrandPrix
            };
            let request = backtest::Request {
                seasons: (from, to),
                contest,
                moment,
                model,
            };
            let scores = backtest::run(&ctx.pool, request).await?;
            if json {
                print_json(&scores)?;
            } else {
                print(scores)?;
            }
        }
        Command::Status { json } => {
            let status = status::read(&ctx.pool, ctx.now()).await?;
            if json {
                print_json(&status)?;
            } else {
                print(status)?;
            }
        }
        Command::Dump { file: None } => {
            unless_reader_left(dump::write(&ctx.pool, &mut tokio::io::stdout()).await)?;
        }
        Command::Dump { file: Some(path) } => {
            let mut file = File::create(&path)
                .await
                .with_context(|| format!("cannot write {}", path.display()))?;
            dump::write(&ctx.pool, &mut file).await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn tick_once(
    ctx: &Context,
    now: Option<DateTime<Utc>>,
    tasks: &[Task],
    stop: &CancellationToken,
) -> Result<ExitCode> {
    let ctx = Context {
        clock: now.map_or(ctx.clock, |now| ctx.clock.set_to(now)),
        ..ctx.clone()
    };
    let report = tick::run(&ctx, tasks, Trigger::IfDue, stop).await?;
    print_line(serve::outcome::line(&report))?;
    Ok(Outcome::of(&report).exit_code())
}

async fn is_empty(ctx: &Context) -> Result<bool> {
    let has_races = sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM races) AS "has_races!""#);
    Ok(!has_races.fetch_one(&ctx.pool).await?)
}

async fn load_release(ctx: &Context, force: bool) -> Result<Report> {
    let body = async |ctx: &Context| load::load(ctx, force).await;
    ledger::record(ctx, Job::Load, RaceFilter::ALL, body).await
}

/// Runs the jobs that follow from a load, and prints what they did.
async fn run_after_load(ctx: &Context) -> Result<()> {
    after_load(ctx, async |job| {
        let progress = |done, total| tracing::info!(%job, done, total, "running");
        let report = job
            .run_with_progress(ctx, RaceFilter::ALL, progress)
            .await?;
        print_report(&report)
    })
    .await
}

fn print_report(report: &Report) -> Result<()> {
    print_line(described(report))
}

fn described(report: &Report) -> String {
    let Changes {
        read,
        inserted,
        changed,
        deleted,
    } = report.changes;
    format!(
        "{}: {}; {read} rows read, {inserted} inserted, {changed} changed, {deleted} deleted",
        report.outcome(),
        report.detail
    )
}
