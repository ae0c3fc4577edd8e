//! Session times: the release's where it has them, else what is known from elsewhere.

use std::collections::{HashMap, HashSet};

use anyhow::Result;
use schema::{
    RaceId, SessionKind,
    races::{Race, RaceSession},
};
use sqlx::PgConnection;

/// Gives races and sessions of the release, as far as it does not know the time, the times that are held. Of a race
/// without any session time in the release, sessions that only others know stay.
pub(super) async fn keep_known(
    connection: &mut PgConnection,
    races: &mut [Race],
    sessions: &mut Vec<RaceSession>,
) -> Result<()> {
    let held = sqlx::query_as!(
        RaceSession,
        r#"SELECT race_id AS "race_id: RaceId", session AS "session: SessionKind", date, starts_at
           FROM race_sessions WHERE starts_at IS NOT NULL"#
    )
    .fetch_all(&mut *connection)
    .await?;
    let timed: HashSet<RaceId> = sessions
        .iter()
        .filter(|session| session.starts_at.is_some() && session.session != SessionKind::Race)
        .map(|session| session.race_id)
        .collect();
    let of_release: HashSet<RaceId> = races.iter().map(|race| race.id).collect();
    let mut known: HashMap<(RaceId, SessionKind), RaceSession> = held
        .into_iter()
        .filter(|held| of_release.contains(&held.race_id) && !timed.contains(&held.race_id))
        .map(|held| ((held.race_id, held.session), held))
        .collect();
    for session in sessions.iter_mut() {
        let held = known.remove(&(session.race_id, session.session));
        if let (None, Some(held)) = (session.starts_at, held)
            && session.date == held.date
        {
            *session = held;
        }
    }
    for race in races.iter_mut().filter(|race| race.starts_at.is_none()) {
        let start = sessions
            .iter()
            .find(|session| session.race_id == race.id && session.session == SessionKind::Race);
        race.starts_at = start.and_then(|start| start.starts_at);
    }
    sessions.extend(known.into_values());
    Ok(())
}
