//! `GET /v1/status` and the health of this process.

use axum::{Json, extract::State};
use client::{
    problem::Problem,
    status::{Health, JobRun, Status},
};
use schema::{Clock, database::SchemaError};
use sqlx::PgPool;

use crate::error::{Error, Result, word};

/// What there is, and what ran.
#[utoipa::path(get, operation_id = "status", path = "/v1/status", responses((status = 200, body = Status)))]
pub(crate) async fn show(State(pool): State<PgPool>, State(clock): State<Clock>) -> Result<Status> {
    let (facts, jobs) = tokio::try_join!(
        // A job holds its advisory lock while it runs: a killed one does not, whatever its ledger row says.
        sqlx::query!(
            r#"SELECT (SELECT max(year) IS NULL FROM races) OR EXISTS (
                          SELECT FROM pg_locks WHERE locktype = 'advisory'
                            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                            AND (classid::bigint, objid::bigint) IN (
                                SELECT hashtext('f1 job')::bigint & 4294967295, hashtext(job)::bigint & 4294967295
                                FROM (VALUES ('load'), ('forecast_all'), ('backfill')) AS long (job))) AS "loading!",
                      (SELECT source = 'demo' FROM raw_responses ORDER BY fetched_at DESC, id DESC LIMIT 1) AS demo,
                      (SELECT release_tag FROM raw_responses WHERE release_tag IS NOT NULL
                       ORDER BY fetched_at DESC, id DESC LIMIT 1) AS release,
                      (SELECT min(year) FROM races) AS first_season, (SELECT max(year) FROM races) AS last_season,
                      (SELECT count(*) FROM races WHERE status = 'completed') AS "races_completed!",
                      (SELECT count(*) FROM predictions WHERE kind = 'live') AS "live!",
                      (SELECT count(*) FROM predictions WHERE kind = 'retrospective') AS "retrospective!""#
        )
        .fetch_one(&pool),
        sqlx::query!(
            r#"SELECT DISTINCT ON (job) job, started_at, finished_at, outcome::text AS outcome, detail
               FROM job_runs ORDER BY job, started_at DESC, id DESC"#
        )
        .fetch_all(&pool),
    )?;
    let jobs = jobs
        .into_iter()
        .map(|row| {
            Ok(JobRun {
                job: row.job,
                started_at: row.started_at,
                finished_at: row.finished_at,
                outcome: row.outcome.as_deref().map(word).transpose()?,
                detail: row.detail,
            })
        })
        .collect::<std::result::Result<_, Error>>()?;
    Ok(Json(Status {
        loading: facts.loading,
        demo: facts.demo.unwrap_or(false),
        release: facts.release,
        first_season: facts.first_season,
        last_season: facts.last_season,
        races_completed: facts.races_completed,
        live_forecasts: facts.live,
        retrospective_forecasts: facts.retrospective,
        now: clock.now(),
        jobs,
    }))
}

/// This process runs.
#[utoipa::path(get, path = "/health/live", responses((status = 200, body = Health)))]
pub(crate) async fn live() -> Json<Health> {
    Json(Health {
        status: "ok".to_owned(),
    })
}

/// The database answers and holds the schema this program knows.
#[utoipa::path(get, path = "/health/ready",
    responses((status = 200, body = Health), (status = 503, body = Problem)))]
pub(crate) async fn ready(State(pool): State<PgPool>) -> Result<Health> {
    schema::database::check_schema(&pool)
        .await
        .map_err(|error| match error {
            SchemaError::Unreadable(sqlx::Error::Database(_)) => {
                Error::Unavailable("the database was never migrated".to_owned())
            }
            SchemaError::Unreadable(cause) => Error::Database(cause),
            mismatch => Error::Unavailable(mismatch.to_string()),
        })?;
    Ok(Json(Health {
        status: "ok".to_owned(),
    }))
}
