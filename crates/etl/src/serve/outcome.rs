//! What came of a tick, in a word, a line and an exit code.

use std::process::ExitCode;

use crate::tick::Ticked;

/// `EX_TEMPFAIL`: ask again later.
const NOT_YET: u8 = 75;

/// What came of a tick, in a word.
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
    /// Another process is at it.
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

    /// What came of `ticked`.
    #[must_use]
    pub const fn of(ticked: &Ticked) -> Self {
        match ticked {
            Ticked { failed, .. } if !failed.is_empty() => Self::Failed,
            Ticked { busy: true, .. } => Self::Busy,
            Ticked { done: 1.., .. } => Self::Done,
            Ticked { not_yet: 1.., .. } => Self::NotYet,
            Ticked { .. } => Self::Nothing,
        }
    }

    /// Its word.
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

    /// How a program ends that did it.
    #[must_use]
    pub fn exit_code(self) -> ExitCode {
        match self {
            Self::Done | Self::Nothing | Self::Busy => ExitCode::SUCCESS,
            Self::NotYet => ExitCode::from(NOT_YET),
            Self::Failed => ExitCode::FAILURE,
        }
    }
}

/// A tick in one line.
#[must_use]
pub fn line(ticked: &Ticked) -> String {
    match Outcome::of(ticked) {
        Outcome::Busy => "busy: another process is at it".to_owned(),
        outcome => format!(
            "{}: {} done, {} not published yet, {} failed",
            outcome.as_str(),
            ticked.done,
            ticked.not_yet,
            ticked.failed.len()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_outweighs_the_rest_and_work_outweighs_waiting() {
        let ticked = |done, not_yet, failed: &[&str]| Ticked {
            busy: false,
            done,
            not_yet,
            failed: failed.iter().map(ToString::to_string).collect(),
            rested: false,
        };
        for (ticked, outcome) in [
            (ticked(0, 0, &[]), Outcome::Nothing),
            (ticked(2, 1, &[]), Outcome::Done),
            (ticked(0, 1, &[]), Outcome::NotYet),
            (ticked(2, 1, &["no route"]), Outcome::Failed),
        ] {
            assert_eq!(Outcome::of(&ticked), outcome, "{ticked:?}");
            assert!(line(&ticked).starts_with(outcome.as_str()));
        }
        let busy = Ticked {
            busy: true,
            ..Ticked::default()
        };
        assert_eq!(Outcome::of(&busy), Outcome::Busy);
    }
}
