//! Forecasts: of a race, of the next race, of a season with outcomes.
//!
//! Which forecast of a race is served: the last live one; else the newest retrospective one of the newest model at the
//! latest moment. `?moment=` asks for another.

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use client::{
    predictions::{
        Cutoff, Finish, Inputs, Model, Outcome, Prediction, PredictionDriver, PredictionSummary,
        Predictions,
    },
    problem::Problem,
    races::{Entrant, Race},
    words::{Contest, Moment, PredictionKind},
};
use schema::Clock;
use serde::Deserialize;
use sqlx::{PgPool, types::Json as SqlJson};
use utoipa::IntoParams;

use crate::{
    error::{Error, Result, word},
    extract::{Path, Query},
    races::{self, RacePath, driver, find, team},
    seasons,
};

/// A winner who was given less chance than this scores as this.
const FLOOR: f64 = 1e-5;

/// Which forecast of a race.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct MomentQuery {
    /// What the forecast could know; left out: the one that is served
    moment: Option<Moment>,
}

/// Which season.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SeasonQuery {
    /// Calendar year; left out: the current season
    season: Option<i16>,
}

/// The forecast of the Grand Prix.
#[utoipa::path(get, path = "/v1/seasons/{year}/races/{round}/prediction", params(RacePath, MomentQuery),
    responses((status = 200, body = Prediction), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn show(
    State(pool): State<PgPool>,
    Path(path): Path<RacePath>,
    Query(query): Query<MomentQuery>,
) -> Result<Prediction> {
    of_race(&pool, &path, Contest::GrandPrix, query.moment).await
}

/// The forecast of the sprint.
#[utoipa::path(get, path = "/v1/seasons/{year}/races/{round}/sprint-prediction", params(RacePath, MomentQuery),
    responses((status = 200, body = Prediction), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn show_sprint(
    State(pool): State<PgPool>,
    Path(path): Path<RacePath>,
    Query(query): Query<MomentQuery>,
) -> Result<Prediction> {
    of_race(&pool, &path, Contest::Sprint, query.moment).await
}

/// The forecast of the next race or sprint that has one; it stays until the result is in, at most six hours.
#[utoipa::path(get, path = "/v1/predictions/upcoming",
    responses((status = 200, body = Prediction), (status = 404, body = Problem)))]
pub(crate) async fn upcoming(
    State(pool): State<PgPool>,
    State(clock): State<Clock>,
) -> Result<Prediction> {
    let next = sqlx::query!(
        r#"SELECT p.race_id, p.contest::text AS "contest!"
           FROM races r JOIN predictions p ON p.race_id = r.id AND p.kind = 'live'
           LEFT JOIN race_sessions s ON s.race_id = r.id AND s.session = 'sprint'
           CROSS JOIN LATERAL (SELECT CASE p.contest
               WHEN 'grand_prix' THEN coalesce(r.starts_at, r.date) ELSE coalesce(s.starts_at, s.date, r.date) END AS start) c
           WHERE r.status NOT IN ('completed', 'cancelled') AND c.start > $1::timestamptz - interval '6 hours'
             AND NOT EXISTS (SELECT FROM results s WHERE s.race_id = p.race_id AND s.contest = p.contest)
           ORDER BY c.start LIMIT 1"#,
        clock.now()
    )
    .fetch_optional(&pool)
    .await?
    .ok_or_else(|| Error::not_found("no coming race has a forecast yet"))?;
    let race = races::by_ids(&pool, &[next.race_id])
        .await?
        .remove(&next.race_id);
    let race = race.ok_or_else(|| Error::not_found("no coming race has a forecast yet"))?;
    served(&pool, next.race_id, race, word(&next.contest)?, None).await
}

/// The forecasts of a season with their outcomes.
#[utoipa::path(get, path = "/v1/predictions", params(SeasonQuery),
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

async fn of_race(
    pool: &PgPool,
    path: &RacePath,
    contest: Contest,
    moment: Option<Moment>,
) -> Result<Prediction> {
    let (id, race) = find(pool, path).await?;
    served(pool, id, race, contest, moment).await
}

/// A stored forecast without its cars.
struct Head {
    id: i64,
    moment: String,
    kind: String,
    made_at: DateTime<Utc>,
    scheduled_start: DateTime<Utc>,
    cutoff_at: Option<DateTime<Utc>>,
    release_tag: Option<String>,
    inputs_used: Vec<String>,
    inputs_missing: Vec<String>,
    fit_id: i32,
    model: String,
    version: String,
    races: i32,
}

async fn served(
    pool: &PgPool,
    id: i32,
    race: Race,
    contest: Contest,
    moment: Option<Moment>,
) -> Result<Prediction> {
    let moment_word = moment.map(Moment::as_str);
    let head = sqlx::query_file_as!(
        Head,
        "src/predictions/served.sql",
        id,
        contest.as_str(),
        moment_word
    )
    .fetch_optional(pool)
    .await?
    .ok_or_else(|| {
        let at = moment
            .map(|moment| format!(" at {moment}"))
            .unwrap_or_default();
        let sprint = if contest == Contest::Sprint {
            " sprint"
        } else {
            ""
        };
        Error::not_found(format!(
            "there is no forecast of the {} {}{sprint}{at}",
            race.year, race.name
        ))
    })?;
    let (drivers, moments) = tokio::try_join!(
        sqlx::query!(
            r#"SELECT x.grid AS "grid?: i16", x.win AS "win!: f64", x.podium AS "podium!: f64", x.points AS "points!: f64",
                      x.dnf AS "dnf!: f64", x.expected_position, x.positions,
                      x.contributions AS "contributions: SqlJson<BTreeMap<String, f64>>",
                      d.driver_key::text AS "driver_key!", d.code AS "code!", d.name AS driver_name, d.last_name AS family_name,
                      t.team_key::text AS "team_key!", t.name AS team_name,
                      s.place AS "place?", s.position IS NOT NULL AS "classified!", s.position_text AS "position_text?"
               FROM prediction_drivers x JOIN drivers d ON d.id = x.driver_id JOIN teams t ON t.id = x.team_id
               LEFT JOIN (SELECT driver_id, position, position_text,
                                 row_number() OVER (ORDER BY display_order)::smallint AS place
                          FROM results WHERE race_id = $3 AND contest = $2::text::contest) s ON s.driver_id = x.driver_id
               WHERE x.prediction_id = $1 AND x.contest = $2::text::contest
               ORDER BY x.win DESC, x.expected_position, d.driver_key"#,
            head.id,
            contest.as_str(),
            id,
        )
        .fetch_all(pool),
        sqlx::query_scalar!(
            r#"SELECT moment::text AS "moment!" FROM predictions WHERE race_id = $1 AND contest = $2::text::contest
               GROUP BY moment ORDER BY predictions.moment"#,
            id,
            contest.as_str(),
        )
        .fetch_all(pool),
    )?;
    let kind: PredictionKind = word(&head.kind)?;
    let late = (head.made_at - head.scheduled_start).num_seconds();
    let drivers = drivers
        .into_iter()
        .map(|row| PredictionDriver {
            driver: driver(row.driver_key, row.code, row.driver_name, row.family_name),
            team: team(row.team_key, row.team_name, race.year),
            grid: row.grid,
            win: row.win,
            podium: row.podium,
            points: row.points,
            dnf: row.dnf,
            expected_position: row.expected_position,
            positions: row.positions,
            contributions: row.contributions.0,
            result: row.place.map(|place| Finish {
                place,
                classified: row.classified,
                text: row.position_text.unwrap_or_default(),
            }),
        })
        .collect();
    Ok(Json(Prediction {
        race,
        contest,
        moment: word(&head.moment)?,
        made_at: head.made_at,
        cutoff: Cutoff {
            scheduled_start: head.scheduled_start,
            late_s: (kind == PredictionKind::Retrospective).then_some(late),
            at: head.cutoff_at,
            release: head.release_tag,
        },
        kind,
        model: Model {
            name: head.model,
            version: head.version,
            fit_id: head.fit_id,
            races: head.races,
        },
        inputs: Inputs {
            used: words(&head.inputs_used)?,
            missing: words(&head.inputs_missing)?,
        },
        moments: words(&moments)?,
        drivers,
    }))
}

fn words<T: std::str::FromStr<Err = String>>(
    texts: &[String],
) -> std::result::Result<Vec<T>, Error> {
    texts.iter().map(|text| word(text)).collect()
}
