//! The commands of `f1-etl`, which `f1 etl` runs on the local database.
#![expect(
    clippy::print_stdout,
    reason = "standard output is what a command answers"
)]

mod backfill;

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context as _, Result};
use clap::{Subcommand, ValueEnum};
use schema::{Contest, Moment};
use tokio::fs::File;

use crate::{
    Context, backtest, dump,
    jobs::{Report, Which, accuracy, forecast, ledger, load, season_stats, title_odds},
    merge::Changes,
    status,
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

/// A job that can be run by hand; it commits its rows and leaves a race's status alone.
#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Job {
    /// Calendar, results, qualifying, sprints and pit stops of a season, as Jolpica has them
    SyncSeason,
    /// Aggregates of a season, standings where none are official
    ComputeSeasonStats,
    /// Features of Grands Prix
    ComputeFeatures,
    /// Forecasts of Grands Prix
    ComputePredictions,
    /// Features of sprints
    ComputeSprintFeatures,
    /// Forecasts of sprints
    ComputeSprintPredictions,
    /// Scores of all forecasts, against baselines
    ComputeAccuracy,
    /// Chances of the championship titles after each race
    ComputeTitleOdds,
}

impl Command {
    /// Whether it makes sense on an empty database.
    const fn needs_data(&self) -> bool {
        !matches!(
            self,
            Self::Load { .. } | Self::Status { .. } | Self::Dump { .. }
        )
    }
}

/// Runs a command, on an empty database after loading the newest release. What it answers goes to standard output, what it reports to the log.
pub async fn run(ctx: &Context, command: Command) -> Result<ExitCode> {
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
                say(&run_job(ctx, Job::ComputeAccuracy, all).await?);
            }
            if ledger::is_behind(&ctx.pool, "compute_title_odds").await? {
                say(&run_job(ctx, Job::ComputeTitleOdds, all).await?);
            }
        }
        Command::Run { job, season, round } => {
            say(&run_job(ctx, job, Which { season, round }).await?);
        }
        Command::Backfill(arguments) => return backfill::run(ctx, &arguments).await,
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
            let status = status::read(&ctx.pool).await?;
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

async fn is_empty(ctx: &Context) -> Result<bool> {
    let held = sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM races) AS "held!""#);
    Ok(!held.fetch_one(&ctx.pool).await?)
}

async fn load_release(ctx: &Context, force: bool) -> Result<Report> {
    let job = async |ctx: &Context| load::load(ctx, force).await;
    ledger::record(ctx, "load", Which::default(), job).await
}

async fn forecast_all(ctx: &Context) -> Result<Report> {
    forecast::fill(ctx, |made, total| {
        tracing::info!(made, total, "forecasting");
    })
    .await
}

async fn run_job(ctx: &Context, job: Job, which: Which) -> Result<Report> {
    use Contest::{GrandPrix, Sprint};
    let features =
        |contest| async move |ctx: &Context| forecast::compute_features(ctx, contest, which).await;
    let predictions = |contest| {
        async move |ctx: &Context| forecast::compute_predictions(ctx, contest, which).await
    };
    let titles = async |ctx: &Context| title_odds::compute(ctx, which).await;
    let stats = async |ctx: &Context| season_stats::run(ctx, which.season).await;
    match job {
        Job::SyncSeason => backfill::sync_season(ctx, which.season).await,
        Job::ComputeSeasonStats => ledger::record(ctx, "compute_season_stats", which, stats).await,
        Job::ComputeFeatures => {
            ledger::record(ctx, "compute_features", which, features(GrandPrix)).await
        }
        Job::ComputePredictions => {
            ledger::record(ctx, "compute_predictions", which, predictions(GrandPrix)).await
        }
        Job::ComputeSprintFeatures => {
            ledger::record(ctx, "compute_sprint_features", which, features(Sprint)).await
        }
        Job::ComputeSprintPredictions => {
            ledger::record(
                ctx,
                "compute_sprint_predictions",
                which,
                predictions(Sprint),
            )
            .await
        }
        Job::ComputeAccuracy => {
            ledger::record(ctx, "compute_accuracy", which, accuracy::compute).await
        }
        Job::ComputeTitleOdds => ledger::record(ctx, "compute_title_odds", which, titles).await,
    }
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
