//! What a row of the table of jobs says.

use chrono::TimeDelta;
use schema::RaceList;

use super::Task;

/// A little less than a day, so that a daily tick finds the job due.
pub(super) const DAILY: TimeDelta = TimeDelta::hours(23);

/// When a job comes due by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// When so much time has passed since its last run.
    Every(TimeDelta),
    /// The same, with the shorter period while a race that was run is in no release.
    EveryOrSooner {
        /// The period in general.
        period: TimeDelta,
        /// The period while the release is behind.
        while_behind: TimeDelta,
    },
    /// After `load` wrote something.
    AfterRelease,
    /// When a list that it stores may have been published.
    AfterSessions,
    /// After a job that is news wrote something.
    AfterNews,
    /// Never: a command runs it, or it is part of another job.
    OnRequest,
}

impl Due {
    /// Whether time alone makes the job due.
    #[must_use]
    pub const fn is_periodic(self) -> bool {
        matches!(self, Self::Every(_) | Self::EveryOrSooner { .. })
    }
}

/// A row of the table. [`Entry::due`], [`Entry::ingest`] and [`Entry::on_request`] begin one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub(super) task: Option<Task>,
    pub(super) due: Due,
    pub(super) lists: &'static [RaceList],
    pub(super) is_news: bool,
    pub(super) is_run_by_hand: bool,
}

impl Entry {
    /// A job that comes due by itself, as part of a task.
    pub(super) const fn due(task: Task, due: Due) -> Self {
        Self {
            task: Some(task),
            due,
            ..Self::on_request()
        }
    }

    /// A job that never comes due by itself.
    pub(super) const fn on_request() -> Self {
        Self {
            task: None,
            due: Due::OnRequest,
            lists: &[],
            is_news: false,
            is_run_by_hand: false,
        }
    }

    /// A job that stores lists of one weekend once they are published.
    pub(super) const fn ingest(lists: &'static [RaceList]) -> Self {
        Self {
            lists,
            is_run_by_hand: true,
            ..Self::due(Task::Sessions, Due::AfterSessions)
        }
    }

    /// Scores and title odds are computed again after it wrote something.
    pub(super) const fn news(self) -> Self {
        Self {
            is_news: true,
            ..self
        }
    }

    /// `f1-etl run` accepts it.
    pub(super) const fn by_hand(self) -> Self {
        Self {
            is_run_by_hand: true,
            ..self
        }
    }
}
