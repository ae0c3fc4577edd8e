//! `GET /v1/status`, its summary, and the health of this process. The state itself is read by [`schema::pipeline`].

mod convert;

use std::ops::RangeInclusive;

use axum::{Json, extract::State, response::Response};
use chrono::{DateTime, Utc};
use client::status::{Health, HealthStatus, Status, Summary};
use schema::{Clock, database::SchemaError, pipeline};
use serde::{Deserialize, Deserializer};
use sqlx::PgPool;
use utoipa::{IntoParams, openapi::Schema};

use crate::{
    cache, corrections,
    error::{Error, Result},
    extract::Query,
    params::{whole, whole_number},
};

/// The default number of runs in an answer.
const RUNS: i16 = 50;
/// How many runs an answer can have.
const LIMITS: RangeInclusive<i16> = 1..=500;
/// Corrections in an answer.
const CORRECTIONS: i64 = 50;

/// The number of runs in the answer.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RunsQuery {
    /// Runs of jobs; 50 if omitted
    #[param(schema_with = limit_schema)]
    #[serde(default, deserialize_with = "some_limit")]
    limit: Option<i16>,
}

fn limit_schema() -> Schema {
    whole_number(&LIMITS)
}

fn some_limit<'de, D: Deserializer<'de>>(value: D) -> std::result::Result<Option<i16>, D::Error> {
    whole(value, &LIMITS).map(Some)
}

/// What the database contains, what ran, what is due, and what is wrong.
///
/// Made for a monitor: `problems` is empty while all is well. Below it are the lists that are awaited, the age of
/// each kind of data, how long before the start each forecast was made, and the last runs of every job.
#[utoipa::path(get, operation_id = "status", tag = "status", path = "/v1/status", params(RunsQuery),
    responses((status = 200, body = Status)))]
pub(crate) async fn show(
    State(pool): State<PgPool>,
    State(clock): State<Clock>,
    Query(query): Query<RunsQuery>,
) -> std::result::Result<Response, Error> {
    let limit = i64::from(query.limit.unwrap_or(RUNS));
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
    let status = Status {
        summary,
        problems: problems.iter().map(convert::problem).collect(),
        next: next.into_iter().map(convert::weekend).collect(),
        freshness: freshness.into_iter().map(convert::freshness).collect(),
        predictions: timeliness.into_iter().map(convert::timeliness).collect(),
        jobs: runs.last_of_job.into_iter().map(convert::run).collect(),
        runs: runs.newest.into_iter().map(convert::run).collect(),
        corrections,
    };
    Ok(cache::apart_from_clock(status, |status| {
        &mut status.summary.now
    }))
}

/// What the database contains; cheap enough for every page.
///
/// The seasons and releases that are loaded, and whether the history is still being loaded.
#[utoipa::path(get, operation_id = "status_summary", tag = "status", path = "/v1/status/summary",
    responses((status = 200, body = Summary)))]
pub(crate) async fn summary(
    State(pool): State<PgPool>,
    State(clock): State<Clock>,
) -> std::result::Result<Response, Error> {
    let summary = read_summary(&pool, clock.now()).await?;
    Ok(cache::apart_from_clock(summary, |summary| &mut summary.now))
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
///
/// For a supervisor: the process answers. The database is not asked.
#[utoipa::path(get, operation_id = "health_live", tag = "status", path = "/health/live",
    responses((status = 200, body = Health)))]
pub(crate) async fn live() -> Json<Health> {
    Json(Health {
        status: HealthStatus::Ok,
    })
}

/// The database answers and has the schema that this program knows.
///
/// For a load balancer: the API can answer. If it cannot, the detail of the problem says why.
#[utoipa::path(get, operation_id = "health_ready", tag = "status", path = "/health/ready",
    responses((status = 200, body = Health)))]
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
        status: HealthStatus::Ok,
    }))
}
