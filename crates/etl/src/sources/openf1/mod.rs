//! `OpenF1`: sessions, drivers, classifications and starting grids from 2023 on, between the sessions of a weekend.
//!
//! Every function asks under an [`UpstreamLease`], below a base URL such as `https://api.openf1.org/v1`, one request a list.
//! `fields` reads values with errors that name URL, row and field; `calendar`, `drivers` and `classification` turn answers
//! into typed rows, whatever their origin. Times are whole milliseconds, instants UTC. `published` says which lists of a
//! round there are, `session_keys` finds the sessions of a round, `rows` maps lists to rows of `schema`.

mod calendar;
mod classification;
mod drivers;
mod fields;
mod published;
mod rows;
mod session_keys;

use std::time::Duration;

use reqwest::Url;

pub use calendar::{Place, Session, read_sessions};
pub use classification::{Classified, Gap, GridSlot, read_session_result, read_starting_grid};
pub use drivers::{Driver, read_drivers};
pub use fields::ContentError;
pub(super) use published::{Content, ask, first_season};

use super::{
    http,
    lease::{self, Answer, UpstreamLease},
    rate_limit::{RateLimit, Window},
};

/// 3 requests a second, 30 a minute.
pub const RATE_LIMIT: RateLimit = RateLimit {
    upstream: "openf1",
    per_second: 3,
    windows: &[Window {
        length: Duration::from_mins(1),
        requests: 30,
    }],
};

/// Why a list was not read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Upstream did not answer, or was not asked.
    #[error(transparent)]
    Upstream(#[from] lease::Error),
    /// The answer is not what it should be; nothing of it was used.
    #[error(transparent)]
    Content(#[from] ContentError),
}

/// What upstream has of a list now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Availability<T> {
    /// Its rows, at least one.
    Rows(Vec<T>),
    /// No rows: not yet, or never.
    Nothing,
    /// Upstream is closed from half an hour before a session to half an hour after it; ask again later.
    Locked,
}

impl<T> Availability<T> {
    /// The rows, if there are any.
    #[must_use]
    pub fn rows(self) -> Option<Vec<T>> {
        match self {
            Self::Rows(rows) => Some(rows),
            Self::Nothing | Self::Locked => None,
        }
    }
}

/// The sessions of a season, including future ones.
pub async fn sessions(
    lease: &mut UpstreamLease,
    base: &Url,
    year: i16,
) -> Result<Availability<Session>, Error> {
    list(
        lease,
        base,
        "sessions",
        ("year", year.into()),
        |url, body| read_sessions(url, body, year),
    )
    .await
}

/// The drivers of a session, known from its start.
pub async fn drivers(
    lease: &mut UpstreamLease,
    base: &Url,
    session_key: i32,
) -> Result<Availability<Driver>, Error> {
    let of = ("session_key", session_key);
    list(lease, base, "drivers", of, |url, body| {
        read_drivers(url, body, session_key)
    })
    .await
}

/// The classification of a session.
pub async fn session_result(
    lease: &mut UpstreamLease,
    base: &Url,
    session_key: i32,
) -> Result<Availability<Classified>, Error> {
    let of = ("session_key", session_key);
    list(lease, base, "session_result", of, |url, body| {
        read_session_result(url, body, session_key)
    })
    .await
}

/// The starting grid of a race or sprint. Upstream files it under the session that set it: `session_key` is that of
/// qualifying or sprint qualifying.
pub async fn starting_grid(
    lease: &mut UpstreamLease,
    base: &Url,
    session_key: i32,
) -> Result<Availability<GridSlot>, Error> {
    let of = ("session_key", session_key);
    list(lease, base, "starting_grid", of, |url, body| {
        read_starting_grid(url, body, session_key)
    })
    .await
}

async fn list<T>(
    lease: &mut UpstreamLease,
    base: &Url,
    endpoint: &str,
    (field, value): (&str, i32),
    read: impl FnOnce(&str, &[u8]) -> Result<Vec<T>, ContentError>,
) -> Result<Availability<T>, Error> {
    let url = url(base, endpoint, field, value).map_err(lease::Error::from)?;
    let body = match lease.get(&url).await? {
        Answer::Body(body) => body,
        Answer::NotFound => return Ok(Availability::Nothing),
        Answer::Locked => return Ok(Availability::Locked),
    };
    let rows = read(url.as_str(), &body)?;
    Ok(if rows.is_empty() {
        Availability::Nothing
    } else {
        Availability::Rows(rows)
    })
}

fn url(base: &Url, endpoint: &str, field: &str, value: i32) -> Result<Url, http::Error> {
    let base = base.as_str().trim_end_matches('/');
    let text = format!("{base}/{endpoint}?{field}={value}");
    Url::parse(&text).map_err(|error| http::Error::Malformed {
        url: text,
        problem: error.to_string(),
    })
}
