//! Matches the races of Jolpica's calendar to ours.

use std::collections::HashMap;

use anyhow::Result;
use schema::{CircuitId, EventFormat, RaceId, RaceStatus, SessionKind};
use sqlx::PgConnection;

use crate::{
    calendar::session_times::{self, SessionTime},
    identity::names::folded,
    sources::jolpica::Race,
};

/// No two circuits are this close, in degrees.
const SAME_PLACE: f64 = 0.1;

/// A session of ours, with its time as Jolpica last announced it.
#[derive(Debug, Clone, Copy)]
pub(super) struct KnownSession {
    pub(super) time: SessionTime,
    pub(super) announced: Option<SessionTime>,
}

/// A race of ours.
#[derive(Debug, Clone)]
pub(super) struct KnownRace {
    pub(super) id: RaceId,
    pub(super) round: i16,
    pub(super) name: String,
    pub(super) circuit: CircuitId,
    pub(super) format: EventFormat,
    pub(super) status: RaceStatus,
    pub(super) sessions: HashMap<SessionKind, KnownSession>,
}

impl KnownRace {
    /// Whether Jolpica ever announced the race.
    pub(super) fn was_announced(&self) -> bool {
        self.sessions
            .values()
            .any(|session| session.announced.is_some())
    }

    /// What decides which of Jolpica's times are news.
    pub(super) fn times(&self) -> session_times::StoredRace {
        session_times::StoredRace {
            was_announced: self.was_announced(),
            has_times: self.sessions.iter().any(|(kind, session)| {
                *kind != SessionKind::Race && session.time.starts_at.is_some()
            }),
        }
    }
}

/// The two calendars side by side.
pub(super) struct Matched<'a> {
    /// Races that both have.
    pub(super) both: Vec<(KnownRace, &'a Race)>,
    /// Races that only Jolpica has, with our circuit if there is one.
    pub(super) theirs: Vec<(&'a Race, Option<CircuitId>)>,
    /// Races that only we have.
    pub(super) ours: Vec<KnownRace>,
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
            match ours.iter().position(|ours| folded(&ours.name) == title) {
                Some(at) => both.push((ours.remove(at), race)),
                None => unmatched.push(race),
            }
        }
        let mut theirs = Vec::new();
        for race in unmatched {
            let place = circuit(race);
            let same = |ours: &KnownRace| {
                ours.status != RaceStatus::Cancelled && Some(ours.circuit) == place
            };
            match ours.iter().position(same) {
                Some(at) => both.push((ours.remove(at), race)),
                None => theirs.push((race, place)),
            }
        }
        Ok(Self { both, theirs, ours })
    }
}

async fn read(connection: &mut PgConnection, year: i16) -> Result<Vec<KnownRace>> {
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
    let mut of_race: HashMap<i32, HashMap<SessionKind, KnownSession>> = HashMap::new();
    for row in sessions {
        let session = KnownSession {
            time: SessionTime {
                date: row.date,
                starts_at: row.starts_at,
            },
            announced: row.jolpica_date.map(|date| SessionTime {
                date,
                starts_at: row.jolpica_starts_at,
            }),
        };
        of_race
            .entry(row.race_id)
            .or_default()
            .insert(row.session, session);
    }
    Ok(rows
        .into_iter()
        .map(|row| KnownRace {
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
