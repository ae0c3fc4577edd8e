//! Makes the forecasts that are due and stores the new ones.

use std::{
    collections::{BTreeSet, HashMap},
    ops::AddAssign,
};

use anyhow::{Result, ensure};
use chrono::{DateTime, Utc};
use model::{Fit, FitError, Prediction};
use rayon::prelude::*;
use schema::Moment;
use sqlx::PgConnection;

use super::{
    Report, stored,
    targets::{PredictionTarget, kind},
};
use crate::{
    Context,
    merge::Changes,
    predictions::{self, PredictionError, TrainingSets},
};

/// A live forecast is stored again only if a chance of winning has moved by more than this.
const SAME_CHANCE: f64 = 1e-9;

/// The result of making forecasts.
#[derive(Default)]
pub(super) struct RunSummary {
    /// Number of forecasts stored.
    pub(super) made: usize,
    /// Number of forecasts with too few earlier races to fit the model.
    pub(super) too_early: usize,
    /// Forecasts that failed, each with the race and the reason.
    pub(super) failed: Vec<String>,
}

impl AddAssign for RunSummary {
    fn add_assign(&mut self, other: Self) {
        self.made += other.made;
        self.too_early += other.too_early;
        self.failed.extend(other.failed);
    }
}

impl RunSummary {
    /// A race that cannot be forecast does not stop the others, but is named in the report. It is an error if no forecast was
    /// made.
    pub(super) fn report(self) -> Result<Report> {
        ensure!(
            self.made > 0 || self.failed.is_empty(),
            "no forecast could be made: {}",
            self.failed.join("; ")
        );
        let changes = Changes {
            inserted: self.made as u64,
            ..Changes::default()
        };
        let mut detail = vec![format!("{} forecasts", self.made)];
        if self.too_early > 0 {
            let too_early = self.too_early;
            detail.push(format!(
                "{too_early} races have too little history before them"
            ));
        }
        detail.extend(self.failed);
        Ok(Report::of(changes, detail.join("; ")))
    }
}

/// A forecast that has been made and not stored yet.
pub(super) struct NewPrediction<'a> {
    pub(super) target: PredictionTarget<'a>,
    pub(super) fit: Fit,
    pub(super) prediction: Prediction,
}

impl NewPrediction<'_> {
    /// Whether it differs from the last live forecast.
    fn is_new(&self) -> bool {
        let Some(last) = &self.target.last_live else {
            return true;
        };
        last.scheduled_start != self.target.start
            || last.win.len() != self.target.field.cars.len()
            || self
                .target
                .field
                .cars
                .iter()
                .zip(&self.prediction.cars)
                .any(|(car, predicted)| {
                    last.win
                        .get(&car.driver)
                        .is_none_or(|win| (win - predicted.win).abs() > SAME_CHANCE)
                })
    }
}

/// Makes the forecasts of `targets`, which were due at `now`, and stores the new ones. A race that starts while its live
/// forecast is being made gets none.
pub(super) async fn predict(
    connection: &mut PgConnection,
    ctx: &Context,
    training: &TrainingSets,
    now: DateTime<Utc>,
    targets: Vec<PredictionTarget<'_>>,
) -> Result<RunSummary> {
    // The sprint and the Grand Prix of a weekend share a fit.
    let cutoffs: BTreeSet<(Moment, i16, i16)> =
        targets.iter().map(PredictionTarget::cutoff).collect();
    let fits: HashMap<_, Result<Fit, FitError>> = cutoffs
        .into_par_iter()
        .map(|(moment, year, round)| ((moment, year, round), training.fit(moment, year, round)))
        .collect();
    let results: Vec<Result<NewPrediction<'_>, (String, PredictionError)>> = targets
        .into_par_iter()
        .map(|target| {
            let (moment, year, round) = target.cutoff();
            let prediction = || -> Result<_, PredictionError> {
                let fit = fits[&(moment, year, round)].clone()?;
                let prediction = predictions::predict(&fit, year, target.field)?;
                Ok((fit, prediction))
            };
            match prediction() {
                Ok((fit, prediction)) => Ok(NewPrediction {
                    target,
                    fit,
                    prediction,
                }),
                Err(error) => Err((format!("round {round} of {year} at {moment}"), error)),
            }
        })
        .collect();
    let mut made = Vec::new();
    let mut summary = RunSummary::default();
    for result in results {
        match result {
            Ok(prediction) if prediction.is_new() => made.push(prediction),
            Ok(_) => {}
            Err((_, PredictionError::Fit(FitError::NotEnoughData { .. }))) => {
                summary.too_early += 1;
            }
            Err((race, error)) => summary.failed.push(format!("{race}: {error}")),
        }
    }
    let made_at = ctx.now();
    made.retain(|made| kind(now, made.target.start) == kind(made_at, made.target.start));
    stored::store(connection, &made, made_at).await?;
    summary.made = made.len();
    Ok(summary)
}
