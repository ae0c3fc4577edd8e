//! `/v1/status`: what there is and what ran.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::words::JobOutcome;

/// The state of the data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Status {
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
    /// The last run of every job.
    pub jobs: Vec<JobRun>,
}

/// The last run of a job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JobRun {
    /// Which.
    pub job: String,
    /// When it started, UTC.
    pub started_at: DateTime<Utc>,
    /// When it ended, UTC.
    pub finished_at: Option<DateTime<Utc>>,
    /// How it ended; null while it runs, or if it was killed.
    pub outcome: Option<JobOutcome>,
    /// What it did.
    pub detail: Option<String>,
}

/// `/health/live` and `/health/ready`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Health {
    /// `ok`.
    pub status: String,
}
