//! The calendar of a season: races, their sessions and circuits.

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use reqwest::Url;
use schema::{EventFormat, SessionKind};

use super::{
    Circuit, Error,
    node::{ContentError, Node},
    pages::{self, List, RACES},
    times,
};
use crate::sources::lease::UpstreamLease;

/// Upstream's field of each kind of session.
const SESSIONS: [(&str, SessionKind); 7] = [
    ("FirstPractice", SessionKind::Practice1),
    ("SecondPractice", SessionKind::Practice2),
    ("ThirdPractice", SessionKind::Practice3),
    ("Qualifying", SessionKind::Qualifying),
    ("SprintShootout", SessionKind::SprintQualifying),
    ("SprintQualifying", SessionKind::SprintQualifying),
    ("Sprint", SessionKind::Sprint),
];
/// The longest distance of a session from its race, in days.
const WIDEST_WEEKEND: i64 = 10;

/// A weekend of the calendar.
#[derive(Debug, Clone, PartialEq)]
pub struct Race {
    /// Season.
    pub year: i16,
    /// 1, 2, ... within the season; a cancelled race renumbers the rounds.
    pub round: i16,
    /// Such as `Bahrain Grand Prix`.
    pub name: String,
    /// The circuit.
    pub circuit: Circuit,
    /// The day of the Grand Prix.
    pub date: NaiveDate,
    /// Scheduled start of the Grand Prix, UTC, where known.
    pub starts_at: Option<DateTime<Utc>>,
    /// The order of sessions, from the season and from whether a sprint is announced.
    pub event_format: EventFormat,
    /// All announced sessions in order, the Grand Prix last; before 2022 they have days and no times.
    pub sessions: Vec<Session>,
}

/// A session's time in the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// The kind of session.
    pub kind: SessionKind,
    /// The day, UTC.
    pub date: NaiveDate,
    /// Scheduled start, UTC, where known.
    pub starts_at: Option<DateTime<Utc>>,
}

/// All races of a season, in order. Empty if upstream does not have the season.
pub async fn calendar(
    lease: &mut UpstreamLease,
    base: &Url,
    year: i16,
) -> Result<Vec<Race>, Error> {
    let list = List {
        endpoint: "races",
        races: RACES,
        read: |race| Ok(vec![Race::read(race)?]),
        key: |race: &Race| race.name.clone(),
    };
    let rounds = pages::read(lease, base, (year, None), &list).await?;
    Ok(rounds.into_iter().flat_map(|round| round.rows).collect())
}

impl Race {
    fn read(node: &Node<'_>) -> Result<Self, ContentError> {
        let year = node.number("season", 1950..=2100)?;
        let Session {
            date, starts_at, ..
        } = Session::read(node, SessionKind::Race)?;
        if date.year() != i32::from(year) {
            return Err(node.error("date", format!("{date} is not in the season")));
        }
        let mut sessions = Vec::new();
        for (key, kind) in SESSIONS {
            if let Some(session) = node.maybe_node(key)? {
                let read = Session::read(&session, kind)?;
                let distance = (read.date - date).num_days();
                if distance.abs() > WIDEST_WEEKEND {
                    let problem = format!("{} is not around {date}, the race's day", read.date);
                    return Err(session.error("date", problem));
                }
                if sessions.iter().any(|other: &Session| other.kind == kind) {
                    return Err(node.error(key, "is there besides another name for the same"));
                }
                sessions.push(read);
            }
        }
        // By day first: without times the order is that of the table above, a conventional weekend's.
        sessions.sort_by_key(|session| (session.date, session.starts_at));
        sessions.push(Session {
            kind: SessionKind::Race,
            date,
            starts_at,
        });
        let has_sprint = node.maybe_node("Sprint")?.is_some();
        Ok(Self {
            year,
            round: node.number("round", 1..=99)?,
            name: node.word("raceName")?.to_owned(),
            circuit: Circuit::read(&node.node("Circuit")?)?,
            date,
            starts_at,
            event_format: EventFormat::of(year, has_sprint),
            sessions,
        })
    }
}

impl Session {
    fn read(node: &Node<'_>, kind: SessionKind) -> Result<Self, ContentError> {
        let date = node.date("date")?;
        let start = |text: &str| times::instant(date, text);
        Ok(Self {
            kind,
            date,
            starts_at: node.maybe("time", "a time such as 15:00:00Z", start)?,
        })
    }
}
