//! Forecasts: of a race, of the next race; in the modules below, of a season, and of a race all that were ever made.
//!
//! Which forecast of a race is served: the last live one; else the newest retrospective one of the newest model at the
//! latest moment. `?moment=` asks for another.

use std::collections::{BTreeMap, BTreeSet};

use axum::{Json, extract::State};
use client::{
    predictions::{Finish, Pace, Prediction, PredictionDriver},
    problem::Problem,
    races::Race,
    words::{Contest, Moment},
};
use schema::Clock;
use serde::Deserialize;
use sqlx::{PgPool, types::Json as SqlJson};
use utoipa::IntoParams;

use self::stored::Stored;
use crate::{
    error::{Error, Result, word},
    extract::{Path, Query},
    races::{self, RacePath, driver, find, team},
};

pub(crate) mod history;
pub(crate) mod season;
mod stored;

/// Which forecast of a race.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct MomentQuery {
    /// What the forecast could know; left out: the one that is served
    moment: Option<Moment>,
}

/// The forecast of the Grand Prix.
#[utoipa::path(get, operation_id = "prediction", path = "/v1/seasons/{year}/races/{round}/prediction", params(RacePath, MomentQuery),
    responses((status = 200, body = Prediction), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn show(
    State(pool): State<PgPool>,
    Path(path): Path<RacePath>,
    Query(query): Query<MomentQuery>,
) -> Result<Prediction> {
    of_race(&pool, &path, Contest::GrandPrix, query.moment).await
}

/// The forecast of the sprint.
#[utoipa::path(get, operation_id = "sprint_prediction", path = "/v1/seasons/{year}/races/{round}/sprint-prediction", params(RacePath, MomentQuery),
    responses((status = 200, body = Prediction), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn show_sprint(
    State(pool): State<PgPool>,
    Path(path): Path<RacePath>,
    Query(query): Query<MomentQuery>,
) -> Result<Prediction> {
    of_race(&pool, &path, Contest::Sprint, query.moment).await
}

/// The forecast of the next race or sprint that has one; it stays until the result is in, at most six hours.
#[utoipa::path(get, operation_id = "upcoming_prediction", path = "/v1/predictions/upcoming",
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

async fn of_race(
    pool: &PgPool,
    path: &RacePath,
    contest: Contest,
    moment: Option<Moment>,
) -> Result<Prediction> {
    let (id, race) = find(pool, path).await?;
    served(pool, id, race, contest, moment).await
}

async fn served(
    pool: &PgPool,
    id: i32,
    race: Race,
    contest: Contest,
    moment: Option<Moment>,
) -> Result<Prediction> {
    let forecasts = stored::of_race(pool, id, contest).await?;
    let shown = forecasts
        .iter()
        .find(|forecast| moment.is_none_or(|moment| forecast.moment == moment))
        .ok_or_else(|| stored::missing(&race, contest, moment))?;
    let previous = stored::before(&forecasts, shown);
    let drivers = cars(pool, id, race.year, contest, shown, previous).await?;
    let moments: BTreeSet<Moment> = forecasts.iter().map(|forecast| forecast.moment).collect();
    Ok(Json(Prediction {
        race,
        contest,
        moment: shown.moment,
        made_at: shown.made_at,
        cutoff: shown.cutoff.clone(),
        kind: shown.kind,
        model: shown.model.clone(),
        inputs: shown.inputs.clone(),
        moments: moments.into_iter().collect(),
        previous: previous.map(Stored::as_previous),
        drivers,
    }))
}

/// The cars of a forecast, likeliest winner first, beside what the forecast before it gave them.
async fn cars(
    pool: &PgPool,
    race_id: i32,
    year: i16,
    contest: Contest,
    shown: &Stored,
    previous: Option<&Stored>,
) -> std::result::Result<Vec<PredictionDriver>, Error> {
    let rows = sqlx::query!(
        r#"SELECT x.grid AS "grid?: i16", x.win AS "win!: f64", x.podium AS "podium!: f64", x.points AS "points!: f64",
                  x.dnf AS "dnf!: f64", x.expected_position, x.positions,
                  x.contributions AS "contributions: SqlJson<BTreeMap<String, f64>>",
                  x.pace_car, x.pace_driver, x.pace_deviation, y.win AS "previous_win?: f64",
                  d.driver_key::text AS "driver_key!", d.code AS "code!", d.name AS driver_name, d.last_name AS family_name,
                  t.team_key::text AS "team_key!", t.name AS team_name,
                  s.place AS "place?", s.position IS NOT NULL AS "classified!", s.position_text AS "position_text?"
           FROM prediction_drivers x JOIN drivers d ON d.id = x.driver_id JOIN teams t ON t.id = x.team_id
           LEFT JOIN prediction_drivers y ON y.prediction_id = $4 AND y.contest = x.contest AND y.driver_id = x.driver_id
           LEFT JOIN (SELECT driver_id, position, position_text,
                             row_number() OVER (ORDER BY display_order)::smallint AS place
                      FROM results WHERE race_id = $3 AND contest = $2::text::contest) s ON s.driver_id = x.driver_id
           WHERE x.prediction_id = $1 AND x.contest = $2::text::contest
           ORDER BY x.win DESC, x.expected_position, d.driver_key"#,
        shown.id,
        contest.as_str(),
        race_id,
        previous.map(|previous| previous.id),
    )
    .fetch_all(pool)
    .await?;
    let cars = rows.into_iter().map(|row| PredictionDriver {
        driver: driver(row.driver_key, row.code, row.driver_name, row.family_name),
        team: team(row.team_key, row.team_name, year),
        grid: row.grid,
        win: row.win,
        podium: row.podium,
        points: row.points,
        dnf: row.dnf,
        expected_position: row.expected_position,
        positions: row.positions,
        contributions: row.contributions.0,
        pace: (row.pace_car.zip(row.pace_driver).zip(row.pace_deviation)).map(
            |((car, driver), deviation)| Pace {
                car,
                driver,
                deviation,
            },
        ),
        previous_win: row.previous_win,
        result: row.place.map(|place| Finish {
            place,
            classified: row.classified,
            text: row.position_text.unwrap_or_default(),
        }),
    });
    Ok(cars.collect())
}
