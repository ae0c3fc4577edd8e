//! The forecast of a race from a fit and the features of the field, with each car's contributions.

use std::collections::BTreeMap;

use crate::{
    distribution::Positions, features::Features, fit::Fit, retirement, specification::Component,
    terms::Group,
};

/// Distance of a sprint as a share of a Grand Prix.
pub const SPRINT_DISTANCE: f64 = 1.0 / 3.0;

/// Largest plausible strength; real ones are below ten.
const MAX_STRENGTH: f64 = 1e3;

/// Why a race could not be forecast.
#[derive(Debug, Clone, Copy, thiserror::Error, PartialEq, Eq)]
pub enum PredictError {
    /// The field has no cars.
    #[error("the field is empty")]
    EmptyField,
    /// The features, the teams and the outlook on qualifying are not of the same cars.
    #[error("the outlook on qualifying is of another field")]
    OtherField,
    /// An input is not a finite number.
    #[error("an input of the forecast is not a finite number")]
    NotFinite,
    /// A strength is implausibly large.
    #[error(
        "the strength of a car is beyond {MAX_STRENGTH}: an input of the forecast makes no sense"
    )]
    OutOfRange,
}

/// The distance of a race.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distance {
    /// The full distance, with the mixture of the specification.
    GrandPrix,
    /// A third of the distance, with a scale of its own and no mixture.
    Sprint,
}

impl Distance {
    /// The chance of retiring on this distance, given that of a Grand Prix: the hazard is constant over the distance.
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
    /// Number of places that score points.
    pub scoring_places: usize,
    /// Grand Prix or sprint.
    pub distance: Distance,
}

/// One car's forecast.
#[derive(Debug, Clone, PartialEq)]
pub struct CarPrediction {
    /// Chance of winning.
    pub win: f64,
    /// Chance of finishing in the first three.
    pub podium: f64,
    /// Chance of finishing in a place that scores points.
    pub points: f64,
    /// Chance of not being classified.
    pub dnf: f64,
    /// Expected finishing place.
    pub expected_position: f64,
    /// Chance of every place, from first to last.
    pub positions: Vec<f64>,
    /// Log-odds of finishing ahead of an average car of this field, split by group. They sum to the centred strength.
    pub contributions: BTreeMap<Group, f64>,
}

/// The forecast of a race.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction {
    /// The cars, in the order of the field.
    pub cars: Vec<CarPrediction>,
}

impl Fit {
    /// Forecasts a race of `shape` among `field`.
    pub fn predict(
        &self,
        field: &[Features],
        shape: RaceShape,
    ) -> Result<Prediction, PredictError> {
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
        let components = self.components(shape.distance);
        check(&strengths, &components)?;
        let positions = Positions::mixture(&strengths, &dnf, &components);
        let contributions = centred(field.iter().map(|car| self.contributions(car)).collect());
        Ok(Prediction::new(&positions, &dnf, shape, contributions))
    }

    /// The mixture of a race over `distance`.
    pub(crate) fn components(&self, distance: Distance) -> Vec<Component> {
        match distance {
            Distance::GrandPrix => self.specification.mixture.to_vec(),
            Distance::Sprint => vec![Component {
                weight: 1.0,
                scale: self.sprint_scale,
            }],
        }
    }

    /// The strength of a car, in log-odds. Only differences within a field are meaningful.
    #[must_use]
    pub fn strength(&self, car: &Features) -> f64 {
        self.specification
            .terms
            .iter()
            .zip(&self.coefficients)
            .map(|((term, _), beta)| beta * term.value(car))
            .sum()
    }

    /// The chance that a car is not classified in a Grand Prix.
    #[must_use]
    pub fn retirement_chance(&self, car: &Features) -> f64 {
        retirement::chance(&self.retirement, &retirement::terms(car))
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
}

impl Prediction {
    /// The forecast with these chances of places and of retiring, and these contributions, each by car.
    pub(crate) fn new(
        positions: &Positions,
        dnf: &[f64],
        shape: RaceShape,
        contributions: Vec<BTreeMap<Group, f64>>,
    ) -> Self {
        let cars = contributions.into_iter().zip(dnf).enumerate();
        let cars = cars.map(|(index, (contributions, dnf))| {
            let positions = positions.car(index);
            // A sum of rounded chances can exceed one in the last bit.
            let within = |places: usize| positions.iter().take(places).sum::<f64>().min(1.0);
            let expected = positions
                .iter()
                .enumerate()
                .map(|(index, chance)| (index + 1) as f64 * chance)
                .sum::<f64>();
            CarPrediction {
                win: within(1),
                podium: within(3),
                points: within(shape.scoring_places.max(3)),
                dnf: *dnf,
                expected_position: expected.clamp(1.0, positions.len() as f64),
                positions: positions.to_vec(),
                contributions,
            }
        });
        Self {
            cars: cars.collect(),
        }
    }
}

/// Contributions relative to the mean of the field.
pub(crate) fn centred(mut field: Vec<BTreeMap<Group, f64>>) -> Vec<BTreeMap<Group, f64>> {
    let mut means: BTreeMap<Group, f64> = BTreeMap::new();
    for car in &field {
        for (group, value) in car {
            *means.entry(*group).or_insert(0.0) += value / field.len() as f64;
        }
    }
    for (group, value) in field.iter_mut().flatten() {
        *value -= means[group];
    }
    field
}

/// An error if a strength is no number or implausibly large in a component.
pub(crate) fn check(strengths: &[f64], components: &[Component]) -> Result<(), PredictError> {
    for component in components {
        for strength in strengths.iter().map(|eta| component.scale * eta) {
            if !strength.is_finite() {
                return Err(PredictError::NotFinite);
            }
            if strength.abs() > MAX_STRENGTH {
                return Err(PredictError::OutOfRange);
            }
        }
    }
    Ok(())
}
