//! Downloads a release: a redirect names it, an unchanged one is not downloaded, an interrupted download is resumed.

use std::time::Duration;

use reqwest::{
    Response, StatusCode, Url,
    header::{
        CONTENT_RANGE, ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH, IF_RANGE, LOCATION, RANGE,
    },
};

use tokio::sync::Mutex;

use super::Archive;
use crate::sources::http::{Error, Http};

const UPSTREAM: &str = "f1db";
const FILE: &str = "f1db-csv.zip";
/// GitHub needs two: to the tag, and from there to its storage.
const MOST_REDIRECTS: usize = 4;
/// The largest release; real ones have about 5 MB.
const LARGEST_RELEASE: usize = 256 << 20;
/// The longest wait of a probe.
const PROBE_PATIENCE: Duration = Duration::from_secs(3);

/// A downloaded release.
#[derive(Debug)]
pub struct Release {
    /// Such as `v2025.24.0`.
    pub tag: String,
    /// The file's URL, by tag.
    pub url: String,
    /// The server's name for these bytes.
    pub etag: Option<String>,
    /// The zip.
    pub bytes: Vec<u8>,
}

/// The newest release.
#[derive(Debug)]
pub enum Download {
    /// It is the known one.
    Unchanged,
    /// It is new.
    New(Release),
}

/// Asks `base` (`…/f1db/f1db`) for its newest release, unless it is still the one named `known_etag`.
pub async fn fetch(http: &Http, base: &Url, known_etag: Option<&str>) -> Result<Download, Error> {
    let http = &http.asking(UPSTREAM);
    let latest = latest(base)?;
    let tagged = http
        .retrying(|| async {
            let response = http.get_once(&latest, HeaderMap::new()).await?;
            redirect_target(&latest, response.status(), response.headers())
        })
        .await?;
    let tag = tag_in(&tagged)?;
    let partial = Mutex::new(Partial::default());
    let changed = http
        .retrying(|| async { partial.lock().await.go_on(http, &tagged, known_etag).await })
        .await?;
    if !changed {
        return Ok(Download::Unchanged);
    }
    let Partial { bytes, etag } = partial.into_inner();
    Ok(Download::New(Release {
        tag,
        url: tagged.to_string(),
        etag,
        bytes,
    }))
}

/// Whether `base` answers in time. Any answer counts: a busy upstream exists, too.
pub async fn probe(http: &Http, base: &Url) -> Result<(), Error> {
    let latest = latest(base)?;
    let http = http.asking(UPSTREAM);
    let asking = http.get_once(&latest, HeaderMap::new());
    match tokio::time::timeout(PROBE_PATIENCE, asking).await {
        Ok(Err(error @ (Error::Unreachable { .. } | Error::Malformed { .. }))) => Err(error),
        Ok(Ok(_) | Err(Error::Busy { .. } | Error::Refused { .. })) => Ok(()),
        Err(_) => Err(Error::Unreachable {
            url: latest.to_string(),
            cause: format!("no answer within {} seconds", PROBE_PATIENCE.as_secs()),
        }),
    }
}

/// The part of a file that has arrived.
#[derive(Debug, Default)]
struct Partial {
    bytes: Vec<u8>,
    etag: Option<String>,
}

impl Partial {
    /// One attempt to get the rest; `false` if upstream still has the file of `known_etag`. What arrived before a failure is
    /// kept for the next attempt, unless it is no zip.
    async fn go_on(
        &mut self,
        http: &Http,
        url: &Url,
        known_etag: Option<&str>,
    ) -> Result<bool, Error> {
        if self.etag.is_none() {
            self.bytes.clear();
        }
        let response = get_following(http, url, self.conditions(known_etag)).await;
        if let Err(Error::Refused {
            status: StatusCode::RANGE_NOT_SATISFIABLE,
            ..
        }) = &response
        {
            return Err(self.start_over(url, "the part we have does not fit the file"));
        }
        let mut response = response?;
        match response.status() {
            StatusCode::NOT_MODIFIED => return Ok(false),
            StatusCode::PARTIAL_CONTENT
                if starts_at(response.headers()) == Some(self.bytes.len()) => {}
            StatusCode::OK => self.bytes.clear(),
            status => {
                return Err(
                    self.start_over(url, &format!("answered {status} where a file was expected"))
                );
            }
        }
        self.etag = text(response.headers().get(ETAG));
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|cause| Error::unreachable(url, &cause))?
        {
            if self.bytes.len() + chunk.len() > LARGEST_RELEASE {
                return Err(self.start_over(url, "the file is far too large to be a release"));
            }
            self.bytes.extend_from_slice(&chunk);
        }
        if let Err(error) = Archive::open(&self.bytes) {
            return Err(self.start_over(url, &error.to_string()));
        }
        Ok(true)
    }

    fn conditions(&self, known_etag: Option<&str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let value = |text: &str| HeaderValue::from_str(text).ok();
        if let (Some(etag), false) = (self.etag.as_deref().and_then(value), self.bytes.is_empty()) {
            headers.insert(IF_RANGE, etag);
            headers.insert(
                RANGE,
                value(&format!("bytes={}-", self.bytes.len())).expect("digits are a header value"),
            );
        } else if let Some(etag) = known_etag.and_then(value) {
            headers.insert(IF_NONE_MATCH, etag);
        }
        headers
    }

    fn start_over(&mut self, url: &Url, problem: &str) -> Error {
        *self = Self::default();
        Error::Malformed {
            url: url.to_string(),
            problem: problem.to_owned(),
        }
    }
}

async fn get_following(http: &Http, url: &Url, headers: HeaderMap) -> Result<Response, Error> {
    let mut target = url.clone();
    for _ in 0..MOST_REDIRECTS {
        let response = http.get_once(&target, headers.clone()).await?;
        if !response.status().is_redirection() || response.status() == StatusCode::NOT_MODIFIED {
            return Ok(response);
        }
        target = redirect_target(&target, response.status(), response.headers())?;
    }
    Err(Error::Malformed {
        url: url.to_string(),
        problem: "redirects without end".to_owned(),
    })
}

fn redirect_target(url: &Url, status: StatusCode, headers: &HeaderMap) -> Result<Url, Error> {
    let malformed = |problem: String| Error::Malformed {
        url: url.to_string(),
        problem,
    };
    let location = text(headers.get(LOCATION))
        .filter(|_| status.is_redirection())
        .ok_or_else(|| {
            malformed(format!(
                "answered {status} where a redirect to the newest release was expected"
            ))
        })?;
    url.join(&location)
        .map_err(|error| malformed(format!("redirects to {location:?}: {error}")))
}

/// The tag in `…/releases/download/v2025.24.0/f1db-csv.zip`.
fn tag_in(url: &Url) -> Result<String, Error> {
    let segments: Vec<&str> = url.path_segments().into_iter().flatten().collect();
    match segments.as_slice() {
        [.., "download", tag, FILE] => Ok((*tag).to_owned()),
        _ => Err(Error::Malformed {
            url: url.to_string(),
            problem: "names no release".to_owned(),
        }),
    }
}

/// The URL that redirects to the newest release.
fn latest(base: &Url) -> Result<Url, Error> {
    join(base, &format!("releases/latest/download/{FILE}"))
}

fn join(base: &Url, path: &str) -> Result<Url, Error> {
    let joined = format!("{}/{path}", base.as_str().trim_end_matches('/'));
    Url::parse(&joined).map_err(|error| Error::Malformed {
        url: joined,
        problem: error.to_string(),
    })
}

/// Where a `206` starts: `bytes 1000-1999/2000`.
fn starts_at(headers: &HeaderMap) -> Option<usize> {
    text(headers.get(CONTENT_RANGE))?
        .strip_prefix("bytes ")?
        .split_once('-')?
        .0
        .parse()
        .ok()
}

fn text(value: Option<&HeaderValue>) -> Option<String> {
    value?.to_str().ok().map(str::to_owned)
}
