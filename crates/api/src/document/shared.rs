//! The answers and headers that all endpoints share, as they come from the layers around them.

use utoipa::openapi::{
    Content, Header, HeaderBuilder, ObjectBuilder, Ref, RefOr, Response, ResponseBuilder, Schema,
    Type, path::Operation,
};

use crate::error::MEDIA_TYPE;

/// A header of answers: its name, its type, and its meaning.
type SharedHeader = (&'static str, Type, &'static str);

const HEADERS: [SharedHeader; 7] = [
    (
        "ETag",
        Type::String,
        "A weak tag of the content, for `If-None-Match`",
    ),
    (
        "Cache-Control",
        Type::String,
        "How long the answer may be used again",
    ),
    (
        "F1-Data-Version",
        Type::Integer,
        "The version of the data that the answer was built from",
    ),
    (
        "X-Request-Id",
        Type::String,
        "The id of the request in the server's log",
    ),
    (
        "Content-Location",
        Type::String,
        "The address with numbers, if the requested one has words",
    ),
    ("Location", Type::String, "The current address"),
    (
        "Retry-After",
        Type::Integer,
        "When to ask again, in seconds",
    ),
];

/// An answer that endpoints share: its status, its name, and its meaning.
type SharedResponse = (&'static str, &'static str, &'static str);

const NOT_MODIFIED: SharedResponse = (
    "304",
    "NotModified",
    "The client has this answer: `If-None-Match` has its `ETag`",
);

const PROBLEMS: [SharedResponse; 5] = [
    (
        "400",
        "BadRequest",
        "A parameter is invalid, unknown, or there twice; the detail names it",
    ),
    (
        "405",
        "MethodNotAllowed",
        "Every address can only be read: GET or HEAD",
    ),
    (
        "429",
        "TooManyRequests",
        "Too many requests from this address; a proxy in front of the API may say so without a problem",
    ),
    (
        "500",
        "InternalError",
        "A defect of the server; its log has the reason under the id of the request",
    ),
    (
        "503",
        "Unavailable",
        "The database does not answer, or does not have the schema of this version",
    ),
];

/// The headers, by name.
pub(super) fn headers() -> impl Iterator<Item = (String, RefOr<Header>)> {
    HEADERS.into_iter().map(|(name, kind, meaning)| {
        let schema = ObjectBuilder::new().schema_type(kind).build();
        let header = HeaderBuilder::new()
            .schema(Some(schema))
            .description(Some(meaning))
            .build();
        (name.to_owned(), RefOr::T(header))
    })
}

/// The answers, by name.
pub(super) fn responses() -> impl Iterator<Item = (String, RefOr<Response>)> {
    let (_, name, meaning) = NOT_MODIFIED;
    let mut not_modified = ResponseBuilder::new().description(meaning).build();
    refer(
        &mut not_modified,
        &["ETag", "Cache-Control", "X-Request-Id"],
    );
    let problems = PROBLEMS.into_iter().map(|(status, name, meaning)| {
        let mut response = ResponseBuilder::new().description(meaning).build();
        make_problem(status, &mut response);
        (name.to_owned(), RefOr::T(response))
    });
    std::iter::once((name.to_owned(), RefOr::T(not_modified))).chain(problems)
}

/// Adds the shared answers and headers to an operation.
pub(super) fn add(path: &str, operation: &mut Operation) {
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else {
            continue;
        };
        match status.as_str() {
            "200" => {
                refer(response, &["ETag", "Cache-Control", "X-Request-Id"]);
                if path.starts_with("/v1/") {
                    refer(response, &["F1-Data-Version"]);
                }
                if path.contains("{year}") {
                    refer(response, &["Content-Location"]);
                }
            }
            _ => make_problem(status, response),
        }
    }
    for (status, name, _) in std::iter::once(NOT_MODIFIED).chain(PROBLEMS) {
        if (status, path) != ("503", "/health/live") {
            let shared = RefOr::Ref(Ref::from_response_name(name));
            operation
                .responses
                .responses
                .insert(status.to_owned(), shared);
        }
    }
}

/// Gives the body of a problem to an answer, and the headers of its status.
fn make_problem(status: &str, response: &mut Response) {
    let problem: RefOr<Schema> = Ref::from_schema_name("Problem").into();
    let content = Content::new(Some(problem)).into();
    response.content.insert(MEDIA_TYPE.to_owned(), content);
    refer(response, &["X-Request-Id"]);
    match status {
        "301" => refer(response, &["Location"]),
        "429" => refer(response, &["Retry-After"]),
        _ => {}
    }
}

fn refer(response: &mut Response, headers: &[&str]) {
    for name in headers {
        let header = Ref::new(format!("#/components/headers/{name}"));
        response
            .headers
            .insert((*name).to_owned(), RefOr::Ref(header));
    }
}
