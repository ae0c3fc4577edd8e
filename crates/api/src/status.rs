//! `GET /v1/status`, its summary, and the health of this process. The state itself is read by [`schema::pipeline`].

mod convert;

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use client::{
    problem::Problem,
    status::{Health, Status, Summary},
};
use schema::{Clock, database::SchemaError, pipeline};
use serde::Deserialize;
use sqlx::PgPool;
use utoipa::IntoParams;

use crate::{
    corrections,
    error::{Error, Result},
    extract::Query,
};

/// The default number of runs in an answer.
const RUNS: i64 = 50;
/// The largest number of runs in an answer.
const MOST_RUNS: i64 = 500;
/// Corrections in an answer.
const CORRECTIONS: i64 = 50;

/// The number of runs in the answer.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RunsQuery {
    /// Runs of jobs, 1 to 500; left out: 50
    limit: Option<i64>,
}

/// What the database contains, what ran, what is due, and what is wrong.
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
    let (summary, problems, next, freshness, timeliness, runs, corrections) = tokio::try_join!(
        read_summary(&pool, now),
        async { Ok(pipeline::problems(&pool, now).await?) },
        async { Ok(pipeline::weekends(&pool, now).await?) },
        async { Ok(pipeline::freshness(&pool).await?) },
        async { Ok(pipeline::timeliness(&pool, now).await?) },
        async { Ok(pipeline::runs(&pool, limit).await?) },
        corrections::newest(&pool, CORRECTIONS),
    )?;
    Ok(Json(Status {
        summary,
        problems: problems.iter().map(convert::problem).collect(),
        next: next.into_iter().map(convert::weekend).collect(),
        freshness: freshness.into_iter().map(convert::freshness).collect(),
        predictions: timeliness.into_iter().map(convert::timeliness).collect(),
        jobs: runs.last_of_job.into_iter().map(convert::run).collect(),
        runs: runs.newest.into_iter().map(convert::run).collect(),
        corrections,
    }))
}

/// What the database contains; cheap enough for every page.
#[utoipa::path(get, operation_id = "status_summary", path = "/v1/status/summary", responses((status = 200, body = Summary)))]
pub(crate) async fn summary(
    State(pool): State<PgPool>,
    State(clock): State<Clock>,
) -> Result<Summary> {
    Ok(Json(read_summary(&pool, clock.now()).await?))
}

async fn read_summary(pool: &PgPool, now: DateTime<Utc>) -> std::result::Result<Summary, Error> {
    let summary = pipeline::summary(pool).await?;
    Ok(Summary {
        loading: summary.loading,
        demo: summary.demo,
        release: summary.release,
        first_season: summary.seasons.map(|(first, _)| first),
        last_season: summary.seasons.map(|(_, last)| last),
        races_completed: summary.races_completed,
        live_predictions: summary.live_predictions,
        retrospective_predictions: summary.retrospective_predictions,
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

/// The database answers and has the schema that this program knows.
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
