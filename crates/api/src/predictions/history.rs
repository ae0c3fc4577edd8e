//! Every prediction of a Grand Prix or a sprint, in the order they were made.

use std::collections::HashMap;

use axum::{Json, extract::State};
use client::{
    predictions::{PastChance, PastPrediction, PredictionHistory},
    vocabulary::Contest,
};
use sqlx::PgPool;

use super::stored;
use crate::{
    entrants::{DriverRow, TeamRow},
    error::Result,
    extract::Path,
    params::RacePath,
    races::find,
};

/// Every forecast of the Grand Prix.
///
/// In the order they were made, with the chances of every driver to win and to finish on the podium. Forecasts are
/// never rewritten; `served` marks the one that the API selects.
#[utoipa::path(get, operation_id = "prediction_history", tag = "predictions",
    path = "/v1/seasons/{year}/races/{round}/predictions", params(RacePath),
    responses(
        (status = 200, body = PredictionHistory),
        (status = 404, description = "There is no such race, or it has no forecast"),
    ))]
pub(crate) async fn show(
    State(pool): State<PgPool>,
    Path(path): Path<RacePath>,
) -> Result<PredictionHistory> {
    of_race(&pool, &path, Contest::GrandPrix).await
}

/// Every forecast of the sprint.
///
/// In the same shape as the forecasts of the Grand Prix.
#[utoipa::path(get, operation_id = "sprint_prediction_history", tag = "predictions",
    path = "/v1/seasons/{year}/races/{round}/sprint-predictions", params(RacePath),
    responses(
        (status = 200, body = PredictionHistory),
        (status = 404, description = "There is no such race, or its sprint has no forecast"),
    ))]
pub(crate) async fn show_sprint(
    State(pool): State<PgPool>,
    Path(path): Path<RacePath>,
) -> Result<PredictionHistory> {
    of_race(&pool, &path, Contest::Sprint).await
}

async fn of_race(pool: &PgPool, path: &RacePath, contest: Contest) -> Result<PredictionHistory> {
    let (race_id, race) = find(pool, path).await?;
    let mut predictions = stored::of_race(pool, race_id, contest).await?;
    let served = predictions
        .first()
        .map(|served| served.id)
        .ok_or_else(|| stored::missing(&race, contest, None))?;
    predictions.sort_unstable_by_key(|stored| (stored.made_at, stored.moment, stored.id));
    let ids: Vec<i64> = predictions.iter().map(|stored| stored.id).collect();
    let rows = sqlx::query!(
        r#"SELECT x.prediction_id, x.win AS "win!: f64", x.podium AS "podium!: f64",
                  driver_ref(d) AS "driver!: DriverRow", team_ref(t) AS "team!: TeamRow"
           FROM prediction_drivers x JOIN drivers d ON d.id = x.driver_id JOIN teams t ON t.id = x.team_id
           WHERE x.prediction_id = ANY($1) AND x.contest = $2
           ORDER BY x.win DESC, x.expected_position, d.driver_key"#,
        &ids,
        contest as Contest,
    )
    .fetch_all(pool)
    .await?;
    let mut chances: HashMap<i64, Vec<PastChance>> = HashMap::new();
    for row in rows {
        chances
            .entry(row.prediction_id)
            .or_default()
            .push(PastChance {
                driver: row.driver.into(),
                team: row.team.in_season(race.year),
                win: row.win,
                podium: row.podium,
            });
    }
    let predictions = predictions
        .into_iter()
        .map(|stored| PastPrediction {
            moment: stored.moment,
            kind: stored.kind,
            made_at: stored.made_at,
            model: stored.model,
            served: stored.id == served,
            drivers: chances.remove(&stored.id).unwrap_or_default(),
        })
        .collect();
    Ok(Json(PredictionHistory {
        race,
        contest,
        predictions,
    }))
}
