//! Walk-forward forecasts in memory: fit on what was run before, predict from what was known.

use std::collections::HashMap;

use model::{
    Car, Ending, Fit, FitError, Forecast, History, PastRace, PredictError, RaceShape,
    Specification,
    evaluate::{self, Outcome, Scores},
};
use schema::{Contest, DriverId, Moment, ResultStatus, forecasts::PredictionFeatures};

use crate::{
    dataset::{Sessions, Weekend},
    features,
};

/// The model whose forecasts are stored and served.
pub const CURRENT: Specification = model::GRID_AND_GAP;

/// A sprint is a third of a Grand Prix.
const SPRINT_DISTANCE: f64 = 1.0 / 3.0;

/// Past Grands Prix as the model learns from them at each moment.
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
    /// Builds the histories of `specification` from `weekends` in the order of the calendar.
    #[must_use]
    pub fn new(specification: Specification, weekends: &[Weekend]) -> Self {
        let history = |moment| {
            let races: Vec<PastRace> = weekends
                .iter()
                .filter_map(|weekend| past_race(weekend, moment))
                .collect();
            (moment, History::new(specification, &races))
        };
        Self {
            histories: features::MOMENTS.into_iter().map(history).collect(),
        }
    }

    /// Fits on the Grands Prix strictly before `round` of `year`.
    pub fn fit(&self, moment: Moment, year: i16, round: i16) -> Result<Fit, FitError> {
        match self.histories.get(&moment) {
            Some(history) => history.fit(year, round),
            None => Err(FitError::NotEnoughData { rows: 0 }),
        }
    }
}

/// Forecasts one contest of a weekend with a fit made for it.
pub fn predict(
    fit: &Fit,
    contest: Contest,
    year: i16,
    field: &[PredictionFeatures],
) -> Result<Forecast, PredictError> {
    let distance = match contest {
        Contest::GrandPrix => 1.0,
        Contest::Sprint => SPRINT_DISTANCE,
    };
    let shape = RaceShape {
        scoring_places: contest.scoring_places(year),
        distance,
    };
    let cars: Vec<_> = field.iter().map(features::for_model).collect();
    fit.predict(&cars, shape)
}

/// Scores a forecast of `field` against the result; `None` without one.
#[must_use]
pub fn score(
    sessions: &Sessions,
    field: &[PredictionFeatures],
    forecast: &Forecast,
) -> Option<Scores> {
    let places: HashMap<DriverId, &[f64]> = field
        .iter()
        .zip(&forecast.cars)
        .map(|(row, car)| (row.driver_id, car.positions.as_slice()))
        .collect();
    // A car that started without having been foreseen had no chance in any place; one that was foreseen and is not in
    // the result is left out.
    let nowhere = vec![0.0; field.len().max(sessions.result.len())];
    let positions = sessions
        .result
        .iter()
        .map(|car| places.get(&car.driver).copied().unwrap_or(&nowhere))
        .collect();
    let classified = sessions.result.iter().map(|car| car.classified).collect();
    evaluate::score(&Outcome {
        positions,
        classified,
    })
}

/// A weekend's Grand Prix as training data: the field of `moment` in finishing order.
fn past_race(weekend: &Weekend, moment: Moment) -> Option<PastRace> {
    let result = &weekend.grand_prix.result;
    if result.is_empty() {
        return None;
    }
    let field = features::at_moment(weekend, Contest::GrandPrix, moment)?;
    let known: HashMap<DriverId, &PredictionFeatures> =
        field.iter().map(|row| (row.driver_id, row)).collect();
    let cars = result
        .iter()
        .filter_map(|finisher| {
            let ending = match finisher.status {
                _ if finisher.classified => Ending::Classified,
                ResultStatus::Disqualified => Ending::Disqualified,
                _ => Ending::Retired,
            };
            Some(Car {
                features: features::for_model(known.get(&finisher.driver)?),
                ending,
            })
        })
        .collect();
    Some(PastRace {
        year: weekend.year,
        round: weekend.round,
        cars,
    })
}
