//! Error pages: they keep the status and the navigation, and never show a cause inside the system.

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

/// Why there is no page.
#[derive(Debug, Clone)]
pub(crate) enum Error {
    /// No page has this address; these are similar.
    NotFound { near: Vec<Link> },
    /// A parameter is wrong; one or two sentences that name it.
    BadRequest(String),
    /// The page has another address.
    Moved(String),
    /// The API does not answer.
    Away(String),
    /// A fault of this program.
    Internal(String),
}

impl Error {
    /// No page has this address, nor a similar one.
    pub(crate) const fn not_found() -> Self {
        Self::NotFound { near: Vec::new() }
    }
}

impl From<client::Error> for Error {
    fn from(error: client::Error) -> Self {
        match error {
            client::Error::NotFound(_) => Self::not_found(),
            client::Error::BadRequest(detail) => {
                Self::BadRequest(words::ended(words::capitalised(&detail)))
            }
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
    /// Carries the error to [`render`], which knows the request.
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

    /// The title and the text of the page.
    fn words(&self) -> (&'static str, String) {
        match self {
            Self::NotFound { .. } | Self::Moved(_) => (
                "There is no such page",
                "The address may be misspelt, or it names something that does not exist."
                    .to_owned(),
            ),
            Self::BadRequest(detail) => ("There is a mistake in the address", detail.clone()),
            Self::Away(_) => ("The data is away for a moment", away_text()),
            Self::Internal(_) => (
                "Something went wrong here",
                "The fault is ours, and it has been logged. Nothing you did is lost.".to_owned(),
            ),
        }
    }
}

/// The first failed request since the API last answered; `None` while it answers.
static AWAY_SINCE: Mutex<Option<Instant>> = Mutex::new(None);

/// Records whether the API answered, for [`away_text`].
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
        "The server with the results and forecasts has not answered for {how_long}. \
         Stored forecasts are safe and come back unchanged. Reload in a minute; the page Data works meanwhile."
    )
}

/// Replaces a response that carries an [`Error`] by the error's page.
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

/// The response to a handler's panic.
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
