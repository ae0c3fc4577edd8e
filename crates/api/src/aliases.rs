//! Words in addresses: `current` and `last` for a season, `current`, `last` and `next` for a round.
//!
//! A word is replaced before the address is routed, so no handler knows of it.

use axum::{
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next,
    response::Response,
};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgPool;

use crate::{AppState, error::Error, params::canonical, seasons};

/// After its start a race counts as next for this long, while it has no result.
const RACE: TimeDelta = TimeDelta::hours(6);

/// Answers an address with words as the address with their numbers, which `Content-Location` has.
pub(crate) async fn resolve(
    State(AppState { pool, clock }): State<AppState>,
    mut request: Request,
    next: Next,
) -> Result<Response, Error> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Ok(next.run(request).await);
    }
    let Some(path) = with_numbers(&pool, clock.now(), request.uri().path()).await? else {
        return Ok(next.run(request).await);
    };
    let address = match request.uri().query() {
        Some(query) => format!("{path}?{query}"),
        None => path,
    };
    *request.uri_mut() = address
        .parse::<Uri>()
        .map_err(|error| Error::BadRequest(error.to_string()))?;
    let mut response = next.run(request).await;
    if (response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED)
        && let Ok(location) = HeaderValue::from_str(&address)
    {
        response
            .headers_mut()
            .insert(header::CONTENT_LOCATION, location);
    }
    Ok(response)
}

/// The path with a number in place of each word; none if it has no word or is no address of a season.
async fn with_numbers(
    pool: &PgPool,
    now: DateTime<Utc>,
    path: &str,
) -> Result<Option<String>, Error> {
    let Some(below) = path.strip_prefix("/v1/seasons/") else {
        return Ok(None);
    };
    let (season, rest) = below.split_once('/').unwrap_or((below, ""));
    let year = match season {
        "current" => seasons::current(pool, now).await?,
        "last" => last_season(pool).await?,
        _ => match canonical(season) {
            Some(year) => year,
            None => return Ok(None),
        },
    };
    let (list, rest) = rest.split_once('/').unwrap_or((rest, ""));
    let (word, part) = rest.split_once('/').unwrap_or((rest, ""));
    let round = match (list, word) {
        ("races", "current") => current_round(pool, year, now).await?,
        ("races", "last") => last_round(pool, year).await?,
        ("races", "next") => next_round(pool, year, now).await?,
        _ if canonical(season).is_some() => return Ok(None),
        _ => {
            return Ok(Some(joined(&[
                "/v1/seasons",
                &year.to_string(),
                list,
                rest,
            ])));
        }
    };
    let (year, round) = (year.to_string(), round.to_string());
    Ok(Some(joined(&["/v1/seasons", &year, list, &round, part])))
}

fn joined(segments: &[&str]) -> String {
    let segments: Vec<&str> = segments
        .iter()
        .copied()
        .filter(|segment| !segment.is_empty())
        .collect();
    segments.join("/")
}

/// The newest season whose races are all over.
async fn last_season(pool: &PgPool) -> Result<i16, Error> {
    let year = sqlx::query_scalar!(
        r#"SELECT max(year) FROM (
               SELECT year FROM races GROUP BY year HAVING bool_and(status IN ('completed', 'cancelled'))) over"#
    )
    .fetch_one(pool)
    .await?;
    year.ok_or_else(|| Error::not_found("no season is over yet"))
}

/// The newest round whose weekend has begun.
async fn current_round(pool: &PgPool, year: i16, now: DateTime<Utc>) -> Result<i16, Error> {
    let round = sqlx::query_scalar!(
        r#"SELECT max(r.round) FROM races r
           WHERE r.year = $1 AND r.status <> 'cancelled'
             AND coalesce((SELECT min(s.date) FROM race_sessions s WHERE s.race_id = r.id), r.date) <= $2"#,
        year,
        now.date_naive(),
    )
    .fetch_one(pool)
    .await?;
    round.ok_or_else(|| Error::not_found(format!("no weekend of {year} has begun yet")))
}

/// The newest round with a result.
async fn last_round(pool: &PgPool, year: i16) -> Result<i16, Error> {
    let round = sqlx::query_scalar!(
        r#"SELECT max(round) FROM races WHERE year = $1 AND status = 'completed'"#,
        year
    )
    .fetch_one(pool)
    .await?;
    round.ok_or_else(|| Error::not_found(format!("no race of {year} has a result yet")))
}

/// The first round that is not over.
async fn next_round(pool: &PgPool, year: i16, now: DateTime<Utc>) -> Result<i16, Error> {
    let round = sqlx::query_scalar!(
        r#"SELECT min(round) FROM races
           WHERE year = $1 AND status NOT IN ('completed', 'cancelled') AND coalesce(starts_at, date + 1) > $2"#,
        year,
        now - RACE,
    )
    .fetch_one(pool)
    .await?;
    round.ok_or_else(|| Error::not_found(format!("no race of {year} is left")))
}
