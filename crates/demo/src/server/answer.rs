//! An answer, and how a fault spoils it.

use std::io;

use axum::{
    body::Body,
    http::{HeaderName, StatusCode, header},
    response::Response,
};
use futures_util::stream;

use super::faults::Fault;

/// An answer before any fault.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(HeaderName, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// A JSON body.
    pub(crate) fn json(value: &serde_json::Value) -> Self {
        Self::of(StatusCode::OK, "application/json", value.to_string())
    }

    /// A status and an error page.
    pub(crate) fn html(status: StatusCode) -> Self {
        let page = format!("<html><body><h1>{status}</h1></body></html>");
        Self::of(status, "text/html", page)
    }

    /// A status and a JSON object with a `detail`.
    pub(crate) fn detail(status: StatusCode, detail: &str) -> Self {
        let value = serde_json::json!({"detail": detail});
        Self::of(status, "application/json", value.to_string())
    }

    /// A redirect.
    pub(crate) fn redirect(status: StatusCode, target: String) -> Self {
        Self {
            status,
            headers: vec![(header::LOCATION, target)],
            body: Vec::new(),
        }
    }

    /// 503, to be tried again after a second.
    pub(crate) fn unavailable() -> Self {
        let mut answer = Self::html(StatusCode::SERVICE_UNAVAILABLE);
        answer.headers.push((header::RETRY_AFTER, "1".to_owned()));
        answer
    }

    fn of(status: StatusCode, kind: &str, body: String) -> Self {
        Self {
            status,
            headers: vec![(header::CONTENT_TYPE, kind.to_owned())],
            body: body.into_bytes(),
        }
    }

    /// The response, spoilt by a fault if there is one. An answer without a body cannot be cut short; it becomes a server
    /// error instead.
    pub(crate) fn into_response(mut self, fault: Option<Fault>) -> Response {
        let half = self.body.len() / 2;
        match fault {
            Some(Fault::ServerError) => Self::html(StatusCode::INTERNAL_SERVER_ERROR).intact(),
            Some(Fault::Cut | Fault::Truncated) if half == 0 => {
                Self::html(StatusCode::INTERNAL_SERVER_ERROR).intact()
            }
            Some(Fault::Unavailable) => Self::unavailable().intact(),
            Some(Fault::Html) => Self::html(StatusCode::OK).intact(),
            Some(Fault::Truncated) => {
                self.body.truncate(half);
                self.intact()
            }
            Some(Fault::Cut) => {
                let promised = self.body.len().to_string();
                self.headers.push((header::CONTENT_LENGTH, promised));
                self.body.truncate(half);
                let body = std::mem::take(&mut self.body);
                let broken = io::Error::from(io::ErrorKind::ConnectionReset);
                let pieces = stream::iter([Ok(body), Err(broken)]);
                self.with_body(Body::from_stream(pieces))
            }
            None => self.intact(),
        }
    }

    fn intact(mut self) -> Response {
        let body = std::mem::take(&mut self.body);
        self.with_body(Body::from(body))
    }

    fn with_body(self, body: Body) -> Response {
        let mut response = Response::builder().status(self.status);
        for (name, value) in self.headers {
            response = response.header(name, value);
        }
        response.body(body).unwrap()
    }
}
