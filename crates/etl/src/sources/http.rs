//! The HTTP client: user agent, time limits, retries, and a count of requests.

#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use backon::{ExponentialBuilder, Retryable as _};
use reqwest::{
    Client, Response, StatusCode, Url,
    header::{HeaderMap, RETRY_AFTER},
    redirect::Policy,
};

/// Attempts at one request, the first included.
const ATTEMPTS: usize = 6;
/// The longest `Retry-After` that is waited for.
pub(super) const LONGEST_WAIT: Duration = Duration::from_mins(2);
/// The time limit of one answer, however slowly it arrives; the download of a release is resumed.
const SLOWEST: Duration = Duration::from_mins(5);

/// No HTTP client can be set up on this system.
#[derive(Debug, thiserror::Error)]
#[error("cannot set up TLS, the package ca-certificates may be missing")]
pub struct SetupError(#[from] reqwest::Error);

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No connection, no answer in time, or an interrupted answer.
    #[error("{url}: {cause}")]
    Unreachable {
        /// The URL that was asked for.
        url: String,
        /// The transport's error.
        cause: String,
    },
    /// An answer that allows another attempt: 429 or 5xx.
    #[error("{url}: answered {status}")]
    Busy {
        /// The URL that was asked for.
        url: String,
        /// The status.
        status: StatusCode,
        /// The wait it asked for.
        retry_after: Option<Duration>,
    },
    /// Any other unwelcome status.
    #[error("{url}: answered {status}")]
    Refused {
        /// The URL that was asked for.
        url: String,
        /// The status.
        status: StatusCode,
    },
    /// An answer of the wrong form.
    #[error("{url}: {problem}")]
    Malformed {
        /// The URL that was asked for.
        url: String,
        /// What is wrong with the answer.
        problem: String,
    },
}

impl Error {
    /// Whether another attempt may succeed.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. } | Self::Busy { .. } | Self::Malformed { .. }
        )
    }

    pub(super) const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Busy { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    pub(crate) fn unreachable(url: &Url, cause: &reqwest::Error) -> Self {
        let mut root = cause.to_string();
        let mut inner = std::error::Error::source(cause);
        while let Some(next) = inner {
            root = next.to_string();
            inner = next.source();
        }
        Self::Unreachable {
            url: url.to_string(),
            cause: root,
        }
    }
}

/// A client that follows no redirects: the redirect of a release names it.
#[derive(Debug, Clone)]
pub struct Http {
    client: Client,
    first_pause: Duration,
    upstream: &'static str,
    requests: Arc<Mutex<BTreeMap<&'static str, u32>>>,
}

impl Http {
    /// A client whose pauses between attempts start at half a second and double.
    pub fn new() -> Result<Self, SetupError> {
        Self::pausing(Duration::from_millis(500))
    }

    /// A client whose pauses between attempts start at `first_pause` and double.
    pub fn pausing(first_pause: Duration) -> Result<Self, SetupError> {
        Self::limited(first_pause, SLOWEST)
    }

    /// The same, with another limit to the time that one answer takes.
    fn limited(first_pause: Duration, slowest: Duration) -> Result<Self, SetupError> {
        let client = Client::builder()
            .user_agent(concat!("parc-ferme/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(Duration::from_secs(3))
            .read_timeout(Duration::from_secs(30))
            .timeout(slowest)
            .redirect(Policy::none())
            .build()?;
        Ok(Self {
            client,
            first_pause,
            upstream: "",
            requests: Arc::default(),
        })
    }

    /// The same client, counting its requests under `upstream`.
    #[must_use]
    pub fn asking(&self, upstream: &'static str) -> Self {
        Self {
            upstream,
            ..self.clone()
        }
    }

    /// Requests sent so far by this client and its clones.
    #[must_use]
    pub fn requests(&self) -> u32 {
        self.counts().values().sum()
    }

    /// Requests sent so far, by upstream.
    #[must_use]
    pub fn requests_by_upstream(&self) -> BTreeMap<&'static str, u32> {
        self.counts().clone()
    }

    fn counts(&self) -> MutexGuard<'_, BTreeMap<&'static str, u32>> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One attempt. Statuses from 400 on are errors; `304` and redirects are answers.
    pub async fn get_once(&self, url: &Url, headers: HeaderMap) -> Result<Response, Error> {
        *self.counts().entry(self.upstream).or_default() += 1;
        let answer = self.client.get(url.clone()).headers(headers).send().await;
        let response = answer.map_err(|cause| Error::unreachable(url, &cause))?;
        let status = response.status();
        if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
            return Err(Error::Busy {
                url: url.to_string(),
                status,
                retry_after: retry_after(response.headers()),
            });
        }
        if status.is_client_error() {
            return Err(Error::Refused {
                url: url.to_string(),
                status,
            });
        }
        Ok(response)
    }

    /// Runs `attempt` until it succeeds, fails permanently, or has been repeated often enough. Pauses between attempts have
    /// jitter and are at least as long as upstream asks.
    pub async fn retrying<T, F>(&self, attempt: impl FnMut() -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let pauses = ExponentialBuilder::default()
            .with_min_delay(self.first_pause)
            .with_max_delay(Duration::from_secs(30))
            .with_max_times(ATTEMPTS - 1)
            .with_jitter();
        attempt
            .retry(pauses)
            .sleep(tokio::time::sleep)
            .when(|error: &Error| error.is_transient() && error.retry_after().is_none_or(|wait| wait <= LONGEST_WAIT))
            .adjust(|error, pause| pause.map(|pause| error.retry_after().map_or(pause, |wait| wait.max(pause))))
            .notify(|error, pause| {
                tracing::warn!(error = %error, pause_ms = pause.as_millis(), "upstream failed, retrying");
            })
            .await
    }
}

/// `Retry-After` in seconds; its date form is not used by these upstreams.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}
