//! `Path` and `Query` whose rejection is [`Error`] and names the parameter. `clippy.toml` bans the ones of axum.
#![expect(clippy::disallowed_types, reason = "these are the wrappers")]

use axum::{
    extract::{
        FromRequestParts,
        path::ErrorKind,
        rejection::{PathRejection, QueryRejection},
    },
    http::request::Parts,
};
use serde::de::DeserializeOwned;

use crate::error::{Error, shown};

/// Path parameters. An invalid one is a 400 that names it, a number out of range a 404.
pub(crate) struct Path<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(PathRejection::FailedToDeserializePathParams(rejection)) => {
                Err(match rejection.kind() {
                    // A whole number that no season or round can have is an address of nothing.
                    ErrorKind::DeserializeError {
                        key,
                        message,
                        value,
                    } => {
                        let detail = format!("{key}: {message}");
                        match value.parse::<i64>() {
                            Ok(number) if number.to_string() == *value => Error::NotFound(detail),
                            _ => Error::BadRequest(detail),
                        }
                    }
                    ErrorKind::InvalidUtf8InPathParam { key } => {
                        Error::BadRequest(format!("{key}: is not UTF-8"))
                    }
                    other => Error::BadRequest(shown(&other.to_string())),
                })
            }
            Err(rejection) => Err(Error::BadRequest(shown(&rejection.to_string()))),
        }
    }
}

/// Query parameters. An invalid or repeated one is a 400 that names it; so is an unknown one, which
/// [`refuse_unknown`](crate::request::refuse_unknown) finds.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        match axum::extract::Query::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(QueryRejection::FailedToDeserializeQueryString(rejection)) => {
                let cause = std::error::Error::source(&rejection)
                    .map_or_else(|| rejection.to_string(), ToString::to_string);
                Err(Error::BadRequest(shown(&cause)))
            }
            Err(rejection) => Err(Error::BadRequest(shown(&rejection.to_string()))),
        }
    }
}
