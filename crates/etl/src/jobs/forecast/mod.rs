//! `compute_features`, `compute_predictions` and their sprint twins: one code path with the contest as a parameter.
//!
//! `stored` reads and writes the tables of forecasts.

mod stored;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::Result;
use chrono::{DateTime, Utc};
use model::{Fit, FitError, Forecast};
use rayon::prelude::*;
use schema::{Contest, Moment, PredictionKind};
use sqlx::PgConnection;
use stored::{LastLive, Stored};

use super::{Report, Which};
use crate::{
    Context,
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

/// Stores the features of every moment that has come, for the races of `which`.
pub async fn compute_features(ctx: &Context, contest: Contest, which: Which) -> Result<Report> {
    let mut transaction = ctx.pool.begin().await?;
    let history = History::read(&mut transaction).await?;
    let chosen = history
        .iter()
        .filter(|(weekend, _)| which.includes(weekend) && weekend.year >= FIRST_SEASON);
    let rows: Vec<_> = chosen
        .flat_map(|(_, told)| told.iter())
        .filter(|field| field.contest == contest)
        .flat_map(Field::rows)
        .collect();
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
    let history = History::read(&mut transaction).await?;
    let past = Past::new(&history.weekends, &history.told);
    let now = ctx.now();
    let stored = Stored::read(&mut transaction, which.season, now).await?;
    let mut targets = targets(&history, which, now, &stored);
    targets.retain(|target| target.field.contest == contest);
    let (made, skipped) = predict(&mut transaction, &past, now, targets).await?;
    transaction.commit().await?;
    Ok(report(made, skipped))
}

/// Features and forecasts of everything that lacks them, newest season first, a season a transaction. `progress` is
/// told how many forecasts are made, of how many.
pub async fn fill(ctx: &Context, mut progress: impl FnMut(usize, usize)) -> Result<Report> {
    let mut transaction = ctx.pool.begin().await?;
    let history = History::read(&mut transaction).await?;
    let rows: Vec<_> = history
        .iter()
        .filter(|(weekend, _)| weekend.year >= FIRST_SEASON)
        .flat_map(|(_, told)| told.iter())
        .flat_map(Field::rows)
        .collect();
    let mut changes = merge(&mut transaction, &rows, Scope::All).await?;
    let stored = Stored::read(&mut transaction, None, ctx.now()).await?;
    transaction.commit().await?;
    let mut due: BTreeMap<i16, Vec<Target<'_>>> = BTreeMap::new();
    for target in targets(&history, Which::default(), ctx.now(), &stored) {
        due.entry(target.weekend.year).or_default().push(target);
    }
    let total = due.values().map(Vec::len).sum();
    let past = Past::new(&history.weekends, &history.told);
    let (mut done, mut made, mut skipped) = (0, 0, 0);
    for (_, targets) in due.into_iter().rev() {
        let mut transaction = ctx.pool.begin().await?;
        done += targets.len();
        let (new, without) = predict(&mut transaction, &past, ctx.now(), targets).await?;
        transaction.commit().await?;
        made += new;
        skipped += without;
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

/// A forecast to make.
struct Target<'a> {
    weekend: &'a Weekend,
    /// The scheduled start.
    start: DateTime<Utc>,
    field: &'a Field,
    /// What the last live forecast of the same moment said.
    last_live: Option<LastLive>,
}

impl Target<'_> {
    fn cutoff(&self) -> (Moment, i16, i16) {
        (self.field.moment, self.weekend.year, self.weekend.round)
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

/// Makes and stores the forecasts of `targets`: returns how many, and for how many the past was too short.
async fn predict(
    connection: &mut PgConnection,
    past: &Past,
    now: DateTime<Utc>,
    targets: Vec<Target<'_>>,
) -> Result<(usize, usize)> {
    // The sprint and the Grand Prix of a weekend share a fit.
    let cutoffs: BTreeSet<(Moment, i16, i16)> = targets.iter().map(Target::cutoff).collect();
    let fits: HashMap<_, Result<Fit, FitError>> = cutoffs
        .into_par_iter()
        .map(|(moment, year, round)| ((moment, year, round), past.fit(moment, year, round)))
        .collect();
    let results: Vec<Result<Made<'_>, ForecastError>> = targets
        .into_par_iter()
        .map(|target| {
            let fit = fits[&target.cutoff()].clone()?;
            let forecast = forecasts::predict(&fit, target.weekend.year, target.field)?;
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
    stored::store(connection, &made, now).await?;
    Ok((made.len(), skipped))
}

/// The races of `which` whose forecast is missing, or whose live forecast may have changed.
fn targets<'a>(
    history: &'a History,
    which: Which,
    now: DateTime<Utc>,
    stored: &Stored,
) -> Vec<Target<'a>> {
    let mut targets = Vec::new();
    for (weekend, told) in history.iter() {
        if !which.includes(weekend) || weekend.year < FIRST_SEASON {
            continue;
        }
        for field in told.iter() {
            let Some(start) = weekend.start(field.contest) else {
                continue;
            };
            let key = (weekend.race, field.contest, field.moment);
            let due = match kind(now, start) {
                PredictionKind::Live => is_newest_knowledge(weekend, field),
                PredictionKind::Retrospective => {
                    knows_qualifying(field.moment) && !stored.retrospective.contains(&key)
                }
            };
            if due {
                targets.push(Target {
                    weekend,
                    start,
                    field,
                    last_live: stored.live.get(&key).cloned(),
                });
            }
        }
    }
    targets
}

/// Retrospective forecasts are made where qualifying is over; the earlier moments are only forecast live.
const fn knows_qualifying(moment: Moment) -> bool {
    matches!(moment, Moment::QualifyingOrder | Moment::OfficialGrid)
}

/// Whether a live forecast at this moment would still be news: nothing that the moment did not know may have happened.
fn is_newest_knowledge(weekend: &Weekend, field: &Field) -> bool {
    let practised = weekend
        .practice
        .iter()
        .any(|session| !session.gaps.is_empty());
    let qualified = weekend
        .grand_prix
        .iter()
        .any(|car| car.qualifying.is_some() || car.grid.is_some());
    match field.moment {
        Moment::BeforeWeekend => !practised && !qualified,
        Moment::BeforeQualifying => practised && !qualified,
        Moment::QualifyingOrder | Moment::OfficialGrid => true,
    }
}

/// Before the scheduled start a forecast is live, from it on retrospective.
fn kind(now: DateTime<Utc>, start: DateTime<Utc>) -> PredictionKind {
    if now < start {
        PredictionKind::Live
    } else {
        PredictionKind::Retrospective
    }
}
