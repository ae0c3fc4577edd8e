//! Whether the process runs, whether it can work, and its metrics.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::{
    metrics::{self, Ticks},
    schedule::Cron,
};
use crate::Context;

/// What is watched.
#[derive(Clone)]
pub(super) struct Watched {
    pub(super) ctx: Context,
    pub(super) cron: Cron,
    pub(super) ticks: Arc<Ticks>,
    pub(super) stop: CancellationToken,
}

pub(super) fn app(watched: Watched) -> Router {
    Router::new()
        .route("/health/live", get(ok))
        .route("/health/ready", get(ready))
        .route("/metrics", get(scrape))
        .with_state(watched)
}

async fn ok() -> Response {
    Json(json!({"status": "ok"})).into_response()
}

/// The database answers and holds the schema we know, and the scheduler runs.
async fn ready(State(watched): State<Watched>) -> Response {
    if watched.stop.is_cancelled() {
        return unavailable("it was told to stop");
    }
    if !watched.cron.is_running().await {
        return unavailable("the scheduler stands still");
    }
    match schema::database::check_schema(&watched.ctx.pool).await {
        Ok(()) => ok().await,
        Err(error) => unavailable(&error.to_string()),
    }
}

async fn scrape(State(watched): State<Watched>) -> Response {
    let text = metrics::render(&watched.ctx, &watched.ticks).await;
    ([(header::CONTENT_TYPE, metrics::CONTENT_TYPE)], text).into_response()
}

/// RFC 9457, as the API has it.
fn unavailable(detail: &str) -> Response {
    let status = StatusCode::SERVICE_UNAVAILABLE;
    let problem = json!({
        "type": "about:blank",
        "title": "Unavailable",
        "status": status.as_u16(),
        "detail": detail,
    });
    let kind = [(header::CONTENT_TYPE, "application/problem+json")];
    (status, kind, problem.to_string()).into_response()
}
