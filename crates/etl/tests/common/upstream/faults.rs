//! What goes wrong between an upstream and us, the same way every time.

use std::{collections::HashMap, io};

use axum::{
    body::Body,
    http::{HeaderName, StatusCode, header},
    response::Response,
};
use futures_util::stream;
use sha2::{Digest as _, Sha256};

/// An answer before anything goes wrong with it.
#[derive(Clone)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: Vec<(HeaderName, String)>,
    pub(super) body: Vec<u8>,
}

/// What becomes of an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fate {
    ServerError,
    Unavailable,
    Cut,
    Truncated,
    Html,
}

/// Which answers fail. The n-th request for one URL meets the same fate under one seed.
pub(super) struct Faults {
    seed: u64,
    rate: f64,
    asked: HashMap<String, u32>,
}

impl Faults {
    /// Faults at a rate from 0 to 1.
    pub(super) fn new(seed: u64, rate: f64) -> Self {
        Self {
            seed,
            rate,
            asked: HashMap::new(),
        }
    }

    /// The fate of the next request for a path with its query.
    pub(super) fn next(&mut self, url: &str) -> Option<Fate> {
        let asked = self.asked.entry(url.to_owned()).or_default();
        *asked += 1;
        let digest = Sha256::digest(format!("{} {asked} {url}", self.seed));
        let drawn = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
        if f64::from(drawn) / f64::from(u32::MAX) >= self.rate {
            return None;
        }
        Some(match digest[4] % 5 {
            0 => Fate::ServerError,
            1 => Fate::Unavailable,
            2 => Fate::Cut,
            3 => Fate::Truncated,
            _ => Fate::Html,
        })
    }
}

impl Answer {
    /// A body of JSON.
    pub(super) fn json(value: &serde_json::Value) -> Self {
        Self::of(StatusCode::OK, "application/json", value.to_string())
    }

    /// A status and an error page.
    pub(super) fn html(status: StatusCode) -> Self {
        let page = format!("<html><body><h1>{status}</h1></body></html>");
        Self::of(status, "text/html", page)
    }

    /// A status and a JSON object with a `detail`.
    pub(super) fn detail(status: StatusCode, detail: &str) -> Self {
        let value = serde_json::json!({"detail": detail});
        Self::of(status, "application/json", value.to_string())
    }

    /// Somewhere else.
    pub(super) fn redirect(status: StatusCode, target: String) -> Self {
        Self {
            status,
            headers: vec![(header::LOCATION, target)],
            body: Vec::new(),
        }
    }

    /// Asks for patience.
    pub(super) fn unavailable() -> Self {
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

    /// The answer as it is sent. What has no body cannot break in the middle of it: then it is a server error.
    pub(super) fn meeting(mut self, fate: Option<Fate>) -> Response {
        let half = self.body.len() / 2;
        match fate {
            Some(Fate::ServerError) => Self::html(StatusCode::INTERNAL_SERVER_ERROR).sent(),
            Some(Fate::Cut | Fate::Truncated) if half == 0 => {
                Self::html(StatusCode::INTERNAL_SERVER_ERROR).sent()
            }
            Some(Fate::Unavailable) => Self::unavailable().sent(),
            Some(Fate::Html) => Self::html(StatusCode::OK).sent(),
            Some(Fate::Truncated) => {
                self.body.truncate(half);
                self.sent()
            }
            Some(Fate::Cut) => {
                let promised = self.body.len().to_string();
                self.headers.push((header::CONTENT_LENGTH, promised));
                self.body.truncate(half);
                let body = std::mem::take(&mut self.body);
                let broken = io::Error::from(io::ErrorKind::ConnectionReset);
                let pieces = stream::iter([Ok(body), Err(broken)]);
                self.with(Body::from_stream(pieces))
            }
            None => self.sent(),
        }
    }

    fn sent(mut self) -> Response {
        let body = std::mem::take(&mut self.body);
        self.with(Body::from(body))
    }

    fn with(self, body: Body) -> Response {
        let mut response = Response::builder().status(self.status);
        for (name, value) in self.headers {
            response = response.header(name, value);
        }
        response.body(body).unwrap()
    }
}
