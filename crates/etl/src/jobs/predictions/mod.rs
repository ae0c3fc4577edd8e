//! `compute_features`, `compute_predictions` and their sprint twins: one code path with the contest as a parameter.
//!
//! `targets` decides which forecasts are due, `run` makes them, `stored` reads and writes their tables.

mod history;
mod run;
mod stored;
mod targets;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use schema::{Contest, RaceId};
use sqlx::PgConnection;

pub use self::history::History;
use self::{
    run::{RunSummary, predict},
    stored::StoredPredictions,
    targets::{PredictionTarget, targets},
};
use super::{Report, Which};
use crate::{
    Context,
    dataset::Weekend,
    features::Field,
    merge::{Scope, merge},
    predictions::TrainingSets,
};

/// The first season with stored features and forecasts; the training data has five seasons before it.
pub const FIRST_SEASON: i16 = 2003;

/// Stores the features of every moment so far, for the races of `which`.
pub async fn compute_features(ctx: &Context, contest: Contest, which: Which) -> Result<Report> {
    let mut transaction = ctx.begin().await?;
    let history = History::read(&mut transaction).await?;
    let chosen = history
        .iter()
        .filter(|(weekend, _)| which.includes(weekend) && weekend.year >= FIRST_SEASON);
    let rows: Vec<_> = chosen
        .flat_map(|(_, fields)| fields.iter())
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

/// Makes the forecasts of `which` that are due.
pub async fn compute_predictions(ctx: &Context, contest: Contest, which: Which) -> Result<Report> {
    let mut transaction = ctx.begin().await?;
    let history = History::read(&mut transaction).await?;
    let training = TrainingSets::new(&history.weekends, &history.fields);
    let now = ctx.now();
    let stored = StoredPredictions::read(&mut transaction, which.season, now).await?;
    let mut targets = targets(&history, which, now, &stored);
    targets.retain(|target| target.field.contest == contest);
    let summary = predict(&mut transaction, ctx, &training, now, targets).await?;
    transaction.commit().await?;
    summary.report()
}

/// The races that [`refresh`] computes anew.
#[derive(Debug, Clone)]
pub struct RefreshScope {
    /// Races without a result in this season and later ones.
    pub season: i16,
    /// A race that is included even if it has a result.
    pub race: Option<RaceId>,
    /// Contests of that race that are forecast even if they have started.
    pub late: Vec<Contest>,
}

/// What [`refresh`] wrote for one contest.
pub struct ContestReports {
    /// Grand Prix or sprint.
    pub contest: Contest,
    /// Rows of features.
    pub features: Report,
    /// New forecasts.
    pub predictions: Report,
}

/// Computes the features of the races in `scope` anew, and makes the forecasts that are due and differ from the last ones.
/// A race that cannot be forecast is an error, unless it has too few races before it.
pub async fn refresh(
    connection: &mut PgConnection,
    ctx: &Context,
    scope: &RefreshScope,
) -> Result<Vec<ContestReports>> {
    let now = ctx.now();
    let history = History::read(connection).await?;
    let training = TrainingSets::new(&history.weekends, &history.fields);
    let stored = StoredPredictions::read(connection, None, now).await?;
    let is_ahead = |weekend: &Weekend| {
        let open = weekend.year >= scope.season && weekend.result(Contest::GrandPrix).is_empty();
        open || scope.race == Some(weekend.race)
    };
    let mut refreshed = Vec::new();
    for contest in [Contest::GrandPrix, Contest::Sprint] {
        let rows: Vec<_> = history
            .iter()
            .filter(|(weekend, _)| is_ahead(weekend))
            .flat_map(|(_, fields)| fields.iter())
            .filter(|field| field.contest == contest)
            .flat_map(Field::rows)
            .collect();
        let changes = merge(connection, &rows, Scope::Alike(&["race_id", "contest"])).await?;
        let features = Report::of(changes, format!("{} rows of features", changes.read));
        let mut targets = targets(&history, Which::default(), now, &stored);
        targets.retain(|target| {
            let late = scope.race == Some(target.weekend.race) && scope.late.contains(&contest);
            target.field.contest == contest && (now < target.start || late)
        });
        let summary = predict(connection, ctx, &training, now, targets).await?;
        ensure!(
            summary.failed.is_empty(),
            "no forecast could be made: {}",
            summary.failed.join("; ")
        );
        refreshed.push(ContestReports {
            contest,
            features,
            predictions: summary.report()?,
        });
    }
    Ok(refreshed)
}

/// Computes all features and the forecasts that are missing, newest season first, one transaction per season. `progress` is
/// called with the number of forecasts made and their total.
pub async fn compute_all(ctx: &Context, mut progress: impl FnMut(usize, usize)) -> Result<Report> {
    let mut transaction = ctx.begin().await?;
    let history = History::read(&mut transaction).await?;
    let rows: Vec<_> = history
        .iter()
        .filter(|(weekend, _)| weekend.year >= FIRST_SEASON)
        .flat_map(|(_, fields)| fields.iter())
        .flat_map(Field::rows)
        .collect();
    let mut changes = merge(&mut transaction, &rows, Scope::All).await?;
    let now = ctx.now();
    let stored = StoredPredictions::read(&mut transaction, None, now).await?;
    transaction.commit().await?;
    let mut due: BTreeMap<i16, Vec<PredictionTarget<'_>>> = BTreeMap::new();
    for target in targets(&history, Which::default(), now, &stored) {
        due.entry(target.weekend.year).or_default().push(target);
    }
    let total = due.values().map(Vec::len).sum();
    let training = TrainingSets::new(&history.weekends, &history.fields);
    let (mut done, mut all) = (0, RunSummary::default());
    for (_, targets) in due.into_iter().rev() {
        let mut transaction = ctx.begin().await?;
        done += targets.len();
        all += predict(&mut transaction, ctx, &training, now, targets).await?;
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
