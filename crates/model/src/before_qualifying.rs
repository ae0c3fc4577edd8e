//! The forecast before qualifying: qualifying is drawn from what the open filter expects of it, the race model is applied to
//! each grid that may come out, and the results are averaged.
//!
//! The draws are a scrambled Sobol sequence along the principal axes of the gaps, so that a thousand of them are enough.
//! Given a grid, the chances to win are exact; the other places are counted in simulated races.

mod races;

use std::{collections::BTreeMap, f64::consts::TAU};

use nalgebra::DVector;
use sobol_burley::sample;

use self::races::Races;
use crate::{
    distribution::Positions,
    features::{Features, skill_at_the_front},
    fit::Fit,
    pace::QualifyingOutlook,
    predict::{PredictError, Prediction, RaceShape, centred, check},
    retirement,
    terms::{Group, Term},
    weekend::Team,
};

/// Number of grids that are drawn, a power of two for the sake of the sequence.
const GRIDS: u16 = 1024;
/// Added to the count of each place in [`GRIDS`] grids, so that no place is impossible.
const UNSEEN: f64 = 0.05;

/// Where a car may start.
#[derive(Debug, Clone, PartialEq)]
pub struct ExpectedGrid {
    /// The mean place.
    pub place: f64,
    /// The chance of every place, from pole to last.
    pub places: Vec<f64>,
}

/// A forecast before qualifying. The cars are in the order of the field.
#[derive(Debug, Clone, PartialEq)]
pub struct EarlyPrediction {
    /// Where they may start.
    pub grid: Vec<ExpectedGrid>,
    /// How they may finish.
    pub race: Prediction,
}

impl Fit {
    /// Forecasts the grid and the race of `field` before qualifying. The features are those of the open filter without a
    /// place on the grid; `teams` has the team of each car, and the outlook is of the same cars in the same order. The same
    /// seed gives the same bits.
    pub fn predict_before_qualifying(
        &self,
        field: &[Features],
        teams: &[Team],
        outlook: &QualifyingOutlook,
        shape: RaceShape,
        seed: u32,
    ) -> Result<EarlyPrediction, PredictError> {
        let size = field.len();
        if size == 0 {
            return Err(PredictError::EmptyField);
        }
        if teams.len() != size || outlook.one_lap.len() != size {
            return Err(PredictError::OtherField);
        }
        let cars = Known::of(self, field);
        let components = self.components(shape.distance);
        let mut races = Races::new(size, &components, seed);
        let mut grids = vec![UNSEEN; size * size];
        // Means over all grids.
        let (mut skill, mut log_grid) = (vec![0.0; size], vec![0.0; size]);
        // Of the current grid.
        let (mut place, mut strengths) = (vec![0.0; size], vec![0.0; size]);
        let mut retirement = vec![0.0; size];
        for draw in 0..GRIDS {
            let shown = outlook.shown(&normal(size, draw, seed));
            let surprise = &shown - &outlook.one_lap;
            for (car, rank) in ranks(&shown).into_iter().enumerate() {
                grids[car * size + rank] += 1.0;
                place[car] = (rank + 1) as f64;
            }
            let race = &outlook.race_car + &outlook.race_driver + &outlook.race_gain * &surprise;
            let lasting = &outlook.driver_lasting + &outlook.lasting_gain * &surprise;
            let behind = behind_the_quickest(&race, teams);
            for car in 0..size {
                let at_the_front = skill_at_the_front(-lasting[car], behind[car]);
                strengths[car] =
                    cars.strength[car] - cars.log_grid * place[car].ln() - cars.pace * race[car]
                        + cars.skill * at_the_front;
                log_grid[car] -= place[car].ln() / f64::from(GRIDS);
                skill[car] += at_the_front / f64::from(GRIDS);
                let in_full = cars.retirement_at(car, place[car]);
                retirement[car] = shape.distance.retirement(in_full);
            }
            check(&strengths, &components)?;
            races.add(&strengths, &retirement);
        }
        let (positions, dnf) = races.finish();
        if dnf.iter().any(|chance| !chance.is_finite()) {
            return Err(PredictError::NotFinite);
        }
        let contributions = cars.contributions(outlook, &log_grid, &skill);
        Ok(EarlyPrediction {
            grid: expected_grids(size, grids),
            race: Prediction::new(&positions, &dnf, shape, contributions),
        })
    }
}

/// What is the same for every grid: the coefficients of the terms that depend on it, and the sum of the other terms.
struct Known {
    /// Coefficients of minus the logarithm of the place, of race pace, and of skill at the front.
    log_grid: f64,
    pace: f64,
    skill: f64,
    /// The other terms of each car, by group.
    others: Vec<BTreeMap<Group, f64>>,
    /// Their sums.
    strength: Vec<f64>,
    /// Log-odds of retiring from the tenth place, and what ten places further back add.
    retirement: Vec<f64>,
    retirement_by_place: f64,
}

impl Known {
    fn of(fit: &Fit, field: &[Features]) -> Self {
        let terms = || fit.specification.terms.iter().zip(&fit.coefficients);
        let coefficient = |wanted: Term| -> f64 {
            let of_term = terms().filter(|((term, _), _)| *term == wanted);
            of_term.map(|(_, beta)| beta).sum()
        };
        let depends = [Term::LogGrid, Term::Pace, Term::SkillAtTheFront];
        let others: Vec<BTreeMap<Group, f64>> = field
            .iter()
            .map(|car| {
                let mut groups = BTreeMap::new();
                for ((term, _), beta) in terms().filter(|((term, _), _)| !depends.contains(term)) {
                    for (group, value) in term.shares(car) {
                        *groups.entry(group).or_insert(0.0) += beta * value;
                    }
                }
                groups
            })
            .collect();
        let [.., by_place] = fit.retirement;
        let log_odds = |car: &Features| {
            let at_tenth = Features {
                place: Some(10),
                ..*car
            };
            let terms = retirement::terms(&at_tenth);
            terms.iter().zip(fit.retirement).map(|(x, b)| x * b).sum()
        };
        Self {
            log_grid: coefficient(Term::LogGrid),
            pace: coefficient(Term::Pace),
            skill: coefficient(Term::SkillAtTheFront),
            strength: others.iter().map(|groups| groups.values().sum()).collect(),
            others,
            retirement: field.iter().map(log_odds).collect(),
            retirement_by_place: by_place,
        }
    }

    /// The chance of retiring from a full-length Grand Prix that is started from `place`.
    fn retirement_at(&self, car: usize, place: f64) -> f64 {
        let log_odds = self.retirement[car] + self.retirement_by_place * (place - 10.0) / 10.0;
        1.0 / (1.0 + (-log_odds).exp())
    }

    /// The mean contributions over all grids, relative to the field. They sum to the centred mean strength.
    fn contributions(
        &self,
        outlook: &QualifyingOutlook,
        log_grid: &[f64],
        skill: &[f64],
    ) -> Vec<BTreeMap<Group, f64>> {
        let mut field = self.others.clone();
        for (car, groups) in field.iter_mut().enumerate() {
            let expected = [
                (Group::Grid, self.log_grid * log_grid[car]),
                (Group::Car, -self.pace * outlook.race_car[car]),
                (Group::Driver, -self.pace * outlook.race_driver[car]),
                (Group::Driver, self.skill * skill[car]),
            ];
            for (group, value) in expected {
                *groups.entry(group).or_insert(0.0) += value;
            }
        }
        centred(field)
    }
}

/// Standard normal numbers for the axes of one draw, from two dimensions of the sequence for each two (Box and Muller 1958).
fn normal(size: usize, draw: u16, seed: u32) -> DVector<f64> {
    let uniform = |dimension: usize| {
        let dimension = u32::try_from(dimension % 256).unwrap_or_default();
        f64::from(sample(u32::from(draw), dimension, seed))
    };
    DVector::from_fn(size, |axis, _| {
        let radius = (-2.0 * (1.0 - uniform(axis & !1)).ln()).sqrt();
        let angle = TAU * uniform(axis | 1);
        radius
            * if axis % 2 == 0 {
                angle.cos()
            } else {
                angle.sin()
            }
    })
}

/// The rank of each car, from zero for the quickest; of equals the first in the field is ahead.
fn ranks(gaps: &DVector<f64>) -> Vec<usize> {
    let mut order: Vec<usize> = (0..gaps.len()).collect();
    order.sort_by(|a, b| gaps[*a].total_cmp(&gaps[*b]));
    let mut ranks = vec![0; order.len()];
    for (rank, car) in order.into_iter().enumerate() {
        ranks[car] = rank;
    }
    ranks
}

/// How far the best car of each car's team is behind the quickest, in race pace.
fn behind_the_quickest(race: &DVector<f64>, teams: &[Team]) -> Vec<f64> {
    let quickest = race.min();
    let of_team = |team: Team| {
        let cars = teams
            .iter()
            .zip(race.iter())
            .filter(|(other, _)| **other == team);
        cars.fold(f64::INFINITY, |best, (_, pace)| best.min(*pace))
    };
    teams.iter().map(|team| of_team(*team) - quickest).collect()
}

/// From how often each car had each place.
fn expected_grids(size: usize, counts: Vec<f64>) -> Vec<ExpectedGrid> {
    let positions = Positions::from_weights(size, counts);
    (0..size)
        .map(|car| {
            let places = positions.car(car);
            ExpectedGrid {
                place: places
                    .iter()
                    .zip(1..)
                    .map(|(chance, place)| chance * f64::from(place))
                    .sum(),
                places: places.to_vec(),
            }
        })
        .collect()
}
