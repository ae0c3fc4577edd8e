//! The tables of forecasts: reads the stored ones and appends new ones.

use std::collections::{BTreeMap, HashMap, HashSet};

use anyhow::{Context as _, Result};
use chrono::{DateTime, Utc};
use model::{Fit, Specification, retirement};
use schema::{
    Contest, DriverId, ModelFitId, Moment, PredictionKind, RaceId, Table as _,
    predictions::{Prediction, PredictionDriver},
};
use serde_json::json;
use sqlx::PgConnection;

use super::{run::NewPrediction, targets::kind};
use crate::{features::Field, merge::copy, predictions};

/// The model in service. Its name and version are the same at every moment.
const CURRENT: Specification = predictions::model_in_service(Moment::OfficialGrid);

/// The stored forecasts of the model in service.
pub(super) struct StoredPredictions {
    /// Races with a retrospective forecast, by moment.
    pub(super) retrospective: HashSet<(RaceId, Contest, Moment)>,
    /// The last live forecast of each race that has not started, by moment.
    pub(super) live: HashMap<(RaceId, Contest, Moment), LastLivePrediction>,
}

/// The last live forecast of a race at a moment.
#[derive(Debug, Clone)]
pub(super) struct LastLivePrediction {
    /// The start of the race as scheduled when the forecast was made.
    pub(super) scheduled_start: DateTime<Utc>,
    /// Chances of winning.
    pub(super) win: HashMap<DriverId, f64>,
}

impl StoredPredictions {
    pub(super) async fn read(
        connection: &mut PgConnection,
        season: Option<i16>,
        now: DateTime<Utc>,
    ) -> Result<Self> {
        let rows = sqlx::query!(
            r#"SELECT p.race_id, p.contest AS "contest: Contest", p.moment AS "moment: Moment"
               FROM predictions p JOIN model_fits f ON f.id = p.model_fit_id JOIN races r ON r.id = p.race_id
               WHERE p.kind = 'retrospective' AND f.model = $1 AND f.version = $2
                 AND ($3::smallint IS NULL OR r.year = $3)"#,
            CURRENT.name,
            CURRENT.version,
            season,
        )
        .fetch_all(&mut *connection)
        .await?;
        let retrospective = rows
            .into_iter()
            .map(|row| (RaceId(row.race_id), row.contest, row.moment))
            .collect();
        let rows = sqlx::query!(
            r#"SELECT p.race_id, p.contest AS "contest: Contest", p.moment AS "moment: Moment", p.scheduled_start AS "scheduled_start!", d.driver_id, d.win AS "win!: f64"
               FROM (SELECT DISTINCT ON (p.race_id, p.contest, p.moment) p.* FROM predictions p
                     JOIN model_fits f ON f.id = p.model_fit_id JOIN races r ON r.id = p.race_id
                     WHERE p.kind = 'live' AND f.model = $1 AND f.version = $2
                       AND ($3::smallint IS NULL OR r.year = $3) AND p.scheduled_start > $4
                     ORDER BY p.race_id, p.contest, p.moment, p.made_at DESC, p.id DESC) p
               JOIN prediction_drivers d ON d.prediction_id = p.id AND d.contest = p.contest"#,
            CURRENT.name,
            CURRENT.version,
            season,
            now,
        )
        .fetch_all(connection)
        .await?;
        let mut live: HashMap<(RaceId, Contest, Moment), LastLivePrediction> = HashMap::new();
        for row in rows {
            let last = live
                .entry((RaceId(row.race_id), row.contest, row.moment))
                .or_insert_with(|| LastLivePrediction {
                    scheduled_start: row.scheduled_start,
                    win: HashMap::new(),
                });
            last.win.insert(DriverId(row.driver_id), row.win);
        }
        Ok(Self {
            retrospective,
            live,
        })
    }
}

/// Appends forecasts made at `made_at` with their fits. Everything they use was known by then.
pub(super) async fn store(
    connection: &mut PgConnection,
    made: &[NewPrediction<'_>],
    made_at: DateTime<Utc>,
) -> Result<()> {
    if made.is_empty() {
        return Ok(());
    }
    let fits = store_fits(connection, made).await?;
    let release_tag = sqlx::query_scalar!("SELECT release_tag FROM loaded_release")
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
        let kind = kind(made_at, made.target.start);
        let NewPrediction {
            target, prediction, ..
        } = made;
        let Field {
            contest, moment, ..
        } = *target.field;
        let (inputs_used, inputs_missing) = target.field.inputs(target.weekend.format);
        predictions.push(Prediction {
            id,
            contest,
            race_id: target.weekend.race,
            moment,
            kind,
            model_fit_id,
            made_at,
            cutoff_at: (kind == PredictionKind::Live).then_some(made_at),
            release_tag: release_tag.clone(),
            inputs_used,
            inputs_missing,
        });
        for (row, car) in target.field.cars.iter().zip(&prediction.cars) {
            let pace = &row.features.pace;
            let groups: BTreeMap<&str, f64> = car
                .contributions
                .iter()
                .map(|(group, value)| (group.as_str(), *value))
                .collect();
            drivers.push(PredictionDriver {
                prediction_id: id,
                contest,
                driver_id: row.driver,
                team_id: row.team,
                grid: row.grid,
                win: car.win,
                podium: car.podium,
                points: car.points,
                dnf: car.dnf,
                expected_position: car.expected_position,
                positions: car.positions.clone(),
                contributions: json!(groups).to_string(),
                pace_car: Some(pace.car),
                pace_driver: Some(pace.driver),
                pace_deviation: Some(row.features.pace_deviation),
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
async fn store_fits(
    connection: &mut PgConnection,
    made: &[NewPrediction<'_>],
) -> Result<Vec<ModelFitId>> {
    let parameters: Vec<serde_json::Value> =
        made.iter().map(|made| parameters(&made.fit)).collect();
    let moments: Vec<Moment> = made.iter().map(|made| made.target.field.moment).collect();
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
         SELECT $1, $2, moment, year, round, parameters, races, rows, log_likelihood
         FROM unnest($3::moment[], $4::smallint[], $5::smallint[], $6::jsonb[], $7::int[], $8::int[], $9::float8[])
              AS made (moment, year, round, parameters, races, rows, log_likelihood)
         ON CONFLICT DO NOTHING",
        CURRENT.name,
        CURRENT.version,
        &moments as &[Moment],
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
        r#"SELECT f.id FROM unnest($3::moment[], $4::smallint[], $5::smallint[], $6::jsonb[]) WITH ORDINALITY
                  AS made (moment, year, round, parameters, place)
           JOIN model_fits f ON f.model = $1 AND f.version = $2 AND f.moment = made.moment
                AND f.before_year = made.year AND f.before_round = made.round AND f.parameters = made.parameters
           ORDER BY made.place"#,
        CURRENT.name,
        CURRENT.version,
        &moments as &[Moment],
        &years,
        &rounds,
        &parameters,
    )
    .fetch_all(connection)
    .await?;
    Ok(ids.into_iter().map(ModelFitId).collect())
}

/// The stored form of a fit's parameters.
fn parameters(fit: &Fit) -> serde_json::Value {
    let coefficients: BTreeMap<&str, f64> = fit
        .specification
        .terms
        .iter()
        .map(|(term, _)| term.as_str())
        .zip(fit.coefficients.iter().copied())
        .collect();
    let retirement: BTreeMap<&str, f64> =
        retirement::NAMES.into_iter().zip(fit.retirement).collect();
    json!({ "coefficients": coefficients, "retirement": retirement, "sprint_scale": fit.sprint_scale })
}
