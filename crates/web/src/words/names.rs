//! Names of sessions, lists, moments and other words of the API.

use client::vocabulary::{Moment, PredictionInput, RaceList, ResultStatus, SessionKind};

use super::capitalised;

/// What a session is called.
pub(crate) const fn session_name(session: SessionKind) -> &'static str {
    match session {
        SessionKind::PreQualifying => "Pre-qualifying",
        SessionKind::Practice1 => "Practice 1",
        SessionKind::Practice2 => "Practice 2",
        SessionKind::Practice3 => "Practice 3",
        SessionKind::Practice4 => "Practice 4",
        SessionKind::Qualifying1 => "First qualifying",
        SessionKind::Qualifying2 => "Second qualifying",
        SessionKind::Qualifying => "Qualifying",
        SessionKind::SprintQualifying => "Sprint qualifying",
        SessionKind::Sprint => "Sprint",
        SessionKind::WarmUp => "Warm-up",
        SessionKind::Race => "Grand Prix",
    }
}

/// What a list is called within a sentence.
pub(crate) const fn list_name(list: RaceList) -> &'static str {
    match list {
        RaceList::Practice1 => "practice 1",
        RaceList::Practice2 => "practice 2",
        RaceList::Practice3 => "practice 3",
        RaceList::Practice4 => "practice 4",
        RaceList::SprintQualifying => "sprint qualifying",
        RaceList::SprintGrid => "sprint grid",
        RaceList::Sprint => "sprint result",
        RaceList::Qualifying => "qualifying",
        RaceList::Grid => "starting grid",
        RaceList::Race => "race result",
        RaceList::PitStops => "pit stops",
        RaceList::Laps => "lap times",
    }
}

/// How a race ended for a car; `None` where its place or its gap shows it.
pub(crate) const fn status_name(status: ResultStatus) -> Option<&'static str> {
    match status {
        ResultStatus::Finished | ResultStatus::Lapped => None,
        ResultStatus::Retired => Some("retired"),
        ResultStatus::Disqualified => Some("disqualified"),
        ResultStatus::NotClassified => Some("not classified"),
        ResultStatus::DidNotStart => Some("did not start"),
        ResultStatus::DidNotQualify => Some("did not qualify"),
        ResultStatus::Excluded => Some("excluded"),
    }
}

/// The moment of a forecast, as a heading.
pub(crate) const fn moment(moment: Moment) -> &'static str {
    match moment {
        Moment::BeforeWeekend => "Before the weekend",
        Moment::BeforeQualifying => "Before qualifying",
        Moment::QualifyingOrder => "After qualifying",
        Moment::OfficialGrid => "With the official grid",
    }
}

/// The moment of a forecast, within a sentence.
pub(crate) const fn moment_in_sentence(moment: Moment) -> &'static str {
    match moment {
        Moment::BeforeWeekend => "before the weekend",
        Moment::BeforeQualifying => "before qualifying",
        Moment::QualifyingOrder => "after qualifying",
        Moment::OfficialGrid => "with the official grid",
    }
}

/// What a forecast used or lacked, in the order of a weekend; practice sessions are one item.
pub(crate) fn inputs(inputs: &[PredictionInput]) -> Vec<&'static str> {
    let has = |input| inputs.contains(&input);
    let practice = match (
        has(PredictionInput::Practice1),
        has(PredictionInput::Practice2),
        has(PredictionInput::Practice3),
    ) {
        (false, false, false) => None,
        (true, false, false) => Some("first practice"),
        (false, true, false) => Some("second practice"),
        (false, false, true) => Some("third practice"),
        (true, true, false) => Some("first and second practice"),
        (true, false, true) => Some("first and third practice"),
        (false, true, true) => Some("second and third practice"),
        (true, true, true) => Some("three practices"),
    };
    let others = [
        (PredictionInput::SprintResult, "the sprint’s result"),
        (PredictionInput::QualifyingOrder, "qualifying order"),
        (PredictionInput::QualifyingTimes, "qualifying times"),
        (PredictionInput::OfficialGrid, "official grid"),
    ];
    let others = others
        .into_iter()
        .filter(|(input, _)| has(*input))
        .map(|(_, name)| name);
    practice.into_iter().chain(others).collect()
}

/// A model with its version: `R2, version 1`.
pub(crate) fn model_name(name: &str, version: &str) -> String {
    format!("{}, version {version}", capitalised(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn practice_sessions_are_one_item() {
        use PredictionInput::{OfficialGrid, Practice1, Practice2, Practice3, SprintResult};
        assert_eq!(
            inputs(&[OfficialGrid, Practice3, Practice1, Practice2]),
            ["three practices", "official grid"]
        );
        assert_eq!(
            inputs(&[SprintResult, Practice1]),
            ["first practice", "the sprint’s result"]
        );
        assert_eq!(inputs(&[]), [""; 0]);
    }

    #[test]
    fn models_have_a_name_and_a_version() {
        assert_eq!(model_name("r2", "1"), "R2, version 1");
    }
}
