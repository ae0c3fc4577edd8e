//! `GET /v1/seasons`

use axum::{Json, extract::State};
use chrono::{DateTime, Datelike as _, Utc};
use client::seasons::{Season, Seasons};
use sqlx::PgPool;

use crate::error::{Error, Result};

/// All seasons, newest first, including those without races.
///
/// Each season has the number of its races, how many of them are over, how many weekends have a sprint, and how many
/// races and sprints have a forecast.
#[utoipa::path(get, operation_id = "list_seasons", tag = "seasons", path = "/v1/seasons",
    responses((status = 200, body = Seasons)))]
pub(crate) async fn list(State(pool): State<PgPool>) -> Result<Seasons> {
    let rows = sqlx::query_as!(
        Season,
        r#"SELECT s.year, count(r.id) AS "races!", count(r.id) FILTER (WHERE r.status = 'completed') AS "completed!",
                  count(r.id) FILTER (WHERE r.event_format <> 'conventional') AS "sprints!",
                  (SELECT count(DISTINCT (p.race_id, p.contest)) FROM predictions p JOIN races x ON x.id = p.race_id
                   WHERE x.year = s.year) AS "predictions!"
           FROM seasons s LEFT JOIN races r ON r.year = s.year GROUP BY s.year ORDER BY s.year DESC"#
    )
    .fetch_all(&pool)
    .await?;
    Ok(Json(Seasons { seasons: rows }))
}

/// 404 unless the season exists.
pub(crate) async fn require(pool: &PgPool, year: i16) -> std::result::Result<(), Error> {
    let known = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM seasons WHERE year = $1) AS "known!""#,
        year
    );
    if known.fetch_one(pool).await? {
        Ok(())
    } else {
        Err(Error::not_found(format!("there is no season {year}")))
    }
}

/// The season of this calendar year, or while that has no calendar, the newest before it.
pub(crate) async fn current(pool: &PgPool, now: DateTime<Utc>) -> std::result::Result<i16, Error> {
    let year = sqlx::query_scalar!(
        r#"SELECT coalesce(max(year) FILTER (WHERE year <= $1::int), min(year)) FROM races"#,
        now.year(),
    )
    .fetch_one(pool)
    .await?;
    year.ok_or_else(|| Error::not_found("no season has been loaded yet"))
}
