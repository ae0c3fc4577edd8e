//! What the result of a race or a sprint says.

use super::weekend::Slot;

/// Which of the two races of a weekend.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Contest {
    GrandPrix,
    Sprint,
}

impl Contest {
    /// Metres it covers at least.
    pub(super) fn distance(self) -> u32 {
        match self {
            Self::GrandPrix => 305_000,
            Self::Sprint => 100_000,
        }
    }

    /// Points for the first, second, ... of the classification.
    pub(super) fn points(self) -> &'static [u32] {
        match self {
            Self::GrandPrix => &[25, 18, 15, 12, 10, 8, 6, 4, 2, 1],
            Self::Sprint => &[8, 7, 6, 5, 4, 3, 2, 1],
        }
    }
}

/// How a car's race ended, in the order of the result.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Status {
    Classified,
    NotClassified,
    Retired,
    Disqualified,
    DidNotStart,
}

/// A car's result, in the order of the classification.
pub(super) struct Finish {
    pub(super) slot: Slot,
    pub(super) status: Status,
    /// Null unless classified.
    pub(super) position: Option<u16>,
    /// Laps completed; null without a start.
    pub(super) laps: Option<u32>,
    /// Total in milliseconds, of cars on the winner's lap.
    pub(super) millis: Option<i64>,
    /// Milliseconds added to the total as a penalty.
    pub(super) penalty: Option<i64>,
    /// Laps behind the winner, of cars that saw the flag.
    pub(super) laps_down: Option<u32>,
    pub(super) reason: Option<&'static str>,
    pub(super) points: Option<u32>,
    pub(super) stops: Vec<Stop>,
    /// The car's fastest lap: its number and its milliseconds.
    pub(super) fastest: Option<(u32, i64)>,
    /// Milliseconds the car would have needed for the whole distance.
    pub(super) elapsed: i64,
}

/// A visit to the pits.
pub(super) struct Stop {
    pub(super) lap: u32,
    /// From pit entry to pit exit.
    pub(super) millis: i64,
}
