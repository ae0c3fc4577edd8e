//! An upstream's answer: redirects followed, the body read whole and packed for storage.

use std::{
    io::{Cursor, Write as _},
    time::Duration,
};

use chrono::{DateTime, Utc};
use reqwest::{Response, Url, header::LOCATION};
use zip::{CompressionMethod, ZipWriter, result::ZipError, write::SimpleFileOptions};

use crate::sources::http;

/// A page of a hundred rows is far below a megabyte.
const LARGEST_ANSWER: usize = 16 << 20;

/// Why an upstream was not asked, or did not answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It was asked and the request failed.
    #[error(transparent)]
    Http(#[from] http::Error),
    /// Its budget of requests is spent.
    #[error("{upstream}: the budget of requests is spent until {until}")]
    BudgetSpent {
        /// The upstream.
        upstream: &'static str,
        /// When the next request is allowed, by the context's clock.
        until: DateTime<Utc>,
    },
    /// It asked for a long pause (`Retry-After`).
    #[error("{upstream}: asked not to be asked again before {until}")]
    Paused {
        /// The upstream.
        upstream: &'static str,
        /// When it may be asked again, by the context's clock.
        until: DateTime<Utc>,
    },
    /// Another process, or another job of this one, had the lease all the time.
    #[error("{upstream}: still in use by another job after {} seconds", patience.as_secs_f32())]
    Taken {
        /// The upstream.
        upstream: &'static str,
        /// How long this process waited.
        patience: Duration,
    },
    /// It redirects to another server.
    #[error("{url}: redirects to {target}, another server")]
    Elsewhere {
        /// What was asked for.
        url: String,
        /// Where it pointed.
        target: String,
    },
    /// The lease, the budget or the storing of an answer failed.
    #[error("the database cannot count requests or store answers: {0}")]
    Database(#[from] sqlx::Error),
    /// An answer could not be packed.
    #[error("an answer could not be packed: {0}")]
    Packing(#[from] ZipError),
}

impl Error {
    /// When it may be asked again, if waiting helps.
    pub(super) const fn until(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::BudgetSpent { until, .. } | Self::Paused { until, .. } => Some(*until),
            _ => None,
        }
    }
}

/// An upstream's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A whole JSON text, stored in `raw_responses`.
    Body(Vec<u8>),
    /// 404: there is no such thing; `OpenF1`'s answer for an empty list.
    NotFound,
    /// 401: closed for now; `OpenF1`'s answer while a session runs.
    Locked,
}

/// Where a redirect leads, if that is the same server, or the same host over TLS.
pub(super) fn redirect(url: &Url, response: &Response) -> Result<Url, Error> {
    let location = response.headers().get(LOCATION);
    let location = location.and_then(|value| value.to_str().ok());
    let target = location
        .and_then(|location| url.join(location).ok())
        .ok_or_else(|| {
            let status = response.status();
            malformed(url, &format!("answered {status} without a location"))
        })?;
    let now_encrypted = url.scheme() == "http"
        && target.scheme() == "https"
        && url.host() == target.host()
        && (url.port(), target.port()) == (None, None);
    if target.origin() == url.origin() || now_encrypted {
        return Ok(target);
    }
    Err(Error::Elsewhere {
        url: url.to_string(),
        target: target.to_string(),
    })
}

/// The whole body, if it is JSON. An error page or a truncated text is a transient error.
pub(super) async fn json(url: &Url, mut response: Response) -> Result<Vec<u8>, http::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|cause| http::Error::unreachable(url, &cause))?
    {
        if body.len() + chunk.len() > LARGEST_ANSWER {
            return Err(malformed(url, "the answer is far too large"));
        }
        body.extend_from_slice(&chunk);
    }
    match serde_json::from_slice::<serde_json::Value>(&body) {
        Ok(_) => Ok(body),
        Err(error) => Err(malformed(url, &format!("the answer is not JSON: {error}"))),
    }
}

/// A zip of one file: answers are stored as zips, as F1DB's releases are.
pub(super) fn packed(body: &[u8]) -> Result<Vec<u8>, ZipError> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    zip.start_file("answer.json", options)?;
    zip.write_all(body)?;
    Ok(zip.finish()?.into_inner())
}

pub(super) fn malformed(url: &Url, problem: &str) -> http::Error {
    http::Error::Malformed {
        url: url.to_string(),
        problem: problem.to_owned(),
    }
}
