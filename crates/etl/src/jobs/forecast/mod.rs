//! `compute_features`, `compute_predictions` and their sprint twins: one code path with the contest as a parameter.
//!
//! `targets` says which forecasts are to be made; `stored` reads and writes the tables of forecasts.

mod stored;
mod targets;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::AddAssign,
};

use anyhow::{Result, ensure};
use chrono::{DateTime, Utc};
use model::{Fit, FitError, Forecast};
use rayon::prelude::*;
use schema::{Contest, Moment, RaceId};
use sqlx::{PgConnection, PgPool};
use stored::Stored;
use targets::{Target, kind, targets};

use super::Report;
use crate::{
    Context, RaceFilter,
    dataset::{self, Weekend},
    features::{self, Field, Fields},
    forecasts::{self, ForecastError, Past},
    merge::{Changes, Scope, merge},
};

/// The first season with stored features and forecasts: five seasons of history before it.
pub const FIRST_SEASON: i16 = 2003;
/// A live forecast is made again only if some chance moved by more than this.
const SAME: f64 = 1e-9;

/// The weekends, and what the model is told of each at every moment.
pub struct History {
    /// In the order of the calendar.
    pub weekends: Vec<Weekend>,
    /// One a weekend.
    pub told: Vec<Fields>,
}

impl History {
    /// The same in a transaction of its own, of one instant.
    pub async fn snapshot(pool: &PgPool) -> Result<Self> {
        let mut transaction = pool
            .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            .await?;
        Self::read(&mut transaction).await
    }

    /// Reads and walks through all that the state is built from.
    pub async fn read(connection: &mut PgConnection) -> Result<Self> {
        let weekends = dataset::read(connection, model::state::FIRST_SEASON).await?;
        tokio::task::spawn_blocking(|| {
            let told = features::walk(&weekends);
            Ok(Self { weekends, told })
        })
        .await?
    }

    fn iter(&self) -> impl Iterator<Item = (&Weekend, &Fields)> {
        self.weekends.iter().zip(&self.told)
    }
}

/// Stores the features of every moment that has come, for the races of `filter`.
pub async fn compute_features(
    ctx: &Context,
    contest: Contest,
    filter: RaceFilter,
) -> Result<Report> {
    let mut transaction = ctx.begin().await?;
    let history = History::read(&mut transaction).await?;
    let chosen = history.iter().filter(|(weekend, _)| {
        filter.includes(weekend.year, weekend.round) && weekend.year >= FIRST_SEASON
    });
    let rows: Vec<_> = chosen
        .flat_map(|(_, told)| told.iter())
        .filter(|field| field.contest == contest)
        .flat_map(Field::rows)
        .collect();
    let scope = Scope::Alike(&["race_id", "contest"]);
    let changes = merge(&mut transaction, &rows, scope).await?;
    transaction.commit().await?;
    Ok(Report::of(
        changes,
        format!("{} rows of features", changes.read),
    ))
}

/// Forecasts the races of `filter` from what was known, as far as they have no forecast yet.
pub async fn compute_predictions(
    ctx: &Context,
    contest: Contest,
    filter: RaceFilter,
) -> Result<Report> {
    let mut transaction = ctx.begin().await?;
    let history = History::read(&mut transaction).await?;
    let past = Past::new(&history.weekends, &history.told);
    let now = ctx.now();
    let stored = Stored::read(&mut transaction, filter.season, now).await?;
    let mut targets = targets(&history, filter, now, &stored);
    targets.retain(|target| target.field.contest == contest);
    let outcome = predict(&mut transaction, ctx, &past, now, targets).await?;
    transaction.commit().await?;
    outcome.report()
}

/// What lies ahead in a season.
#[derive(Debug, Clone)]
pub struct Ahead {
    /// The season, and those after it.
    pub season: i16,
    /// A race whose features are wanted even if it is over.
    pub race: Option<RaceId>,
    /// Contests of that race that are forecast even if they have begun.
    pub late: Vec<Contest>,
}

/// Features and forecasts of one contest.
pub struct Refreshed {
    /// Which.
    pub contest: Contest,
    /// Rows of features that differed.
    pub features: Report,
    /// Forecasts that were made.
    pub predictions: Report,
}

/// Computes anew what is told of the races ahead, and makes the forecasts that are news. A race that cannot be forecast
/// is an error, unless there is too little history before it.
pub async fn refresh(
    connection: &mut PgConnection,
    ctx: &Context,
    ahead: &Ahead,
) -> Result<Vec<Refreshed>> {
    let now = ctx.now();
    let history = History::read(connection).await?;
    let past = Past::new(&history.weekends, &history.told);
    let stored = Stored::read(connection, None, now).await?;
    let is_ahead = |weekend: &Weekend| {
        let open = weekend.year >= ahead.season && weekend.result(Contest::GrandPrix).is_empty();
        open || ahead.race == Some(weekend.race)
    };
    let mut refreshed = Vec::new();
    for contest in [Contest::GrandPrix, Contest::Sprint] {
        let rows: Vec<_> = history
            .iter()
            .filter(|(weekend, _)| is_ahead(weekend))
            .flat_map(|(_, told)| told.iter())
            .filter(|field| field.contest == contest)
            .flat_map(Field::rows)
            .collect();
        let changes = merge(connection, &rows, Scope::Alike(&["race_id", "contest"])).await?;
        let features = Report::of(changes, format!("{} rows of features", changes.read));
        let mut targets = targets(&history, RaceFilter::ALL, now, &stored);
        targets.retain(|target| {
            let late = ahead.race == Some(target.weekend.race) && ahead.late.contains(&contest);
            target.field.contest == contest && (now < target.start || late)
        });
        let outcome = predict(connection, ctx, &past, now, targets).await?;
        ensure!(
            outcome.failed.is_empty(),
            "no forecast could be made: {}",
            outcome.failed.join("; ")
        );
        refreshed.push(Refreshed {
            contest,
            features,
            predictions: outcome.report()?,
        });
    }
    Ok(refreshed)
}

/// Features and forecasts of everything that lacks them, newest season first, a season a transaction. `progress` is
/// told how many forecasts are made, of how many.
pub async fn fill(ctx: &Context, mut progress: impl FnMut(usize, usize)) -> Result<Report> {
    let mut transaction = ctx.begin().await?;
    let history = History::read(&mut transaction).await?;
    let rows: Vec<_> = history
        .iter()
        .filter(|(weekend, _)| weekend.year >= FIRST_SEASON)
        .flat_map(|(_, told)| told.iter())
        .flat_map(Field::rows)
        .collect();
    let mut changes = merge(&mut transaction, &rows, Scope::All).await?;
    let now = ctx.now();
    let stored = Stored::read(&mut transaction, None, now).await?;
    transaction.commit().await?;
    let mut due: BTreeMap<i16, Vec<Target<'_>>> = BTreeMap::new();
    for target in targets(&history, RaceFilter::ALL, now, &stored) {
        due.entry(target.weekend.year).or_default().push(target);
    }
    let total = due.values().map(Vec::len).sum();
    let past = Past::new(&history.weekends, &history.told);
    let (mut done, mut all) = (0, Outcome::default());
    for (_, targets) in due.into_iter().rev() {
        let mut transaction = ctx.begin().await?;
        done += targets.len();
        all += predict(&mut transaction, ctx, &past, now, targets).await?;
        transaction.commit().await?;
        progress(done, total);
    }
    let predictions = all.report()?;
    changes += predictions.changes;
    Ok(Report {
        changes,
        ..predictions
    })
}

/// What came of the forecasts that were due.
#[derive(Default)]
struct Outcome {
    made: usize,
    /// With too little history before them.
    too_early: usize,
    /// Of one race each, and why.
    failed: Vec<String>,
}

impl AddAssign for Outcome {
    fn add_assign(&mut self, other: Self) {
        self.made += other.made;
        self.too_early += other.too_early;
        self.failed.extend(other.failed);
    }
}

impl Outcome {
    /// A race that cannot be forecast does not hold up the others, but is named; only if there is nothing else it is an
    /// error.
    fn report(self) -> Result<Report> {
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
            || last.win.len() != self.target.field.cars.len()
            || self
                .target
                .field
                .cars
                .iter()
                .zip(&self.forecast.cars)
                .any(|(told, car)| {
                    last.win
                        .get(&told.driver)
                        .is_none_or(|win| (win - car.win).abs() > SAME)
                })
    }
}

/// Makes and stores the forecasts of `targets`, which were due at `now`. A race that starts while its live forecast is
/// made gets none.
async fn predict(
    connection: &mut PgConnection,
    ctx: &Context,
    past: &Past,
    now: DateTime<Utc>,
    targets: Vec<Target<'_>>,
) -> Result<Outcome> {
    // The sprint and the Grand Prix of a weekend share a fit.
    let cutoffs: BTreeSet<(Moment, i16, i16)> = targets.iter().map(Target::cutoff).collect();
    let fits: HashMap<_, Result<Fit, FitError>> = cutoffs
        .into_par_iter()
        .map(|(moment, year, round)| ((moment, year, round), past.fit(moment, year, round)))
        .collect();
    let results: Vec<Result<Made<'_>, (String, ForecastError)>> = targets
        .into_par_iter()
        .map(|target| {
            let (moment, year, round) = target.cutoff();
            let forecast = || -> Result<_, ForecastError> {
                let fit = fits[&(moment, year, round)].clone()?;
                let forecast = forecasts::predict(&fit, year, target.field)?;
                Ok((fit, forecast))
            };
            match forecast() {
                Ok((fit, forecast)) => Ok(Made {
                    target,
                    fit,
                    forecast,
                }),
                Err(error) => Err((format!("round {round} of {year} at {moment}"), error)),
            }
        })
        .collect();
    let mut made = Vec::new();
    let mut outcome = Outcome::default();
    for result in results {
        match result {
            Ok(forecast) if forecast.is_news() => made.push(forecast),
            Ok(_) => {}
            Err((_, ForecastError::Fit(FitError::NotEnoughData { .. }))) => outcome.too_early += 1,
            Err((race, error)) => outcome.failed.push(format!("{race}: {error}")),
        }
    }
    let made_at = ctx.now();
    made.retain(|made| kind(now, made.target.start) == kind(made_at, made.target.start));
    stored::store(connection, &made, made_at).await?;
    outcome.made = made.len();
    Ok(outcome)
}
