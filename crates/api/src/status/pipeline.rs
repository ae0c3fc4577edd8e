//! What is wrong, what is due, how fresh the data is, and how early or late forecasts were.

use chrono::{DateTime, Utc};
use client::{
    races::RaceRef,
    status::{Freshness, ListState, PipelineProblem, SessionState, Timeliness, Weekend},
};
use schema::{
    Contest, DataKind, Moment, PredictionInput, PredictionKind, ProblemKind, RaceList, SessionKind,
    Upstream, problems::Problem,
};
use sqlx::PgPool;

use crate::error::Error;

/// Past races whose forecasts are told of.
const RACES: i64 = 10;

pub(super) async fn problems(
    pool: &PgPool,
    now: DateTime<Utc>,
) -> Result<Vec<PipelineProblem>, Error> {
    let rows = sqlx::query_as!(
        Problem,
        r#"SELECT kind AS "kind!: ProblemKind", since AS "since!", job, year, round, race_name, contest AS "contest: Contest",
                  coalesce(lists::text[], '{}') AS "lists!", attempts, detail
           FROM pipeline_problems($1)"#,
        now
    )
    .fetch_all(pool)
    .await?;
    let problems = rows.into_iter().map(|problem| PipelineProblem {
        kind: problem.kind,
        since: problem.since,
        text: problem.to_string(),
    });
    Ok(problems.collect())
}

pub(super) async fn weekends(pool: &PgPool, now: DateTime<Utc>) -> Result<Vec<Weekend>, Error> {
    let rows = sqlx::query_file!("src/status/weekends.sql", now)
        .fetch_all(pool)
        .await?;
    let mut weekends: Vec<Weekend> = Vec::new();
    for row in rows {
        let race = RaceRef {
            year: row.year,
            round: row.round,
            name: row.name,
        };
        let session = SessionState {
            session: row.session,
            date: row.date,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            lists: Vec::new(),
        };
        let list = row.list.map(|list| ListState {
            list,
            source: row.source,
            first_seen: row.first_seen,
            delay_s: row
                .first_seen
                .map(|seen| (seen - row.ends_at).num_seconds()),
            awaited: row.awaited,
        });
        // Rows of one weekend, and within it of one session, follow each other.
        if weekends.last().is_none_or(|last| last.race != race) {
            weekends.push(Weekend {
                race,
                sessions: Vec::new(),
            });
        }
        let Some(weekend) = weekends.last_mut() else {
            continue;
        };
        let known = |last: &SessionState| last.session == session.session;
        if !weekend.sessions.last().is_some_and(known) {
            weekend.sessions.push(session);
        }
        if let (Some(session), Some(list)) = (weekend.sessions.last_mut(), list) {
            session.lists.push(list);
        }
    }
    Ok(weekends)
}

pub(super) async fn freshness(pool: &PgPool) -> Result<Vec<Freshness>, Error> {
    let rows = sqlx::query!(
        r#"SELECT data AS "data!: DataKind", year, round, race_name, source AS "source: Upstream", release, written_at, checked_at
           FROM data_freshness ORDER BY data_freshness.data"#
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Freshness {
                data: row.data,
                race: race(row.year, row.round, row.race_name),
                release: row.release,
                source: row.source,
                written_at: row.written_at,
                checked_at: row.checked_at,
            })
        })
        .collect()
}

pub(super) async fn predictions(
    pool: &PgPool,
    now: DateTime<Utc>,
) -> Result<Vec<Timeliness>, Error> {
    let rows = sqlx::query_file!("src/status/forecasts.sql", now, RACES)
        .fetch_all(pool)
        .await?;
    rows.into_iter()
        .map(|row| {
            let kind = row.kind;
            let after = row.made_at.map(|made| (made - row.starts_at).num_seconds());
            let live = kind == Some(PredictionKind::Live);
            Ok(Timeliness {
                race: RaceRef {
                    year: row.year,
                    round: row.round,
                    name: row.name,
                },
                contest: row.contest,
                starts_at: row.starts_at,
                made_at: row.made_at,
                moment: row.moment,
                kind,
                lead_s: after.filter(|_| live).map(|seconds| -seconds),
                late_s: after.filter(|_| !live),
                missing: row.missing.unwrap_or_default(),
            })
        })
        .collect()
}

fn race(year: Option<i16>, round: Option<i16>, name: Option<String>) -> Option<RaceRef> {
    Some(RaceRef {
        year: year?,
        round: round?,
        name: name?,
    })
}
