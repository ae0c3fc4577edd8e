//! HTTP: whether the process runs, whether it can work, and its metrics.

use std::sync::Arc;

use axum::{
    Json, Router, extract,
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

/// What the handlers read.
#[derive(Clone)]
pub(super) struct State {
    pub(super) ctx: Context,
    pub(super) cron: Cron,
    pub(super) ticks: Arc<Ticks>,
    pub(super) stop: CancellationToken,
}

pub(super) fn app(state: State) -> Router {
    Router::new()
        .route("/health/live", get(ok))
        .route("/health/ready", get(ready))
        .route("/metrics", get(scrape))
        .with_state(state)
}

async fn ok() -> Response {
    Json(json!({"status": "ok"})).into_response()
}

/// Ready if the database answers, its schema is known, and the scheduler runs.
async fn ready(extract::State(state): extract::State<State>) -> Response {
    if state.stop.is_cancelled() {
        return unavailable("the process is stopping");
    }
    if !state.cron.is_running().await {
        return unavailable("the scheduler stands still");
    }
    match schema::database::check_schema(&state.ctx.pool).await {
        Ok(()) => ok().await,
        Err(error) => unavailable(&error.to_string()),
    }
}

async fn scrape(extract::State(state): extract::State<State>) -> Response {
    let text = metrics::render(&state.ctx, &state.ticks).await;
    ([(header::CONTENT_TYPE, metrics::CONTENT_TYPE)], text).into_response()
}

/// A problem document of RFC 9457, like those of the API.
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
