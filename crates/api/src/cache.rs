//! Conditional requests and cache lifetimes.

use axum::{
    Json,
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// Most answers may be reused for a minute, and then revalidated.
pub(crate) const REUSE: &str = "public, max-age=60";
/// Health and status must be current, so caches revalidate them every time.
const REVALIDATE: &str = "no-cache";

/// Gives every successful answer an `ETag`, a `Vary` and a `Cache-Control`. The answer is 304 if the client has that `ETag`.
pub(crate) async fn validate(request: Request, next: Next) -> Response {
    let cacheable = matches!(*request.method(), Method::GET | Method::HEAD);
    let known: Vec<HeaderValue> = request
        .headers()
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .cloned()
        .collect();
    let policy = if request.uri().path().starts_with("/v1/status")
        || request.uri().path().starts_with("/health")
    {
        REVALIDATE
    } else {
        REUSE
    };
    let response = next.run(request).await;
    if !cacheable || response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let tag = parts
        .headers
        .entry(header::ETAG)
        .or_insert_with(|| etag(&bytes))
        .clone();
    parts
        .headers
        .insert(header::CACHE_CONTROL, HeaderValue::from_static(policy));
    parts
        .headers
        .insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if known.iter().any(|known| matches(known, &tag)) {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_LENGTH);
        parts.headers.remove(header::CONTENT_TYPE);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// An answer that has the time in it. Its `ETag` is that of the answer without it, so that it can match later.
pub(crate) fn apart_from_clock<T: Serialize>(
    mut answer: T,
    time: impl Fn(&mut T) -> &mut DateTime<Utc>,
) -> Response {
    let now = std::mem::take(time(&mut answer));
    let tag = serde_json::to_vec(&answer).map(|still| etag(&still));
    *time(&mut answer) = now;
    let mut response = Json(answer).into_response();
    if let Ok(tag) = tag {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// The status of an answer before compression.
#[derive(Clone)]
struct Uncompressed(StatusCode);

/// Marks an answer with its status, for [`accept_uncompressed`].
pub(crate) async fn mark_status(mut response: Response) -> Response {
    let status = Uncompressed(response.status());
    response.extensions_mut().insert(status);
    response
}

/// Undoes what compression does to a client that refuses every encoding: it keeps the answer but makes its status 406.
/// Such a client gets the answer without encoding: a server may disregard what a client prefers (RFC 9110, section 12.4.1).
pub(crate) async fn accept_uncompressed(mut response: Response) -> Response {
    if response.status() == StatusCode::NOT_ACCEPTABLE
        && let Some(Uncompressed(status)) = response.extensions_mut().remove()
    {
        *response.status_mut() = status;
    }
    response
}

/// An answer with a JSON text.
pub(crate) fn json_text(text: &str) -> Response {
    (
        [(header::CONTENT_TYPE, "application/json")],
        text.to_owned(),
    )
        .into_response()
}

/// A weak tag, as compression changes the bytes.
fn etag(bytes: &[u8]) -> HeaderValue {
    let digest = Sha256::digest(bytes);
    let hash = digest
        .iter()
        .take(16)
        .fold(0_u128, |hash, byte| hash << 8 | u128::from(*byte));
    HeaderValue::from_str(&format!("W/\"{hash:032x}\""))
        .expect("hexadecimal digits are a header value")
}

/// Whether a list of tags, or `*`, matches `tag` in weak comparison (RFC 9110, section 8.8.3.2).
fn matches(known: &HeaderValue, tag: &HeaderValue) -> bool {
    let (Ok(known), Ok(tag)) = (known.to_str(), tag.to_str()) else {
        return false;
    };
    known.trim() == "*" || opaque_tags(known).any(|known| Some(known) == opaque_tags(tag).next())
}

/// The quoted texts of a list of entity tags. A text may have commas; what is no list of tags ends it.
fn opaque_tags(list: &str) -> impl Iterator<Item = &str> {
    let mut rest = list;
    std::iter::from_fn(move || {
        let tag = rest.trim_start_matches([',', ' ', '\t']);
        let text = tag.strip_prefix("W/").unwrap_or(tag).strip_prefix('"')?;
        let (opaque, after) = text.split_once('"')?;
        rest = after;
        Some(opaque)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_compared_weakly() {
        let tag = HeaderValue::from_static("W/\"a1\"");
        for known in [
            "*",
            "W/\"a1\"",
            "\"a1\"",
            "\"x\", W/\"a1\"",
            "\"x,\\\",\"a1\"",
            ",, \"a1\"",
        ] {
            let known = HeaderValue::from_static(known);
            assert!(matches(&known, &tag), "{known:?}");
        }
        for known in [
            "",
            "a1",
            "\"a1",
            "\"A1\"",
            "w/\"a1\"",
            "W/W/\"a1\"",
            "\"x,a1\"",
            "\"*\"",
            "\"x\" a1",
            "\"b,W/\"",
        ] {
            let known = HeaderValue::from_static(known);
            assert!(!matches(&known, &tag), "{known:?}");
        }
    }
}
