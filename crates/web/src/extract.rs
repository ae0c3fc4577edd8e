//! `Path` and `Query` whose rejection is our error page, and the API as this request sees it.
#![expect(clippy::disallowed_types, reason = "the wrappers themselves")]

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{HeaderMap, HeaderName, request::Parts},
};
use client::Client;
use serde::de::DeserializeOwned;
use tower_http::request_id::RequestId;

use crate::error::Error;

/// Path parameters; an address that does not parse is a page that does not exist.
pub(crate) struct Path<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(_) => Err(Error::NotFound { near: Vec::new() }),
        }
    }
}

/// Query parameters; a bad one is a 400 that names it.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        match axum::extract::Query::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(rejection) => {
                let cause = std::error::Error::source(&rejection);
                let cause = cause.map_or_else(|| rejection.to_string(), ToString::to_string);
                Err(Error::BadRequest(cause.chars().take(120).collect()))
            }
        }
    }
}

/// The API, asked under this request's id.
pub(crate) struct Api(pub(crate) Client);

impl<S> FromRequestParts<S> for Api
where
    S: Send + Sync,
    Client: FromRef<S>,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let mut headers = HeaderMap::new();
        if let Some(id) = parts.extensions.get::<RequestId>() {
            headers.insert(
                HeaderName::from_static("x-request-id"),
                id.header_value().clone(),
            );
        }
        Ok(Self(Client::from_ref(state).with_headers(headers)))
    }
}
