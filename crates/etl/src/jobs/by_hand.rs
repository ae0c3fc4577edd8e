//! `f1-etl run`: one job, for the races that are named.

use anyhow::Result;
use chrono::Datelike as _;
use clap::ValueEnum;
use schema::Contest;

use super::{
    Report, Which, accuracy, backfill,
    ingest::{self, Step},
    ledger, predictions, schedule, season_stats, title_odds,
};
use crate::Context;

/// A job that can be run by hand. One that ingests a list commits its rows alone: the next tick moves the race's status
/// and makes the forecasts.
#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Job {
    /// Calendar, results, qualifying, sprints and pit stops of a season, as Jolpica has them; without a season of the
    /// running one
    SyncSeason,
    /// Changes of the calendar; without a season of the running one
    SyncSchedule,
    /// Practice sessions; this and the other lists without a round of the newest race that has them
    IngestPractice,
    /// Sprint qualifying
    IngestSprintQualifying,
    /// The sprint's grid
    IngestSprintGrid,
    /// The sprint's result
    IngestSprint,
    /// Qualifying
    IngestQualifying,
    /// The grid
    IngestGrid,
    /// The result and the pit stops
    IngestRace,
    /// Lap times
    IngestLaps,
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

/// Runs a job for the races of `which`, and records it.
pub async fn run(ctx: &Context, job: Job, which: Which) -> Result<Report> {
    use Contest::{GrandPrix, Sprint};
    let features = |contest| {
        async move |ctx: &Context| predictions::compute_features(ctx, contest, which).await
    };
    let predictions = |contest| {
        async move |ctx: &Context| predictions::compute_predictions(ctx, contest, which).await
    };
    let titles = async |ctx: &Context| title_odds::compute(ctx, which).await;
    let stats = async |ctx: &Context| season_stats::run(ctx, which.season).await;
    let list = |step| ingest::by_hand(ctx, step, which);
    match job {
        Job::SyncSeason => backfill::sync_season(ctx, season(ctx, which)?).await,
        Job::SyncSchedule => schedule::run(ctx, season(ctx, which)?).await,
        Job::IngestPractice => list(Step::Practice).await,
        Job::IngestSprintQualifying => list(Step::SprintQualifying).await,
        Job::IngestSprintGrid => list(Step::SprintGrid).await,
        Job::IngestSprint => list(Step::Sprint).await,
        Job::IngestQualifying => list(Step::Qualifying).await,
        Job::IngestGrid => list(Step::Grid).await,
        Job::IngestRace => list(Step::Race).await,
        Job::IngestLaps => list(Step::Laps).await,
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

/// The season that is meant: the running one if none is named.
fn season(ctx: &Context, which: Which) -> Result<i16> {
    Ok(match which.season {
        Some(season) => season,
        None => i16::try_from(ctx.now().year())?,
    })
}
