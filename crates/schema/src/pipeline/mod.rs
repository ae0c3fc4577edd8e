//! The state of the pipeline: which lists are stored, awaited or overdue, how fresh the data is, how early predictions
//! were made, which jobs ran, and what is wrong.
//!
//! Both the API and `f1-etl status` present what these functions return; neither queries this state itself. The views
//! and functions behind them are in `migrations/0011_status.sql`, `0012_recovery.sql` and `0015_pipeline.sql`.

mod freshness;
mod lists;
mod problems;
mod runs;
mod summary;
mod timeliness;
mod weekends;

pub use freshness::{Freshness, freshness};
pub use lists::session_of;
pub use problems::{Problem, problems};
pub use runs::{JobRun, Runs, runs};
pub use summary::{Summary, summary};
pub use timeliness::{TimedPrediction, Timeliness, timeliness};
pub use weekends::{Weekend, WeekendList, WeekendSession, weekends};

/// A race by its number and title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RaceTitle {
    /// Season.
    pub year: i16,
    /// 1, 2, ... within the season.
    pub round: i16,
    /// Such as "Monaco Grand Prix".
    pub name: String,
}
