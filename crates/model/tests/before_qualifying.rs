//! Forecasts before qualifying of a simulated championship.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on fails here; clippy does not see that helpers are tests"
)]

mod common;

use model::{
    Distance, EarlyPrediction, Filter, Fit, PredictError, QualifyingOutlook, RaceShape, State,
    TrainingSet, specification::R2,
};
use nalgebra::DVector;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

use common::{Meeting, championship, walk};

const GRAND_PRIX: RaceShape = RaceShape {
    scoring_places: 10,
    distance: Distance::GrandPrix,
};

/// A championship up to its last race, of which practice has been run, and the fit before it.
struct Ready {
    next: Meeting,
    state: State,
    fit: Fit,
}

impl Ready {
    fn new() -> Self {
        let mut meetings = championship(1996..=2008, 7);
        let mut next = meetings.pop().unwrap();
        for car in &mut next.field {
            (car.place, car.qualifying_gap) = (None, None);
        }
        let (mut state, races) = walk(&meetings, Filter::Open);
        state.begin_weekend(next.year);
        let fit = TrainingSet::new(R2, &races, &[]).fit(next.year, next.round);
        Self {
            fit: fit.unwrap(),
            state,
            next,
        }
    }

    fn outlook(&self) -> QualifyingOutlook {
        let weekend = self.next.weekend(&self.state);
        weekend.outlook(&self.next.entrants()).unwrap()
    }

    fn predict(&self, seed: u32) -> EarlyPrediction {
        let field = self.next.features(&self.state, Filter::Open);
        let teams: Vec<_> = self.next.entrants().iter().map(|car| car.team).collect();
        self.fit
            .predict_before_qualifying(&field, &teams, &self.outlook(), GRAND_PRIX, seed)
            .unwrap()
    }
}

#[test]
fn chances_of_grid_and_race_sum_to_one() {
    let prediction = Ready::new().predict(1);
    let rows = |chances: Vec<&[f64]>| {
        for place in 0..chances.len() {
            let row: f64 = chances[place].iter().sum();
            let column: f64 = chances.iter().map(|car| car[place]).sum();
            assert!((row - 1.0).abs() < 1e-9, "car {place}: {row}");
            assert!((column - 1.0).abs() < 1e-9, "place {place}: {column}");
        }
    };
    rows(prediction.grid.iter().map(|car| &*car.places).collect());
    rows(
        prediction
            .race
            .cars
            .iter()
            .map(|car| &*car.positions)
            .collect(),
    );
    let contributions = prediction.race.cars.iter().map(|car| &car.contributions);
    let sum: f64 = contributions.flat_map(|groups| groups.values()).sum();
    assert!(sum.abs() < 1e-9, "{sum}");
}

#[test]
fn the_seed_gives_the_bits_and_hardly_changes_the_chances() {
    let ready = Ready::new();
    let first = ready.predict(1);
    assert_eq!(ready.predict(1), first);
    for seed in 2..6 {
        let other = ready.predict(seed);
        assert_ne!(other, first);
        for (a, b) in first.race.cars.iter().zip(&other.race.cars) {
            assert!((a.win - b.win).abs() < 0.005, "{} and {}", a.win, b.win);
            assert!((a.podium - b.podium).abs() < 0.02);
        }
    }
}

#[test]
fn an_outlook_of_another_field_is_an_error() {
    let ready = Ready::new();
    let field = ready.next.features(&ready.state, Filter::Open);
    let teams: Vec<_> = ready.next.entrants().iter().map(|car| car.team).collect();
    let predict = |cars: usize| {
        let (field, teams) = (&field[..cars], &teams[..cars]);
        let outlook = ready.outlook();
        ready
            .fit
            .predict_before_qualifying(field, teams, &outlook, GRAND_PRIX, 1)
    };
    assert_eq!(predict(3), Err(PredictError::OtherField));
    assert_eq!(predict(0), Err(PredictError::EmptyField));
}

/// Qualifying is simulated here, the filter observes it, and the race model is applied as it is after qualifying.
#[test]
fn the_forecast_is_the_mean_of_forecasts_after_simulated_qualifyings() {
    let ready = Ready::new();
    let outlook = ready.outlook();
    let size = ready.next.field.len();
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let mut mean = vec![0.0; size];
    let draws = 400;
    for _ in 0..draws {
        let normal = DVector::from_fn(size, |_, _| random.sample(StandardNormal));
        let shown = outlook.shown(&normal);
        let mut qualified = ready.next.clone();
        for (car, pace) in qualified.field.iter_mut().zip(shown.iter()) {
            let ahead = shown.iter().filter(|other| *other < pace).count();
            car.place = Some(u16::try_from(ahead + 1).unwrap());
            car.qualifying_gap = Some((pace - shown.min()) / 100.0);
        }
        let field = qualified.features(&ready.state, Filter::Open);
        let race = ready.fit.predict(&field, GRAND_PRIX).unwrap();
        for (sum, car) in mean.iter_mut().zip(&race.cars) {
            *sum += car.win / f64::from(draws);
        }
    }
    let prediction = ready.predict(1);
    for (car, mean) in prediction.race.cars.iter().zip(&mean) {
        assert!((car.win - mean).abs() < 0.03, "{} is not {mean}", car.win);
    }
}
