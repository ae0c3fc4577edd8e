//! What the parts of a forecast say, on a field of three.

use client::{
    predictions::{
        Cutoff, Inputs, Model, Pace, Prediction, PredictionDriver, PredictionHistory, Previous,
    },
    races::{Circuit, DriverRef, Race, TeamRef},
    vocabulary::{Contest, EventFormat, Moment, PredictionKind, RaceStatus},
};

use super::{changes::Changes, history::History, pace::PaceTable, retirement, why::Why};

fn driver(
    name: &str,
    win: f64,
    reasons: &[(&str, f64)],
    pace: Option<[f64; 2]>,
) -> PredictionDriver {
    PredictionDriver {
        driver: DriverRef {
            key: name.to_lowercase(),
            code: name.chars().take(3).collect(),
            name: format!("A. {name}"),
            family_name: name.to_owned(),
        },
        team: TeamRef {
            key: "team".to_owned(),
            name: "Team".to_owned(),
            colour: None,
        },
        grid: Some(1),
        win,
        podium: 0.5,
        points: 0.9,
        dnf: win / 10.0,
        expected_position: 2.0,
        positions: vec![win],
        contributions: reasons
            .iter()
            .map(|(group, value)| ((*group).to_owned(), *value))
            .collect(),
        pace: pace.map(|[car, driver]| Pace {
            car,
            driver,
            deviation: 0.1,
        }),
        previous_win: None,
        result: None,
    }
}

fn prediction(drivers: Vec<PredictionDriver>) -> Prediction {
    let start = "2026-06-10T14:00:00Z".parse().unwrap_or_default();
    Prediction {
        race: Race {
            year: 2026,
            round: 1,
            name: "Some Grand Prix".to_owned(),
            circuit: Circuit {
                key: "some".to_owned(),
                name: "Some".to_owned(),
                place: "Place".to_owned(),
                country: "Country".to_owned(),
                country_code: "XX".to_owned(),
                time_zone: "UTC".to_owned(),
            },
            date: chrono::NaiveDate::default(),
            starts_at: None,
            status: RaceStatus::QualifyingDone,
            event_format: EventFormat::Conventional,
        },
        contest: Contest::GrandPrix,
        moment: Moment::OfficialGrid,
        made_at: start,
        cutoff: Cutoff {
            scheduled_start: start,
            late_s: None,
            at: None,
            release: None,
        },
        kind: PredictionKind::Live,
        model: Model {
            name: "m".to_owned(),
            version: "1".to_owned(),
            fit_id: 1,
            races: 100,
        },
        inputs: Inputs {
            used: Vec::new(),
            missing: Vec::new(),
        },
        moments: vec![Moment::OfficialGrid],
        previous: None,
        drivers,
    }
}

#[test]
fn reasons_are_told_in_words_and_in_their_order() {
    let why = Why::new(&prediction(vec![
        driver(
            "Ann",
            0.6,
            &[("driver", 0.2), ("grid", 2.0), ("sprint", 0.0)],
            None,
        ),
        driver(
            "Bob",
            0.3,
            &[("driver", 0.6), ("grid", 1.0), ("tea_leaves", 0.3)],
            None,
        ),
    ]))
    .map(|why| why.to_string())
    .unwrap_or_default();
    assert!(
        why.contains("Ann is ahead mostly because of the place at the start."),
        "{why}"
    );
    assert!(
        why.contains("speaks most for Ann (+1.00) and the driver for Bob (+0.40)"),
        "{why}"
    );
    let places = ["Grid<", "Driver</th><th", "Tea leaves<", "Sum<"].map(|text| why.rfind(text));
    assert!(
        places.is_sorted() && places[0].is_some(),
        "{places:?} {why}"
    );
    assert!(
        !why.contains("Sprint"),
        "a group that says nothing is left out"
    );
    assert!(Why::new(&prediction(vec![driver("Ann", 1.0, &[], None)])).is_none());
}

#[test]
fn pace_is_told_next_to_the_quickest() {
    let cars = [
        driver("Ann", 0.5, &[], Some([-0.2, -0.1])),
        driver("Bob", 0.4, &[], Some([-0.6, 0.04])),
        driver("Cid", 0.1, &[], None),
    ];
    let pace = PaceTable::new(&cars)
        .map(|table| table.to_string())
        .unwrap_or_default();
    assert!(
        pace.contains("Bob is estimated to have the quickest"),
        "{pace}"
    );
    assert!(
        pace.contains("Ann follows at 0.26 % of a lap, 0.23 seconds"),
        "{pace}"
    );
    assert!(
        pace.contains("+0.40") && pace.contains("−0.14"),
        "car and driver add up: {pace}"
    );
    assert!(!pace.contains("Cid"));
    assert!(PaceTable::new(&cars[2..]).is_none());
}

#[test]
fn changes_are_between_the_numbers_shown() {
    let moved = |name, before, now| PredictionDriver {
        previous_win: Some(before),
        ..driver(name, now, &[], None)
    };
    let mut forecast = prediction(vec![
        moved("Ann", 0.484, 0.604),
        moved("Bob", 0.37, 0.302),
        moved("Cid", 0.0951, 0.1049),
    ]);
    assert!(Changes::new(&forecast).is_none(), "nothing came before");
    forecast.previous = Some(Previous {
        moment: Moment::BeforeQualifying,
        made_at: forecast.made_at,
    });
    let changes = Changes::new(&forecast)
        .map(|changes| changes.to_string())
        .unwrap_or_default();
    assert!(
        changes.contains(
            "before qualifying of 10 Jun, 14:00 UTC, Ann gained 12 points and Bob lost 7 points."
        ),
        "{changes}"
    );
    assert!(changes.contains("+12") && changes.contains("−7") && !changes.contains("Cid"));
}

#[test]
fn one_forecast_has_no_history_and_retirement_is_a_sentence() {
    let forecast = prediction(vec![
        driver("Ann", 0.6, &[], None),
        driver("Bob", 0.3, &[], None),
    ]);
    let history = PredictionHistory {
        race: forecast.race.clone(),
        contest: forecast.contest,
        predictions: Vec::new(),
    };
    assert!(History::new(&history, &forecast).is_none());
    assert_eq!(
        retirement(&forecast.drivers),
        "The chance not to finish runs from 3 % for Bob to 6 % for Ann."
    );
    assert_eq!(
        retirement(&forecast.drivers[..1]),
        "Every car is given a chance of 6 % not to finish."
    );
    assert_eq!(retirement(&[]), "");
}
