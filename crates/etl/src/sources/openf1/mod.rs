//! `OpenF1`: calendar, drivers, classifications and starting grids from 2023 on, between the sessions of a weekend.
//!
//! Everything is asked for during a [`Turn`] and below a base such as `https://api.openf1.org/v1`, one request a list.
//! `list` reads fields with errors that name URL, row and field; the other modules turn lists into typed rows, in
//! functions that know nothing of where an answer is from. Times are whole milliseconds, instants UTC.

mod calendar;
mod classification;
mod drivers;
mod list;

use reqwest::Url;

pub use calendar::{Meeting, Place, Session, read_meetings, read_sessions};
pub use classification::{Classified, Gap, GridSlot, read_session_result, read_starting_grid};
pub use drivers::{Driver, read_drivers};
pub use list::ContentError;

use super::{
    http,
    manners::{self, Answer, Turn},
};

/// Why a list was not read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Upstream did not answer, or was not asked.
    #[error(transparent)]
    Upstream(#[from] manners::Error),
    /// The answer is not what it should be; nothing of it was used.
    #[error(transparent)]
    Content(#[from] ContentError),
}

/// What upstream has of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Published<T> {
    /// Its rows, at least one.
    Rows(Vec<T>),
    /// None: not yet, or never.
    Nothing,
    /// Nobody is told anything from half an hour before a session to half an hour after it; ask again later.
    Locked,
}

impl<T> Published<T> {
    /// The rows, if there are any.
    #[must_use]
    pub fn rows(self) -> Option<Vec<T>> {
        match self {
            Self::Rows(rows) => Some(rows),
            Self::Nothing | Self::Locked => None,
        }
    }
}

/// The meetings of a season, testing among them.
pub async fn meetings(turn: &mut Turn, base: &Url, year: i16) -> Result<Published<Meeting>, Error> {
    list(
        turn,
        base,
        "meetings",
        ("year", year.into()),
        |url, body| read_meetings(url, body, year),
    )
    .await
}

/// The sessions of a season, those to come included.
pub async fn sessions(turn: &mut Turn, base: &Url, year: i16) -> Result<Published<Session>, Error> {
    list(
        turn,
        base,
        "sessions",
        ("year", year.into()),
        |url, body| read_sessions(url, body, year),
    )
    .await
}

/// The drivers of a session, known from its start.
pub async fn drivers(
    turn: &mut Turn,
    base: &Url,
    session_key: i32,
) -> Result<Published<Driver>, Error> {
    let of = ("session_key", session_key);
    list(turn, base, "drivers", of, |url, body| {
        read_drivers(url, body, session_key)
    })
    .await
}

/// The classification of a session.
pub async fn session_result(
    turn: &mut Turn,
    base: &Url,
    session_key: i32,
) -> Result<Published<Classified>, Error> {
    let of = ("session_key", session_key);
    list(turn, base, "session_result", of, |url, body| {
        read_session_result(url, body, session_key)
    })
    .await
}

/// The starting grid of a race or sprint, which upstream files under the session that set it: `session_key` is that of
/// the qualifying or sprint qualifying.
pub async fn starting_grid(
    turn: &mut Turn,
    base: &Url,
    session_key: i32,
) -> Result<Published<GridSlot>, Error> {
    let of = ("session_key", session_key);
    list(turn, base, "starting_grid", of, |url, body| {
        read_starting_grid(url, body, session_key)
    })
    .await
}

async fn list<T>(
    turn: &mut Turn,
    base: &Url,
    endpoint: &str,
    (field, value): (&str, i32),
    read: impl FnOnce(&str, &[u8]) -> Result<Vec<T>, ContentError>,
) -> Result<Published<T>, Error> {
    let url = url(base, endpoint, field, value).map_err(manners::Error::from)?;
    let body = match turn.get(&url).await? {
        Answer::Body(body) => body,
        Answer::NotFound => return Ok(Published::Nothing),
        Answer::Locked => return Ok(Published::Locked),
    };
    let rows = read(url.as_str(), &body)?;
    Ok(if rows.is_empty() {
        Published::Nothing
    } else {
        Published::Rows(rows)
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
