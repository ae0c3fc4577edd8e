//! What a job did.

use schema::JobOutcome;

use crate::merge::Changes;

/// What a run of a job did.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Rows that differed.
    pub changes: Changes,
    /// Stored rows that differ from those of a source with lower precedence.
    pub disagreements: u64,
    /// What the job looked for is not published yet.
    pub not_yet: bool,
    /// One line for people: which release, how many forecasts.
    pub detail: String,
}

impl Report {
    /// A report of changed rows.
    #[must_use]
    pub fn of(changes: Changes, detail: impl Into<String>) -> Self {
        Self {
            changes,
            detail: detail.into(),
            ..Self::default()
        }
    }

    /// `Done` if rows were written; otherwise `NotYet` or `NothingNew`.
    #[must_use]
    pub const fn outcome(&self) -> JobOutcome {
        match (self.changes.is_empty(), self.not_yet) {
            (false, _) => JobOutcome::Done,
            (true, true) => JobOutcome::NotYet,
            (true, false) => JobOutcome::NothingNew,
        }
    }
}
