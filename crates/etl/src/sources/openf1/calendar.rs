//! Meetings and their sessions.

use chrono::{DateTime, Datelike as _, TimeDelta, Utc};
use schema::{Contest, SessionKind};

use super::list::{ContentError, List, Row};

/// A race weekend, or days of testing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meeting {
    /// The upstream's key.
    pub meeting_key: i32,
    /// The season.
    pub year: i16,
    /// `Bahrain Grand Prix`.
    pub name: String,
    /// `FORMULA 1 GULF AIR BAHRAIN GRAND PRIX 2024`.
    pub official_name: Option<String>,
    /// Where it is held.
    pub place: Place,
    /// Start of its first session.
    pub starts_at: DateTime<Utc>,
    /// Will not be held.
    pub cancelled: bool,
    /// Not a race weekend, although its days can be named like practice.
    pub testing: bool,
}

/// Where a meeting is held; all names are the upstream's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Short name of the circuit: `Sakhir`, `Catalunya`.
    pub circuit: Option<String>,
    /// Town or region: `Sakhir`, `Barcelona`.
    pub location: Option<String>,
    /// `United Arab Emirates`.
    pub country: Option<String>,
}

/// A session of a kind we know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The upstream's key.
    pub session_key: i32,
    /// Of which meeting. Those of a testing meeting are practice by name, and a testing meeting has no race.
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
    /// Will not be held.
    pub cancelled: bool,
}

impl Session {
    /// Whose grid or result the session decides; practice decides nothing.
    #[must_use]
    pub const fn contest(&self) -> Option<Contest> {
        match self.kind {
            SessionKind::Sprint | SessionKind::SprintQualifying => Some(Contest::Sprint),
            SessionKind::Race | SessionKind::Qualifying => Some(Contest::GrandPrix),
            _ => None,
        }
    }
}

/// Reads the meetings of a season, in order of their start.
pub fn read_meetings(url: &str, body: &[u8], year: i16) -> Result<Vec<Meeting>, ContentError> {
    let list = List::parse(url, body)?;
    let mut meetings = list.read(
        "meeting_key",
        |meeting: &Meeting| meeting.meeting_key,
        |row| {
            row.is_of("year", i32::from(year))?;
            let name = row.word("meeting_name")?.to_owned();
            Ok(Some(Meeting {
                meeting_key: row.key("meeting_key")?,
                year,
                official_name: row.text("meeting_official_name")?.map(str::to_owned),
                place: place(row)?,
                starts_at: in_season(row, "date_start", year)?,
                cancelled: row.flag("is_cancelled")?,
                testing: is_testing(&name),
                name,
            }))
        },
    )?;
    meetings.sort_by_key(|meeting| (meeting.starts_at, meeting.meeting_key));
    Ok(meetings)
}

/// Reads the sessions of a season, in order of their start; sessions of kinds that we do not know are passed over.
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

fn is_testing(name: &str) -> bool {
    let name = name.to_lowercase();
    let mut words = name.split(|letter: char| !letter.is_alphanumeric());
    name.contains("pre-season") || words.any(|word| matches!(word, "test" | "testing"))
}
