//! `GET /v1/status`, its summary, and the health of this process.

mod pipeline;
mod runs;

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use client::{
    problem::Problem,
    status::{Health, Status, Summary},
};
use schema::{Clock, database::SchemaError};
use serde::Deserialize;
use sqlx::PgPool;
use utoipa::IntoParams;

use crate::{
    corrections,
    error::{Error, Result},
    extract::Query,
};

/// Runs in an answer, unless it is asked for another number.
const RUNS: i64 = 50;
/// The most runs that can be asked for.
const MOST_RUNS: i64 = 500;
/// Corrections in an answer.
const CORRECTIONS: i64 = 50;

/// How many runs.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RunsQuery {
    /// Runs of jobs, 1 to 500; left out: 50
    limit: Option<i64>,
}

/// What there is, what ran, what is due, and what is wrong.
#[utoipa::path(get, operation_id = "status", path = "/v1/status", params(RunsQuery),
    responses((status = 200, body = Status), (status = 400, body = Problem)))]
pub(crate) async fn show(
    State(pool): State<PgPool>,
    State(clock): State<Clock>,
    Query(query): Query<RunsQuery>,
) -> Result<Status> {
    let limit = query.limit.unwrap_or(RUNS);
    if !(1..=MOST_RUNS).contains(&limit) {
        return Err(Error::BadRequest(format!(
            "limit: {limit} is not between 1 and {MOST_RUNS}"
        )));
    }
    let now = clock.now();
    let (summary, problems, next, freshness, predictions, (jobs, runs), corrections) = tokio::try_join!(
        read_summary(&pool, now),
        pipeline::problems(&pool, now),
        pipeline::weekends(&pool, now),
        pipeline::freshness(&pool),
        pipeline::predictions(&pool, now),
        runs::read(&pool, limit),
        corrections::newest(&pool, CORRECTIONS),
    )?;
    Ok(Json(Status {
        summary,
        problems,
        next,
        freshness,
        predictions,
        jobs,
        runs,
        corrections,
    }))
}

/// What there is: cheap, for those who ask often.
#[utoipa::path(get, operation_id = "status_summary", path = "/v1/status/summary", responses((status = 200, body = Summary)))]
pub(crate) async fn summary(
    State(pool): State<PgPool>,
    State(clock): State<Clock>,
) -> Result<Summary> {
    Ok(Json(read_summary(&pool, clock.now()).await?))
}

async fn read_summary(pool: &PgPool, now: DateTime<Utc>) -> std::result::Result<Summary, Error> {
    let facts = sqlx::query!(
        r#"SELECT (SELECT max(year) IS NULL FROM races) OR EXISTS (
                      SELECT FROM (VALUES ('load'), ('forecast_all'), ('backfill')) AS long (job)
                      WHERE job_lock_held(long.job, NULL, NULL)) AS "loading!",
                  (SELECT demo FROM loaded_release) AS demo,
                  (SELECT release_tag FROM loaded_release) AS release,
                  (SELECT min(year) FROM races) AS first_season, (SELECT max(year) FROM races) AS last_season,
                  (SELECT count(*) FROM races WHERE status = 'completed') AS "races_completed!",
                  (SELECT count(*) FROM predictions WHERE kind = 'live') AS "live!",
                  (SELECT count(*) FROM predictions WHERE kind = 'retrospective') AS "retrospective!""#
    )
    .fetch_one(pool)
    .await?;
    Ok(Summary {
        loading: facts.loading,
        demo: facts.demo.unwrap_or(false),
        release: facts.release,
        first_season: facts.first_season,
        last_season: facts.last_season,
        races_completed: facts.races_completed,
        live_predictions: facts.live,
        retrospective_predictions: facts.retrospective,
        now,
    })
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
            SchemaError::Unreadable {
                cause: sqlx::Error::Database(_),
            } => Error::Unavailable("the database was never migrated".to_owned()),
            SchemaError::Unreadable { cause } => Error::Database(cause),
            mismatch => Error::Unavailable(mismatch.to_string()),
        })?;
    Ok(Json(Health {
        status: "ok".to_owned(),
    }))
}
