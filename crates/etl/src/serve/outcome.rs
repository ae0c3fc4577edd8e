//! The outcome of a tick as a word, a line and an exit code.

use std::process::ExitCode;

use crate::tick::TickReport;

/// `EX_TEMPFAIL`: try again later.
const NOT_YET: u8 = 75;

/// The outcome of a tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Something was written, nothing failed.
    Done,
    /// Nothing was due, or nothing is new.
    Nothing,
    /// What was due is not published yet, and nothing else was written.
    NotYet,
    /// Something failed.
    Failed,
    /// Another process runs a tick.
    Busy,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Done,
        Self::Nothing,
        Self::NotYet,
        Self::Failed,
        Self::Busy,
    ];

    /// The outcome of a tick.
    #[must_use]
    pub const fn of(report: &TickReport) -> Self {
        match report {
            TickReport { failed, .. } if !failed.is_empty() => Self::Failed,
            TickReport { busy: true, .. } => Self::Busy,
            TickReport { done: 1.., .. } => Self::Done,
            TickReport { not_yet: 1.., .. } => Self::NotYet,
            TickReport { .. } => Self::Nothing,
        }
    }

    /// The word in logs and metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Nothing => "nothing_due",
            Self::NotYet => "not_yet",
            Self::Failed => "failed",
            Self::Busy => "busy",
        }
    }

    /// The exit code of a program that ran the tick.
    #[must_use]
    pub fn exit_code(self) -> ExitCode {
        match self {
            Self::Done | Self::Nothing | Self::Busy => ExitCode::SUCCESS,
            Self::NotYet => ExitCode::from(NOT_YET),
            Self::Failed => ExitCode::FAILURE,
        }
    }
}

/// The tick in one line.
#[must_use]
pub fn line(report: &TickReport) -> String {
    match Outcome::of(report) {
        Outcome::Busy => "busy: another process runs a tick".to_owned(),
        outcome => format!(
            "{}: {} done, {} not published yet, {} failed",
            outcome.as_str(),
            report.done,
            report.not_yet,
            report.failed.len()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_outweighs_the_rest_and_work_outweighs_waiting() {
        let report = |done, not_yet, failed: &[&str]| TickReport {
            busy: false,
            done,
            not_yet,
            failed: failed.iter().map(ToString::to_string).collect(),
            backing_off: false,
        };
        for (report, outcome) in [
            (report(0, 0, &[]), Outcome::Nothing),
            (report(2, 1, &[]), Outcome::Done),
            (report(0, 1, &[]), Outcome::NotYet),
            (report(2, 1, &["no route"]), Outcome::Failed),
        ] {
            assert_eq!(Outcome::of(&report), outcome, "{report:?}");
            assert!(line(&report).starts_with(outcome.as_str()));
        }
        let busy = TickReport {
            busy: true,
            ..TickReport::default()
        };
        assert_eq!(Outcome::of(&busy), Outcome::Busy);
    }
}
