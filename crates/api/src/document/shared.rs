//! The answers and headers that all endpoints share, as they come from the layers around them.

use utoipa::openapi::{
    Content, Header, HeaderBuilder, ObjectBuilder, Ref, RefOr, Response, ResponseBuilder, Schema,
    Type, path::Operation,
};

use crate::error::MEDIA_TYPE;

/// A header of answers: its name, its type, and its meaning.
type SharedHeader = (&'static str, Type, &'static str);

const HEADERS: [SharedHeader; 8] = [
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
        "The answer has at least the data of this version; absent until it is known",
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
    ("Allow", Type::String, "The methods that the address has"),
    (
        "Retry-After",
        Type::Integer,
        "When to ask again, in seconds",
    ),
];

/// The headers of every answer.
const ALWAYS: [&str; 3] = ["Cache-Control", "F1-Data-Version", "X-Request-Id"];

/// An answer that endpoints share: its status, its name, and its meaning.
type SharedResponse = (&'static str, &'static str, &'static str);

const NOT_MODIFIED: SharedResponse = (
    "304",
    "NotModified",
    "The client has this answer: `If-None-Match` has its `ETag`",
);

const PROBLEMS: [SharedResponse; 7] = [
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
        "414",
        "AddressTooLong",
        "The path and the query are longer than 8 KiB",
    ),
    (
        "431",
        "HeadersTooLarge",
        "The header fields are longer than 32 KiB",
    ),
    (
        "429",
        "TooManyRequests",
        "Too many requests; a proxy in front of the API may answer so, with another body",
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
    refer(&mut not_modified, &["ETag", "Content-Location"]);
    refer(&mut not_modified, &ALWAYS);
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
                refer(response, &["ETag"]);
                refer(response, &ALWAYS);
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
    refer(response, &ALWAYS);
    match status {
        "301" => refer(response, &["Location"]),
        "405" => refer(response, &["Allow"]),
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
