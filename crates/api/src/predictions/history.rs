//! Every forecast made of a race or sprint, in the order they were made.

use std::collections::HashMap;

use axum::{Json, extract::State};
use client::{
    predictions::{PastChance, PastPrediction, PredictionHistory},
    problem::Problem,
    words::Contest,
};
use sqlx::PgPool;

use super::stored;
use crate::{
    error::Result,
    extract::Path,
    races::{RacePath, driver, find, team},
};

/// Every forecast made of the Grand Prix.
#[utoipa::path(get, operation_id = "prediction_history", path = "/v1/seasons/{year}/races/{round}/predictions", params(RacePath),
    responses((status = 200, body = PredictionHistory), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn show(
    State(pool): State<PgPool>,
    Path(path): Path<RacePath>,
) -> Result<PredictionHistory> {
    of_race(&pool, &path, Contest::GrandPrix).await
}

/// Every forecast made of the sprint.
#[utoipa::path(get, operation_id = "sprint_prediction_history", path = "/v1/seasons/{year}/races/{round}/sprint-predictions", params(RacePath),
    responses((status = 200, body = PredictionHistory), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn show_sprint(
    State(pool): State<PgPool>,
    Path(path): Path<RacePath>,
) -> Result<PredictionHistory> {
    of_race(&pool, &path, Contest::Sprint).await
}

async fn of_race(pool: &PgPool, path: &RacePath, contest: Contest) -> Result<PredictionHistory> {
    let (race_id, race) = find(pool, path).await?;
    let mut forecasts = stored::of_race(pool, race_id, contest).await?;
    let served = forecasts
        .first()
        .map(|served| served.id)
        .ok_or_else(|| stored::missing(&race, contest, None))?;
    forecasts.sort_unstable_by_key(|forecast| (forecast.made_at, forecast.moment, forecast.id));
    let ids: Vec<i64> = forecasts.iter().map(|forecast| forecast.id).collect();
    let rows = sqlx::query!(
        r#"SELECT x.prediction_id, x.win AS "win!: f64", x.podium AS "podium!: f64",
                  d.driver_key::text AS "driver_key!", d.code AS "code!", d.name AS driver_name, d.last_name AS family_name,
                  t.team_key::text AS "team_key!", t.name AS team_name
           FROM prediction_drivers x JOIN drivers d ON d.id = x.driver_id JOIN teams t ON t.id = x.team_id
           WHERE x.prediction_id = ANY($1) AND x.contest = $2::text::contest
           ORDER BY x.win DESC, x.expected_position, d.driver_key"#,
        &ids,
        contest.as_str(),
    )
    .fetch_all(pool)
    .await?;
    let mut chances: HashMap<i64, Vec<PastChance>> = HashMap::new();
    for row in rows {
        chances
            .entry(row.prediction_id)
            .or_default()
            .push(PastChance {
                driver: driver(row.driver_key, row.code, row.driver_name, row.family_name),
                team: team(row.team_key, row.team_name, race.year),
                win: row.win,
                podium: row.podium,
            });
    }
    let forecasts = forecasts
        .into_iter()
        .map(|forecast| PastPrediction {
            moment: forecast.moment,
            kind: forecast.kind,
            made_at: forecast.made_at,
            model: forecast.model,
            served: forecast.id == served,
            drivers: chances.remove(&forecast.id).unwrap_or_default(),
        })
        .collect();
    Ok(Json(PredictionHistory {
        race,
        contest,
        forecasts,
    }))
}
