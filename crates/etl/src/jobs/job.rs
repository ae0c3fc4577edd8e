//! The table of all jobs: a job's name, the lists it stores, when it comes due, whether others derive from it, and how it
//! runs.
//!
//! Commands, the ledger, `tick` and `serve` read this table. SQL names jobs too; `tests/etl/jobs.rs` compares. A new job is a
//! row of the table, an arm of [`Job::run_with_progress`] and a file of its own.

use std::{fmt, str::FromStr, sync::LazyLock};

use anyhow::{Context as _, Result, bail};
use chrono::{Datelike as _, TimeDelta};
use clap::{ValueEnum, builder::PossibleValue};
use schema::{
    Contest::{GrandPrix, Sprint},
    RaceList,
};

use super::{
    Due, Report, Task, accuracy, backfill,
    entry::{DAILY, Entry},
    ingest,
    ledger::record,
    load, predictions, recheck, schedule, season_stats, title_odds,
};
use crate::{Context, RaceFilter};

/// Defines [`Job`] from the rows of the table. The documentation of a row is also its help in `f1-etl run --help`.
macro_rules! jobs {
    ($($(#[doc = $description:literal])+ $job:ident = $name:literal, $entry:expr;)+) => {
        /// A job. Within a tick, jobs run in this order.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Job { $($(#[doc = $description])+ $job),+ }

        impl Job {
            /// Every job.
            pub const ALL: &'static [Self] = &[$(Self::$job),+];

            /// The name, as in `job_runs.job` and on the command line.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$job => $name),+ }
            }

            const fn description(self) -> &'static str {
                match self { $(Self::$job => concat!($($description),+)),+ }
            }

            const fn entry(self) -> Entry {
                match self { $(Self::$job => $entry),+ }
            }
        }
    };
}

jobs! {
    /// The newest release of F1DB.
    Load = "load", Entry::due(Task::Release, Due::EveryOrSooner {
        period: DAILY,
        while_behind: TimeDelta::hours(3),
    }).news();
    /// Forecasts of all Grands Prix and sprints that have none yet.
    ComputeAllPredictions = "compute_all_predictions", Entry::due(Task::Release, Due::AfterRelease).news();
    /// Changes of a season's calendar; by default of the current season.
    SyncSchedule = "sync_schedule", Entry::due(Task::Calendar, Due::Every(DAILY)).news().by_hand();
    /// Practice sessions; this and the other lists by default of the newest race that has them.
    IngestPractice = "ingest_practice",
        Entry::ingest(&[RaceList::Practice1, RaceList::Practice2, RaceList::Practice3]);
    /// Sprint qualifying.
    IngestSprintQualifying = "ingest_sprint_qualifying", Entry::ingest(&[RaceList::SprintQualifying]);
    /// The sprint's official grid.
    IngestSprintGrid = "ingest_sprint_grid", Entry::ingest(&[RaceList::SprintGrid]);
    /// The sprint's result.
    IngestSprint = "ingest_sprint", Entry::ingest(&[RaceList::Sprint]).news();
    /// Qualifying.
    IngestQualifying = "ingest_qualifying", Entry::ingest(&[RaceList::Qualifying]);
    /// The official grid.
    IngestGrid = "ingest_grid", Entry::ingest(&[RaceList::Grid]);
    /// The result and the pit stops.
    IngestRace = "ingest_race", Entry::ingest(&[RaceList::Race, RaceList::PitStops]).news();
    /// Lap times.
    IngestLaps = "ingest_laps", Entry::ingest(&[RaceList::Laps]);
    /// Corrections of a recent round.
    Recheck = "recheck", Entry::due(Task::Corrections, Due::Every(DAILY)).news();
    /// Scores of all forecasts, against baselines.
    ComputeAccuracy = "compute_accuracy", Entry::due(Task::Scores, Due::AfterNews).by_hand();
    /// Chances of the championship titles after each race.
    ComputeTitleOdds = "compute_title_odds", Entry::due(Task::Scores, Due::AfterNews).by_hand();
    /// Calendar, results, qualifying, sprints and pit stops of a season, as Jolpica has them; by default of the current
    /// season.
    SyncSeason = "sync_season", Entry::on_request().news().by_hand();
    /// What whole seasons lack.
    Backfill = "backfill", Entry::on_request();
    /// Aggregates of a season, and standings where none are official.
    ComputeSeasonStats = "compute_season_stats", Entry::on_request().by_hand();
    /// Features of Grands Prix.
    ComputeFeatures = "compute_features", Entry::on_request().by_hand();
    /// Forecasts of Grands Prix.
    ComputePredictions = "compute_predictions", Entry::on_request().by_hand();
    /// Features of sprints.
    ComputeSprintFeatures = "compute_sprint_features", Entry::on_request().by_hand();
    /// Forecasts of sprints.
    ComputeSprintPredictions = "compute_sprint_predictions", Entry::on_request().by_hand();
}

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
                    predictions::compute_all(ctx, progress).await
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
                    predictions::compute_features(ctx, GrandPrix, filter).await
                })
                .await
            }
            Self::ComputeSprintFeatures => {
                record(ctx, self, filter, async |ctx| {
                    predictions::compute_features(ctx, Sprint, filter).await
                })
                .await
            }
            Self::ComputePredictions => {
                record(ctx, self, filter, async |ctx| {
                    predictions::compute_predictions(ctx, GrandPrix, filter).await
                })
                .await
            }
            Self::ComputeSprintPredictions => {
                record(ctx, self, filter, async |ctx| {
                    predictions::compute_predictions(ctx, Sprint, filter).await
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

    /// The lists of one weekend that the job stores; empty for a job about anything else.
    #[must_use]
    pub const fn lists(self) -> &'static [RaceList] {
        self.entry().lists
    }

    /// Whether scores and title odds are computed again after the job wrote something.
    #[must_use]
    pub const fn is_news(self) -> bool {
        self.entry().is_news
    }

    /// When the job comes due by itself.
    #[must_use]
    pub const fn due(self) -> Due {
        self.entry().due
    }

    /// The task of a tick that runs the job, where it comes due by itself.
    #[must_use]
    pub const fn task(self) -> Option<Task> {
        self.entry().task
    }

    /// Whether `f1-etl run` accepts the job.
    #[must_use]
    pub const fn is_run_by_hand(self) -> bool {
        self.entry().is_run_by_hand
    }

    /// The jobs of a task, in their order.
    pub fn of_task(task: Task) -> impl Iterator<Item = Self> {
        let jobs = Self::ALL.iter().copied();
        jobs.filter(move |job| job.task() == Some(task))
    }

    /// The job that stores a list.
    #[must_use]
    pub fn of_list(list: RaceList) -> Option<Self> {
        let mut jobs = Self::ALL.iter().copied();
        jobs.find(|job| job.lists().contains(&list))
    }

    /// The names of the jobs that `condition` selects, as a parameter of SQL.
    pub(crate) fn names(condition: impl Fn(Self) -> bool) -> Vec<String> {
        let jobs = Self::ALL.iter().filter(|job| condition(**job));
        jobs.map(ToString::to_string).collect()
    }
}

/// The season that `filter` selects; the current one if it selects none.
fn season_of(ctx: &Context, filter: RaceFilter) -> Result<i16> {
    Ok(match filter.season {
        Some(season) => season,
        None => i16::try_from(ctx.now().year())?,
    })
}

impl fmt::Display for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A name that no job has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no job is named {0}")]
pub struct UnknownJob(String);

impl FromStr for Job {
    type Err = UnknownJob;

    fn from_str(name: &str) -> Result<Self, UnknownJob> {
        let mut jobs = Self::ALL.iter().copied();
        jobs.find(|job| job.as_str() == name)
            .ok_or_else(|| UnknownJob(name.to_owned()))
    }
}

/// The values of the command line: the jobs that are run by hand.
impl ValueEnum for Job {
    fn value_variants<'a>() -> &'a [Self] {
        static BY_HAND: LazyLock<Vec<Job>> = LazyLock::new(|| {
            let jobs = Job::ALL.iter().copied();
            jobs.filter(|job| job.is_run_by_hand()).collect()
        });
        &BY_HAND
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = self.description().trim().trim_end_matches('.');
        Some(PossibleValue::new(self.as_str()).help(help))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_found_by_its_name() {
        for job in Job::ALL {
            assert_eq!(job.as_str().parse(), Ok(*job));
        }
        assert!("loads".parse::<Job>().is_err());
    }

    #[test]
    fn a_job_comes_due_by_itself_exactly_if_a_task_runs_it() {
        for job in Job::ALL {
            assert_eq!(job.task().is_some(), job.due() != Due::OnRequest, "{job}");
        }
    }

    #[test]
    fn a_list_is_stored_by_one_job() {
        let lists = Job::ALL.iter().flat_map(|job| job.lists());
        let mut stored: Vec<_> = lists.copied().collect();
        stored.sort();
        let count = stored.len();
        stored.dedup();
        assert_eq!(stored.len(), count);
        assert_eq!(Job::of_list(RaceList::PitStops), Some(Job::IngestRace));
    }
}
