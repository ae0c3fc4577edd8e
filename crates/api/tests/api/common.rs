//! A demonstration championship, and requests to the router without a socket.

use std::time::Duration;

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use chrono::{DateTime, Utc};
use client::problem::Problem;
use demo::Championship;
use etl::{
    Context, RaceFilter, Sources,
    jobs::{Job, ledger, load, predictions},
    sources::http::Http,
};
use http_body_util::BodyExt as _;
use schema::Clock;
use serde::de::DeserializeOwned;
use sqlx::PgPool;
use tower::ServiceExt as _;

/// The time of the championship.
pub(crate) fn now() -> DateTime<Utc> {
    "2026-06-10T14:00:00Z".parse().unwrap()
}

/// Loads a small championship as `f1` does.
pub(crate) async fn load(pool: &PgPool) -> Context {
    load_championship(pool, &Championship::small(now())).await
}

/// Loads a championship as `f1` does.
pub(crate) async fn load_championship(pool: &PgPool, championship: &Championship) -> Context {
    let ctx = Context {
        pool: pool.clone(),
        sources: Sources::below(&"http://127.0.0.1:9".parse().unwrap()).unwrap(),
        http: Http::pausing(Duration::ZERO).unwrap(),
        clock: Clock::starting_at(Some(now()), 0.0),
        job_run: None,
    };
    ledger::record(&ctx, Job::Load, RaceFilter::ALL, async |ctx| {
        let release = championship.release();
        let zip = release.zip()?;
        load::load_demo(ctx, release.tag, zip).await
    })
    .await
    .unwrap();
    ctx
}

/// The API over a loaded championship with predictions.
pub(crate) async fn demo(pool: &PgPool) -> Router {
    let ctx = load(pool).await;
    predictions::compute_all(&ctx, |_, _| {}).await.unwrap();
    api::app(pool.clone(), ctx.clock)
}

/// A response with its whole body.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }
}

/// The answer to a request.
pub(crate) async fn ask(
    app: &Router,
    method: Method,
    path: &str,
    headers: &[(header::HeaderName, &str)],
) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    let response = app
        .clone()
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap();
    let (parts, body) = response.into_parts();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: body.collect().await.unwrap().to_bytes().into(),
    }
}

/// The answer to a GET.
pub(crate) async fn get(app: &Router, path: &str) -> Answer {
    ask(app, Method::GET, path, &[]).await
}

/// The answer to a GET that must succeed.
pub(crate) async fn read<T: DeserializeOwned>(app: &Router, path: &str) -> T {
    let answer = get(app, path).await;
    assert_eq!(
        answer.status,
        StatusCode::OK,
        "{path}: {}",
        String::from_utf8_lossy(&answer.body)
    );
    answer.json()
}

/// The problem that a GET must fail with.
pub(crate) async fn problem(app: &Router, path: &str, status: StatusCode) -> Problem {
    let answer = get(app, path).await;
    assert_eq!(answer.status, status, "{path:.200}");
    assert_eq!(
        answer.headers[header::CONTENT_TYPE],
        "application/problem+json",
        "{path:.200}"
    );
    let problem: Problem = answer.json();
    assert_eq!(problem.status, status.as_u16(), "{path:.200}");
    problem
}
