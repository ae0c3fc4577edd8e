//! `/v1/status`: the data, the job runs, what is awaited, and what is wrong.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    corrections::RaceCorrection,
    races::RaceRef,
    vocabulary::{
        Contest, DataKind, JobOutcome, Moment, PredictionInput, PredictionKind, ProblemKind,
        RaceList, SessionKind, Upstream,
    },
};

/// The state of the data: `/v1/status/summary`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Summary {
    /// Whether the history is still being loaded or computed. What is served is correct but incomplete.
    pub loading: bool,
    /// Whether the data is a simulated championship, not Formula 1.
    pub demo: bool,
    /// The F1DB release loaded last.
    pub release: Option<String>,
    /// Oldest season.
    pub first_season: Option<i16>,
    /// Newest season.
    pub last_season: Option<i16>,
    /// Grands Prix with a result.
    pub races_completed: i64,
    /// Number of forecasts made before the start.
    pub live_predictions: i64,
    /// Number of forecasts made after the start from what was known before it.
    pub retrospective_predictions: i64,
    /// The server's time, UTC.
    pub now: DateTime<Utc>,
}

/// The state of the data and of the pipeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Status {
    /// The state of the data.
    #[serde(flatten)]
    pub summary: Summary,
    /// What is wrong, most urgent first; empty if nothing is.
    pub problems: Vec<PipelineProblem>,
    /// The current weekends and the next one, with the lists that are stored and awaited.
    pub next: Vec<Weekend>,
    /// How fresh each kind of data is.
    pub freshness: Vec<Freshness>,
    /// When the forecasts of coming and recent races were made, the latest race first.
    pub predictions: Vec<Timeliness>,
    /// The last run of every job.
    pub jobs: Vec<JobRun>,
    /// The newest runs, newest first.
    pub runs: Vec<JobRun>,
    /// The newest changes of results upstream, newest first.
    pub corrections: Vec<RaceCorrection>,
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PipelineProblem {
    /// The kind of problem.
    pub kind: ProblemKind,
    /// Since when, UTC.
    pub since: DateTime<Utc>,
    /// A sentence.
    pub text: String,
}

/// A current or coming weekend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Weekend {
    /// The race.
    pub race: RaceRef,
    /// The sessions in order, where known.
    pub sessions: Vec<SessionState>,
}

/// A session and the lists that are published after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionState {
    /// The session.
    pub session: SessionKind,
    /// The day.
    pub date: NaiveDate,
    /// Scheduled start, UTC; null where only the day is known.
    pub starts_at: Option<DateTime<Utc>>,
    /// Scheduled end, UTC; the end of the day where only the day is known.
    pub ends_at: DateTime<Utc>,
    /// The lists that are published after it.
    pub lists: Vec<ListState>,
}

/// A list that is stored, awaited, or not due yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ListState {
    /// The list.
    pub list: RaceList,
    /// The upstream whose rows are stored; null if none are.
    pub source: Option<Upstream>,
    /// When it was first stored, UTC; null if it is not stored, or if the time was not recorded.
    pub first_seen: Option<DateTime<Utc>>,
    /// From the scheduled end of the session to `first_seen`, seconds.
    pub delay_s: Option<i64>,
    /// Whether the session is over and the list is not stored.
    pub awaited: bool,
}

/// How fresh a kind of data is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Freshness {
    /// The kind of data.
    pub data: DataKind,
    /// The newest race with such data; for the calendar, its last race.
    pub race: Option<RaceRef>,
    /// The F1DB release loaded last.
    pub release: Option<String>,
    /// The upstream of the rows.
    pub source: Option<Upstream>,
    /// When the newest data was first stored, UTC; null if that was not recorded.
    pub written_at: Option<DateTime<Utc>>,
    /// When a job for this data last ended without an error, UTC.
    pub checked_at: Option<DateTime<Utc>>,
}

/// When the forecast of a Grand Prix or a sprint was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Timeliness {
    /// The weekend.
    pub race: RaceRef,
    /// Grand Prix or sprint.
    pub contest: Contest,
    /// Scheduled start, UTC; the start of the day where only the day is known.
    pub starts_at: DateTime<Utc>,
    /// When the last live forecast was made, or without one the first retrospective forecast; null without any.
    pub made_at: Option<DateTime<Utc>>,
    /// What had been published.
    pub moment: Option<Moment>,
    /// Made before the scheduled start, or after it.
    pub kind: Option<PredictionKind>,
    /// How long before the start it was made, seconds; null unless live.
    pub lead_s: Option<i64>,
    /// How long after the start it was made, seconds; null unless a live one was due and there is none.
    pub late_s: Option<i64>,
    /// The inputs it lacked, available at a later moment or with better data.
    pub missing: Vec<PredictionInput>,
}

/// A run of a job. A run that has no outcome and is not running was killed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JobRun {
    /// The id of the run.
    pub id: i64,
    /// The job.
    pub job: String,
    /// The season it was about; null for all.
    pub season: Option<i16>,
    /// The round it was about; null for all.
    pub round: Option<i16>,
    /// The name of that race.
    pub race: Option<String>,
    /// 1, 2, ... in a series of runs until one succeeds.
    pub attempt: i32,
    /// How it ended; null while running, and if it was killed.
    pub outcome: Option<JobOutcome>,
    /// Whether it is currently running.
    pub running: bool,
    /// When it started, UTC.
    pub started_at: DateTime<Utc>,
    /// When it ended, UTC.
    pub finished_at: Option<DateTime<Utc>>,
    /// How long it took, milliseconds.
    pub duration_ms: Option<i64>,
    /// Rows read.
    pub rows_read: Option<i32>,
    /// Rows inserted.
    pub rows_inserted: Option<i32>,
    /// Rows changed.
    pub rows_changed: Option<i32>,
    /// Rows deleted.
    pub rows_deleted: Option<i32>,
    /// Rows on which the upstreams disagree.
    pub disagreements: Option<i32>,
    /// Requests sent to upstreams.
    pub upstream_requests: Option<i32>,
    /// What it did.
    pub detail: Option<String>,
    /// Why it failed.
    pub error: Option<String>,
}

/// `/health/live` and `/health/ready`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Health {
    /// The state; any other is a problem with status 503.
    pub status: HealthStatus,
}

/// The state of a process that answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum HealthStatus {
    /// All is well.
    Ok,
}
