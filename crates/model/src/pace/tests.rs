use super::*;
use crate::weekend::{Driver, Team};

fn field() -> [Entrant; 4] {
    [(1, 10), (2, 10), (3, 11), (4, 11)].map(|(driver, team)| Entrant {
        driver: Driver(driver),
        team: Team(team),
    })
}

fn assert_close(found: &[f64], expected: &[f64]) {
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-4, "{found} is not {expected}");
    }
}

/// A block update with a field smaller than `observe` accepts.
fn learn(filter: &mut PaceFilter, session: SessionKind, values: [f64; 4]) {
    let variance = session.observation().variance;
    let states = field().map(|entrant| filter.states(entrant).unwrap());
    let rows: Vec<(&[usize], f64)> = states
        .iter()
        .zip(values)
        .map(|(car, value)| match session {
            SessionKind::Race => (car.race(), value),
            _ => (car.one_lap(), value),
        })
        .collect();
    filter.update(&rows, variance);
}

const DRY: SessionKind = SessionKind::Qualifying { wet: false };

#[test]
fn two_new_teams_are_estimated_from_qualifying_and_race() {
    let mut filter = PaceFilter::new(&STEADY);
    filter.start_weekend(&field(), 2020);
    learn(&mut filter, DRY, [0.0, 0.2, 0.5, 0.6]);
    let estimates = field().map(|entrant| filter.estimate(entrant).unwrap());
    assert_close(
        &estimates.map(|car| car.race()),
        &[1.89701, 1.95820, 2.32610, 2.35670],
    );
    assert_close(&estimates.map(|car| car.variance), &[0.25554; 4]);
    assert_close(
        &estimates.map(|car| car.driver_lasting),
        &[0.14637, 0.15204, 0.14927, 0.15210],
    );
    learn(&mut filter, SessionKind::Race, [0.0, 0.1, 0.9, 3.0]);
    let paces = field().map(|entrant| filter.estimate(entrant).unwrap().race());
    assert_close(&paces, &[1.72502, 1.79356, 2.39250, 2.57724]);
    let team = |team| filter.slots[filter.index[&Entity::Team(Team(team))]].first;
    assert_close(
        &[filter.mean[team(10)], filter.mean[team(11)]],
        &[1.66212, 2.28595],
    );
    assert_close(
        &[filter.mean[team(10) + 1], filter.mean[team(11) + 1]],
        &[-0.00826, 0.00813],
    );
}

#[test]
fn the_open_filter_learns_more_of_a_driver_in_a_car() {
    let mut filter = PaceFilter::new(&OPEN);
    filter.start_weekend(&field(), 2020);
    learn(&mut filter, DRY, [0.0, 0.2, 0.5, 0.6]);
    let estimates = field().map(|entrant| filter.estimate(entrant).unwrap());
    assert_close(
        &estimates.map(|car| car.race()),
        &[1.87988, 1.97297, 2.31815, 2.36470],
    );
    assert_close(&estimates.map(|car| car.variance), &[0.26949; 4]);
    assert_close(
        &estimates.map(|car| car.driver_lasting),
        &[0.12079, 0.16398, 0.14572, 0.16732],
    );
    let in_car = field().map(|car| filter.mean[filter.states(car).unwrap().in_car.unwrap()]);
    assert_close(&in_car, &[-0.01928, 0.00923, -0.00282, 0.01143]);
    learn(&mut filter, SessionKind::Race, [0.0, 0.1, 0.9, 3.0]);
    let estimates = field().map(|entrant| filter.estimate(entrant).unwrap());
    assert_close(
        &estimates.map(|car| car.race()),
        &[1.73534, 1.83008, 2.37341, 2.54289],
    );
    assert_close(
        &estimates.map(|car| car.driver_lasting),
        &[0.11647, 0.16024, 0.12768, 0.19161],
    );
}

#[test]
fn what_a_driver_gains_in_a_car_is_forgotten_in_winter() {
    let mut filter = PaceFilter::new(&OPEN);
    filter.start_weekend(&field(), 2020);
    learn(&mut filter, DRY, [0.0, 2.0, 0.5, 0.6]);
    let in_car = |filter: &PaceFilter| {
        let state = filter.states(field()[0]).unwrap().in_car.unwrap();
        (filter.mean[state], filter.covariance[(state, state)])
    };
    assert!(in_car(&filter).0 < -0.1 && in_car(&filter).1 < 0.02);
    filter.start_season(2021, 2020);
    filter.start_weekend(&field(), 2021);
    assert_eq!(in_car(&filter), (0.0, 0.02));
}

#[test]
fn a_session_of_slower_laps_gives_the_same_estimates() {
    let gaps = |level: f64| -> Vec<(Entrant, f64)> {
        let more = (5..9).map(|n| Entrant {
            driver: Driver(n),
            team: Team(n / 2),
        });
        field()
            .into_iter()
            .chain(more)
            .enumerate()
            .map(|(place, entrant)| (entrant, level + 0.1 * place as f64))
            .collect()
    };
    let learned = |level: f64| {
        let cars: Vec<Entrant> = gaps(0.0).iter().map(|(entrant, _)| *entrant).collect();
        let mut filter = PaceFilter::new(&STEADY);
        filter.start_weekend(&cars, 2020);
        filter.observe(SessionKind::Practice, &gaps(level));
        cars.iter()
            .map(|car| filter.estimate(*car).unwrap().race())
            .collect::<Vec<_>>()
    };
    assert_close(&learned(3.0), &learned(0.0));
}

#[test]
fn small_sessions_and_cars_outside_the_field_are_ignored() {
    let mut filter = PaceFilter::new(&STEADY);
    filter.start_weekend(&field(), 2020);
    let before = filter.mean.clone();
    let outsider = Entrant {
        driver: Driver(99),
        team: Team(99),
    };
    let gaps: Vec<(Entrant, f64)> = field().map(|entrant| (entrant, 0.5)).to_vec();
    filter.observe(SessionKind::Practice, &gaps);
    filter.observe(SessionKind::Practice, &[(outsider, 0.1); 9]);
    filter.observe(SessionKind::Race, &[(field()[0], f64::NAN); 9]);
    assert_eq!(filter.mean, before);
    assert_eq!(filter.estimate(outsider), None);
}
