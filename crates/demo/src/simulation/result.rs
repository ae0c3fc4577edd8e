//! The result of a race or a sprint.

use vocabulary::ResultStatus;

use super::weekend::Slot;

/// A car's result, in the order of the classification.
pub(crate) struct Finish {
    pub(crate) slot: Slot,
    pub(crate) status: ResultStatus,
    /// Whether the car covered nine tenths of the winner's distance and was not disqualified.
    pub(crate) classified: bool,
    /// Null unless classified.
    pub(crate) position: Option<u16>,
    /// Laps completed; null without a start.
    pub(crate) laps: Option<u32>,
    /// Total in milliseconds, of cars on the winner's lap.
    pub(crate) millis: Option<i64>,
    /// Milliseconds added to the total as a penalty.
    pub(crate) penalty: Option<i64>,
    /// Laps behind the winner, of cars that saw the flag.
    pub(crate) laps_down: Option<u32>,
    /// Why the car stopped, did not start or was disqualified.
    pub(crate) reason: Option<&'static str>,
    pub(crate) points: Option<u32>,
    pub(crate) stops: Vec<Stop>,
    /// The car's fastest lap: its number and its milliseconds.
    pub(crate) fastest: Option<(u32, i64)>,
    /// Milliseconds that the car would have needed for the whole distance.
    pub(crate) elapsed: i64,
}

impl Finish {
    /// The car's group in the order of the result: the classified, then by status.
    pub(crate) fn group(&self) -> u8 {
        match self.status {
            _ if self.classified => 0,
            ResultStatus::Finished | ResultStatus::Lapped | ResultStatus::NotClassified => 1,
            ResultStatus::Retired => 2,
            ResultStatus::Disqualified => 3,
            ResultStatus::DidNotStart | ResultStatus::DidNotQualify | ResultStatus::Excluded => 4,
        }
    }
}

/// A visit to the pits.
pub(crate) struct Stop {
    pub(crate) lap: u32,
    /// Milliseconds from pit entry to pit exit.
    pub(crate) millis: i64,
}
