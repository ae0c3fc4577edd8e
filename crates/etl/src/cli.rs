//! The commands of `f1-etl`, which `f1 etl` runs on the local database.
#![expect(
    clippy::print_stdout,
    reason = "standard output is what a command answers"
)]

mod backfill;

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context as _, Result};
use chrono::{DateTime, Utc};
use clap::Subcommand;
use schema::{Contest, JobOutcome, Moment};
use tokio::fs::File;
use tokio_util::sync::CancellationToken;

use crate::{
    Context, backtest, dump,
    jobs::{
        Report, Which,
        by_hand::{self, Job},
        ledger, load, predictions,
    },
    merge::Changes,
    serve::{self, outcome::Outcome},
    status,
    tick::{self, Chore, When},
};

/// What to do
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Load the newest F1DB release, forecast what lacks a forecast, score it, simulate the titles
    Load {
        /// Also if it is the one loaded last
        #[arg(long)]
        force: bool,
    },
    /// Do what is due, once. Exit code 75: it is not published yet
    Tick {
        /// As if it were this moment (UTC), for replays
        #[arg(long, value_parser = schema::clock::parse_instant)]
        now: Option<DateTime<Utc>>,
        /// Only this chore; may be given several times
        #[arg(long = "only", value_name = "CHORE")]
        chores: Vec<Chore>,
    },
    /// Do what is due, and from then on what the schedules say
    ///
    /// A schedule is a cron expression in UTC of five fields (minute, hour, day, month, weekday) or of six, with
    /// seconds first. Schedules go by the real time, even where `F1_NOW` and `F1_CLOCK_SPEED` give jobs another.
    #[command(verbatim_doc_comment)]
    Serve(serve::Options),
    /// Run one job
    Run {
        /// Which
        job: Job,
        /// Only this season
        #[arg(long)]
        season: Option<i16>,
        /// Only this round of it
        #[arg(long, requires = "season")]
        round: Option<i16>,
    },
    /// Ask Jolpica for what whole seasons lack; goes on where it was stopped
    Backfill(backfill::Arguments),
    /// Score walk-forward forecasts against baselines
    Backtest {
        /// First season
        #[arg(long)]
        from: i16,
        /// Last season
        #[arg(long)]
        to: i16,
        /// What the forecasts knew: `before_weekend`, `before_qualifying`, `qualifying_order` or `official_grid`
        #[arg(long, default_value = "official_grid")]
        moment: Moment,
        /// Sprints instead of Grands Prix
        #[arg(long)]
        sprints: bool,
        /// Only this model or baseline
        #[arg(long)]
        model: Option<String>,
        /// JSON on standard output
        #[arg(long)]
        json: bool,
    },
    /// What the database holds and what ran last
    Status {
        /// JSON on standard output
        #[arg(long)]
        json: bool,
    },
    /// Write all content in canonical order
    Dump {
        /// Where to; standard output if left out
        file: Option<PathBuf>,
    },
}

impl Command {
    /// Whether it ends between two steps when it is told to stop. The others are cut off: their transactions roll back.
    #[must_use]
    pub const fn ends_gently(&self) -> bool {
        matches!(self, Self::Tick { .. } | Self::Serve(_) | Self::Backfill(_))
    }

    /// Whether it makes sense on an empty database only after a load; a tick loads by itself.
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

/// Runs a command, on an empty database after loading the newest release. What it answers goes to standard output, what it reports to the log. `stop` is
/// for commands that end gently.
pub async fn run(ctx: &Context, command: Command, stop: &CancellationToken) -> Result<ExitCode> {
    if command.needs_data() && is_empty(ctx).await? {
        eprintln!("the database is empty: loading the newest release first");
        eprintln!("{}", described(&load_release(ctx, false).await?));
    }
    match command {
        Command::Load { force } => {
            let all = Which::default();
            say(&load_release(ctx, force).await?);
            say(&ledger::record(ctx, "forecast_all", all, forecast_all).await?);
            if ledger::is_behind(&ctx.pool, "compute_accuracy").await? {
                say(&by_hand::run(ctx, Job::ComputeAccuracy, all).await?);
            }
            if ledger::is_behind(&ctx.pool, "compute_title_odds").await? {
                say(&by_hand::run(ctx, Job::ComputeTitleOdds, all).await?);
            }
        }
        Command::Tick { now, chores } => {
            let chores = if chores.is_empty() {
                Chore::ALL
            } else {
                &chores
            };
            return tick_once(ctx, now, chores, stop).await;
        }
        Command::Serve(options) => serve::run(ctx, &options, stop).await?,
        Command::Run { job, season, round } => {
            let report = by_hand::run(ctx, job, Which { season, round }).await?;
            say(&report);
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
                print!("{scores}");
            }
        }
        Command::Status { json } => {
            let status = status::read(&ctx.pool, ctx.now()).await?;
            if json {
                print_json(&status)?;
            } else {
                print!("{status}");
            }
        }
        Command::Dump { file: None } => dump::write(&ctx.pool, &mut tokio::io::stdout()).await?,
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
    chores: &[Chore],
    stop: &CancellationToken,
) -> Result<ExitCode> {
    let ctx = Context {
        clock: now.map_or(ctx.clock, |now| ctx.clock.set_to(now)),
        ..ctx.clone()
    };
    let ticked = tick::run(&ctx, chores, When::Due, stop).await?;
    println!("{}", serve::outcome::line(&ticked));
    Ok(Outcome::of(&ticked).exit_code())
}

async fn is_empty(ctx: &Context) -> Result<bool> {
    let held = sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM races) AS "held!""#);
    Ok(!held.fetch_one(&ctx.pool).await?)
}

async fn load_release(ctx: &Context, force: bool) -> Result<Report> {
    let job = async |ctx: &Context| load::load(ctx, force).await;
    ledger::record(ctx, "load", Which::default(), job).await
}

async fn forecast_all(ctx: &Context) -> Result<Report> {
    predictions::compute_all(ctx, |made, total| {
        tracing::info!(made, total, "forecasting");
    })
    .await
}

fn say(report: &Report) {
    println!("{}", described(report));
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

fn print_json(answer: &impl serde::Serialize) -> Result<()> {
    println!("{}", serde_json::to_string_pretty(answer)?);
    Ok(())
}
