//! The derivatives of the likelihood, and what a fit does and does not depend on.

use proptest::{collection::vec, prelude::*};

use super::*;
use crate::{
    features::Features,
    specification::R2,
    state::RetirementRates,
    terms::Term,
    training_set::{PastCar, PastRace},
    weekend::CarOutcome,
};

/// Few terms, so that small training sets determine each coefficient.
const SMALL: Specification = Specification {
    terms: &[
        (Term::DriverRating, 0.5),
        (Term::TeamRating, 0.5),
        (Term::Elo, 0.5),
    ],
    ridge: 2.0,
    half_life_years: 8.0,
    first_season: 2000,
    ..R2
};

fn car([driver_rating, team_rating, elo]: [f64; 3], outcome: CarOutcome) -> PastCar {
    let features = Features {
        driver_rating,
        team_rating,
        retirement: RetirementRates {
            field: 0.15,
            team: 0.1 + 0.05 * team_rating.abs().min(1.0),
            driver: 0.15,
            circuit: 0.2,
        },
        elo,
        ..Features::default()
    };
    PastCar { features, outcome }
}

/// A field in which about every fourth car retires.
fn field(most: usize) -> impl Strategy<Value = Vec<PastCar>> {
    let car = ([-2.0..2.0_f64, -2.0..2.0, -2.0..2.0], 0..4_u8).prop_map(|(x, outcome)| {
        let outcome = if outcome == 0 {
            CarOutcome::Retired
        } else {
            CarOutcome::Classified
        };
        car(x, outcome)
    });
    vec(car, 0..=most)
}

fn past(fields: Vec<Vec<PastCar>>) -> Vec<PastRace> {
    let races = fields.into_iter().zip(1..);
    races
        .map(|(cars, round)| PastRace {
            year: 2010 + round / 20,
            round: round % 20,
            cars,
        })
        .collect()
}

/// 12 races of 20 cars in pseudo-random finishing order, the same every time.
fn twelve_races() -> Vec<PastRace> {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 8) / f64::from(1 << 24) - 0.5
    };
    let fields = (0..12).map(|_| {
        let cars = (0..20).map(|_| {
            let x = [next(), next(), next()];
            let outcome = if next() < -0.3 {
                CarOutcome::Retired
            } else {
                CarOutcome::Classified
            };
            car(x, outcome)
        });
        cars.collect()
    });
    past(fields.collect())
}

/// Numerical derivative of a function in one coordinate.
fn slope(beta: &DVector<f64>, of: usize, value: impl Fn(&DVector<f64>) -> f64) -> f64 {
    let step = 1e-5;
    let at = |step: f64| {
        let mut moved = beta.clone();
        moved[of] += step;
        value(&moved)
    };
    (at(step) - at(-step)) / (2.0 * step)
}

proptest! {
    #[test]
    fn the_derivatives_are_those_of_the_likelihood(
        fields in vec(field(12), 1..6),
        weights in vec(0.1..1.5_f64, 6),
        beta in vec(-1.5..1.5_f64, 3),
    ) {
        let training = TrainingSet::new(SMALL, &past(fields), &[]);
        let beta = DVector::from_vec(beta);
        let at = |beta: &DVector<f64>| training.likelihood(0..training.races.len(), &weights, beta);
        let Likelihood { gradient, information, .. } = at(&beta);
        for i in 0..beta.len() {
            let expected = slope(&beta, i, |beta| at(beta).value);
            prop_assert!(
                (gradient[i] - expected).abs() < 1e-6 * (1.0 + expected.abs()),
                "gradient {i}: {} is not {expected}", gradient[i]
            );
            for j in 0..beta.len() {
                let expected = -slope(&beta, j, |beta| at(beta).gradient[i]);
                prop_assert!(
                    (information[(i, j)] - expected).abs() < 1e-6 * (1.0 + expected.abs()),
                    "information {i}, {j}: {} is not {expected}", information[(i, j)]
                );
            }
        }
    }

    #[test]
    fn the_fit_is_the_optimum_whatever_the_start(fields in vec(field(20), 8..12)) {
        const ELSEWHERE: Specification = Specification {
            terms: &[
                (Term::DriverRating, -4.0),
                (Term::TeamRating, 5.0),
                (Term::Elo, 0.0),
            ],
            ..SMALL
        };
        let races = past(fields);
        let training = TrainingSet::new(SMALL, &races, &[]);
        let classified: usize = training.races.iter().map(|race| race.classified).sum();
        prop_assume!(classified >= MIN_ROWS);
        let fit = training.fit(2011, 1).unwrap();
        prop_assert_eq!(fit.rows, classified);
        let now = (2011, 1);
        let weights: Vec<f64> = training
            .races
            .iter()
            .map(|race| 0.5_f64.powf(age(now, race.when) / SMALL.half_life_years))
            .collect();
        let beta = DVector::from_vec(fit.coefficients.clone());
        let at = training.likelihood(0..races.len(), &weights, &beta);
        let flat = at.gradient - &beta * SMALL.ridge;
        prop_assert!(flat.amax() < 1e-6, "gradient {flat}");
        prop_assert!((fit.log_likelihood - at.value).abs() < 1e-9);
        let other = TrainingSet::new(ELSEWHERE, &races, &[]).fit(2011, 1).unwrap();
        for (a, b) in fit.coefficients.iter().zip(&other.coefficients) {
            prop_assert!((a - b).abs() < 1e-6, "{a} is not {b}");
        }
    }
}

#[test]
fn a_race_one_half_life_earlier_has_half_the_weight() {
    let races = twelve_races();
    let early = PastRace {
        year: 2002,
        ..races[0].clone()
    };
    let late = PastRace {
        year: early.year + 8,
        ..early.clone()
    };
    let once = [vec![late], races[1..].to_vec()].concat();
    let twice = [vec![early; 2], races[1..].to_vec()].concat();
    let fit = |races: &[PastRace]| TrainingSet::new(SMALL, races, &[]).fit(2011, 1).unwrap();
    let (once, twice) = (fit(&once), fit(&twice));
    for (a, b) in once.coefficients.iter().zip(&twice.coefficients) {
        assert!((a - b).abs() < 1e-10, "{a} is not {b}");
    }
    for (a, b) in once.retirement.iter().zip(&twice.retirement) {
        assert!((a - b).abs() < 1e-10, "{a} is not {b}");
    }
    assert_ne!(fit(&races[1..]).coefficients, once.coefficients);
}

#[test]
fn later_races_and_seasons_before_the_first_are_ignored() {
    let races = twelve_races();
    let fit = |races: &[PastRace]| TrainingSet::new(SMALL, races, &[]).fit(2010, 8).unwrap();
    let before = fit(&races[..7]);
    assert_eq!(before.races, 7);
    assert_eq!(fit(&races), before);
    let mut older = races.clone();
    older.insert(
        0,
        PastRace {
            year: 1999,
            ..races[3].clone()
        },
    );
    assert_eq!(fit(&older), before);
}

#[test]
fn too_few_classified_cars_are_an_error() {
    let finished = |count: usize| vec![car([0.1, 0.2, 0.3], CarOutcome::Classified); count];
    let retired = vec![car([0.1, 0.2, 0.3], CarOutcome::Retired); 60];
    let fit = |fields: Vec<Vec<PastCar>>| TrainingSet::new(SMALL, &past(fields), &[]).fit(2011, 1);
    assert_eq!(fit(vec![]), Err(FitError::NotEnoughData { rows: 0 }));
    assert_eq!(fit(vec![retired]), Err(FitError::NotEnoughData { rows: 0 }));
    let missing_one = fit(vec![finished(25), finished(24)]);
    assert_eq!(missing_one, Err(FitError::NotEnoughData { rows: 49 }));
    assert!(fit(vec![finished(25), finished(25)]).is_ok());
}

#[test]
fn features_that_are_not_finite_are_an_error() {
    let spoilt = |spoil: &dyn Fn(&mut Features)| {
        let mut races = twelve_races();
        let cars = races[5].cars.iter_mut();
        cars.for_each(|car| spoil(&mut car.features));
        TrainingSet::new(SMALL, &races, &[]).fit(2011, 1)
    };
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let fit = spoilt(&|car| car.driver_rating = bad);
        assert_eq!(fit, Err(FitError::NotFinite));
    }
    let fit = spoilt(&|car| car.retirement.team = f64::NAN);
    assert_eq!(fit, Err(FitError::NotFinite));
}

#[test]
fn the_same_races_give_the_same_bits() {
    let bits = || {
        let races = twelve_races();
        let fit = TrainingSet::new(SMALL, &races, &races)
            .fit(2011, 1)
            .unwrap();
        let numbers = [fit.log_likelihood, fit.sprint_scale];
        let all = fit.coefficients.into_iter().chain(fit.retirement);
        all.chain(numbers).map(f64::to_bits).collect::<Vec<_>>()
    };
    assert_eq!(bits(), bits());
}

#[test]
fn the_scale_of_sprints_is_fitted_on_earlier_sprints_only() {
    // Cars finish in the order of their ratings, which is more orderly than the likelihood says.
    let orderly = |round| PastRace {
        year: 2010,
        round,
        cars: (0..10_u8)
            .map(|place| car([1.0 - 0.2 * f64::from(place); 3], CarOutcome::Classified))
            .collect(),
    };
    let races: Vec<PastRace> = (1..=6).map(orderly).collect();
    let sprints: Vec<PastRace> = (3..=6).map(orderly).collect();
    let scale = |sprints: &[PastRace]| {
        let fit = TrainingSet::new(SMALL, &races, sprints).fit(2010, 6);
        fit.unwrap().sprint_scale
    };
    for none_yet in [&[], &sprints[3..]] {
        assert_eq!(scale(none_yet).to_bits(), 1.0_f64.to_bits());
    }
    assert!(scale(&sprints) > 1.0, "{}", scale(&sprints));
}
