//! `f1-etl status`: what is wrong, what is due, what ran last, how fresh the data is, and how early forecasts were.

mod read;
mod text;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

pub use read::read;

/// The state of the data and of the pipeline at an instant.
#[derive(Debug, Serialize)]
pub struct Status {
    /// The instant, UTC.
    pub now: DateTime<Utc>,
    /// The release loaded last.
    pub release: Option<String>,
    /// Oldest and newest season.
    pub seasons: Option<(i16, i16)>,
    /// Races with a result.
    pub races_completed: i64,
    /// Forecasts made before the start.
    pub live_forecasts: i64,
    /// Forecasts made afterwards.
    pub retrospective_forecasts: i64,
    /// What is wrong, in sentences, most urgent first.
    pub problems: Vec<String>,
    /// The sessions of the weekends at hand.
    pub next: Vec<Session>,
    /// The last run of every job.
    pub jobs: Vec<LastRun>,
    /// How fresh each kind of data is.
    pub freshness: Vec<Freshness>,
    /// How early or late the forecasts of coming and recent races were made, latest race first.
    pub forecasts: Vec<Timeliness>,
}

/// A session of a weekend at hand.
#[derive(Debug, Serialize)]
pub struct Session {
    /// Season.
    pub year: i16,
    /// 1, 2, ... within the season.
    pub round: i16,
    /// The race's title.
    pub race: String,
    /// Which session.
    pub session: String,
    /// The day.
    pub date: NaiveDate,
    /// Scheduled start, UTC; `None` where only the day is known.
    pub starts_at: Option<DateTime<Utc>>,
    /// Lists that are held.
    pub held: Vec<String>,
    /// Lists that are not, though it is over.
    pub awaited: Vec<String>,
}

/// The last run of a job.
#[derive(Debug, Serialize)]
pub struct LastRun {
    /// The job.
    pub job: String,
    /// The season it was about; `None`: all.
    pub season: Option<i16>,
    /// The round it was about; `None`: all.
    pub round: Option<i16>,
    /// n-th run in a row that did not get what it was for.
    pub attempt: i32,
    /// When it started, UTC.
    pub started_at: DateTime<Utc>,
    /// How it ended; `None` while it runs, or if it was killed.
    pub outcome: Option<String>,
    /// It is at it now.
    pub running: bool,
    /// How long it took, milliseconds.
    pub duration_ms: Option<i64>,
    /// What it did.
    pub detail: Option<String>,
    /// Why it failed.
    pub error: Option<String>,
}

/// How fresh a kind of data is.
#[derive(Debug, Serialize)]
pub struct Freshness {
    /// Which.
    pub data: String,
    /// The newest race it is held of, or the release.
    pub newest: Option<String>,
    /// Whose rows these are.
    pub source: Option<String>,
    /// When the newest was first held, UTC; `None` where that was not recorded.
    pub written_at: Option<DateTime<Utc>>,
    /// When a job that keeps this last ran to its end, UTC.
    pub checked_at: Option<DateTime<Utc>>,
}

/// How early or late the forecast of a race or sprint was made.
#[derive(Debug, Serialize)]
pub struct Timeliness {
    /// Season.
    pub year: i16,
    /// 1, 2, ... within the season.
    pub round: i16,
    /// The race's title.
    pub race: String,
    /// Grand Prix or sprint.
    pub contest: String,
    /// The scheduled start, UTC.
    pub starts_at: DateTime<Utc>,
    /// When the last live forecast was made, or else the first made afterwards.
    pub made_at: Option<DateTime<Utc>>,
    /// What it could know.
    pub moment: Option<String>,
    /// `live` or `retrospective`.
    pub kind: Option<String>,
    /// How long before the start it was made, seconds; `None` unless it is live.
    pub lead_s: Option<i64>,
    /// How long after the start it was made, seconds; `None` unless there is no live one.
    pub late_s: Option<i64>,
}
