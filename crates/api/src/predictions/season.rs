//! The forecasts of a season with their outcomes.

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use client::{
    predictions::{Outcome, PredictionSummary, Predictions},
    problem::Problem,
    races::{Entrant, Race},
};
use serde::Deserialize;
use sqlx::PgPool;
use utoipa::IntoParams;

use crate::{
    error::{Error, Result, word},
    extract::Query,
    races::{self, driver, team},
    seasons,
};

/// A winner who was given less chance than this scores as this.
const FLOOR: f64 = 1e-5;

/// Which season.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SeasonQuery {
    /// Calendar year; left out: the current season
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
            let winner_chance = row.winner_chance.unwrap_or(0.0);
            let winner = row
                .winner_key
                .zip(row.winner_team_key)
                .map(|(key, team_key)| Entrant {
                    driver: driver(
                        key,
                        row.winner_code.unwrap_or_default(),
                        row.winner_name.unwrap_or_default(),
                        row.winner_family.unwrap_or_default(),
                    ),
                    team: team(team_key, row.winner_team_name.unwrap_or_default(), season),
                });
            let outcome = winner.as_ref().map(|winner| Outcome {
                favourite_won: winner.driver.key == row.favourite_key,
                winner_chance,
                winner_rank: row.winner_rank,
                log_score: -winner_chance.max(FLOOR).ln(),
            });
            Some((|| {
                Ok(PredictionSummary {
                    race,
                    contest: word(&row.contest)?,
                    moment: word(&row.moment)?,
                    kind: word(&row.kind)?,
                    made_at: row.made_at,
                    favourite: Entrant {
                        driver: driver(
                            row.favourite_key,
                            row.favourite_code,
                            row.favourite_name,
                            row.favourite_family,
                        ),
                        team: team(row.favourite_team_key, row.favourite_team_name, season),
                    },
                    favourite_win: row.favourite_win,
                    winner,
                    outcome,
                })
            })())
        })
        .collect::<std::result::Result<_, Error>>()?;
    Ok(Json(Predictions {
        season,
        predictions,
    }))
}
