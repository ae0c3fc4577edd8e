//! Session times: the release's where it has them, else the stored ones; changes announced since an equal earlier release
//! stay.

use std::collections::{HashMap, HashSet};

use anyhow::Result;
use chrono::{DateTime, NaiveDate, Utc};
use schema::{
    RaceId, RaceStatus, SessionKind,
    races::{Race, RaceSession},
};
use sqlx::PgConnection;

use crate::calendar::session_times::{ReleasedRace, SessionTime, outlasts_release};

/// A stored session.
struct StoredSession {
    session: RaceSession,
    /// Its time in the release before this one.
    in_last_release: Option<SessionTime>,
}

impl StoredSession {
    /// Whether this time is kept, of a race of which the release has `released`.
    fn outlasts(&self, released: Option<&RaceSession>, race: ReleasedRace) -> bool {
        let stored = time(&self.session);
        outlasts_release(stored, self.in_last_release, released.map(time), race)
    }
}

const fn time(session: &RaceSession) -> SessionTime {
    SessionTime {
        date: session.date,
        starts_at: session.starts_at,
    }
}

/// Replaces times of the release by stored ones: where the release has no time, and where the time of a race that has not
/// been `run` is the same as in the release before. If the release has no session time of a race, stored sessions that it
/// lacks are added. A race that was cancelled while releases had it stays cancelled until it is run or announced again.
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
    let mut known = stored_sessions(connection).await?;
    known.retain(|(race, _), _| of_release.contains(race));
    let race = |id: RaceId| ReleasedRace {
        is_run: run.contains(&id),
        has_times: timed.contains(&id),
    };
    for session in sessions.iter_mut() {
        let Some(stored) = known.remove(&(session.race_id, session.session)) else {
            continue;
        };
        if stored.outlasts(Some(session), race(session.race_id)) {
            *session = stored.session;
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
        .filter(|stored| stored.outlasts(None, race(stored.session.race_id)));
    sessions.extend(others.map(|stored| stored.session));
    Ok(())
}

async fn stored_sessions(
    connection: &mut PgConnection,
) -> sqlx::Result<HashMap<(RaceId, SessionKind), StoredSession>> {
    let rows = sqlx::query!(
        r#"SELECT race_id, session AS "session: SessionKind", date, starts_at, f1db_date, f1db_starts_at
           FROM race_sessions WHERE starts_at IS NOT NULL"#
    );
    let stored = rows.fetch_all(connection).await?.into_iter().map(|row| {
        let session = RaceSession {
            race_id: RaceId(row.race_id),
            session: row.session,
            date: row.date,
            starts_at: row.starts_at,
        };
        let key = (session.race_id, session.session);
        let in_last_release = row.f1db_date.map(|date| SessionTime {
            date,
            starts_at: row.f1db_starts_at,
        });
        let stored = StoredSession {
            session,
            in_last_release,
        };
        (key, stored)
    });
    Ok(stored.collect())
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

/// The times of a release for races that are to come: the next release is compared with them.
pub(super) struct ReleaseTimes(Vec<RaceSession>);

impl ReleaseTimes {
    /// The times of races that have not been `run`.
    pub(super) fn of(sessions: &[RaceSession], run: &HashSet<RaceId>) -> Self {
        let ahead = |session: &&RaceSession| !run.contains(&session.race_id);
        Self(sessions.iter().filter(ahead).cloned().collect())
    }

    /// Stores them beside the sessions' own times, and removes those of the release before.
    pub(super) async fn store(self, connection: &mut PgConnection) -> sqlx::Result<()> {
        let races: Vec<i32> = self.0.iter().map(|time| time.race_id.0).collect();
        let sessions: Vec<SessionKind> = self.0.iter().map(|time| time.session).collect();
        let dates: Vec<NaiveDate> = self.0.iter().map(|time| time.date).collect();
        let starts: Vec<Option<DateTime<Utc>>> = self.0.iter().map(|time| time.starts_at).collect();
        sqlx::query!(
            "UPDATE race_sessions s SET f1db_date = release.date, f1db_starts_at = release.starts_at
             FROM unnest($1::integer[], $2::session_kind[], $3::date[], $4::timestamptz[])
                  AS release (race_id, session, date, starts_at)
             WHERE s.race_id = release.race_id AND s.session = release.session
               AND (s.f1db_date, s.f1db_starts_at) IS DISTINCT FROM (release.date, release.starts_at)",
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
               AND NOT EXISTS (SELECT FROM unnest($1::integer[], $2::session_kind[]) AS release (race_id, session)
                               WHERE s.race_id = release.race_id AND s.session = release.session)",
            &races,
            &sessions as &[SessionKind]
        )
        .execute(connection)
        .await?;
        Ok(())
    }
}
