//! The `OpenAPI` document: its snapshot, and examples that are answers of the demonstration championship.
//!
//! `INSTA_UPDATE=always` writes both anew.

use std::{env, fs, path::Path};

use axum::http::StatusCode;
use client::races::Races;
use demo::Championship;
use etl::{RaceFilter, jobs::after_load};
use serde_json::{Map, Value};
use sqlx::PgPool;

use crate::common::{get, load_championship, now, read};

fn document() -> Value {
    serde_json::from_str(&api::openapi()).unwrap()
}

/// Every operation with its path.
fn operations(document: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    paths.iter().map(|(path, item)| (path, &item["get"]))
}

#[test]
fn the_document_equals_the_snapshot() {
    let mut document = document();
    for item in document["paths"].as_object_mut().unwrap().values_mut() {
        let answer = &mut item["get"]["responses"]["200"]["content"]["application/json"];
        answer["example"] = Value::from("in src/document/examples.json");
    }
    let text = serde_json::to_string_pretty(&document).unwrap();
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("openapi", text);
    });
}

#[test]
fn every_operation_and_answer_is_described() {
    let document = document();
    let named = |value: &Value| value.as_str().is_some_and(|text| text.len() > 1);
    let mut ids = Vec::new();
    for (path, operation) in operations(&document) {
        for field in ["operationId", "summary", "description"] {
            assert!(named(&operation[field]), "{path}: {field}");
        }
        ids.push(operation["operationId"].as_str().unwrap());
        assert!(named(&operation["tags"][0]), "{path}: tag");
        let responses = operation["responses"].as_object().unwrap();
        for status in ["200", "304", "400", "405", "429", "500"] {
            assert!(responses.contains_key(status), "{path}: {status}");
        }
        for (status, response) in responses {
            let name = response["$ref"]
                .as_str()
                .and_then(|name| name.rsplit('/').next());
            let response = name.map_or(response, |name| &document["components"]["responses"][name]);
            assert!(named(&response["description"]), "{path}: {status}");
            let types: Vec<&String> = response["content"]
                .as_object()
                .into_iter()
                .flat_map(Map::keys)
                .collect();
            let expected: &[&str] = match status.as_str() {
                "200" => &["application/json"],
                "304" => &[],
                _ => &["application/problem+json"],
            };
            assert_eq!(types, expected, "{path}: {status}");
        }
    }
    ids.sort_unstable();
    assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn examples_are_answers_of_the_demonstration(pool: PgPool) {
    let ctx = load_championship(&pool, &Championship::standard(now())).await;
    after_load(&ctx, async |job| {
        job.run(&ctx, RaceFilter::ALL).await.map(drop)
    })
    .await
    .unwrap();
    let app = api::app(pool.clone(), ctx.clock);
    let races: Races = read(&app, "/v1/seasons/2025/races").await;
    let weekend = races
        .races
        .iter()
        .find(|row| row.sprint_winner.is_some())
        .expect("a sprint weekend");
    let round = weekend.race.round;
    disqualify_the_last(&pool, round).await;

    let document = document();
    let mut examples = Map::new();
    for (path, operation) in operations(&document) {
        let driver = &weekend.winners[0].driver.key;
        let team = &weekend.winners[0].team.key;
        let key = if path.contains("drivers") {
            driver
        } else {
            team
        };
        let address = path
            .replace("{year}", "2025")
            .replace("{round}", &round.to_string())
            .replace("{key}", key);
        let answer = get(&app, &address).await;
        assert_eq!(answer.status, StatusCode::OK, "{address}");
        let id = operation["operationId"].as_str().unwrap();
        examples.insert(id.to_owned(), shortened(answer.json(), 2));
    }
    let text = serde_json::to_string_pretty(&examples).unwrap() + "\n";
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/document/examples.json");
    if env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        fs::write(file, text).unwrap();
        return;
    }
    for (path, operation) in operations(&document) {
        let id = operation["operationId"].as_str().unwrap();
        let example = &operation["responses"]["200"]["content"]["application/json"]["example"];
        assert_eq!(example, &examples[id], "{path}: the example is outdated");
    }
}

/// A later change of a result, as an upstream would make it.
async fn disqualify_the_last(pool: &PgPool, round: i16) {
    let mut transaction = pool.begin().await.unwrap();
    sqlx::raw_sql("SELECT set_config('f1.job_run', (SELECT max(id)::text FROM job_runs), true)")
        .execute(&mut *transaction)
        .await
        .unwrap();
    sqlx::query(
        "UPDATE race_results SET position = NULL, position_text = 'DSQ', status = 'disqualified'
         WHERE race_id = (SELECT id FROM races WHERE year = 2025 AND round = $1)
           AND position = (SELECT max(position) FROM race_results x WHERE x.race_id = race_results.race_id)",
    )
    .bind(round)
    .execute(&mut *transaction)
    .await
    .unwrap();
    transaction.commit().await.unwrap();
}

/// Enough to see the shape: two elements of a list of objects, one of a list inside another, numbers to four decimals.
fn shortened(value: Value, most: usize) -> Value {
    match value {
        Value::Array(elements) if elements.iter().any(Value::is_object) => elements
            .into_iter()
            .take(most)
            .map(|element| shortened(element, 1))
            .collect(),
        Value::Array(elements) => elements
            .into_iter()
            .map(|element| shortened(element, most))
            .collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| (name, shortened(value, most)))
            .collect(),
        Value::Number(number) if number.is_f64() => {
            let rounded = number.as_f64().map(|number| (number * 1e4).round() / 1e4);
            Value::from(rounded)
        }
        other => other,
    }
}
