//! The forecasts of a season with their outcomes.

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use client::{
    predictions::{Outcome, PredictionSummary, Predictions},
    races::{Entrant, Race},
    vocabulary::{Contest, Moment, PredictionKind},
};
use schema::Clock;
use serde::Deserialize;
use sqlx::PgPool;
use utoipa::IntoParams;

use crate::{
    entrants::{DriverRow, TeamRow},
    error::Result,
    extract::Query,
    params::{some_year, year_schema},
    races, seasons,
};

/// The smallest chance of a winner in the log score.
const FLOOR: f64 = 1e-5;

/// The season.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SeasonQuery {
    /// Calendar year; the current season if omitted
    #[param(schema_with = year_schema)]
    #[serde(default, deserialize_with = "some_year")]
    season: Option<i16>,
}

/// The forecasts of a season with their outcomes.
///
/// One forecast for each Grand Prix and sprint, with the favourite, the winner, and the score. Whole forecasts are at
/// the addresses of the races.
#[utoipa::path(get, operation_id = "list_predictions", tag = "predictions", path = "/v1/predictions",
    params(SeasonQuery),
    responses((status = 200, body = Predictions), (status = 404, description = "There is no such season")))]
pub(crate) async fn list(
    State(pool): State<PgPool>,
    State(clock): State<Clock>,
    Query(query): Query<SeasonQuery>,
) -> Result<Predictions> {
    let season = match query.season {
        Some(season) => season,
        None => seasons::current(&pool, clock.now()).await?,
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
