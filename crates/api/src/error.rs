//! Errors as RFC 9457 `application/problem+json`. The cause of a 5xx is in the log, not in the answer.

use std::any::Any;

use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use client::problem::Problem;
use tower_http::request_id::RequestId;
use tracing::{Span, field::Empty};

use crate::cache::REUSE;

/// The media type of a problem.
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// The error of a handler.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The resource does not exist.
    #[error("{0}")]
    NotFound(String),
    /// A parameter cannot be parsed or is out of range. The text names it.
    #[error("{0}")]
    BadRequest(String),
    /// The method is not GET or HEAD.
    #[error("this address can only be read: GET or HEAD")]
    MethodNotAllowed,
    /// The address is longer than the limit, in bytes.
    #[error("the address is longer than {0} bytes")]
    AddressTooLong(usize),
    /// The header fields together are longer than the limit, in bytes.
    #[error("the header fields are longer than {0} bytes")]
    HeadersTooLarge(usize),
    /// The key is outdated; has the current address.
    #[error("moved to {0}")]
    Moved(String),
    /// The database does not answer, or does not have the schema of this program.
    #[error("{0}")]
    Unavailable(String),
    /// Any other error of the database.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
}

/// The result of a handler.
pub(crate) type Result<T> = std::result::Result<axum::Json<T>, Error>;

impl Error {
    pub(crate) fn not_found(what: impl Into<String>) -> Self {
        Self::NotFound(what.into())
    }

    const fn status(&self) -> StatusCode {
        match self {
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::AddressTooLong(_) => StatusCode::URI_TOO_LONG,
            Self::HeadersTooLarge(_) => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::Moved(_) => StatusCode::MOVED_PERMANENTLY,
            Self::Unavailable(_)
            | Self::Database(
                sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) | sqlx::Error::PoolClosed,
            ) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Database(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let status = self.status();
        let detail = if status.is_server_error() {
            tracing::error!(error = ?self, "request failed");
            match &self {
                Self::Unavailable(why) => why.clone(),
                _ => "the request could not be answered; the log has the reason".to_owned(),
            }
        } else {
            self.to_string()
        };
        let mut response = problem(status, detail);
        if let Self::Moved(to) = self
            && let Ok(location) = HeaderValue::from_str(&to)
        {
            // A cache may keep it, so it does not have the id of one request.
            response.extensions_mut().remove::<Problem>();
            let headers = response.headers_mut();
            headers.insert(header::LOCATION, location);
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(REUSE));
        }
        response
    }
}

/// A problem whose type is its status, so its title is the status's phrase (RFC 9457, section 4.2.1).
fn problem(status: StatusCode, detail: String) -> Response {
    let problem = Problem {
        kind: "about:blank".to_owned(),
        title: status.canonical_reason().unwrap_or_default().to_owned(),
        status: status.as_u16(),
        detail,
        request_id: None,
    };
    let mut response = (status, axum::Json(&problem)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    // It has the id of this request.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.extensions_mut().insert(problem);
    response
}

/// Adds the id of the request to the body of a problem.
pub(crate) async fn name_request(request: Request, next: Next) -> Response {
    let id = request
        .extensions()
        .get::<RequestId>()
        .and_then(|id| id.header_value().to_str().ok())
        .map(str::to_owned);
    let mut response = next.run(request).await;
    let Some(mut problem) = response.extensions_mut().remove::<Problem>() else {
        return response;
    };
    problem.request_id = id;
    let (mut parts, _) = response.into_parts();
    let body = axum::Json(problem).into_response().into_body();
    // The id changes the length, and a problem is too small for compression.
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.remove(header::CONTENT_ENCODING);
    Response::from_parts(parts, body)
}

/// The answer to a request whose handler panicked.
#[expect(
    clippy::needless_pass_by_value,
    reason = "CatchPanicLayer requires this signature"
)]
pub(crate) fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    tracing::error!(panic = message, "a handler panicked");
    let detail = "the request could not be answered; the log has the reason".to_owned();
    problem(StatusCode::INTERNAL_SERVER_ERROR, detail)
}

/// The span of a request. [`name_route`] adds the route.
pub(crate) fn span(request: &Request) -> Span {
    let id = request
        .extensions()
        .get::<RequestId>()
        .and_then(|id| id.header_value().to_str().ok())
        .unwrap_or("");
    tracing::info_span!("request", method = %request.method(), route = Empty, request_id = id)
}

/// Adds the route to the span: the pattern, not the path that was requested.
pub(crate) async fn name_route(request: Request, next: Next) -> Response {
    if let Some(route) = request.extensions().get::<MatchedPath>() {
        Span::current().record("route", route.as_str());
    }
    next.run(request).await
}

/// A parameter as an error message repeats it, truncated.
pub(crate) fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(80).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
