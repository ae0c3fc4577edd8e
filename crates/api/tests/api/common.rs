//! Requests to the router, without a socket.

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use client::problem::Problem;
use http_body_util::BodyExt as _;
use serde::de::DeserializeOwned;
use tower::ServiceExt as _;

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
