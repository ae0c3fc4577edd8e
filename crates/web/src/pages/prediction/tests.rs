//! The sentences of a forecast, for small fields.

use client::{
    predictions::{
        Cutoff, Finish, Inputs, Model, Pace, Prediction, PredictionDriver, PredictionHistory,
        Previous,
    },
    races::DriverRef,
    vocabulary::{Contest, Moment, PredictionKind, RaceStatus},
};

use super::{changes::Changes, history::History, pace::PaceTable, retirement, why::Why};
use crate::{
    fixtures,
    parts::{Lede, PredictionHead},
};

fn driver(
    name: &str,
    win: f64,
    reasons: &[(&str, f64)],
    pace: Option<[f64; 2]>,
) -> PredictionDriver {
    PredictionDriver {
        driver: fixtures::driver(name),
        team: fixtures::team(),
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
        race: fixtures::race(RaceStatus::QualifyingDone),
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
fn reasons_have_a_sentence_and_keep_their_order() {
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
        why.contains("Ann is ahead mostly because of the starting place."),
        "{why}"
    );
    assert!(
        why.contains(
            "Against Bob, Ann’s starting place counts most (+1.00); Bob is the quicker driver (+0.40)."
        ),
        "{why}"
    );
    let places = ["Grid<", "Driver</th><th", "Tea leaves<", "Sum<"].map(|text| why.rfind(text));
    assert!(
        places.is_sorted() && places[0].is_some(),
        "{places:?} {why}"
    );
    assert!(
        !why.contains("Sprint"),
        "a group without a contribution is left out"
    );
    assert!(Why::new(&prediction(vec![driver("Ann", 1.0, &[], None)])).is_none());
}

#[test]
fn pace_is_compared_with_the_quickest() {
    let cars = [
        driver("Ann", 0.5, &[], Some([-0.2, -0.1])),
        driver("Bob", 0.4, &[], Some([-0.6, 0.04])),
        driver("Cid", 0.1, &[], None),
    ];
    let pace = PaceTable::new(&cars)
        .map(|table| table.to_string())
        .unwrap_or_default();
    assert!(pace.contains("Bob has the best estimated pace"), "{pace}");
    assert!(
        pace.contains("Ann is 0.26% of a lap slower, 0.23 seconds"),
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
    let mut shown = prediction(vec![
        moved("Ann", 0.484, 0.604),
        moved("Bob", 0.37, 0.302),
        moved("Cid", 0.0951, 0.1049),
    ]);
    assert!(Changes::new(&shown).is_none(), "nothing came before");
    shown.previous = Some(Previous {
        moment: Moment::BeforeQualifying,
        made_at: shown.made_at,
    });
    let changes = Changes::new(&shown)
        .map(|changes| changes.to_string())
        .unwrap_or_default();
    assert!(
        changes.contains(
            "before qualifying (10 Jun, 14:00 UTC), Ann gained 12 points and Bob lost 7 points."
        ),
        "{changes}"
    );
    assert!(changes.contains("+12") && changes.contains("−7") && !changes.contains("Cid"));
}

#[test]
fn a_single_forecast_has_no_history_and_retirement_is_a_sentence() {
    let shown = prediction(vec![
        driver("Ann", 0.6, &[], None),
        driver("Bob", 0.3, &[], None),
    ]);
    let history = PredictionHistory {
        race: shown.race.clone(),
        contest: shown.contest,
        predictions: Vec::new(),
    };
    assert!(History::new(&history, &shown).is_none());
    assert_eq!(
        retirement(&shown.drivers),
        "The chance of not finishing runs from 3% for Bob to 6% for Ann."
    );
    assert_eq!(
        retirement(&shown.drivers[..1]),
        "The chance of not finishing is 6% for Ann."
    );
    assert_eq!(retirement(&[]), "");
}

#[test]
fn reasons_of_equal_cars_and_of_a_better_rival_have_sentences() {
    let sentence = |favourite: &[(&str, f64)], rival: &[(&str, f64)]| {
        Why::new(&prediction(vec![
            driver("Ann", 0.5, favourite, None),
            driver("Sainz Jr.", 0.5, rival, None),
        ]))
        .map(|why| why.to_string())
        .unwrap_or_default()
    };
    let tie = sentence(&[("car", 0.5)], &[("car", 0.5)]);
    assert!(
        tie.contains("Hardly anything separates Ann from Sainz Jr.<"),
        "{tie}"
    );
    let better = sentence(&[("car", 0.5)], &[("car", 0.1)]);
    assert!(
        better.contains("Ann’s car counts most (+0.40); Sainz Jr. has no clear advantage."),
        "{better}"
    );
    let worse = sentence(&[("car", 0.0)], &[("car", 0.4)]);
    assert!(
        worse.contains("nothing counts for Ann; Sainz Jr. has the better car (+0.40)."),
        "{worse}"
    );
}

fn opening(drivers: Vec<PredictionDriver>, moment: Moment) -> String {
    let Lede { strong, rest } = PredictionHead::new(&Prediction {
        moment,
        ..prediction(drivers)
    })
    .lede;
    strong + &rest
}

fn finished(name: &str, win: f64, grid: Option<i16>, place: i16) -> PredictionDriver {
    PredictionDriver {
        grid,
        result: Some(Finish {
            place,
            classified: true,
            text: place.to_string(),
        }),
        ..driver(name, win, &[], None)
    }
}

#[test]
fn a_forecast_opens_with_the_favourite() {
    assert_eq!(
        opening(
            vec![
                driver("Ann", 0.54, &[], None),
                driver("Bob", 0.33, &[], None),
                driver("Cid", 0.004, &[], None),
            ],
            Moment::OfficialGrid
        ),
        "Ann wins a little more than one time in two from pole; Bob about one time in three. \
         Nobody outside the front two reaches one chance in a hundred."
    );
    let unplaced = PredictionDriver {
        grid: None,
        ..driver("Sainz Jr.", 1.0, &[], None)
    };
    assert_eq!(
        opening(vec![unplaced], Moment::BeforeQualifying),
        "Sainz Jr. wins almost every time with qualifying still to come."
    );
    assert_eq!(opening(Vec::new(), Moment::OfficialGrid), "");
}

#[test]
fn after_the_race_the_opening_has_the_chances_and_the_winner() {
    assert_eq!(
        opening(
            vec![
                finished("Verstappen", 0.67, Some(1), 1),
                finished("Norris", 0.02, Some(2), 2)
            ],
            Moment::OfficialGrid
        ),
        "We gave Verstappen about two chances in three. Verstappen won from pole."
    );
    assert_eq!(
        opening(
            vec![
                finished("Verstappen", 0.67, Some(1), 2),
                finished("Sainz Jr.", 0.1, Some(2), 1)
            ],
            Moment::OfficialGrid
        ),
        "We gave Verstappen about two chances in three from pole; Sainz Jr. about one chance in ten. \
         Sainz Jr. won; we had given Sainz Jr. 10%."
    );
    assert_eq!(
        opening(
            vec![finished("Verstappen", 0.67, Some(3), 1)],
            Moment::QualifyingOrder
        ),
        "We gave Verstappen about two chances in three after qualifying 3rd. Verstappen won."
    );
}

#[test]
fn shared_wins_brothers_and_unknown_winners_have_openings() {
    assert_eq!(
        opening(
            vec![
                finished("Ann", 0.6, Some(1), 1),
                finished("Bob", 0.3, Some(2), 1)
            ],
            Moment::OfficialGrid
        ),
        "We gave Ann about three chances in five from pole; Bob about three chances in ten. \
         Ann and Bob shared the win; we had given them 60% and 30%."
    );
    let brother = PredictionDriver {
        driver: DriverRef {
            key: "ralf".to_owned(),
            name: "Ralf Ann".to_owned(),
            ..fixtures::driver("Ann")
        },
        ..finished("Ann", 0.3, Some(2), 2)
    };
    assert_eq!(
        opening(
            vec![finished("Ann", 0.6, Some(1), 1), brother],
            Moment::OfficialGrid
        ),
        "We gave A. Ann about three chances in five; R. Ann about three chances in ten. \
         A. Ann won from pole."
    );
    assert_eq!(
        opening(vec![finished("Ann", 0.6, Some(1), 2)], Moment::OfficialGrid),
        "We gave Ann about three chances in five from pole."
    );
}
