//! Session times: the release's where it has them, else what is known from elsewhere; and what was announced since the
//! release before said the same.

use std::collections::{HashMap, HashSet};

use anyhow::Result;
use chrono::{DateTime, NaiveDate, Utc};
use schema::{
    RaceId, RaceStatus, SessionKind,
    races::{Race, RaceSession},
};
use sqlx::PgConnection;

use crate::calendar::session_times::{ReleasedRace, SessionTime, outlasts_release};

/// A session that is held.
struct Held {
    session: RaceSession,
    /// What the release before this said of it.
    said: Option<SessionTime>,
}

impl Held {
    /// Whether this time is kept, of a race of which the release has `released`.
    fn outlasts(&self, released: Option<&RaceSession>, race: ReleasedRace) -> bool {
        outlasts_release(time(&self.session), self.said, released.map(time), race)
    }
}

const fn time(session: &RaceSession) -> SessionTime {
    SessionTime {
        date: session.date,
        starts_at: session.starts_at,
    }
}

/// Gives races and sessions of the release the times that are held, as far as it does not know the time, or says of a
/// race that has not been `run` what the release before it said. Of a race without any session time in the release,
/// sessions that only others know stay. A race that was cancelled while releases had it stays so until it is run, or
/// announced again.
pub(super) async fn keep_known(
    connection: &mut PgConnection,
    races: &mut [Race],
    sessions: &mut Vec<RaceSession>,
    run: &HashSet<RaceId>,
) -> Result<()> {
    let timed: HashSet<RaceId> = sessions
        .iter()
        .filter(|session| session.starts_at.is_some() && session.session != SessionKind::Race)
        .map(|session| session.race_id)
        .collect();
    let of_release: HashSet<RaceId> = races.iter().map(|race| race.id).collect();
    keep_cancelled(connection, races, run).await?;
    let mut known = held(connection).await?;
    known.retain(|(race, _), _| of_release.contains(race));
    let race = |id: RaceId| ReleasedRace {
        is_run: run.contains(&id),
        has_times: timed.contains(&id),
    };
    for session in sessions.iter_mut() {
        let Some(held) = known.remove(&(session.race_id, session.session)) else {
            continue;
        };
        if held.outlasts(Some(session), race(session.race_id)) {
            *session = held.session;
        }
    }
    for race in races.iter_mut() {
        let start = sessions
            .iter()
            .find(|session| session.race_id == race.id && session.session == SessionKind::Race);
        if let Some(start) = start {
            (race.date, race.starts_at) = (start.date, start.starts_at);
        }
    }
    let others = known
        .into_values()
        .filter(|held| held.outlasts(None, race(held.session.race_id)));
    sessions.extend(others.map(|held| held.session));
    Ok(())
}

async fn held(connection: &mut PgConnection) -> sqlx::Result<HashMap<(RaceId, SessionKind), Held>> {
    let rows = sqlx::query!(
        r#"SELECT race_id, session AS "session: SessionKind", date, starts_at, f1db_date, f1db_starts_at
           FROM race_sessions WHERE starts_at IS NOT NULL"#
    );
    let held = rows.fetch_all(connection).await?.into_iter().map(|row| {
        let session = RaceSession {
            race_id: RaceId(row.race_id),
            session: row.session,
            date: row.date,
            starts_at: row.starts_at,
        };
        let said = row.f1db_date.map(|date| SessionTime {
            date,
            starts_at: row.f1db_starts_at,
        });
        ((session.race_id, session.session), Held { session, said })
    });
    Ok(held.collect())
}

async fn keep_cancelled(
    connection: &mut PgConnection,
    races: &mut [Race],
    run: &HashSet<RaceId>,
) -> Result<()> {
    let cancelled = sqlx::query_scalar!(
        "SELECT r.id FROM races r JOIN race_sessions s ON s.race_id = r.id AND s.session = 'race'
         WHERE r.status = 'cancelled' AND s.f1db_date IS NOT NULL"
    );
    let cancelled: HashSet<i32> = cancelled.fetch_all(connection).await?.into_iter().collect();
    for race in races.iter_mut() {
        if cancelled.contains(&race.id.0) && !run.contains(&race.id) {
            race.status = RaceStatus::Cancelled;
        }
    }
    Ok(())
}

/// What a release says of sessions ahead, for the next to be compared with.
pub(super) struct Said(Vec<RaceSession>);

impl Said {
    /// As far as the races have not been `run`.
    pub(super) fn of(sessions: &[RaceSession], run: &HashSet<RaceId>) -> Self {
        let ahead = |session: &&RaceSession| !run.contains(&session.race_id);
        Self(sessions.iter().filter(ahead).cloned().collect())
    }

    /// Remembers it, beside the times that are held, and forgets what was said before.
    pub(super) async fn remember(self, connection: &mut PgConnection) -> sqlx::Result<()> {
        let races: Vec<i32> = self.0.iter().map(|said| said.race_id.0).collect();
        let sessions: Vec<SessionKind> = self.0.iter().map(|said| said.session).collect();
        let dates: Vec<NaiveDate> = self.0.iter().map(|said| said.date).collect();
        let starts: Vec<Option<DateTime<Utc>>> = self.0.iter().map(|said| said.starts_at).collect();
        sqlx::query!(
            "UPDATE race_sessions s SET f1db_date = said.date, f1db_starts_at = said.starts_at
             FROM unnest($1::integer[], $2::session_kind[], $3::date[], $4::timestamptz[])
                  AS said (race_id, session, date, starts_at)
             WHERE s.race_id = said.race_id AND s.session = said.session
               AND (s.f1db_date, s.f1db_starts_at) IS DISTINCT FROM (said.date, said.starts_at)",
            &races,
            &sessions as &[SessionKind],
            &dates,
            &starts as &[Option<DateTime<Utc>>]
        )
        .execute(&mut *connection)
        .await?;
        sqlx::query!(
            "UPDATE race_sessions s SET f1db_date = NULL, f1db_starts_at = NULL
             WHERE s.f1db_date IS NOT NULL
               AND NOT EXISTS (SELECT FROM unnest($1::integer[], $2::session_kind[]) AS said (race_id, session)
                               WHERE s.race_id = said.race_id AND s.session = said.session)",
            &races,
            &sessions as &[SessionKind]
        )
        .execute(connection)
        .await?;
        Ok(())
    }
}
