//! Which of `OpenF1`'s sessions are those of a round: matched by the day of the race, and stored with our sessions.

use std::collections::HashMap;

use anyhow::Result;
use chrono::TimeDelta;
use schema::SessionKind;

use super::{Session, sessions};
use crate::{
    Context,
    calendar::Round,
    sources::{RoundQuery, lease::UpstreamLease},
};

/// Two calendars date the same race no further apart; no two races are this close.
const SAME_RACE: TimeDelta = TimeDelta::days(3);

/// The keys of the sessions of a round. Upstream's calendar is asked for only if one of `kinds` has no stored key.
pub(super) async fn of(
    ctx: &Context,
    lease: &mut UpstreamLease,
    query: RoundQuery<'_>,
    kinds: &[SessionKind],
) -> Result<HashMap<SessionKind, i32>> {
    let round = query.round;
    let known: HashMap<SessionKind, i32> = round
        .sessions
        .iter()
        .filter_map(|(kind, session)| Some((*kind, session.openf1_key?)))
        .collect();
    if kinds.iter().all(|kind| known.contains_key(kind)) {
        return Ok(known);
    }
    let sessions = sessions(lease, &ctx.sources.openf1_url, round.year).await?;
    let Some(sessions) = sessions.rows() else {
        return Ok(known);
    };
    store(ctx, query.season, &sessions).await?;
    Ok(keys(&sessions, round))
}

/// The sessions of the meeting whose race is that of the round.
fn keys(sessions: &[Session], round: &Round) -> HashMap<SessionKind, i32> {
    let open = || sessions.iter().filter(|session| !session.cancelled);
    let distance = |session: &Session| (session.starts_at - round.starts_at()).abs();
    let race = open()
        .filter(|session| session.kind == SessionKind::Race && distance(session) <= SAME_RACE)
        .min_by_key(|session| distance(session));
    let Some(race) = race else {
        return HashMap::new();
    };
    open()
        .filter(|session| session.meeting_key == race.meeting_key)
        .map(|session| (session.kind, session.session_key))
        .collect()
}

async fn store(ctx: &Context, season: &[Round], sessions: &[Session]) -> Result<()> {
    let (mut races, mut kinds, mut numbers) = (Vec::new(), Vec::new(), Vec::new());
    for round in season {
        for (kind, key) in keys(sessions, round) {
            races.push(round.race.0);
            kinds.push(kind);
            numbers.push(key);
        }
    }
    let mut transaction = ctx.begin().await?;
    sqlx::query!(
        "UPDATE race_sessions s SET openf1_key = k.number
         FROM unnest($1::integer[], $2::session_kind[], $3::integer[]) k (race_id, session, number)
         WHERE s.race_id = k.race_id AND s.session = k.session AND s.openf1_key IS DISTINCT FROM k.number",
        &races,
        &kinds as &[SessionKind],
        &numbers
    )
    .execute(&mut *transaction)
    .await?;
    Ok(transaction.commit().await?)
}
