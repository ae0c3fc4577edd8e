//! The sessions of a season.

use chrono::{DateTime, Datelike as _, TimeDelta, Utc};
use schema::{Contest, SessionKind};

use super::fields::{ContentError, List, Row};

/// Where a session is held; all names are upstream's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Short name of the circuit: `Sakhir`, `Catalunya`.
    pub circuit: Option<String>,
    /// Town or region: `Sakhir`, `Barcelona`.
    pub location: Option<String>,
    /// `United Arab Emirates`.
    pub country: Option<String>,
}

/// A session of a known kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Upstream's key.
    pub session_key: i32,
    /// Upstream's key of the meeting. The days of a test are practice by name; a test has no race.
    pub meeting_key: i32,
    /// The season.
    pub year: i16,
    /// Practice 1-3, qualifying or race of either contest.
    pub kind: SessionKind,
    /// Scheduled start.
    pub starts_at: DateTime<Utc>,
    /// Scheduled end.
    pub ends_at: DateTime<Utc>,
    /// Where it is held.
    pub place: Place,
    /// The session will not take place.
    pub cancelled: bool,
}

impl Session {
    /// The contest whose grid or result the session decides; practice decides none.
    #[must_use]
    pub const fn contest(&self) -> Option<Contest> {
        match self.kind {
            SessionKind::Sprint | SessionKind::SprintQualifying => Some(Contest::Sprint),
            SessionKind::Race | SessionKind::Qualifying => Some(Contest::GrandPrix),
            _ => None,
        }
    }
}

/// Reads the sessions of a season, in order of their start; sessions of unknown kinds are skipped.
pub fn read_sessions(url: &str, body: &[u8], year: i16) -> Result<Vec<Session>, ContentError> {
    let list = List::parse(url, body)?;
    let mut sessions = list.read(
        "session_key",
        |session: &Session| session.session_key,
        |row| {
            row.is_of("year", i32::from(year))?;
            let Some(kind) = kind(row)? else {
                return Ok(None);
            };
            let starts_at = in_season(row, "date_start", year)?;
            let ends_at = row.instant("date_end")?;
            let length = ends_at - starts_at;
            if length <= TimeDelta::zero() || length > TimeDelta::days(1) {
                return Err(row.error("date_end", "is not within a day after date_start"));
            }
            Ok(Some(Session {
                session_key: row.key("session_key")?,
                meeting_key: row.key("meeting_key")?,
                year,
                kind,
                starts_at,
                ends_at,
                place: place(row)?,
                cancelled: row.flag("is_cancelled")?,
            }))
        },
    )?;
    sessions.sort_by_key(|session| (session.starts_at, session.session_key));
    Ok(sessions)
}

/// The kind by name, unless the type contradicts it: other years used the same names for other sessions.
fn kind(row: Row<'_>) -> Result<Option<SessionKind>, ContentError> {
    let Some(name) = row.text("session_name")? else {
        return Ok(None);
    };
    let (kind, of_type) = match name {
        "Practice 1" => (SessionKind::Practice1, "Practice"),
        "Practice 2" => (SessionKind::Practice2, "Practice"),
        "Practice 3" => (SessionKind::Practice3, "Practice"),
        "Sprint Qualifying" | "Sprint Shootout" => (SessionKind::SprintQualifying, "Qualifying"),
        "Sprint" => (SessionKind::Sprint, "Race"),
        "Qualifying" => (SessionKind::Qualifying, "Qualifying"),
        "Race" => (SessionKind::Race, "Race"),
        _ => return Ok(None),
    };
    let stated = row.text("session_type")?;
    // "Sprint Shootout" was a type of its own before types were made uniform.
    let agrees = stated.is_none_or(|stated| stated == of_type)
        || (kind, stated) == (SessionKind::SprintQualifying, Some("Sprint Shootout"));
    Ok(agrees.then_some(kind))
}

fn place(row: Row<'_>) -> Result<Place, ContentError> {
    let name = |field| Ok(row.text(field)?.map(str::to_owned));
    Ok(Place {
        circuit: name("circuit_short_name")?,
        location: name("location")?,
        country: name("country_name")?,
    })
}

/// An instant of the season; no session is near a new year.
fn in_season(row: Row<'_>, field: &'static str, year: i16) -> Result<DateTime<Utc>, ContentError> {
    let instant = row.instant(field)?;
    if instant.year() == i32::from(year) {
        return Ok(instant);
    }
    Err(row.error(field, format!("{instant} is not in the season {year}")))
}
