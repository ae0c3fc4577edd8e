//! Walk-forward forecasts in memory: fit on what was run before, predict from what was known.

use std::collections::HashMap;

use model::{
    Car, Distance, Fit, FitError, Forecast, History, PastRace, PredictError, RaceShape,
    Specification, evaluate::Outcome, specification,
};
use schema::{Contest, DriverId, Moment};

use crate::{
    dataset::Weekend,
    features::{self, Field, Fields},
};

/// The model whose forecasts are stored and served, as it is at each moment.
#[must_use]
pub const fn current(moment: Moment) -> Specification {
    match moment {
        Moment::BeforeWeekend => specification::R2_BEFORE_WEEKEND,
        Moment::BeforeQualifying => specification::R2_BEFORE_QUALIFYING,
        Moment::QualifyingOrder | Moment::OfficialGrid => specification::R2,
    }
}

/// Past Grands Prix and sprints as a model learns from them at each moment.
pub struct Past {
    histories: HashMap<Moment, History>,
}

/// Why there is no forecast.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ForecastError {
    /// The model could not be fitted.
    #[error(transparent)]
    Fit(#[from] FitError),
    /// The fitted model could not be applied.
    #[error(transparent)]
    Predict(#[from] PredictError),
}

impl Past {
    /// The histories of the model in service, from `weekends` in the order of the calendar and what was told of each.
    #[must_use]
    pub fn new(weekends: &[Weekend], told: &[Fields]) -> Self {
        let histories = Moment::ALL
            .iter()
            .copied()
            .map(|moment| (moment, history(current(moment), weekends, told, moment)))
            .collect();
        Self { histories }
    }

    /// Fits on the Grands Prix strictly before `round` of `year`.
    pub fn fit(&self, moment: Moment, year: i16, round: i16) -> Result<Fit, FitError> {
        match self.histories.get(&moment) {
            Some(history) => history.fit(year, round),
            None => Err(FitError::NotEnoughData { rows: 0 }),
        }
    }
}

/// What `specification` learns from at `moment`.
#[must_use]
pub fn history(
    specification: Specification,
    weekends: &[Weekend],
    told: &[Fields],
    moment: Moment,
) -> History {
    let races = |contest| -> Vec<PastRace> {
        weekends
            .iter()
            .zip(told)
            .filter(|(weekend, _)| weekend.year >= specification.first_season)
            .filter_map(|(weekend, told)| past_race(weekend, told.at(contest, moment)?))
            .collect()
    };
    History::new(
        specification,
        &races(Contest::GrandPrix),
        &races(Contest::Sprint),
    )
}

/// A race as training data: the field of a moment in finishing order.
fn past_race(weekend: &Weekend, field: &Field) -> Option<PastRace> {
    let result = weekend.result(field.contest);
    let known: HashMap<DriverId, &features::Told> =
        field.cars.iter().map(|told| (told.driver, told)).collect();
    let cars: Vec<Car> = result
        .iter()
        .filter_map(|(car, finish)| {
            Some(Car {
                features: known.get(&car.driver)?.features,
                ending: features::ending(*finish),
            })
        })
        .collect();
    (!cars.is_empty()).then_some(PastRace {
        year: weekend.year,
        round: weekend.round,
        cars,
    })
}

/// Forecasts a field of a season with a fit made for it.
pub fn predict(fit: &Fit, year: i16, field: &Field) -> Result<Forecast, PredictError> {
    let shape = RaceShape {
        scoring_places: field.contest.scoring_places(year),
        distance: match field.contest {
            Contest::GrandPrix => Distance::GrandPrix,
            Contest::Sprint => Distance::Sprint,
        },
    };
    let cars: Vec<_> = field.cars.iter().map(|told| told.features).collect();
    fit.predict(&cars, shape)
}

/// The chances of each driver's places, first place first.
pub type Chances<'a> = HashMap<DriverId, &'a [f64]>;

/// The chances of a forecast of `field`.
#[must_use]
pub fn chances<'a>(field: &Field, forecast: &'a Forecast) -> Chances<'a> {
    field
        .cars
        .iter()
        .zip(&forecast.cars)
        .map(|(told, car)| (told.driver, car.positions.as_slice()))
        .collect()
}

/// Sets chances beside the result and asks `of`; `None` until there is a result.
pub fn against_result<T>(
    weekend: &Weekend,
    contest: Contest,
    chances: &Chances<'_>,
    of: impl FnOnce(&Outcome<'_>) -> Option<T>,
) -> Option<T> {
    let result = weekend.result(contest);
    // A car that started without having been foreseen had no chance in any place; one that was foreseen and is not in
    // the result is left out.
    let nowhere = vec![0.0; result.len()];
    let outcome = Outcome {
        positions: result
            .iter()
            .map(|(car, _)| chances.get(&car.driver).copied().unwrap_or(&nowhere))
            .collect(),
        classified: result.iter().map(|(_, finish)| finish.classified).collect(),
    };
    of(&outcome)
}
