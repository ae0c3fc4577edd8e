//! The rows of one list, whichever source published it.

use schema::{
    Contest, RaceList, ResultStatus,
    sessions::{GridPlace, Lap, PitStop, PracticeResult, QualifyingResult, RaceResult},
};

/// The rows of one list: a list fills one table.
#[derive(Debug)]
pub enum ListRows {
    /// A practice session.
    Practice(Vec<PracticeResult>),
    /// Qualifying or sprint qualifying.
    Qualifying(Vec<QualifyingResult>),
    /// The grid of either contest.
    Grid(Vec<GridPlace>),
    /// The result of either contest.
    Results(Vec<RaceResult>),
    /// Pit stops of the Grand Prix.
    PitStops(Vec<PitStop>),
    /// Laps of the Grand Prix.
    Laps(Vec<Lap>),
}

/// The contest that a list is about.
pub(super) const fn contest(list: RaceList) -> Contest {
    match list {
        RaceList::Sprint | RaceList::SprintGrid | RaceList::SprintQualifying => Contest::Sprint,
        _ => Contest::GrandPrix,
    }
}

/// The text in the place of a car's position, as F1DB writes it.
pub(super) fn position_text(position: Option<i16>, status: ResultStatus) -> String {
    match (position, status) {
        (Some(place), _) => place.to_string(),
        (None, ResultStatus::Disqualified) => "DSQ".to_owned(),
        (None, ResultStatus::DidNotStart) => "DNS".to_owned(),
        (None, ResultStatus::DidNotQualify) => "DNQ".to_owned(),
        (None, ResultStatus::Excluded) => "EX".to_owned(),
        (None, ResultStatus::Retired) => "DNF".to_owned(),
        (None, _) => "NC".to_owned(),
    }
}
