//! Writes what is new in a calendar.

use anyhow::Result;
use chrono::{DateTime, Utc};
use schema::{CircuitId, EventFormat, RaceId, RaceStatus, SessionKind};
use sqlx::PgConnection;

use super::{
    numbering::Numbering,
    rounds::{KnownRace, Matched},
};
use crate::{
    calendar::session_times::{SessionTime, is_news},
    identity::names::folded,
    merge::Changes,
    sources::jolpica::{Race, Session},
};

/// The distances of a Grand Prix and of a sprint, in metres; the race has the fewest laps that exceed it.
const GRAND_PRIX_M: i32 = 305_000;
const SPRINT_M: i32 = 100_000;

/// Updates the races of both calendars that are not over.
pub(super) async fn update(
    connection: &mut PgConnection,
    matched: &Matched<'_>,
    numbering: &Numbering,
    now: DateTime<Utc>,
    notes: &mut Vec<String>,
) -> Result<Changes> {
    let mut changes = Changes::default();
    for (ours, theirs) in &matched.both {
        if ours.status == RaceStatus::Completed {
            continue;
        }
        let mut changed = false;
        for session in &theirs.sessions {
            changed |= announce(connection, ours, session).await?;
        }
        changed |= withdraw(connection, ours, theirs).await?;
        let format = if takes_format(ours, theirs) {
            theirs.event_format
        } else {
            ours.format
        };
        let round = numbering.round(ours, theirs.round);
        let returns = ours.status == RaceStatus::Cancelled && theirs.date >= now.date_naive();
        if returns {
            // A cancelled race returns when its title is in the calendar again.
            sqlx::query!("SELECT set_config('f1.bulk_load', 'on', true)")
                .fetch_one(&mut *connection)
                .await?;
        }
        let updated = sqlx::query!(
            "UPDATE races r SET round = $2, event_format = $3, sprint_laps = CASE WHEN $3 = 'conventional' THEN NULL ELSE sprint_laps END,
                    date = s.date, starts_at = s.starts_at,
                    status = CASE WHEN $4 THEN 'scheduled' ELSE r.status END
             FROM race_sessions s
             WHERE r.id = $1 AND s.race_id = r.id AND s.session = 'race'
               AND (r.round, r.event_format, r.date, r.starts_at, r.status)
                   IS DISTINCT FROM ($2, $3, s.date, s.starts_at, CASE WHEN $4 THEN 'scheduled' ELSE r.status END)",
            ours.id.0,
            round,
            format as EventFormat,
            returns
        )
        .execute(&mut *connection)
        .await?;
        if returns {
            sqlx::query!("SELECT set_config('f1.bulk_load', 'off', true)")
                .fetch_one(&mut *connection)
                .await?;
        }
        if changed || updated.rows_affected() > 0 {
            changes.changed += 1;
            notes.push(format!("{} has changed", ours.name));
        }
    }
    Ok(changes)
}

/// Whether to take over the event format: not if Jolpica announces the race for the first time and its times are known
/// from another source.
fn takes_format(ours: &KnownRace, theirs: &Race) -> bool {
    ours.times().accepts_additions()
        && ours.status == RaceStatus::Scheduled
        && ours.format != theirs.event_format
}

/// Stores what was announced of a session, and takes the time over if it is new.
async fn announce(
    connection: &mut PgConnection,
    ours: &KnownRace,
    session: &Session,
) -> Result<bool> {
    let announced = SessionTime {
        date: session.date,
        starts_at: session.starts_at,
    };
    let known = ours.sessions.get(&session.kind);
    let before = known.map(|known| known.time);
    let previously = known.and_then(|known| known.announced);
    let time = if is_news(announced, before, previously, ours.times()) {
        announced
    } else {
        let Some(before) = before else {
            return Ok(false);
        };
        before
    };
    sqlx::query!(
        "INSERT INTO race_sessions AS s (race_id, session, date, starts_at, jolpica_date, jolpica_starts_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (race_id, session) DO UPDATE SET date = $3, starts_at = $4, jolpica_date = $5, jolpica_starts_at = $6",
        ours.id.0,
        session.kind as SessionKind,
        time.date,
        time.starts_at,
        session.date,
        session.starts_at
    )
    .execute(connection)
    .await?;
    Ok(before != Some(time))
}

/// Deletes sessions that were announced and no longer are.
async fn withdraw(connection: &mut PgConnection, ours: &KnownRace, theirs: &Race) -> Result<bool> {
    let announced: Vec<SessionKind> = theirs.sessions.iter().map(|session| session.kind).collect();
    let gone = sqlx::query!(
        "DELETE FROM race_sessions WHERE race_id = $1 AND jolpica_date IS NOT NULL
           AND session <> ALL ($2)",
        ours.id.0,
        &announced as &[SessionKind]
    )
    .execute(connection)
    .await?;
    Ok(gone.rows_affected() > 0)
}

/// Inserts the races that only Jolpica has. What only F1DB has is copied from the circuit's last race.
pub(super) async fn insert_new(
    connection: &mut PgConnection,
    year: i16,
    matched: &Matched<'_>,
    numbering: &Numbering,
    notes: &mut Vec<String>,
) -> Result<Changes> {
    let mut changes = Changes::default();
    for (race, circuit) in &matched.theirs {
        let Some(circuit) = circuit else {
            notes.push(format!(
                "{} is not added: no release has its circuit yet, {}",
                race.name, race.circuit.name
            ));
            continue;
        };
        if numbering.is_taken(race.round) {
            let round = race.round;
            notes.push(format!(
                "{} is not added: another race is round {round}",
                race.name
            ));
            continue;
        }
        sqlx::query!(
            "INSERT INTO seasons (year) VALUES ($1) ON CONFLICT DO NOTHING",
            year
        )
        .execute(&mut *connection)
        .await?;
        let id = insert(connection, race, *circuit).await?;
        for session in &race.sessions {
            sqlx::query!(
                "INSERT INTO race_sessions (race_id, session, date, starts_at, jolpica_date, jolpica_starts_at)
                 VALUES ($1, $2, $3, $4, $3, $4)",
                id,
                session.kind as SessionKind,
                session.date,
                session.starts_at
            )
            .execute(&mut *connection)
            .await?;
        }
        changes.inserted += 1;
        notes.push(format!("{} is new", race.name));
    }
    Ok(changes)
}

async fn insert(connection: &mut PgConnection, race: &Race, circuit: CircuitId) -> Result<i32> {
    let id = sqlx::query_scalar!(
        "INSERT INTO races (year, round, grand_prix_key, name, official_name, circuit_id, date, starts_at, event_format,
                            status, qualifying_format, lap_length_m, turns, laps, sprint_laps)
         SELECT $1, $2, coalesce(titled.grand_prix_key, $3::text), $4, $4, c.id, $6, $7, $8::event_format, 'scheduled', 'knockout',
                coalesce(last.lap_length_m, c.length_m), coalesce(last.turns, c.turns),
                $9::integer / coalesce(last.lap_length_m, c.length_m) + 1,
                CASE WHEN $8::event_format <> 'conventional' THEN $10::integer / coalesce(last.lap_length_m, c.length_m) + 1 END
         FROM circuits c
         LEFT JOIN LATERAL (SELECT lap_length_m, turns FROM races r WHERE r.circuit_id = c.id ORDER BY date DESC LIMIT 1) last ON true
         LEFT JOIN LATERAL (SELECT grand_prix_key FROM races r WHERE r.name = $4 ORDER BY date DESC LIMIT 1) titled ON true
         WHERE c.id = $5
         RETURNING id",
        race.year,
        race.round,
        folded(&race.name).trim_end_matches(" grand prix").replace(' ', "-"),
        race.name,
        circuit.0,
        race.date,
        race.starts_at,
        race.event_format as EventFormat,
        GRAND_PRIX_M,
        SPRINT_M
    );
    Ok(id.fetch_one(connection).await?)
}

/// Cancels the races that Jolpica once announced, no longer does, and that have not been run, even if their day has passed:
/// the calendar may have been read late. Returns their ids.
pub(super) async fn cancel_withdrawn(
    connection: &mut PgConnection,
    matched: &Matched<'_>,
    notes: &mut Vec<String>,
) -> Result<Vec<RaceId>> {
    let withdrawn: Vec<&KnownRace> = matched
        .ours
        .iter()
        .filter(|ours| ours.was_announced())
        .filter(|ours| !matches!(ours.status, RaceStatus::Completed | RaceStatus::Cancelled))
        .collect();
    // If half a calendar is missing, upstream is at fault.
    if withdrawn.len() > matched.both.len() {
        notes.push(format!(
            "{} races are missing from the calendar, which is treated as a fault",
            withdrawn.len()
        ));
        return Ok(Vec::new());
    }
    let ids: Vec<i32> = withdrawn.iter().map(|ours| ours.id.0).collect();
    sqlx::query!(
        "UPDATE races SET status = 'cancelled' WHERE id = ANY ($1)",
        &ids
    )
    .execute(connection)
    .await?;
    notes.extend(
        withdrawn
            .iter()
            .map(|ours| format!("{} is cancelled", ours.name)),
    );
    Ok(withdrawn.iter().map(|ours| ours.id).collect())
}
