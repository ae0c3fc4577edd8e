//! The tasks of a tick: groups of jobs that come due together.

/// A kind of work that a tick does, in the order in which a tick does them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Task {
    /// A new release of F1DB.
    Release,
    /// Changes of the calendar.
    Calendar,
    /// Sessions that may have been published.
    Sessions,
    /// Corrections of recent rounds.
    Corrections,
    /// Scores of the forecasts and title odds, after new results.
    Scores,
}

impl Task {
    /// All tasks, in their order.
    pub const ALL: &'static [Self] = &[
        Self::Release,
        Self::Calendar,
        Self::Sessions,
        Self::Corrections,
        Self::Scores,
    ];

    /// Whether later tasks of the same tick build on this one, and are put off when it fails.
    #[must_use]
    pub const fn is_needed_by_later_tasks(self) -> bool {
        matches!(self, Self::Release | Self::Calendar)
    }
}
