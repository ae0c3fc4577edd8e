//! Reads the state from the views that say it.

use anyhow::Result;
use chrono::{DateTime, Utc};
use schema::{Contest, PredictionKind, ProblemKind, problems::Problem};
use sqlx::PgPool;

use super::{Freshness, LastRun, Session, Status, Timeliness};

/// Past races whose forecasts are told of.
const RACES: i64 = 10;

/// Reads the state as it is at `now`.
pub async fn read(pool: &PgPool, now: DateTime<Utc>) -> Result<Status> {
    let counts = sqlx::query!(
        r#"SELECT (SELECT release_tag FROM loaded_release) AS release,
                  (SELECT min(year) FROM seasons) AS first, (SELECT max(year) FROM seasons) AS last,
                  (SELECT count(*) FROM races WHERE status = 'completed') AS "races!",
                  (SELECT count(*) FROM predictions WHERE kind = 'live') AS "live!",
                  (SELECT count(*) FROM predictions WHERE kind = 'retrospective') AS "retrospective!""#
    )
    .fetch_one(pool)
    .await?;
    Ok(Status {
        now,
        release: counts.release,
        seasons: counts.first.zip(counts.last),
        races_completed: counts.races,
        live_forecasts: counts.live,
        retrospective_forecasts: counts.retrospective,
        problems: problems(pool, now).await?,
        next: sessions(pool, now).await?,
        jobs: last_runs(pool).await?,
        freshness: freshness(pool).await?,
        forecasts: forecasts(pool, now).await?,
    })
}

async fn problems(pool: &PgPool, now: DateTime<Utc>) -> Result<Vec<String>> {
    let problems = sqlx::query_as!(
        Problem,
        r#"SELECT kind AS "kind!: ProblemKind", since AS "since!", job, year, round, race_name, contest AS "contest: Contest",
                  coalesce(lists::text[], '{}') AS "lists!", attempts, detail
           FROM pipeline_problems($1)"#,
        now
    )
    .fetch_all(pool)
    .await?;
    Ok(problems.iter().map(ToString::to_string).collect())
}

async fn sessions(pool: &PgPool, now: DateTime<Utc>) -> Result<Vec<Session>> {
    let sessions = sqlx::query_as!(
        Session,
        r#"SELECT r.year, r.round, r.name AS race, s.session::text AS "session!", s.date AS "date!", s.starts_at,
                  ARRAY(SELECT l.list::text FROM weekend_lists l
                        WHERE l.race_id = r.id AND l.session = s.session AND l.source IS NOT NULL ORDER BY l.list) AS "held!",
                  ARRAY(SELECT l.list::text FROM weekend_lists l
                        WHERE l.race_id = r.id AND l.session = s.session AND l.awaited AND l.ends_at <= $1 ORDER BY l.list) AS "awaited!"
           FROM current_weekends($1) w JOIN races r ON r.id = w.race_id JOIN weekend_sessions s ON s.race_id = r.id
           ORDER BY r.date, r.year, r.round, s.date, s.starts_at NULLS LAST, s.session"#,
        now
    );
    Ok(sessions.fetch_all(pool).await?)
}

async fn last_runs(pool: &PgPool) -> Result<Vec<LastRun>> {
    let runs = sqlx::query_as!(
        LastRun,
        r#"SELECT s.job AS "job!", s.year AS season, s.round, s.attempt AS "attempt!", s.started_at AS "started_at!",
                  s.outcome::text AS outcome, s.running AS "running!", s.duration_ms, s.detail, s.error
           FROM last_job_runs l JOIN job_run_states s ON s.id = l.id ORDER BY s.job"#
    );
    Ok(runs.fetch_all(pool).await?)
}

async fn freshness(pool: &PgPool) -> Result<Vec<Freshness>> {
    let freshness = sqlx::query_as!(
        Freshness,
        r#"SELECT data::text AS "data!", coalesce(release, year || ' ' || race_name) AS newest, source::text AS source,
                  written_at, checked_at
           FROM data_freshness ORDER BY data_freshness.data"#
    );
    Ok(freshness.fetch_all(pool).await?)
}

async fn forecasts(pool: &PgPool, now: DateTime<Utc>) -> Result<Vec<Timeliness>> {
    let rows = sqlx::query!(
        r#"SELECT r.year, r.round, r.name, t.contest::text AS "contest!", t.starts_at AS "starts_at!", t.made_at AS "made_at?",
                  t.moment::text AS moment, t.kind AS "kind?: PredictionKind"
           FROM recent_races($1, $2) w JOIN races r ON r.id = w.race_id JOIN prediction_timeliness t ON t.race_id = r.id
           ORDER BY t.starts_at DESC, t.contest"#,
        now,
        RACES
    )
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let after = row.made_at.map(|made| (made - row.starts_at).num_seconds());
            let live = row.kind == Some(PredictionKind::Live);
            Timeliness {
                year: row.year,
                round: row.round,
                race: row.name,
                contest: row.contest,
                starts_at: row.starts_at,
                made_at: row.made_at,
                moment: row.moment,
                kind: row.kind.map(|kind| kind.to_string()),
                lead_s: after.filter(|_| live).map(|seconds| -seconds),
                late_s: after.filter(|_| !live),
            }
        })
        .collect())
}
