//! Weekends as the pipeline sees them: their progress, the times of their sessions, and the lists that are stored.

pub mod session_times;

use std::collections::HashMap;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use schema::{
    CircuitId, EventFormat, RaceId, RaceList, RaceStatus, SessionKind, Upstream,
    pipeline::session_of,
};
use sqlx::PgConnection;

use crate::jobs::Which;

/// A weekend of the calendar.
#[derive(Debug, Clone)]
pub struct Round {
    /// Its id.
    pub race: RaceId,
    /// Season.
    pub year: i16,
    /// Round.
    pub round: i16,
    /// The title, such as `Monaco Grand Prix`.
    pub name: String,
    /// The circuit.
    pub circuit: CircuitId,
    /// The day of the Grand Prix.
    pub date: NaiveDate,
    /// The order of its sessions.
    pub format: EventFormat,
    /// Its progress.
    pub status: RaceStatus,
    /// Its sessions.
    pub sessions: HashMap<SessionKind, Session>,
    /// The lists that are stored, with their sources.
    pub stored: HashMap<RaceList, Upstream>,
}

/// A session's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// The day.
    pub date: NaiveDate,
    /// Scheduled start, UTC, where known.
    pub starts_at: Option<DateTime<Utc>>,
    /// The session's key at `OpenF1`, once known.
    pub openf1_key: Option<i32>,
}

impl Session {
    /// The earliest end; where only the day is known, the end of the day.
    fn earliest_end(self, kind: SessionKind) -> DateTime<Utc> {
        match self.starts_at {
            Some(start) => start + shortest_length(kind),
            None => day_after(self.date),
        }
    }
}

impl Round {
    /// Which race `run` and the ledger mean.
    #[must_use]
    pub const fn which(&self) -> Which {
        Which::race(self.year, self.round)
    }

    /// The scheduled start of the Grand Prix; midnight where only the day is known.
    #[must_use]
    pub fn starts_at(&self) -> DateTime<Utc> {
        let session = self.sessions.get(&SessionKind::Race);
        session
            .and_then(|session| session.starts_at)
            .unwrap_or_else(|| self.date.and_time(NaiveTime::MIN).and_utc())
    }

    /// The earliest end of a session; where the calendar lacks the session, that of the race.
    #[must_use]
    pub fn earliest_end(&self, kind: SessionKind) -> DateTime<Utc> {
        match self.sessions.get(&kind) {
            Some(session) => session.earliest_end(kind),
            None => self.sessions.get(&SessionKind::Race).map_or_else(
                || day_after(self.date),
                |race| race.earliest_end(SessionKind::Race),
            ),
        }
    }

    /// The earliest time at which a list may be published: the earliest end of the session before it. `None` where the
    /// format has no such list, or the calendar lacks the session; every calendar has the race, and its format implies
    /// qualifying and the sprint.
    #[must_use]
    pub fn earliest_publication(&self, list: RaceList) -> Option<DateTime<Utc>> {
        let session = session_of(list, self.format)?;
        let is_implied = matches!(
            session,
            SessionKind::Qualifying | SessionKind::Sprint | SessionKind::Race
        );
        let is_known = is_implied || self.sessions.contains_key(&session);
        is_known.then(|| self.earliest_end(session))
    }

    /// Whether the stored result is from a release of F1DB, which then has every list but the laps.
    #[must_use]
    pub fn is_in_release(&self) -> bool {
        self.stored.get(&RaceList::Race) == Some(&Upstream::F1db)
    }
}

fn day_after(date: NaiveDate) -> DateTime<Utc> {
    let next = date.checked_add_days(Days::new(1)).unwrap_or(date);
    next.and_time(NaiveTime::MIN).and_utc()
}

/// The shortest time from a session's start until its result may be published.
const fn shortest_length(kind: SessionKind) -> TimeDelta {
    TimeDelta::minutes(match kind {
        SessionKind::Sprint => 25,
        SessionKind::SprintQualifying => 40,
        SessionKind::Race => 75,
        _ => 55,
    })
}

/// Reads the weekends of `which`, in the order of the calendar.
pub async fn read(connection: &mut PgConnection, which: Which) -> sqlx::Result<Vec<Round>> {
    let rows = sqlx::query!(
        r#"SELECT id, year, round, name, circuit_id, date, event_format AS "format: EventFormat",
                  status AS "status: RaceStatus"
           FROM races WHERE ($1::smallint IS NULL OR year = $1) AND ($2::smallint IS NULL OR round = $2)
           ORDER BY date, id"#,
        which.season,
        which.round
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut rounds: Vec<Round> = rows
        .into_iter()
        .map(|row| Round {
            race: RaceId(row.id),
            year: row.year,
            round: row.round,
            name: row.name,
            circuit: CircuitId(row.circuit_id),
            date: row.date,
            format: row.format,
            status: row.status,
            sessions: HashMap::new(),
            stored: HashMap::new(),
        })
        .collect();
    let ids: Vec<i32> = rounds.iter().map(|round| round.race.0).collect();
    let index: HashMap<i32, usize> = ids.iter().copied().zip(0..).collect();
    let sessions = sqlx::query!(
        r#"SELECT race_id, session AS "session: SessionKind", date, starts_at, openf1_key
           FROM race_sessions WHERE race_id = ANY ($1)"#,
        &ids
    );
    for row in sessions.fetch_all(&mut *connection).await? {
        let round = index.get(&row.race_id).and_then(|at| rounds.get_mut(*at));
        if let Some(round) = round {
            let session = Session {
                date: row.date,
                starts_at: row.starts_at,
                openf1_key: row.openf1_key,
            };
            round.sessions.insert(row.session, session);
        }
    }
    let lists = sqlx::query!(
        r#"SELECT race_id, list AS "list: RaceList", source AS "source: Upstream"
           FROM published_lists WHERE race_id = ANY ($1)"#,
        &ids
    );
    for row in lists.fetch_all(connection).await? {
        let round = index.get(&row.race_id).and_then(|at| rounds.get_mut(*at));
        if let Some(round) = round {
            round.stored.insert(row.list, row.source);
        }
    }
    Ok(rounds)
}
