//! Walk-forward scores against baselines: what the model would have said before every race, and how good it was.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use model::{
    Specification,
    distribution::Positions,
    evaluate::{self, Outcome, Scores},
};
use rayon::prelude::*;
use schema::{Contest, Moment};
use serde::Serialize;
use sqlx::PgPool;

use crate::{
    dataset::{self, Weekend},
    features,
    forecasts::{self, ForecastError, Past},
};

/// The scores of a walk-forward run.
#[derive(Debug, Serialize)]
pub struct Backtest {
    /// Races scored.
    pub races: usize,
    /// What the forecasts knew.
    pub moment: &'static str,
    /// Wins of the car in first place on the grid (at `qualifying_order`: in qualifying).
    pub pole_wins: usize,
    /// Mean scores by model, baselines included.
    pub models: BTreeMap<&'static str, ModelScores>,
}

/// Mean scores of one model.
#[derive(Debug, Serialize)]
pub struct ModelScores {
    /// Mean minus log chance given to the winner.
    pub win_log_score: f64,
    /// Mean squared error of the chances to win, summed over cars.
    pub win_brier: f64,
    /// Share of races the favourite won.
    pub top1: f64,
    /// Mean binary log score of podium chances.
    pub podium_log_score: f64,
    /// Mean squared error of the chances of the first ten.
    pub points_brier: f64,
    /// Mean rank correlation of expected and actual places.
    pub spearman: f64,
    /// Mean ranked probability score of the place distributions.
    pub rps: f64,
}

impl From<Scores> for ModelScores {
    fn from(scores: Scores) -> Self {
        let Scores {
            win_log_score,
            win_brier,
            top1,
            podium_log_score,
            points_brier,
            spearman,
            rps,
        } = scores;
        Self {
            win_log_score,
            win_brier,
            top1,
            podium_log_score,
            points_brier,
            spearman,
            rps,
        }
    }
}

/// The models a backtest compares: the one in service first, then baselines.
pub const MODELS: [Specification; 2] = [forecasts::CURRENT, model::GRID];

/// Scores the forecasts of `contest` of the seasons `from..=to` at `moment`, by all models or only `only`.
pub async fn run(
    pool: &PgPool,
    (from, to): (i16, i16),
    contest: Contest,
    moment: Moment,
    only: Option<&str>,
) -> Result<Backtest> {
    ensure!(
        features::MOMENTS.contains(&moment),
        "no model forecasts at {moment} yet"
    );
    ensure!(
        only.is_none_or(|name| MODELS.iter().any(|model| model.name == name)),
        "there is no such model; there are: {}",
        MODELS.map(|model| model.name).join(", ")
    );
    let first = MODELS
        .iter()
        .map(|model| model.first_season)
        .min()
        .unwrap_or(from);
    let weekends = dataset::read(&mut *pool.acquire().await?, first).await?;
    tokio::task::spawn_blocking(move || score_all(&weekends, (from, to), contest, moment))
        .await?
        .map(|mut all| {
            if let Some(name) = only {
                all.models.retain(|model, _| *model == name);
            }
            all
        })
}

fn score_all(
    weekends: &[Weekend],
    (from, to): (i16, i16),
    contest: Contest,
    moment: Moment,
) -> Result<Backtest> {
    let scored: Vec<&Weekend> = weekends
        .iter()
        .filter(|weekend| (from..=to).contains(&weekend.year))
        .filter(|weekend| score_uniform(weekend, contest).is_some())
        .filter(|weekend| features::at_moment(weekend, contest, moment).is_some())
        .collect();
    ensure!(
        !scored.is_empty(),
        "no race of {from} to {to} has a result and the features of {moment}"
    );
    let mut models = BTreeMap::new();
    for specification in MODELS {
        let past = Past::new(specification, weekends);
        let races: Vec<Scores> = scored
            .par_iter()
            .filter_map(|weekend| score_one(&past, weekend, contest, moment).transpose())
            .collect::<Result<Vec<_>, _>>()?;
        models.insert(specification.name, evaluate::mean(&races).into());
    }
    let uniform: Vec<Scores> = scored
        .iter()
        .filter_map(|weekend| score_uniform(weekend, contest))
        .collect();
    models.insert("uniform", evaluate::mean(&uniform).into());
    let pole_wins = scored
        .iter()
        .filter(|weekend| pole_won(weekend, contest, moment))
        .count();
    Ok(Backtest {
        races: scored.len(),
        moment: moment.as_str(),
        pole_wins,
        models,
    })
}

fn score_one(
    past: &Past,
    weekend: &Weekend,
    contest: Contest,
    moment: Moment,
) -> Result<Option<Scores>, ForecastError> {
    let field = features::at_moment(weekend, contest, moment).unwrap_or_default();
    let fit = past.fit(moment, weekend.year, weekend.round)?;
    let forecast = forecasts::predict(&fit, contest, weekend.year, &field)?;
    Ok(forecasts::score(
        weekend.sessions(contest),
        &field,
        &forecast,
    ))
}

/// Every place equally likely. Its favourite and its order are a draw: their expectation stands for them.
fn score_uniform(weekend: &Weekend, contest: Contest) -> Option<Scores> {
    let result = &weekend.sessions(contest).result;
    let positions = Positions::uniform(result.len());
    let outcome = Outcome {
        positions: (0..result.len()).map(|car| positions.car(car)).collect(),
        classified: result.iter().map(|car| car.classified).collect(),
    };
    let scores = evaluate::score(&outcome)?;
    Some(Scores {
        top1: 1.0 / result.len() as f64,
        spearman: 0.0,
        ..scores
    })
}

fn pole_won(weekend: &Weekend, contest: Contest, moment: Moment) -> bool {
    let first = features::at_moment(weekend, contest, moment)
        .and_then(|field| field.first().map(|car| car.driver_id));
    let winner = weekend
        .sessions(contest)
        .result
        .first()
        .map(|car| car.driver);
    first == winner
}
