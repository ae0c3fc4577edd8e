//! Walk-forward forecasts in memory: a fit on earlier races, and a prediction from what was known at a moment.

use std::collections::HashMap;

use model::{
    Distance, EarlyPrediction, Features, Fit, FitError, PastCar, PastRace, PredictError,
    Prediction, RaceShape, Specification, Team, TrainingSet,
    evaluate::Comparison,
    specification::{self, TWO_STAGE},
};
use schema::{Contest, DriverId, Moment};

use crate::{
    dataset::Weekend,
    features::{self, Field, WeekendFields},
};

/// The model whose forecasts are stored and served, in its form for each moment.
#[must_use]
pub const fn model_in_service(moment: Moment) -> Specification {
    match moment {
        Moment::BeforeWeekend => specification::R2_BEFORE_WEEKEND,
        Moment::BeforeQualifying => specification::R2_BEFORE_QUALIFYING,
        Moment::QualifyingOrder | Moment::OfficialGrid => specification::R2,
    }
}

/// The training sets of the model in service, one for each moment.
pub struct TrainingSets {
    by_moment: HashMap<Moment, TrainingSet>,
}

/// Why a race could not be forecast.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PredictionError {
    /// The model could not be fitted.
    #[error(transparent)]
    Fit(#[from] FitError),
    /// The fitted model could not be applied.
    #[error(transparent)]
    Predict(#[from] PredictError),
}

impl TrainingSets {
    /// Builds the training sets from `weekends` in chronological order and the fields of each.
    #[must_use]
    pub fn new(weekends: &[Weekend], fields: &[WeekendFields]) -> Self {
        let by_moment = Moment::ALL
            .iter()
            .copied()
            .map(|moment| {
                (
                    moment,
                    training_set(model_in_service(moment), weekends, fields, moment),
                )
            })
            .collect();
        Self { by_moment }
    }

    /// Fits on the Grands Prix strictly before `round` of `year`.
    pub fn fit(&self, moment: Moment, year: i16, round: i16) -> Result<Fit, FitError> {
        match self.by_moment.get(&moment) {
            Some(training) => training.fit(year, round),
            None => Err(FitError::NotEnoughData { rows: 0 }),
        }
    }
}

/// The training set of `specification` for forecasts at `moment`: earlier races as known at the same moment.
#[must_use]
pub fn training_set(
    specification: Specification,
    weekends: &[Weekend],
    fields: &[WeekendFields],
    moment: Moment,
) -> TrainingSet {
    let races = |contest| {
        let features = |car: &features::FieldCar| Some(car.features);
        past_races(specification, weekends, fields, (contest, moment), features)
    };
    TrainingSet::new(
        specification,
        &races(Contest::GrandPrix),
        &races(Contest::Sprint),
    )
}

/// The training set of the race model in a two-stage forecast: earlier Grands Prix as known on the grid, with the pace of
/// the open filter.
#[must_use]
pub fn two_stage_training_set(weekends: &[Weekend], fields: &[WeekendFields]) -> TrainingSet {
    let grid = (Contest::GrandPrix, Moment::OfficialGrid);
    let races = past_races(TWO_STAGE, weekends, fields, grid, |car| car.open);
    TrainingSet::new(TWO_STAGE, &races, &[])
}

fn past_races(
    specification: Specification,
    weekends: &[Weekend],
    fields: &[WeekendFields],
    (contest, moment): (Contest, Moment),
    features: impl Fn(&features::FieldCar) -> Option<Features>,
) -> Vec<PastRace> {
    weekends
        .iter()
        .zip(fields)
        .filter(|(weekend, _)| weekend.year >= specification.first_season)
        .filter_map(|(weekend, fields)| past_race(weekend, fields.at(contest, moment)?, &features))
        .collect()
}

/// A race of the training set: the field of a moment in finishing order; `None` without a result.
fn past_race(
    weekend: &Weekend,
    field: &Field,
    features: impl Fn(&features::FieldCar) -> Option<Features>,
) -> Option<PastRace> {
    let result = weekend.result(field.contest);
    let known: HashMap<DriverId, &features::FieldCar> =
        field.cars.iter().map(|car| (car.driver, car)).collect();
    let cars: Vec<PastCar> = result
        .iter()
        .filter_map(|(car, finish)| {
            Some(PastCar {
                features: features(known.get(&car.driver)?)?,
                outcome: features::car_outcome(*finish),
            })
        })
        .collect();
    (!cars.is_empty()).then_some(PastRace {
        year: weekend.year,
        round: weekend.round,
        cars,
    })
}

/// Predicts the race of `field` in season `year`.
pub fn predict(fit: &Fit, year: i16, field: &Field) -> Result<Prediction, PredictError> {
    let cars: Vec<_> = field.cars.iter().map(|car| car.features).collect();
    fit.predict(&cars, shape(year, field.contest))
}

/// Predicts grid and race of `field` before qualifying in season `year`. The seed follows from race and moment.
pub fn predict_in_two_stages(
    fit: &Fit,
    year: i16,
    field: &Field,
) -> Result<EarlyPrediction, PredictError> {
    let cars: Option<Vec<Features>> = field.cars.iter().map(|car| car.open).collect();
    let (Some(cars), Some(outlook)) = (cars, &field.outlook) else {
        return Err(PredictError::NotFinite);
    };
    let teams: Vec<Team> = field.cars.iter().map(|car| car.entrant.team).collect();
    let is_later = u32::from(field.moment != Moment::BeforeWeekend);
    let seed = field.race.0.unsigned_abs() << 1 | is_later;
    fit.predict_before_qualifying(&cars, &teams, outlook, shape(year, field.contest), seed)
}

fn shape(year: i16, contest: Contest) -> RaceShape {
    RaceShape {
        scoring_places: contest.scoring_places(year),
        distance: match contest {
            Contest::GrandPrix => Distance::GrandPrix,
            Contest::Sprint => Distance::Sprint,
        },
    }
}

/// Each driver's chance of every place, from first to last.
pub type PlaceChances<'a> = HashMap<DriverId, &'a [f64]>;

/// The chances of a prediction of `field` by driver.
#[must_use]
pub fn place_chances<'a>(field: &Field, prediction: &'a Prediction) -> PlaceChances<'a> {
    field
        .cars
        .iter()
        .zip(&prediction.cars)
        .map(|(car, predicted)| (car.driver, predicted.positions.as_slice()))
        .collect()
}

/// Compares chances with the result and returns what `evaluate` makes of it. Cars in the result that the prediction did not
/// have count as having no chance in any place; cars that are not in the result are left out.
pub fn compare_with_result<T>(
    weekend: &Weekend,
    contest: Contest,
    chances: &PlaceChances<'_>,
    evaluate: impl FnOnce(&Comparison<'_>) -> Option<T>,
) -> Option<T> {
    let result = weekend.result(contest);
    let no_chance = vec![0.0; result.len()];
    let comparison = Comparison {
        positions: result
            .iter()
            .map(|(car, _)| chances.get(&car.driver).copied().unwrap_or(&no_chance))
            .collect(),
        classified: result.iter().map(|(_, finish)| finish.classified).collect(),
    };
    evaluate(&comparison)
}
