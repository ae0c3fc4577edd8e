//! How the lists are requested, and what each answer means.

use etl::sources::{
    lease::{self, UpstreamLease},
    openf1::{self, Availability, Error},
};
use reqwest::Url;
use serde_json::{Value, json};
use sqlx::PgPool;
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{path, query_param},
};

use super::PATIENT;
use crate::common::context;

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn each_list_is_one_request_and_each_answer_means_one_thing(pool: PgPool) {
    let server = MockServer::start().await;
    let base: Url = format!("{}/v1/", server.uri()).parse().unwrap();
    let mut turn = UpstreamLease::acquire(&context(&pool), &PATIENT)
        .await
        .unwrap();
    let answers = async |endpoint: &str, of: (&str, &str), status: u16, body: Value| {
        let answer = ResponseTemplate::new(status).set_body_json(body);
        let request = Mock::given(path(format!("/v1/{endpoint}"))).and(query_param(of.0, of.1));
        request.respond_with(answer).expect(1).mount(&server).await;
    };
    let in_2024 = ("year", "2024");
    answers(
        "sessions",
        in_2024,
        200,
        json!([{"session_name": "Day 1", "year": 2024}]),
    )
    .await;
    answers(
        "drivers",
        ("session_key", "7"),
        401,
        json!({"detail": "Live F1 session in progress."}),
    )
    .await;
    answers(
        "session_result",
        ("session_key", "7"),
        404,
        json!({"detail": "No results found."}),
    )
    .await;
    answers(
        "starting_grid",
        ("session_key", "7"),
        200,
        json!([{"session_key": 7, "driver_number": 4}]),
    )
    .await;
    answers(
        "starting_grid",
        ("session_key", "8"),
        200,
        json!([{"session_key": 7, "driver_number": 4}]),
    )
    .await;

    let sessions = openf1::sessions(&mut turn, &base, 2024).await.unwrap();
    assert_eq!(sessions, Availability::Nothing);
    let drivers = openf1::drivers(&mut turn, &base, 7).await.unwrap();
    assert_eq!(drivers, Availability::Locked);
    let result = openf1::session_result(&mut turn, &base, 7).await.unwrap();
    assert_eq!(result, Availability::Nothing);
    let grid = openf1::starting_grid(&mut turn, &base, 7).await.unwrap();
    assert_eq!(grid.rows().unwrap().len(), 1);
    let error = openf1::starting_grid(&mut turn, &base, 8)
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Content(_)), "{error}");
    let words =
        format!("{base}starting_grid?session_key=8, row 1, field session_key: is 7, asked was 8");
    assert_eq!(error.to_string(), words);
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn an_upstream_that_is_down_has_its_own_error(pool: PgPool) {
    let nowhere = "http://127.0.0.1:9/v1".parse().unwrap();
    let mut turn = UpstreamLease::acquire(&context(&pool), &PATIENT)
        .await
        .unwrap();
    let error = openf1::sessions(&mut turn, &nowhere, 2024)
        .await
        .unwrap_err();
    assert!(
        matches!(error, Error::Upstream(lease::Error::Http(_))),
        "{error}"
    );
}
