//! Running a job of the table, alone or with all that follows from a load.

use anyhow::{Context as _, Result, bail};
use chrono::Datelike as _;
use schema::Contest::{GrandPrix, Sprint};

use super::{
    Due, Job, Report, accuracy, backfill, forecast, ingest, ledger::record, load, recheck,
    schedule, season_stats, title_odds,
};
use crate::{Context, RaceFilter, jobs::ledger};

impl Job {
    /// Runs the job for the races that `filter` selects, and records it.
    ///
    /// A job that ingests a list writes its rows alone here: the next tick moves the race's status and makes the
    /// forecasts.
    pub async fn run(self, ctx: &Context, filter: RaceFilter) -> Result<Report> {
        self.run_with_progress(ctx, filter, |_, _| {}).await
    }

    /// The same; a job of many steps calls `progress` with the steps done and their total.
    pub async fn run_with_progress(
        self,
        ctx: &Context,
        filter: RaceFilter,
        progress: impl FnMut(usize, usize),
    ) -> Result<Report> {
        match self {
            Self::Load => record(ctx, self, filter, async |ctx| load::load(ctx, false).await).await,
            Self::ComputeAllPredictions => {
                record(ctx, self, filter, async |ctx| {
                    forecast::fill(ctx, progress).await
                })
                .await
            }
            Self::SyncSchedule => schedule::run(ctx, season_of(ctx, filter)?).await,
            Self::SyncSeason => backfill::sync_season(ctx, season_of(ctx, filter)?).await,
            Self::IngestPractice
            | Self::IngestSprintQualifying
            | Self::IngestSprintGrid
            | Self::IngestSprint
            | Self::IngestQualifying
            | Self::IngestGrid
            | Self::IngestRace
            | Self::IngestLaps => ingest::by_hand(ctx, self, filter).await,
            Self::Recheck => {
                let rounds = recheck::rounds(ctx).await?;
                let round = rounds.iter().find(|round| round.filter() == filter);
                recheck::run(ctx, round.context("only recent rounds are rechecked")?).await
            }
            Self::Backfill => bail!("`f1-etl backfill` runs this job"),
            Self::ComputeSeasonStats => {
                record(ctx, self, filter, async |ctx| {
                    season_stats::run(ctx, filter.season).await
                })
                .await
            }
            Self::ComputeFeatures => {
                record(ctx, self, filter, async |ctx| {
                    forecast::compute_features(ctx, GrandPrix, filter).await
                })
                .await
            }
            Self::ComputeSprintFeatures => {
                record(ctx, self, filter, async |ctx| {
                    forecast::compute_features(ctx, Sprint, filter).await
                })
                .await
            }
            Self::ComputePredictions => {
                record(ctx, self, filter, async |ctx| {
                    forecast::compute_predictions(ctx, GrandPrix, filter).await
                })
                .await
            }
            Self::ComputeSprintPredictions => {
                record(ctx, self, filter, async |ctx| {
                    forecast::compute_predictions(ctx, Sprint, filter).await
                })
                .await
            }
            Self::ComputeAccuracy => record(ctx, self, filter, accuracy::compute).await,
            Self::ComputeTitleOdds => {
                record(ctx, self, filter, async |ctx| {
                    title_odds::compute(ctx, filter).await
                })
                .await
            }
        }
    }
}

/// The season that `filter` selects; the current one if it selects none.
fn season_of(ctx: &Context, filter: RaceFilter) -> Result<i16> {
    Ok(match filter.season {
        Some(season) => season,
        None => i16::try_from(ctx.now().year())?,
    })
}

/// Runs what follows from a load, in the order of the table: the forecasts, and then the scores and the title odds if
/// anything changed since they last ran. `run` runs one job and shows its progress.
pub async fn after_load(ctx: &Context, mut run: impl AsyncFnMut(Job) -> Result<()>) -> Result<()> {
    for &job in Job::ALL {
        let is_due = match job.due() {
            // Forecasts also come due as time passes, without a new release.
            Due::AfterRelease => true,
            Due::AfterNews => ledger::is_behind(&ctx.pool, job).await?,
            _ => false,
        };
        if is_due {
            run(job).await?;
        }
    }
    Ok(())
}
