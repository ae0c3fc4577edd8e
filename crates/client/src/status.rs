//! `/v1/status`: what there is, what ran, what is due, and what is wrong.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    corrections::RaceCorrection,
    words::{
        Contest, DataKind, ForecastInput, JobOutcome, Moment, PredictionKind, ProblemKind,
        RaceList, SessionKind, Upstream,
    },
};

/// The state of the data: `/v1/status/summary`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Summary {
    /// The history is still being loaded or forecast: what is there is right, but not all is there.
    pub loading: bool,
    /// The data is a simulated championship, not Formula 1.
    pub demo: bool,
    /// The release of results loaded last.
    pub release: Option<String>,
    /// Oldest season.
    pub first_season: Option<i16>,
    /// Newest season: the current one.
    pub last_season: Option<i16>,
    /// Grands Prix with a result.
    pub races_completed: i64,
    /// Forecasts made before the start.
    pub live_forecasts: i64,
    /// Forecasts made afterwards from what was known before.
    pub retrospective_forecasts: i64,
    /// The server's time, UTC.
    pub now: DateTime<Utc>,
}

/// The state of the data and of the pipeline that brings it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Status {
    /// The state of the data.
    #[serde(flatten)]
    pub summary: Summary,
    /// What is wrong, most urgent first; empty: nothing.
    pub problems: Vec<PipelineProblem>,
    /// The weekends at hand, always with the next one: what is held and what is awaited.
    pub next: Vec<Weekend>,
    /// How fresh each kind of data is.
    pub freshness: Vec<Freshness>,
    /// How early or late the forecasts of coming and recent races were made, latest race first.
    pub forecasts: Vec<Timeliness>,
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
    /// Which.
    pub kind: ProblemKind,
    /// Since when, UTC.
    pub since: DateTime<Utc>,
    /// A plain sentence.
    pub text: String,
}

/// A race as named where its address is all that matters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RaceRef {
    /// Season.
    pub year: i16,
    /// 1, 2, ... within the season.
    pub round: i16,
    /// Such as "Monaco Grand Prix".
    pub name: String,
}

/// A weekend at hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Weekend {
    /// Which.
    pub race: RaceRef,
    /// Its sessions, where known, in order.
    pub sessions: Vec<SessionState>,
}

/// A session and what is published after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionState {
    /// Which.
    pub session: SessionKind,
    /// The day.
    pub date: NaiveDate,
    /// Scheduled start, UTC; null where only the day is known.
    pub starts_at: Option<DateTime<Utc>>,
    /// Scheduled end, UTC; the end of the day where only the day is known.
    pub ends_at: DateTime<Utc>,
    /// What is published after it.
    pub lists: Vec<ListState>,
}

/// A list: held, awaited, or to come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ListState {
    /// Which.
    pub list: RaceList,
    /// Whose rows are held; null where none are.
    pub source: Option<Upstream>,
    /// When it was first held, UTC; null where it is not, or where that was not recorded.
    pub first_seen: Option<DateTime<Utc>>,
    /// From the scheduled end of the session to when it was first held, seconds.
    pub delay_s: Option<i64>,
    /// The session is over and the list is not held.
    pub awaited: bool,
}

/// How fresh a kind of data is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Freshness {
    /// Which.
    pub data: DataKind,
    /// The newest race it is held of; the calendar's last.
    pub race: Option<RaceRef>,
    /// The release loaded last.
    pub release: Option<String>,
    /// Whose rows these are.
    pub source: Option<Upstream>,
    /// When the newest was first held, UTC; null where that was not recorded.
    pub written_at: Option<DateTime<Utc>>,
    /// When a job that keeps this last ran to its end, UTC.
    pub checked_at: Option<DateTime<Utc>>,
}

/// How early or late the forecast of a race or sprint was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Timeliness {
    /// The weekend.
    pub race: RaceRef,
    /// Grand Prix or sprint.
    pub contest: Contest,
    /// The scheduled start, UTC; the beginning of the day where only the day is known.
    pub starts_at: DateTime<Utc>,
    /// When the last live forecast was made, or if there is none the first made afterwards; null if there is none at all.
    pub made_at: Option<DateTime<Utc>>,
    /// What it could know.
    pub moment: Option<Moment>,
    /// Whether it was made before the start.
    pub kind: Option<PredictionKind>,
    /// How long before the start it was made, seconds; null unless it is live.
    pub lead_s: Option<i64>,
    /// How long after the start it was made, seconds; null unless a live one was due and there is none.
    pub late_s: Option<i64>,
    /// What it could have been told later, or with better data.
    pub missing: Vec<ForecastInput>,
}

/// A run of a job. Without an outcome and not running, it was killed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JobRun {
    /// Number in the ledger.
    pub id: i64,
    /// Which job.
    pub job: String,
    /// The season it was about; null: all.
    pub season: Option<i16>,
    /// The round it was about; null: all.
    pub round: Option<i16>,
    /// The name of that race.
    pub race: Option<String>,
    /// n-th run in a row that did not get what it was for, or the one that then did.
    pub attempt: i32,
    /// How it ended; null while it runs, or if it was killed.
    pub outcome: Option<JobOutcome>,
    /// It is at it now.
    pub running: bool,
    /// When it started, UTC.
    pub started_at: DateTime<Utc>,
    /// When it ended, UTC.
    pub finished_at: Option<DateTime<Utc>>,
    /// How long it took, milliseconds.
    pub duration_ms: Option<i64>,
    /// Rows that were looked at.
    pub rows_read: Option<i32>,
    /// Rows that were new.
    pub rows_inserted: Option<i32>,
    /// Rows that had changed.
    pub rows_changed: Option<i32>,
    /// Rows that had gone.
    pub rows_deleted: Option<i32>,
    /// Rows that another source has otherwise.
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
    /// `ok`.
    pub status: String,
}
