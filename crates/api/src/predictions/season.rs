//! The forecasts of a season with their outcomes.

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use client::{
    predictions::{Outcome, PredictionSummary, Predictions},
    problem::Problem,
    races::{Entrant, Race},
    vocabulary::{Contest, Moment, PredictionKind},
};
use serde::Deserialize;
use sqlx::PgPool;
use utoipa::IntoParams;

use crate::{
    entrants::{DriverRow, TeamRow},
    error::Result,
    extract::Query,
    races, seasons,
};

/// The smallest chance of a winner in the log score.
const FLOOR: f64 = 1e-5;

/// The season.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SeasonQuery {
    /// Calendar year; the current season if omitted
    season: Option<i16>,
}

/// The forecasts of a season with their outcomes.
#[utoipa::path(get, operation_id = "list_predictions", path = "/v1/predictions", params(SeasonQuery),
    responses((status = 200, body = Predictions), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn list(
    State(pool): State<PgPool>,
    Query(query): Query<SeasonQuery>,
) -> Result<Predictions> {
    let season = match query.season {
        Some(season) => season,
        None => seasons::current(&pool).await?,
    };
    seasons::require(&pool, season).await?;
    let races: BTreeMap<i32, Race> = races::of_season(&pool, season).await?.into_iter().collect();
    let rows = sqlx::query_file!("src/predictions/season.sql", season)
        .fetch_all(&pool)
        .await?;
    let predictions = rows
        .into_iter()
        .filter_map(|row| {
            let race = races.get(&row.race_id)?.clone();
            let favourite = Entrant {
                driver: row.favourite.into(),
                team: row.favourite_team.in_season(season),
            };
            let winner = row
                .winner
                .zip(row.winner_team)
                .map(|(driver, team)| Entrant {
                    driver: driver.into(),
                    team: team.in_season(season),
                });
            let winner_chance = row.winner_chance.unwrap_or(0.0);
            let outcome = winner.as_ref().map(|winner| Outcome {
                favourite_won: winner.driver.key == favourite.driver.key,
                winner_chance,
                winner_rank: row.winner_rank,
                log_score: -winner_chance.max(FLOOR).ln(),
            });
            Some(PredictionSummary {
                race,
                contest: row.contest,
                moment: row.moment,
                kind: row.kind,
                made_at: row.made_at,
                favourite,
                favourite_win: row.favourite_win,
                winner,
                outcome,
            })
        })
        .collect();
    Ok(Json(Predictions {
        season,
        predictions,
    }))
}
