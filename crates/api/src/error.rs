//! Every error is RFC 9457 `application/problem+json`; a 5xx says nothing of its cause, the log does.

use std::any::Any;

use axum::{
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use client::problem::Problem;
use tower_http::request_id::RequestId;
use tracing::Span;

/// What a handler may fail with.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing.
    #[error("{0}")]
    NotFound(String),
    /// A parameter does not parse or is out of range; names it.
    #[error("{0}")]
    BadRequest(String),
    /// Only GET and HEAD.
    #[error("this address can only be read: GET or HEAD")]
    MethodNotAllowed,
    /// The key is an old one.
    #[error("moved to {0}")]
    Moved(String),
    /// The database does not answer, or does not hold the schema this program knows.
    #[error("{0}")]
    Unavailable(String),
    /// Anything else the database says.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// The database holds a word that the API does not know.
    #[error("{0}")]
    Vocabulary(String),
}

/// What handlers return.
pub(crate) type Result<T> = std::result::Result<axum::Json<T>, Error>;

impl Error {
    pub(crate) fn not_found(what: impl Into<String>) -> Self {
        Self::NotFound(what.into())
    }

    /// Status and title of every kind: the one table.
    const fn kind(&self) -> (StatusCode, &'static str) {
        match self {
            Self::NotFound(_) => (StatusCode::NOT_FOUND, "Not found"),
            Self::BadRequest(_) => (StatusCode::BAD_REQUEST, "Bad request"),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "Method not allowed"),
            Self::Moved(_) => (StatusCode::MOVED_PERMANENTLY, "Moved permanently"),
            Self::Unavailable(_)
            | Self::Database(
                sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) | sqlx::Error::PoolClosed,
            ) => (StatusCode::SERVICE_UNAVAILABLE, "Unavailable"),
            Self::Database(_) | Self::Vocabulary(_) => {
                (StatusCode::INTERNAL_SERVER_ERROR, "Internal error")
            }
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let (status, title) = self.kind();
        let detail = if status.is_server_error() {
            tracing::error!(error = ?self, "request failed");
            match &self {
                Self::Unavailable(why) => why.clone(),
                _ => "the request could not be answered; the log has the reason".to_owned(),
            }
        } else {
            self.to_string()
        };
        let mut response = problem(status, title, detail);
        if let Self::Moved(to) = self
            && let Ok(location) = HeaderValue::from_str(&to)
        {
            response.headers_mut().insert(header::LOCATION, location);
        }
        response
    }
}

fn problem(status: StatusCode, title: &str, detail: String) -> Response {
    let problem = Problem {
        kind: "about:blank".to_owned(),
        title: title.to_owned(),
        status: status.as_u16(),
        detail,
        request_id: None,
    };
    let mut response = (status, axum::Json(&problem)).into_response();
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    response.extensions_mut().insert(problem);
    response
}

/// Adds the request's id to the body of a problem.
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
    // The id changes the length, and a problem is too small to be worth compressing.
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.remove(header::CONTENT_ENCODING);
    Response::from_parts(parts, body)
}

/// A handler's panic, as a problem.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature that CatchPanicLayer asks for"
)]
pub(crate) fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    tracing::error!(panic = message, "a handler panicked");
    let detail = "the request could not be answered; the log has the reason".to_owned();
    problem(StatusCode::INTERNAL_SERVER_ERROR, "Internal error", detail)
}

/// The span of a request: the route, not what was typed.
pub(crate) fn span(request: &Request) -> Span {
    let route = request
        .extensions()
        .get::<axum::extract::MatchedPath>()
        .map_or("", |path| path.as_str());
    let id = request
        .extensions()
        .get::<RequestId>()
        .and_then(|id| id.header_value().to_str().ok())
        .unwrap_or("");
    tracing::info_span!("request", method = %request.method(), route, request_id = id)
}

/// What a visitor typed, cut to a length that can be shown.
pub(crate) fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(80).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

/// A word of the database's vocabulary as one of the API's.
pub(crate) fn word<T: std::str::FromStr<Err = String>>(
    text: &str,
) -> std::result::Result<T, Error> {
    text.parse().map_err(Error::Vocabulary)
}
