//! The opening sentences of a race.

use client::{
    sessions::{ResultRow, Results},
    vocabulary::{Contest, RaceStatus, ResultStatus},
};

use super::lede;
use crate::{fixtures, parts::Lede};

/// A classified car; `gap` is in milliseconds.
fn row(name: &str, position: i16, grid: Option<i16>, gap: Option<i32>) -> ResultRow {
    ResultRow {
        position: Some(position),
        position_text: position.to_string(),
        classified: true,
        driver: fixtures::driver(name),
        team: fixtures::team(),
        car_number: "1".to_owned(),
        shared_car: false,
        grid,
        laps: Some(1),
        time_ms: None,
        gap_ms: gap,
        gap_laps: None,
        status: ResultStatus::Finished,
        retirement_reason: None,
        points: 0.0,
        pit_stops: None,
        fastest_lap_ms: None,
        fastest_lap: false,
        pole: false,
    }
}

fn text(results: Vec<ResultRow>) -> String {
    let race = fixtures::race(RaceStatus::Completed);
    let results = Results {
        race: race.clone(),
        contest: Contest::GrandPrix,
        results,
    };
    let Lede { strong, rest } = lede(&race, Some(&results));
    strong + &rest
}

fn state(status: RaceStatus) -> String {
    let Lede { strong, rest } = lede(&fixtures::race(status), None);
    strong + &rest
}

#[test]
fn a_race_opens_with_the_winner_and_the_margin() {
    assert_eq!(
        text(vec![
            row("Ann", 1, Some(1), None),
            row("Sainz Jr.", 2, Some(4), Some(2_640))
        ]),
        "A. Ann won from pole, 2.6 seconds ahead of Sainz Jr. 2 of 2 cars were classified."
    );
    let lapped = ResultRow {
        gap_laps: Some(1),
        ..row("Bob", 2, None, None)
    };
    assert_eq!(
        text(vec![row("Ann", 1, Some(3), None), lapped]),
        "A. Ann won from 3rd on the grid, 1 lap ahead of Bob. 2 of 2 cars were classified."
    );
    assert_eq!(
        text(vec![
            row("Ann", 1, None, None),
            row("Bob", 2, None, Some(62_345))
        ]),
        "A. Ann won, 1:02.345 minutes ahead of Bob. 2 of 2 cars were classified."
    );
}

#[test]
fn one_car_a_dead_heat_and_a_shared_win_have_sentences() {
    assert_eq!(
        text(vec![row("Sainz Jr.", 1, Some(1), None)]),
        "A. Sainz Jr. won from pole. 1 of 1 car was classified."
    );
    assert_eq!(
        text(vec![
            row("Ann", 1, Some(1), None),
            row("Bob", 2, Some(2), Some(0))
        ]),
        "A. Ann won from pole, in the same time as Bob. 2 of 2 cars were classified."
    );
    let second_driver = ResultRow {
        shared_car: true,
        ..row("Bob", 1, Some(1), None)
    };
    assert_eq!(
        text(vec![row("Ann", 1, Some(1), None), second_driver]),
        "A. Ann and A. Bob won from pole. 1 of 1 car was classified."
    );
}

#[test]
fn a_race_without_a_winner_has_a_sentence() {
    let retired = ResultRow {
        position: None,
        classified: false,
        ..row("Ann", 1, Some(1), None)
    };
    assert_eq!(
        text(vec![retired]),
        "The race has no winner. 0 of 1 car was classified."
    );
    assert_eq!(state(RaceStatus::Cancelled), "This race was cancelled.");
    assert_eq!(
        state(RaceStatus::Scheduled),
        "This race has not been run yet. Forecasts appear after qualifying."
    );
}
