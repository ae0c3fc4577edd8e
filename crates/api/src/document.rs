//! The `OpenAPI` document: what the endpoints say of themselves, completed with what all of them share.

mod shared;

use std::collections::BTreeMap;

use client::problem::Problem;
use serde_json::Value;
use utoipa::{
    OpenApi,
    openapi::{OpenApi as Document, RefOr, Response, Schema, path::Operation},
};

use crate::params::{RoundAddress, RoundWord, SeasonAddress, SeasonWord};

/// Example answers by operation, from the demonstration championship. A test writes them: `tests/api/document.rs`.
const EXAMPLES: &str = include_str!("document/examples.json");

/// The head of the document.
#[derive(OpenApi)]
#[openapi(
    info(title = "Formula 1 forecasts", description = include_str!("document/description.md")),
    servers((url = "/", description = "The server that has this document")),
    tags(
        (name = "seasons", description = "The seasons since 1950"),
        (name = "races", description = "Weekends: sessions, results, qualifying, grids, pit stops, later corrections"),
        (name = "predictions", description = "Forecasts of Grands Prix and sprints, each beside its result"),
        (name = "championships", description = "Tables after every round, and title odds"),
        (name = "drivers and teams", description = "Careers, season by season"),
        (name = "model", description = "How forecasts are made, and how good they are"),
        (name = "status", description = "The state of the data and of this service"),
    ),
    components(schemas(Problem, SeasonAddress, SeasonWord, RoundAddress, RoundWord)),
)]
pub(crate) struct Head;

/// Adds to a document what its endpoints do not say: examples, required fields, and the answers and headers that come
/// from the layers around them.
pub(crate) fn complete(mut document: Document) -> Document {
    let mut examples: BTreeMap<String, Value> = serde_json::from_str(EXAMPLES).unwrap_or_default();
    let components = document.components.get_or_insert_default();
    components
        .schemas
        .values_mut()
        .for_each(require_every_field);
    components.responses.extend(shared::responses());
    components.headers.extend(shared::headers());
    for (path, item) in &mut document.paths.paths {
        if let Some(operation) = &mut item.get {
            let example = operation
                .operation_id
                .as_ref()
                .and_then(|id| examples.remove(id));
            describe_answer(operation, example.as_ref());
            shared::add(path, operation);
        }
    }
    document
}

/// Every field is always sent, if need be as null.
fn require_every_field(schema: &mut RefOr<Schema>) {
    match schema {
        RefOr::T(Schema::Object(object)) => {
            object.required = object.properties.keys().cloned().collect();
        }
        RefOr::T(Schema::AllOf(parts)) => parts.items.iter_mut().for_each(require_every_field),
        _ => {}
    }
}

/// Gives the answer 200 its description, which is the operation's summary, and its example.
fn describe_answer(operation: &mut Operation, example: Option<&Value>) {
    let summary = operation.summary.as_deref().unwrap_or_default();
    let description = summary.trim_end_matches('.').to_owned();
    let answer = operation.responses.responses.get_mut("200");
    if let Some(RefOr::T(answer @ Response { .. })) = answer {
        answer.description = description;
        for content in answer.content.values_mut() {
            if let RefOr::T(content) = content {
                content.example = example.cloned();
            }
        }
    }
}
