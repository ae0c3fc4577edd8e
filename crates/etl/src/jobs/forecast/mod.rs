//! `compute_features`, `compute_predictions` and their sprint twins: one code path with the contest as a parameter.
//!
//! `stored` reads and writes the tables of forecasts.

mod stored;

use std::collections::BTreeMap;

use anyhow::Result;
use chrono::{DateTime, Utc};
use model::{Fit, FitError, Forecast};
use rayon::prelude::*;
use schema::{Contest, Moment, PredictionKind, forecasts::PredictionFeatures};
use sqlx::PgConnection;
use stored::{LastLive, Stored};

use super::{Report, Which};
use crate::{
    Context,
    dataset::{self, Weekend},
    features::{self, MOMENTS},
    forecasts::{self, CURRENT, ForecastError, Past},
    merge::{Changes, Scope, merge},
};

/// The first season with stored forecasts: five seasons of history before it.
const FIRST_SEASON: i16 = 2003;
/// A live forecast is made again only if some chance moved by more than this.
const SAME: f64 = 1e-9;
const CONTESTS: [Contest; 2] = [Contest::GrandPrix, Contest::Sprint];

impl Which {
    fn includes(self, weekend: &Weekend) -> bool {
        self.season.is_none_or(|season| season == weekend.year)
            && self.round.is_none_or(|round| round == weekend.round)
    }
}

/// Stores the features of every moment that has come, for the races of `which`.
pub async fn compute_features(ctx: &Context, contest: Contest, which: Which) -> Result<Report> {
    let mut transaction = ctx.pool.begin().await?;
    let weekends = dataset::read(&mut transaction, CURRENT.first_season).await?;
    let chosen = weekends.iter().filter(|weekend| which.includes(weekend));
    let rows = features_of(chosen, &[contest]);
    let scope = Scope::Alike(&["race_id", "contest", "moment"]);
    let changes = merge(&mut transaction, &rows, scope).await?;
    transaction.commit().await?;
    Ok(Report {
        changes,
        detail: format!("{} rows of features", changes.read),
    })
}

/// Forecasts the races of `which` from what was known, as far as they have no forecast yet.
pub async fn compute_predictions(ctx: &Context, contest: Contest, which: Which) -> Result<Report> {
    let mut transaction = ctx.pool.begin().await?;
    let weekends = dataset::read(&mut transaction, CURRENT.first_season).await?;
    let past = Past::new(CURRENT, &weekends);
    let now = ctx.now();
    let stored = Stored::read(&mut transaction, contest, which.season, now).await?;
    let targets = targets(&weekends, contest, which, now, &stored);
    let (made, skipped) = predict(&mut transaction, &past, now, contest, targets).await?;
    transaction.commit().await?;
    Ok(report(made, skipped))
}

/// Features and forecasts of everything that lacks them, newest season first, a season a transaction. `progress` is
/// told how many forecasts are made, of how many.
pub async fn fill(ctx: &Context, mut progress: impl FnMut(usize, usize)) -> Result<Report> {
    let mut transaction = ctx.pool.begin().await?;
    let weekends = dataset::read(&mut transaction, CURRENT.first_season).await?;
    let rows = features_of(weekends.iter(), &CONTESTS);
    let mut changes = merge(&mut transaction, &rows, Scope::All).await?;
    let mut due: BTreeMap<i16, Vec<(Contest, Vec<Target<'_>>)>> = BTreeMap::new();
    for contest in CONTESTS {
        let stored = Stored::read(&mut transaction, contest, None, ctx.now()).await?;
        for target in targets(&weekends, contest, Which::default(), ctx.now(), &stored) {
            let season = due.entry(target.weekend.year).or_default();
            match season.last_mut() {
                Some((same, targets)) if *same == contest => targets.push(target),
                _ => season.push((contest, vec![target])),
            }
        }
    }
    transaction.commit().await?;

    let targets_of_all = due.values().flatten().map(|(_, targets)| targets.len());
    let total = targets_of_all.sum();
    let past = Past::new(CURRENT, &weekends);
    let (mut done, mut made, mut skipped) = (0, 0, 0);
    for (_, contests) in due.into_iter().rev() {
        let mut transaction = ctx.pool.begin().await?;
        for (contest, targets) in contests {
            done += targets.len();
            let now = ctx.now();
            let (new, without) = predict(&mut transaction, &past, now, contest, targets).await?;
            made += new;
            skipped += without;
        }
        transaction.commit().await?;
        progress(done, total);
    }
    let predictions = report(made, skipped);
    changes += predictions.changes;
    Ok(Report {
        changes,
        ..predictions
    })
}

fn report(made: usize, skipped: usize) -> Report {
    let changes = Changes {
        inserted: made as u64,
        ..Changes::default()
    };
    let detail = match skipped {
        0 => format!("{made} forecasts"),
        _ => format!("{made} forecasts; {skipped} races have too little history before them"),
    };
    Report { changes, detail }
}

/// The features of every moment that has come.
fn features_of<'a>(
    weekends: impl Iterator<Item = &'a Weekend>,
    contests: &[Contest],
) -> Vec<PredictionFeatures> {
    let mut rows = Vec::new();
    for weekend in weekends {
        for contest in contests {
            for moment in MOMENTS {
                rows.extend(
                    features::at_moment(weekend, *contest, moment)
                        .into_iter()
                        .flatten(),
                );
            }
        }
    }
    rows
}

/// A forecast to make.
struct Target<'a> {
    weekend: &'a Weekend,
    moment: Moment,
    /// The scheduled start.
    start: DateTime<Utc>,
    field: Vec<PredictionFeatures>,
    /// What the last live forecast of the same moment said.
    last_live: Option<LastLive>,
}

/// A forecast made.
struct Made<'a> {
    target: Target<'a>,
    fit: Fit,
    forecast: Forecast,
}

impl Made<'_> {
    /// Whether it says something that the last live forecast did not.
    fn is_news(&self) -> bool {
        let Some(last) = &self.target.last_live else {
            return true;
        };
        last.scheduled_start != self.target.start
            || last.win.len() != self.target.field.len()
            || self
                .target
                .field
                .iter()
                .zip(&self.forecast.cars)
                .any(|(row, car)| {
                    last.win
                        .get(&row.driver_id)
                        .is_none_or(|win| (win - car.win).abs() > SAME)
                })
    }
}

/// Makes and stores the forecasts of `targets`: returns how many, and for how many the past was too short.
async fn predict(
    connection: &mut PgConnection,
    past: &Past,
    now: DateTime<Utc>,
    contest: Contest,
    targets: Vec<Target<'_>>,
) -> Result<(usize, usize)> {
    let results: Vec<Result<Made<'_>, ForecastError>> = targets
        .into_par_iter()
        .map(|target| {
            let fit = past.fit(target.moment, target.weekend.year, target.weekend.round)?;
            let forecast = forecasts::predict(&fit, contest, target.weekend.year, &target.field)?;
            Ok(Made {
                target,
                fit,
                forecast,
            })
        })
        .collect();
    let mut made = Vec::new();
    let mut skipped = 0;
    for result in results {
        match result {
            Ok(forecast) if forecast.is_news() => made.push(forecast),
            Ok(_) => {}
            Err(ForecastError::Fit(FitError::NotEnoughData { .. })) => skipped += 1,
            Err(error) => return Err(error.into()),
        }
    }
    stored::store(connection, &made, contest, now).await?;
    Ok((made.len(), skipped))
}

/// The races of `which` whose forecast is missing, or whose live forecast may have changed.
fn targets<'a>(
    weekends: &'a [Weekend],
    contest: Contest,
    which: Which,
    now: DateTime<Utc>,
    stored: &Stored,
) -> Vec<Target<'a>> {
    let mut targets = Vec::new();
    for weekend in weekends
        .iter()
        .filter(|weekend| which.includes(weekend) && weekend.year >= FIRST_SEASON)
    {
        let Some(start) = weekend.start(contest) else {
            continue;
        };
        for moment in MOMENTS {
            let key = (weekend.race, moment);
            if kind(now, start) == PredictionKind::Retrospective
                && stored.retrospective.contains(&key)
            {
                continue;
            }
            if let Some(field) = features::at_moment(weekend, contest, moment) {
                let last_live = stored.live.get(&key).cloned();
                targets.push(Target {
                    weekend,
                    moment,
                    start,
                    field,
                    last_live,
                });
            }
        }
    }
    targets
}

/// Before the scheduled start a forecast is live, from it on retrospective.
fn kind(now: DateTime<Utc>, start: DateTime<Utc>) -> PredictionKind {
    if now < start {
        PredictionKind::Live
    } else {
        PredictionKind::Retrospective
    }
}
