//! Error pages: real statuses, the navigation kept, nothing of the cause shown.

use std::{any::Any, sync::Mutex, time::Instant};

use askama::Template;
use axum::{
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use tower_http::request_id::RequestId;

use crate::{page::Frame, parts::Link, words};

/// What a page may fail with.
#[derive(Debug, Clone)]
pub(crate) enum Error {
    /// There is no such page; these are near.
    NotFound { near: Vec<Link> },
    /// A parameter does not parse; names it.
    BadRequest(String),
    /// It has another address.
    Moved(String),
    /// The API does not answer.
    Away(String),
    /// A fault of ours.
    Internal(String),
}

impl From<client::Error> for Error {
    fn from(error: client::Error) -> Self {
        match error {
            client::Error::NotFound(_) => Self::NotFound { near: Vec::new() },
            client::Error::BadRequest(detail) => Self::BadRequest(detail),
            client::Error::Moved(to) => Self::Moved(to.trim_start_matches("/v1").to_owned()),
            client::Error::Away(cause) => Self::Away(cause),
        }
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    frame: Frame,
    status: u16,
    title: &'static str,
    text: String,
    near: Vec<Link>,
    request_id: Option<String>,
}

impl IntoResponse for Error {
    /// Leaves the page itself to [`render`], which knows the request.
    fn into_response(self) -> Response {
        if let Self::Moved(to) = &self
            && let Ok(location) = HeaderValue::from_str(to)
        {
            return (
                StatusCode::MOVED_PERMANENTLY,
                [(header::LOCATION, location)],
            )
                .into_response();
        }
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl Error {
    const fn status(&self) -> StatusCode {
        match self {
            Self::NotFound { .. } | Self::Moved(_) => StatusCode::NOT_FOUND,
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::Away(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn words(&self) -> (&'static str, String) {
        match self {
            Self::NotFound { .. } | Self::Moved(_) => (
                "There is no such page",
                "The address may be misspelt, or what it names was never run.".to_owned(),
            ),
            Self::BadRequest(detail) => (
                "That question does not parse",
                format!("The part of the address after the question mark is at fault: {detail}."),
            ),
            Self::Away(_) => ("The data is away for a moment", away_text()),
            Self::Internal(_) => (
                "Something went wrong here",
                "It is our fault and it is in the log. Nothing you did is lost.".to_owned(),
            ),
        }
    }
}

/// Since when the API has not answered.
static AWAY_SINCE: Mutex<Option<Instant>> = Mutex::new(None);

/// Remembers whether the API answered, for [`away_text`].
pub(crate) fn note_api(answers: bool) {
    let mut since = AWAY_SINCE
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    *since = if answers {
        None
    } else {
        Some(since.unwrap_or_else(Instant::now))
    };
}

fn away_text() -> String {
    let since = *AWAY_SINCE
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let seconds = since.map_or(0, |since| since.elapsed().as_secs());
    let how_long = words::duration(i64::try_from(seconds).unwrap_or(i64::MAX));
    format!(
        "The pages are here, but the server that holds results and forecasts has not answered for {how_long}. \
         Forecasts are stored and come back unchanged. Reload in a minute; what this site is about can be read meanwhile \
         under Data."
    )
}

/// Turns an [`Error`] left in a response into its page.
pub(crate) async fn render(request: Request, next: Next) -> Response {
    let request_id = request
        .extensions()
        .get::<RequestId>()
        .and_then(|id| id.header_value().to_str().ok())
        .map(str::to_owned);
    let mut response = next.run(request).await;
    let Some(error) = response.extensions_mut().remove::<Error>() else {
        return response;
    };
    if matches!(error, Error::Away(_)) {
        note_api(false);
    }
    if let Error::Away(cause) | Error::Internal(cause) = &error {
        tracing::error!(cause, request.id = request_id, "a page failed");
    }
    let (title, text) = error.words();
    let status = error.status();
    let near = if let Error::NotFound { near } = error {
        near
    } else {
        Vec::new()
    };
    let request_id = request_id.filter(|_| status.is_server_error());
    let page = ErrorPage {
        frame: Frame::bare(),
        status: status.as_u16(),
        title,
        text,
        near,
        request_id,
    };
    let html = page.render().unwrap_or_else(|_| title.to_owned());
    let mut response = (status, Html(html)).into_response();
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
    }
    response
}

/// A handler's panic, as a page.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature that CatchPanicLayer asks for"
)]
pub(crate) fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    Error::Internal(message.unwrap_or("a handler panicked").to_owned()).into_response()
}
