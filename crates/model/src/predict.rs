//! A fit and a field give a forecast, with the reasons.

use std::collections::BTreeMap;

use crate::{
    distribution::Positions, features::Features, fit::Fit, retirement, specification::Component,
    terms::Group,
};

/// A sprint is a third of a Grand Prix.
pub const SPRINT_DISTANCE: f64 = 1.0 / 3.0;

/// Log-odds beyond this come from an input that makes no sense: real ones are below ten.
const MOST_STRENGTH: f64 = 1e3;

/// Why no forecast could be made.
#[derive(Debug, Clone, Copy, thiserror::Error, PartialEq, Eq)]
pub enum PredictError {
    /// There is nobody to forecast.
    #[error("the field is empty")]
    EmptyField,
    /// An input is not a number.
    #[error("an input of the forecast is not a finite number")]
    NotFinite,
    /// A strength is beyond belief.
    #[error(
        "the strength of a car is beyond {MOST_STRENGTH}: an input of the forecast makes no sense"
    )]
    OutOfRange,
}

/// What distinguishes a Grand Prix from a sprint for the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distance {
    /// A whole race: orderly or chaotic.
    GrandPrix,
    /// A third of it, with a scale of its own: the chance to retire grows with the distance.
    Sprint,
}

impl Distance {
    /// The chance to retire on this distance, from that of a Grand Prix.
    #[must_use]
    pub fn retirement(self, grand_prix: f64) -> f64 {
        match self {
            Self::GrandPrix => grand_prix,
            Self::Sprint => 1.0 - (1.0 - grand_prix).powf(SPRINT_DISTANCE),
        }
    }
}

/// The race to forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RaceShape {
    /// Places that score.
    pub scoring_places: usize,
    /// How far it goes.
    pub distance: Distance,
}

/// One car's forecast.
#[derive(Debug, Clone, PartialEq)]
pub struct CarForecast {
    /// Chance to win.
    pub win: f64,
    /// Chance of the first three places.
    pub podium: f64,
    /// Chance to score.
    pub points: f64,
    /// Chance not to be classified.
    pub dnf: f64,
    /// Mean finishing place.
    pub expected_position: f64,
    /// Chance of every place, first place first.
    pub positions: Vec<f64>,
    /// Log-odds of finishing ahead of an average car of this field, by group; they sum to the centred strength.
    pub contributions: BTreeMap<Group, f64>,
}

/// A forecast: one entry a car, in the order of the field.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    /// The cars.
    pub cars: Vec<CarForecast>,
}

impl Fit {
    /// Forecasts a race of `shape` among `field`.
    pub fn predict(&self, field: &[Features], shape: RaceShape) -> Result<Forecast, PredictError> {
        if field.is_empty() {
            return Err(PredictError::EmptyField);
        }
        let strengths: Vec<f64> = field.iter().map(|car| self.strength(car)).collect();
        let dnf: Vec<f64> = field
            .iter()
            .map(|car| shape.distance.retirement(self.retirement_chance(car)))
            .collect();
        if dnf.iter().any(|chance| !chance.is_finite()) {
            return Err(PredictError::NotFinite);
        }
        let sprint = [Component {
            weight: 1.0,
            scale: self.sprint_scale,
        }];
        let components = match shape.distance {
            Distance::GrandPrix => self.specification.mixture,
            Distance::Sprint => &sprint,
        };
        for component in components {
            for strength in strengths.iter().map(|eta| component.scale * eta) {
                if !strength.is_finite() {
                    return Err(PredictError::NotFinite);
                }
                if strength.abs() > MOST_STRENGTH {
                    return Err(PredictError::OutOfRange);
                }
            }
        }
        let positions = Positions::mixture(&strengths, &dnf, components);
        let means = self.mean_contributions(field);
        let cars = field
            .iter()
            .enumerate()
            .map(|(index, car)| {
                self.car_forecast(car, positions.car(index), dnf[index], shape, &means)
            })
            .collect();
        Ok(Forecast { cars })
    }

    /// Log-odds strength of a car; only differences within a field mean something.
    #[must_use]
    pub fn strength(&self, car: &Features) -> f64 {
        self.specification
            .terms
            .iter()
            .zip(&self.coefficients)
            .map(|((term, _), beta)| beta * term.value(car))
            .sum()
    }

    /// The chance of a car not to be classified in a Grand Prix.
    #[must_use]
    pub fn retirement_chance(&self, car: &Features) -> f64 {
        retirement::chance(&self.retirement, &retirement::row(car))
    }

    fn contributions(&self, car: &Features) -> BTreeMap<Group, f64> {
        let mut groups = BTreeMap::new();
        for ((term, _), beta) in self.specification.terms.iter().zip(&self.coefficients) {
            for (group, value) in term.shares(car) {
                *groups.entry(group).or_insert(0.0) += beta * value;
            }
        }
        groups
    }

    fn mean_contributions(&self, field: &[Features]) -> BTreeMap<Group, f64> {
        let mut means = BTreeMap::new();
        for car in field {
            for (group, value) in self.contributions(car) {
                *means.entry(group).or_insert(0.0) += value / field.len() as f64;
            }
        }
        means
    }

    fn car_forecast(
        &self,
        car: &Features,
        positions: &[f64],
        dnf: f64,
        shape: RaceShape,
        means: &BTreeMap<Group, f64>,
    ) -> CarForecast {
        // Sums of rounded chances may pass one by a last bit.
        let within = |places: usize| positions.iter().take(places).sum::<f64>().min(1.0);
        let expected = positions
            .iter()
            .enumerate()
            .map(|(index, chance)| (index + 1) as f64 * chance)
            .sum::<f64>();
        let mut contributions = self.contributions(car);
        for (group, value) in &mut contributions {
            *value -= means[group];
        }
        CarForecast {
            win: within(1),
            podium: within(3),
            points: within(shape.scoring_places.max(3)),
            dnf,
            expected_position: expected.clamp(1.0, positions.len() as f64),
            positions: positions.to_vec(),
            contributions,
        }
    }
}
