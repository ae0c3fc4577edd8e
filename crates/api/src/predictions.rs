//! The prediction of a race and of the next race. The modules below have those of a season and the history of a race.
//!
//! A race may have many predictions. Served is the last live one, else the newest retrospective one of the newest model at
//! the latest moment; `?moment=` selects another moment.

use std::collections::{BTreeMap, BTreeSet};

use axum::{Json, extract::State};
use client::{
    predictions::{Finish, Pace, Prediction, PredictionDriver},
    races::Race,
    vocabulary::{Contest, Moment},
};
use schema::Clock;
use serde::Deserialize;
use sqlx::{PgPool, types::Json as SqlJson};
use utoipa::IntoParams;

use self::stored::Stored;
use crate::{
    entrants::{DriverRow, TeamRow},
    error::{Error, Result},
    extract::{Path, Query},
    params::RacePath,
    races::{self, find},
};

pub(crate) mod history;
pub(crate) mod season;
mod stored;

/// The moment of a prediction.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct MomentQuery {
    /// What had been published; if omitted, the API selects the forecast
    moment: Option<Moment>,
}

/// The forecast of the Grand Prix.
///
/// For every car the chance of each place, of winning, of the podium, of points and of retirement, and the reasons in
/// the model's own terms. A race may have several forecasts. Served is the last one made before the start, else the
/// newest one made afterwards from what was known before it, which says so in `kind`. `moment` selects another one.
/// Once the race is over, every car has its result.
#[utoipa::path(get, operation_id = "prediction", tag = "predictions",
    path = "/v1/seasons/{year}/races/{round}/prediction", params(RacePath, MomentQuery),
    responses(
        (status = 200, body = Prediction),
        (status = 404, description = "There is no such race, or it has no such forecast"),
    ))]
pub(crate) async fn show(
    State(pool): State<PgPool>,
    Path(path): Path<RacePath>,
    Query(query): Query<MomentQuery>,
) -> Result<Prediction> {
    of_race(&pool, &path, Contest::GrandPrix, query.moment).await
}

/// The forecast of the sprint.
///
/// In the same shape as the forecast of the Grand Prix, and selected in the same way.
#[utoipa::path(get, operation_id = "sprint_prediction", tag = "predictions",
    path = "/v1/seasons/{year}/races/{round}/sprint-prediction", params(RacePath, MomentQuery),
    responses(
        (status = 200, body = Prediction),
        (status = 404, description = "There is no such race, or its sprint has no such forecast"),
    ))]
pub(crate) async fn show_sprint(
    State(pool): State<PgPool>,
    Path(path): Path<RacePath>,
    Query(query): Query<MomentQuery>,
) -> Result<Prediction> {
    of_race(&pool, &path, Contest::Sprint, query.moment).await
}

/// The forecast of the next Grand Prix or sprint that has one, until its result or six hours after the start.
///
/// The one address to ask before a race weekend.
#[utoipa::path(get, operation_id = "upcoming_prediction", tag = "predictions", path = "/v1/predictions/upcoming",
    responses((status = 200, body = Prediction), (status = 404, description = "No coming race has a forecast yet")))]
pub(crate) async fn upcoming(
    State(pool): State<PgPool>,
    State(clock): State<Clock>,
) -> Result<Prediction> {
    let next = sqlx::query!(
        r#"SELECT p.race_id, p.contest AS "contest: Contest"
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
    served(&pool, next.race_id, race, next.contest, None).await
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
    let predictions = stored::of_race(pool, id, contest).await?;
    let shown = predictions
        .iter()
        .find(|stored| moment.is_none_or(|moment| stored.moment == moment))
        .ok_or_else(|| stored::missing(&race, contest, moment))?;
    let previous = stored::before(&predictions, shown);
    let drivers = cars(pool, id, race.year, contest, shown, previous).await?;
    let moments: BTreeSet<Moment> = predictions.iter().map(|stored| stored.moment).collect();
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

/// The cars of a prediction, likeliest winner first, with their chances in the previous one.
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
                  driver_ref(d) AS "driver!: DriverRow", team_ref(t) AS "team!: TeamRow",
                  s.place AS "place?", s.position IS NOT NULL AS "classified!", s.position_text AS "position_text?"
           FROM prediction_drivers x JOIN drivers d ON d.id = x.driver_id JOIN teams t ON t.id = x.team_id
           LEFT JOIN prediction_drivers y ON y.prediction_id = $4 AND y.contest = x.contest AND y.driver_id = x.driver_id
           LEFT JOIN (SELECT driver_id, position, position_text,
                             row_number() OVER (ORDER BY display_order)::smallint AS place
                      FROM results WHERE race_id = $3 AND contest = $2) s ON s.driver_id = x.driver_id
           WHERE x.prediction_id = $1 AND x.contest = $2
           ORDER BY x.win DESC, x.expected_position, d.driver_key"#,
        shown.id,
        contest as Contest,
        race_id,
        previous.map(|previous| previous.id),
    )
    .fetch_all(pool)
    .await?;
    let cars = rows.into_iter().map(|row| PredictionDriver {
        driver: row.driver.into(),
        team: row.team.in_season(year),
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
