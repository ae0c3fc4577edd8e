//! What an upstream says, and what becomes of it on its way in: followed, read whole, packed to be kept.

use std::{
    io::{Cursor, Write as _},
    time::Duration,
};

use chrono::{DateTime, Utc};
use reqwest::{Response, Url, header::LOCATION};
use zip::{CompressionMethod, ZipWriter, result::ZipError, write::SimpleFileOptions};

use super::http;

/// A page of a hundred rows is far below a megabyte.
const LARGEST_ANSWER: usize = 16 << 20;

/// Why an upstream was not asked, or did not answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It was asked, and did not give what it should.
    #[error(transparent)]
    Http(#[from] http::Error),
    /// It was asked as often as it allows.
    #[error("{upstream}: the budget of requests is spent until {until}")]
    BudgetSpent {
        /// Which.
        upstream: &'static str,
        /// When the next request is free, by the context's clock.
        until: DateTime<Utc>,
    },
    /// It asked for a long pause (`Retry-After`).
    #[error("{upstream}: asked not to be asked again before {until}")]
    Paused {
        /// Which.
        upstream: &'static str,
        /// When it may be asked again, by the context's clock.
        until: DateTime<Utc>,
    },
    /// Another process, or another job of this one, has been talking to it all the while.
    #[error("{upstream}: somebody else has been asking for {} seconds", patience.as_secs_f32())]
    Taken {
        /// Which.
        upstream: &'static str,
        /// How long we waited.
        patience: Duration,
    },
    /// It sent us to another server.
    #[error("{url}: redirects to {target}, another server")]
    Elsewhere {
        /// What was asked for.
        url: String,
        /// Where it pointed.
        target: String,
    },
    /// The turn, the budget or the keeping of an answer failed.
    #[error("the database does not keep the manners: {0}")]
    Database(#[from] sqlx::Error),
    /// An answer could not be packed.
    #[error("an answer could not be packed: {0}")]
    Packing(#[from] ZipError),
}

impl Error {
    /// When it may be asked again, if that is only a matter of time.
    pub(super) const fn until(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::BudgetSpent { until, .. } | Self::Paused { until, .. } => Some(*until),
            _ => None,
        }
    }
}

/// What an upstream says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// JSON, whole and kept in `raw_responses`.
    Body(Vec<u8>),
    /// 404: there is nothing of the kind. `OpenF1` says so of an empty list.
    NotFound,
    /// 401: closed for now. `OpenF1` says so while a session runs.
    Locked,
}

/// Where a redirect leads, if that is the same server, or its encrypted self.
pub(super) fn redirect(url: &Url, response: &Response) -> Result<Url, Error> {
    let location = response.headers().get(LOCATION);
    let location = location.and_then(|value| value.to_str().ok());
    let target = location
        .and_then(|location| url.join(location).ok())
        .ok_or_else(|| {
            let status = response.status();
            malformed(url, &format!("answered {status} without saying where to"))
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

/// The whole body, if it is JSON: an error page and a text that was cut off are asked for again.
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

/// As answers are stored, F1DB's own zips among them: a zip of one file.
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
