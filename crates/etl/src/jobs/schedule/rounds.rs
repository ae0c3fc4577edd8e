//! Matches the races of Jolpica's calendar to ours.

use std::collections::HashMap;

use anyhow::Result;
use chrono::{DateTime, NaiveDate, Utc};
use schema::{CircuitId, EventFormat, RaceId, RaceStatus, SessionKind};
use sqlx::PgConnection;

use crate::{identity::names::folded, sources::jolpica::Race};

/// No two circuits are this close, in degrees.
const SAME_PLACE: f64 = 0.1;

/// A stored session, with its time as Jolpica last announced it.
#[derive(Debug, Clone, Copy)]
pub(super) struct StoredSession {
    pub(super) date: NaiveDate,
    pub(super) starts_at: Option<DateTime<Utc>>,
    pub(super) announced: Option<(NaiveDate, Option<DateTime<Utc>>)>,
}

/// A stored race.
#[derive(Debug, Clone)]
pub(super) struct StoredRace {
    pub(super) id: RaceId,
    pub(super) round: i16,
    pub(super) name: String,
    pub(super) circuit: CircuitId,
    pub(super) format: EventFormat,
    pub(super) status: RaceStatus,
    pub(super) sessions: HashMap<SessionKind, StoredSession>,
}

impl StoredRace {
    /// Whether Jolpica ever announced the race.
    pub(super) fn was_announced(&self) -> bool {
        self.sessions
            .values()
            .any(|session| session.announced.is_some())
    }

    /// Whether the time of a session before the race is known.
    pub(super) fn has_times(&self) -> bool {
        self.sessions
            .iter()
            .any(|(kind, session)| *kind != SessionKind::Race && session.starts_at.is_some())
    }
}

/// The two calendars side by side.
pub(super) struct Matched<'a> {
    /// Races that both have.
    pub(super) both: Vec<(StoredRace, &'a Race)>,
    /// Races that only Jolpica has, with our circuit if there is one.
    pub(super) theirs: Vec<(&'a Race, Option<CircuitId>)>,
    /// Races that only we have.
    pub(super) ours: Vec<StoredRace>,
}

impl<'a> Matched<'a> {
    /// Matches by title, then by circuit; a race that is cancelled here only by title.
    pub(super) async fn of(
        connection: &mut PgConnection,
        year: i16,
        races: &'a [Race],
    ) -> Result<Self> {
        let mut ours = read(connection, year).await?;
        let circuits = sqlx::query!("SELECT id, latitude, longitude FROM circuits")
            .fetch_all(connection)
            .await?;
        let circuit = |race: &Race| {
            let near = |at: f64, there: f64| (at - there).abs() < SAME_PLACE;
            circuits
                .iter()
                .find(|ours| {
                    near(ours.latitude, race.circuit.latitude)
                        && near(ours.longitude, race.circuit.longitude)
                })
                .map(|row| CircuitId(row.id))
        };
        let mut both = Vec::new();
        let mut unmatched = Vec::new();
        for race in races {
            let title = folded(&race.name);
            match ours.iter().position(|stored| folded(&stored.name) == title) {
                Some(at) => both.push((ours.remove(at), race)),
                None => unmatched.push(race),
            }
        }
        let mut theirs = Vec::new();
        for race in unmatched {
            let place = circuit(race);
            let same = |stored: &StoredRace| {
                stored.status != RaceStatus::Cancelled && Some(stored.circuit) == place
            };
            match ours.iter().position(same) {
                Some(at) => both.push((ours.remove(at), race)),
                None => theirs.push((race, place)),
            }
        }
        Ok(Self { both, theirs, ours })
    }
}

async fn read(connection: &mut PgConnection, year: i16) -> Result<Vec<StoredRace>> {
    let rows = sqlx::query!(
        r#"SELECT id, round, name, circuit_id, event_format AS "format: EventFormat", status AS "status: RaceStatus"
           FROM races WHERE year = $1 ORDER BY date, id"#,
        year
    )
    .fetch_all(&mut *connection)
    .await?;
    let sessions = sqlx::query!(
        r#"SELECT s.race_id, s.session AS "session: SessionKind", s.date, s.starts_at, s.jolpica_date, s.jolpica_starts_at
           FROM race_sessions s JOIN races r ON r.id = s.race_id WHERE r.year = $1"#,
        year
    )
    .fetch_all(connection)
    .await?;
    let mut of_race: HashMap<i32, HashMap<SessionKind, StoredSession>> = HashMap::new();
    for row in sessions {
        let session = StoredSession {
            date: row.date,
            starts_at: row.starts_at,
            announced: row.jolpica_date.map(|date| (date, row.jolpica_starts_at)),
        };
        of_race
            .entry(row.race_id)
            .or_default()
            .insert(row.session, session);
    }
    Ok(rows
        .into_iter()
        .map(|row| StoredRace {
            id: RaceId(row.id),
            round: row.round,
            name: row.name,
            circuit: CircuitId(row.circuit_id),
            format: row.format,
            status: row.status,
            sessions: of_race.remove(&row.id).unwrap_or_default(),
        })
        .collect())
}
