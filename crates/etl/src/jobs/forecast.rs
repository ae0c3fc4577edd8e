//! `compute_features`, `compute_predictions` and their sprint twins: one code path with the contest as a parameter.

use std::collections::{BTreeMap, HashMap, HashSet};

use anyhow::{Context as _, Result};
use chrono::{DateTime, Utc};
use model::{Fit, FitError, Forecast};
use rayon::prelude::*;
use schema::{
    Contest, DriverId, ModelFitId, Moment, PredictionKind, RaceId, Table as _,
    forecasts::{Prediction, PredictionDriver, PredictionFeatures},
};
use serde_json::json;
use sqlx::PgConnection;

use super::Report;
use crate::{
    Context,
    dataset::{self, Weekend},
    features::{self, MOMENTS},
    forecasts::{self, CURRENT, ForecastError, Past},
    merge::{Changes, Scope, copy, merge},
};

/// The first season with stored forecasts: five seasons of history before it.
const FIRST_SEASON: i16 = 2003;
/// A live forecast is made again only if some chance moved by more than this.
const SAME: f64 = 1e-9;
const CONTESTS: [Contest; 2] = [Contest::GrandPrix, Contest::Sprint];

/// Which races a job is about; `None` means all.
#[derive(Debug, Clone, Copy, Default)]
pub struct Which {
    /// Season.
    pub season: Option<i16>,
    /// Round.
    pub round: Option<i16>,
}

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
    let changes = store_features(&mut transaction, &weekends, contest, which).await?;
    transaction.commit().await?;
    Ok(Report {
        changes,
        requests: 0,
        detail: format!("{} rows of features", changes.read),
    })
}

/// Forecasts the races of `which` from what was known, as far as they have no forecast yet.
pub async fn compute_predictions(ctx: &Context, contest: Contest, which: Which) -> Result<Report> {
    let mut transaction = ctx.pool.begin().await?;
    let weekends = dataset::read(&mut transaction, CURRENT.first_season).await?;
    let past = Past::new(CURRENT, &weekends);
    let stored = Stored::read(&mut transaction, contest, which.season).await?;
    let targets = targets(&weekends, contest, which, ctx.now(), &stored);
    let (made, skipped) = predict(&mut transaction, &past, ctx.now(), contest, targets).await?;
    transaction.commit().await?;
    Ok(report(made, skipped))
}

/// Features and forecasts of everything that lacks them, newest season first, a season a transaction. `progress` is
/// told how many forecasts are made, of how many.
pub async fn fill(ctx: &Context, mut progress: impl FnMut(usize, usize)) -> Result<Report> {
    let mut transaction = ctx.pool.begin().await?;
    let weekends = dataset::read(&mut transaction, CURRENT.first_season).await?;
    let mut changes = Changes::default();
    let mut due: BTreeMap<i16, Vec<(Contest, Vec<Target<'_>>)>> = BTreeMap::new();
    for contest in CONTESTS {
        changes += store_features(&mut transaction, &weekends, contest, Which::default()).await?;
        let stored = Stored::read(&mut transaction, contest, None).await?;
        for target in targets(&weekends, contest, Which::default(), ctx.now(), &stored) {
            let season = due.entry(target.weekend.year).or_default();
            match season.last_mut() {
                Some((same, targets)) if *same == contest => targets.push(target),
                _ => season.push((contest, vec![target])),
            }
        }
    }
    transaction.commit().await?;

    let total = due
        .values()
        .flatten()
        .map(|(_, targets)| targets.len())
        .sum();
    let past = Past::new(CURRENT, &weekends);
    let (mut done, mut made, mut skipped) = (0, 0, 0);
    for (_, contests) in due.into_iter().rev() {
        let mut transaction = ctx.pool.begin().await?;
        for (contest, targets) in contests {
            done += targets.len();
            let (new, without) =
                predict(&mut transaction, &past, ctx.now(), contest, targets).await?;
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
    Report {
        changes,
        requests: 0,
        detail,
    }
}

async fn store_features(
    connection: &mut PgConnection,
    weekends: &[Weekend],
    contest: Contest,
    which: Which,
) -> Result<Changes> {
    let rows: Vec<PredictionFeatures> = weekends
        .iter()
        .filter(|weekend| which.includes(weekend))
        .flat_map(|weekend| {
            MOMENTS
                .iter()
                .filter_map(move |moment| features::at_moment(weekend, contest, *moment))
        })
        .flatten()
        .collect();
    let staged = format!("staged_{}", PredictionFeatures::NAME);
    let scope = Scope::Alike(&["race_id", "contest", "moment"]);
    let changes = merge(connection, &rows, scope).await?;
    // The next contest of the same transaction stages its own.
    sqlx::query(sqlx::AssertSqlSafe(format!("DROP TABLE {staged}")))
        .execute(connection)
        .await?;
    Ok(changes)
}

/// A forecast to make.
struct Target<'a> {
    weekend: &'a Weekend,
    moment: Moment,
    kind: PredictionKind,
    field: Vec<PredictionFeatures>,
    /// What the last live forecast of the same moment said.
    last_live: Option<HashMap<DriverId, f64>>,
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
        last.len() != self.target.field.len()
            || self
                .target
                .field
                .iter()
                .zip(&self.forecast.cars)
                .any(|(row, car)| {
                    last.get(&row.driver_id)
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
    store(connection, &made, contest, now).await?;
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
        let kind = if now < start {
            PredictionKind::Live
        } else {
            PredictionKind::Retrospective
        };
        for moment in MOMENTS {
            let key = (weekend.race, moment);
            if kind == PredictionKind::Retrospective && stored.retrospective.contains(&key) {
                continue;
            }
            if let Some(field) = features::at_moment(weekend, contest, moment) {
                let last_live = stored
                    .live
                    .get(&key)
                    .filter(|_| kind == PredictionKind::Live)
                    .cloned();
                targets.push(Target {
                    weekend,
                    moment,
                    kind,
                    field,
                    last_live,
                });
            }
        }
    }
    targets
}

/// Forecasts of the current model that are in the database.
struct Stored {
    retrospective: HashSet<(RaceId, Moment)>,
    /// The chances to win of the last live one.
    live: HashMap<(RaceId, Moment), HashMap<DriverId, f64>>,
}

impl Stored {
    async fn read(
        connection: &mut PgConnection,
        contest: Contest,
        season: Option<i16>,
    ) -> Result<Self> {
        let rows = sqlx::query!(
            r#"SELECT p.race_id, p.moment AS "moment: Moment"
               FROM predictions p JOIN model_fits f ON f.id = p.model_fit_id JOIN races r ON r.id = p.race_id
               WHERE p.contest = $1 AND p.kind = 'retrospective' AND f.model = $2 AND f.version = $3
                 AND ($4::smallint IS NULL OR r.year = $4)"#,
            contest as Contest,
            CURRENT.name,
            CURRENT.version,
            season,
        )
        .fetch_all(&mut *connection)
        .await?;
        let retrospective = rows
            .into_iter()
            .map(|row| (RaceId(row.race_id), row.moment))
            .collect();
        let rows = sqlx::query!(
            r#"SELECT p.race_id, p.moment AS "moment: Moment", d.driver_id, d.win AS "win!: f64"
               FROM (SELECT DISTINCT ON (p.race_id, p.moment) p.* FROM predictions p
                     JOIN model_fits f ON f.id = p.model_fit_id JOIN races r ON r.id = p.race_id
                     WHERE p.contest = $1 AND p.kind = 'live' AND f.model = $2 AND f.version = $3
                       AND ($4::smallint IS NULL OR r.year = $4)
                     ORDER BY p.race_id, p.moment, p.made_at DESC, p.id DESC) p
               JOIN prediction_drivers d ON d.prediction_id = p.id AND d.contest = p.contest"#,
            contest as Contest,
            CURRENT.name,
            CURRENT.version,
            season,
        )
        .fetch_all(connection)
        .await?;
        let mut live: HashMap<_, HashMap<DriverId, f64>> = HashMap::new();
        for row in rows {
            live.entry((RaceId(row.race_id), row.moment))
                .or_default()
                .insert(DriverId(row.driver_id), row.win);
        }
        Ok(Self {
            retrospective,
            live,
        })
    }
}

async fn store(
    connection: &mut PgConnection,
    made: &[Made<'_>],
    contest: Contest,
    now: DateTime<Utc>,
) -> Result<()> {
    if made.is_empty() {
        return Ok(());
    }
    let fits = store_fits(connection, made).await?;
    let release_tag = sqlx::query_scalar!("SELECT release_tag FROM raw_responses WHERE release_tag IS NOT NULL ORDER BY fetched_at DESC, id DESC LIMIT 1")
        .fetch_optional(&mut *connection)
        .await?
        .flatten();
    let ids = sqlx::query_scalar!(
        r#"SELECT nextval('predictions_id_seq') AS "id!" FROM generate_series(1, $1)"#,
        i32::try_from(made.len())?
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut predictions = Vec::with_capacity(made.len());
    let mut drivers = Vec::new();
    for ((made, id), model_fit_id) in made.iter().zip(ids).zip(fits) {
        let Made {
            target, forecast, ..
        } = made;
        let (inputs_used, inputs_missing) = features::inputs(target.moment, &target.field);
        predictions.push(Prediction {
            id,
            contest,
            race_id: target.weekend.race,
            moment: target.moment,
            kind: target.kind,
            model_fit_id,
            made_at: now,
            cutoff_at: (target.kind == PredictionKind::Live).then_some(now),
            release_tag: release_tag.clone(),
            inputs_used,
            inputs_missing,
        });
        for (row, car) in target.field.iter().zip(&forecast.cars) {
            let groups: BTreeMap<&str, f64> = car
                .contributions
                .iter()
                .map(|(group, value)| (group.as_str(), *value))
                .collect();
            drivers.push(PredictionDriver {
                prediction_id: id,
                contest,
                driver_id: row.driver_id,
                team_id: row.team_id,
                grid: row.grid,
                win: car.win,
                podium: car.podium,
                points: car.points,
                dnf: car.dnf,
                expected_position: car.expected_position,
                positions: car.positions.clone(),
                contributions: json!(groups).to_string(),
            });
        }
    }
    copy(connection, Prediction::NAME, &predictions)
        .await
        .context("cannot store forecasts")?;
    copy(connection, PredictionDriver::NAME, &drivers)
        .await
        .context("cannot store forecasts")
}

/// Stores the fits, each once, and returns their ids in the order of `made`.
async fn store_fits(connection: &mut PgConnection, made: &[Made<'_>]) -> Result<Vec<ModelFitId>> {
    let parameters: Vec<serde_json::Value> =
        made.iter().map(|made| parameters(&made.fit)).collect();
    let moments: Vec<&str> = made
        .iter()
        .map(|made| made.target.moment.as_str())
        .collect();
    let years: Vec<i16> = made.iter().map(|made| made.target.weekend.year).collect();
    let rounds: Vec<i16> = made.iter().map(|made| made.target.weekend.round).collect();
    let races = made
        .iter()
        .map(|made| i32::try_from(made.fit.races))
        .collect::<Result<Vec<_>, _>>()?;
    let rows = made
        .iter()
        .map(|made| i32::try_from(made.fit.rows))
        .collect::<Result<Vec<_>, _>>()?;
    let likelihoods: Vec<f64> = made.iter().map(|made| made.fit.log_likelihood).collect();
    sqlx::query!(
        "INSERT INTO model_fits (model, version, moment, before_year, before_round, parameters, races, rows, log_likelihood)
         SELECT $1, $2, moment::moment, year, round, parameters, races, rows, log_likelihood
         FROM unnest($3::text[], $4::smallint[], $5::smallint[], $6::jsonb[], $7::int[], $8::int[], $9::float8[])
              AS made (moment, year, round, parameters, races, rows, log_likelihood)
         ON CONFLICT DO NOTHING",
        CURRENT.name,
        CURRENT.version,
        &moments as &[&str],
        &years,
        &rounds,
        &parameters,
        &races,
        &rows,
        &likelihoods,
    )
    .execute(&mut *connection)
    .await?;
    let ids = sqlx::query_scalar!(
        r#"SELECT f.id FROM unnest($3::text[], $4::smallint[], $5::smallint[], $6::jsonb[]) WITH ORDINALITY
                  AS made (moment, year, round, parameters, place)
           JOIN model_fits f ON f.model = $1 AND f.version = $2 AND f.moment = made.moment::moment
                AND f.before_year = made.year AND f.before_round = made.round AND f.parameters = made.parameters
           ORDER BY made.place"#,
        CURRENT.name,
        CURRENT.version,
        &moments as &[&str],
        &years,
        &rounds,
        &parameters,
    )
    .fetch_all(connection)
    .await?;
    Ok(ids.into_iter().map(ModelFitId).collect())
}

fn parameters(fit: &Fit) -> serde_json::Value {
    let coefficients: BTreeMap<&str, f64> = fit
        .specification
        .terms
        .iter()
        .map(|term| term.as_str())
        .zip(fit.coefficients.iter().copied())
        .collect();
    json!({ "coefficients": coefficients, "retirement_rate": fit.retirement_rate })
}
