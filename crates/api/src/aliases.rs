//! Words in addresses: `current` and `last` for a season, `current`, `last` and `next` for a round.
//!
//! A word is replaced before the address is routed, so no handler knows of it.

use std::borrow::Cow;

use axum::{
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next,
    response::Response,
};
use chrono::{DateTime, TimeDelta, Utc};
use percent_encoding::percent_decode_str;
use sqlx::PgPool;

use crate::{AppState, error::Error, params::year_of, seasons};

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
    let mut segments: Vec<Cow<'_, str>> = path.split('/').map(Cow::from).collect();
    let [_, version, seasons, season, below @ ..] = segments.as_mut_slice() else {
        return Ok(None);
    };
    if (&**version, &**seasons) != ("v1", "seasons") {
        return Ok(None);
    }
    let year = match decoded(season).as_deref() {
        Some("current") => seasons::current(pool, now).await?,
        Some("last") => last_season(pool).await?,
        Some(text) => match year_of(text) {
            Some(year) => year,
            None => return Ok(None),
        },
        None => return Ok(None),
    };
    let year_is_new = replace(season, year);
    let round_is_new = match below {
        [races, word, ..] if *races == "races" => match decoded(word).as_deref() {
            Some("current") => replace(word, current_round(pool, year, now).await?),
            Some("last") => replace(word, last_round(pool, year).await?),
            Some("next") => replace(word, next_round(pool, year, now).await?),
            _ => false,
        },
        _ => false,
    };
    Ok((year_is_new || round_is_new).then(|| segments.join("/")))
}

/// A segment of a path as the router reads it; none if it is not UTF-8.
fn decoded(segment: &str) -> Option<String> {
    let decoded = percent_decode_str(segment).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

/// Puts a number in place of a segment, and tells whether the segment spelled something else.
fn replace(segment: &mut Cow<'_, str>, number: i16) -> bool {
    let number = number.to_string();
    let differs = **segment != number;
    *segment = number.into();
    differs
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
