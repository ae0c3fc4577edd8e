//! The weekends at hand, their sessions, and the lists that follow them.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use sqlx::PgPool;

use super::RaceTitle;
use crate::{RaceList, SessionKind, Upstream};

/// A weekend at hand: within twelve days, with lists still awaited, or the next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weekend {
    /// The race.
    pub race: RaceTitle,
    /// Its sessions, in chronological order.
    pub sessions: Vec<WeekendSession>,
}

/// A session of a weekend at hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeekendSession {
    /// The session.
    pub session: SessionKind,
    /// The day.
    pub date: NaiveDate,
    /// Scheduled start, UTC; `None` where only the day is known.
    pub starts_at: Option<DateTime<Utc>>,
    /// Scheduled end, UTC; the end of the day where only the day is known.
    pub scheduled_end: DateTime<Utc>,
    /// The lists that are published after it.
    pub lists: Vec<WeekendList>,
}

/// A list of a weekend at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WeekendList {
    /// The list.
    pub list: RaceList,
    /// The source of the stored rows; `None` where none are stored.
    pub source: Option<Upstream>,
    /// When it was first stored, UTC; `None` where that was not recorded.
    pub first_seen: Option<DateTime<Utc>>,
    /// From the scheduled end of the session to when the list was first stored.
    pub delay: Option<TimeDelta>,
    /// The session is over, and the list is neither stored nor superfluous.
    pub awaited: bool,
}

/// A list of a session, or a session without lists.
struct Row {
    year: i16,
    round: i16,
    name: String,
    session: SessionKind,
    date: NaiveDate,
    starts_at: Option<DateTime<Utc>>,
    scheduled_end: DateTime<Utc>,
    list: Option<RaceList>,
    source: Option<Upstream>,
    first_seen: Option<DateTime<Utc>>,
    awaited: bool,
}

/// Reads the weekends at hand at `now`, in the order of the calendar.
pub async fn weekends(pool: &PgPool, now: DateTime<Utc>) -> sqlx::Result<Vec<Weekend>> {
    let rows = sqlx::query_file_as!(Row, "src/pipeline/weekends.sql", now)
        .fetch_all(pool)
        .await?;
    let is_same_race = |a: &Row, b: &Row| (a.year, a.round) == (b.year, b.round);
    Ok(rows.chunk_by(is_same_race).filter_map(weekend).collect())
}

fn weekend(rows: &[Row]) -> Option<Weekend> {
    let first = rows.first()?;
    Some(Weekend {
        race: RaceTitle {
            year: first.year,
            round: first.round,
            name: first.name.clone(),
        },
        sessions: rows
            .chunk_by(|a, b| a.session == b.session)
            .filter_map(session)
            .collect(),
    })
}

fn session(rows: &[Row]) -> Option<WeekendSession> {
    let first = rows.first()?;
    Some(WeekendSession {
        session: first.session,
        date: first.date,
        starts_at: first.starts_at,
        scheduled_end: first.scheduled_end,
        lists: rows.iter().filter_map(list).collect(),
    })
}

fn list(row: &Row) -> Option<WeekendList> {
    Some(WeekendList {
        list: row.list?,
        source: row.source,
        first_seen: row.first_seen,
        delay: row.first_seen.map(|seen| seen - row.scheduled_end),
        awaited: row.awaited,
    })
}
