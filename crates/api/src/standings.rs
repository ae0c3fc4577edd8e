//! `GET /v1/seasons/{year}/standings/drivers|teams`

use std::collections::HashMap;

use axum::{Json, extract::State};
use client::{
    races::TeamRef,
    standings::{DriverStanding, DriverStandings, TeamStanding, TeamStandings},
};
use schema::{Championship, StandingSource};
use serde::Deserialize;
use sqlx::PgPool;
use utoipa::IntoParams;

use crate::{
    entrants::{DriverRow, TeamRow},
    error::{Error, Result},
    extract::{Path, Query},
    params::{SeasonPath, round_schema, some_round},
    seasons,
};

/// The round after which a table stood.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AfterQuery {
    /// A round of the season; the latest or the final table if omitted
    #[param(schema_with = round_schema)]
    #[serde(default, deserialize_with = "some_round")]
    after_round: Option<i16>,
}

/// The drivers' championship.
///
/// The latest table, the final one of a season that is over, or the one after a round.
#[utoipa::path(get, operation_id = "driver_standings", tag = "championships",
    path = "/v1/seasons/{year}/standings/drivers", params(SeasonPath, AfterQuery),
    responses(
        (status = 200, body = DriverStandings),
        (status = 404, description = "There is no such season, or no table after that round"),
    ))]
pub(crate) async fn drivers(
    State(pool): State<PgPool>,
    Path(SeasonPath { year }): Path<SeasonPath>,
    Query(query): Query<AfterQuery>,
) -> Result<DriverStandings> {
    let table = table(&pool, year, query.after_round, Championship::Drivers).await?;
    let rows = sqlx::query!(
        r#"SELECT s.position AS "position?: i16", s.position_text, s.points::float8 AS "points!", s.champion, d.id,
                  driver_ref(d) AS "driver!: DriverRow"
           FROM standings s JOIN drivers d ON d.id = s.driver_id
           WHERE s.race_id = $1 AND s.is_final = $2 AND s.championship = 'drivers' ORDER BY s.display_order"#,
        table.race_id,
        table.is_final,
    )
    .fetch_all(&pool)
    .await?;
    let records = sqlx::query!(
        r#"SELECT s.driver_id AS "driver_id!", team_ref(t) AS "team!: TeamRow",
                  count(*) FILTER (WHERE s.position = 1 AND s.contest = 'grand_prix') AS "wins!",
                  count(*) FILTER (WHERE s.position <= 3 AND s.contest = 'grand_prix') AS "podiums!"
           FROM results s JOIN races r ON r.id = s.race_id JOIN teams t ON t.id = s.team_id
           WHERE r.year = $1 AND r.round <= $2 AND s.status NOT IN ('did_not_qualify', 'excluded')
           GROUP BY s.driver_id, t.id ORDER BY max(r.round)"#,
        year,
        table.after_round,
    )
    .fetch_all(&pool)
    .await?;
    let mut teams: HashMap<i32, (Vec<TeamRef>, i64, i64)> = HashMap::new();
    for row in records {
        let (driven, wins, podiums) = teams.entry(row.driver_id).or_default();
        driven.push(row.team.in_season(year));
        *wins += row.wins;
        *podiums += row.podiums;
    }
    let standings = rows
        .into_iter()
        .map(|row| {
            let (teams, wins, podiums) = teams.remove(&row.id).unwrap_or_default();
            DriverStanding {
                position: row.position,
                position_text: row.position_text,
                driver: row.driver.into(),
                teams,
                points: row.points,
                wins,
                podiums,
                champion: row.champion,
            }
        })
        .collect();
    Ok(Json(DriverStandings {
        season: year,
        after_round: table.after_round,
        is_final: table.is_final,
        source: table.source,
        standings,
    }))
}

/// The constructors' championship.
///
/// The latest table, the final one of a season that is over, or the one after a round. The championship began in
/// 1958.
#[utoipa::path(get, operation_id = "team_standings", tag = "championships",
    path = "/v1/seasons/{year}/standings/teams", params(SeasonPath, AfterQuery),
    responses(
        (status = 200, body = TeamStandings),
        (status = 404, description = "There is no such season, or no table after that round"),
    ))]
pub(crate) async fn teams(
    State(pool): State<PgPool>,
    Path(SeasonPath { year }): Path<SeasonPath>,
    Query(query): Query<AfterQuery>,
) -> Result<TeamStandings> {
    let table = table(&pool, year, query.after_round, Championship::Teams).await?;
    let rows = sqlx::query!(
        r#"SELECT s.position AS "position?: i16", s.position_text, s.points::float8 AS "points!", s.champion, s.engine,
                  team_ref(t) AS "team!: TeamRow", w.wins AS "wins!", w.podiums AS "podiums!"
           FROM standings s JOIN teams t ON t.id = s.team_id
           CROSS JOIN LATERAL (
               SELECT count(*) FILTER (WHERE x.position = 1) AS wins, count(*) FILTER (WHERE x.position <= 3) AS podiums
               FROM race_results x JOIN races r ON r.id = x.race_id
               WHERE r.year = $3 AND r.round <= $4 AND x.team_id = s.team_id
                 AND (s.engine IS NULL OR x.engine IS NULL OR x.engine = s.engine)) w
           WHERE s.race_id = $1 AND s.is_final = $2 AND s.championship = 'teams' ORDER BY s.display_order"#,
        table.race_id,
        table.is_final,
        year,
        table.after_round,
    )
    .fetch_all(&pool)
    .await?;
    let standings = rows
        .into_iter()
        .map(|row| TeamStanding {
            position: row.position,
            position_text: row.position_text,
            team: row.team.in_season(year),
            engine: row.engine,
            points: row.points,
            wins: row.wins,
            podiums: row.podiums,
            champion: row.champion,
        })
        .collect();
    Ok(Json(TeamStandings {
        season: year,
        after_round: table.after_round,
        is_final: table.is_final,
        source: table.source,
        standings,
    }))
}

/// The table that an answer is read from; without a race if the season has none yet.
#[derive(Default)]
struct Table {
    race_id: Option<i32>,
    after_round: Option<i16>,
    is_final: bool,
    source: Option<StandingSource>,
}

async fn table(
    pool: &PgPool,
    year: i16,
    after_round: Option<i16>,
    championship: Championship,
) -> std::result::Result<Table, Error> {
    seasons::require(pool, year).await?;
    let row = sqlx::query!(
        r#"SELECT s.race_id, s.is_final, s.source AS "source: StandingSource", r.round
           FROM races r JOIN standings s ON s.race_id = r.id AND s.championship = $3
           WHERE r.year = $1 AND ($2::smallint IS NULL OR (r.round = $2 AND NOT s.is_final))
           ORDER BY r.round DESC, s.is_final DESC LIMIT 1"#,
        year,
        after_round,
        championship as Championship,
    )
    .fetch_optional(pool)
    .await?;
    match (row, after_round) {
        (Some(row), _) => Ok(Table {
            race_id: Some(row.race_id),
            after_round: Some(row.round),
            is_final: row.is_final,
            source: Some(row.source),
        }),
        (None, Some(round)) => Err(Error::not_found(format!(
            "there are no {championship} standings after round {round} of {year}"
        ))),
        (None, None) => Ok(Table::default()),
    }
}
