//! Conditional requests and cache lifetimes.

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use sha2::{Digest as _, Sha256};

/// Most answers may be reused for a minute, and then revalidated.
const REUSE: &str = "public, max-age=60";
/// Health and status must be current, so caches revalidate them every time.
const REVALIDATE: &str = "no-cache";

/// Gives every successful answer an `ETag` and a `Cache-Control`. The answer is 304 if the client has that `ETag`.
pub(crate) async fn validate(request: Request, next: Next) -> Response {
    let cacheable = matches!(*request.method(), Method::GET | Method::HEAD);
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
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
    let tag = etag(&bytes);
    parts
        .headers
        .insert(header::CACHE_CONTROL, HeaderValue::from_static(policy));
    parts.headers.insert(header::ETAG, tag.clone());
    if known.is_some_and(|known| matches(&known, &tag)) {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_LENGTH);
        parts.headers.remove(header::CONTENT_TYPE);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(bytes))
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

/// Whether a list of tags, or `*`, matches `tag` in weak comparison.
fn matches(known: &HeaderValue, tag: &HeaderValue) -> bool {
    let (Ok(known), Ok(tag)) = (known.to_str(), tag.to_str()) else {
        return false;
    };
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    known.trim() == "*"
        || known
            .split(',')
            .any(|candidate| opaque(candidate) == opaque(tag))
}
