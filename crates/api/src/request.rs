//! What is done with a request before its handler: limits, its id, and query parameters that nobody reads.

use std::{collections::HashMap, sync::Arc};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use utoipa::openapi::{
    OpenApi, RefOr,
    path::{ParameterIn, PathItem},
};

use crate::{
    error::{Error, shown},
    extract::Query,
};

/// The header with the id of the request.
pub(crate) const ID: &str = "x-request-id";

/// The longest path and query, in bytes.
const LONGEST_ADDRESS: usize = 8 * 1024;
/// The longest header fields, names and values together, in bytes.
const LARGEST_HEADERS: usize = 32 * 1024;
/// The longest id of a request, in bytes.
const LONGEST_ID: usize = 64;

/// Answers 414 and 431. Beyond 64 KiB of address, 100 header fields or 400 KiB in all, hyper does so without a body.
pub(crate) async fn refuse_oversized(request: Request, next: Next) -> Result<Response, Error> {
    let address = request.uri().path_and_query();
    if address.is_some_and(|address| address.as_str().len() > LONGEST_ADDRESS) {
        return Err(Error::AddressTooLong(LONGEST_ADDRESS));
    }
    let size = |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + value.len();
    if request.headers().iter().map(size).sum::<usize>() > LARGEST_HEADERS {
        return Err(Error::HeadersTooLarge(LARGEST_HEADERS));
    }
    Ok(next.run(request).await)
}

/// Answers an OPTIONS that is no preflight, as the CORS layer would take it for one.
pub(crate) async fn answer_options(request: Request, next: Next) -> Response {
    let asks = request
        .headers()
        .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    if request.method() == Method::OPTIONS && !asks {
        return (
            StatusCode::NO_CONTENT,
            [(header::ALLOW, "GET,HEAD,OPTIONS")],
        )
            .into_response();
    }
    next.run(request).await
}

/// Removes `X-Request-Id` unless it is one short, plain word, so that a new one is made. It goes into logs and answers.
pub(crate) async fn drop_odd_id(mut request: Request) -> Request {
    if !has_plain_id(request.headers()) {
        request.headers_mut().remove(ID);
    }
    request
}

fn has_plain_id(headers: &HeaderMap) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let mut ids = headers.get_all(ID).iter();
    let first = ids.next().map(HeaderValue::as_bytes);
    first.is_some_and(|id| (1..=LONGEST_ID).contains(&id.len()) && id.iter().all(plain))
        && ids.next().is_none()
}

/// The names of the query parameters of each route.
#[derive(Debug, Clone)]
pub(crate) struct QueryParameters(Arc<HashMap<String, Vec<String>>>);

impl QueryParameters {
    pub(crate) fn of(document: &OpenApi) -> Self {
        let of_route = |(path, item): (&String, &PathItem)| {
            let parameters = item
                .get
                .iter()
                .flat_map(|get| get.parameters.iter().flatten());
            let names = parameters.filter_map(|parameter| match parameter {
                RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Query => {
                    Some(parameter.name.clone())
                }
                _ => None,
            });
            (path.clone(), names.collect())
        };
        Self(Arc::new(
            document.paths.paths.iter().map(of_route).collect(),
        ))
    }
}

/// Answers 400 to a query parameter that the document does not have at this route.
pub(crate) async fn refuse_unknown(
    State(QueryParameters(known)): State<QueryParameters>,
    route: MatchedPath,
    Query(given): Query<Vec<(String, String)>>,
    request: Request,
    next: Next,
) -> Result<Response, Error> {
    let known = known.get(route.as_str()).map_or(&[][..], Vec::as_slice);
    if let Some((name, _)) = given.iter().find(|(name, _)| !known.contains(name)) {
        let known = match known {
            [] => "this address has no parameters".to_owned(),
            known => format!("this address has only {}", known.join(", ")),
        };
        return Err(Error::BadRequest(format!("{:?}: {known}", shown(name))));
    }
    Ok(next.run(request).await)
}
