//! The rate limit, the lease of an upstream, retries, and stored answers.

use std::{io::Read as _, time::Duration};

use chrono::TimeDelta;
use etl::{
    Context,
    sources::{
        http,
        lease::{Answer, Error, UpstreamLease},
        openf1::RATE_LIMIT as OPENF1,
        rate_limit::{RateLimit, Window},
    },
};
use reqwest::Url;
use sha2::{Digest as _, Sha256};
use sqlx::PgPool;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::path};

use crate::common;

/// Three requests an hour.
static THREE_AN_HOUR: RateLimit = RateLimit {
    upstream: "jolpica",
    per_second: 1000,
    windows: &[
        Window {
            length: Duration::from_mins(1),
            requests: 100,
        },
        Window {
            length: Duration::from_hours(1),
            requests: 3,
        },
    ],
};

fn json(text: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_string(text)
}

/// Answers requests to each path in this order, then always with the last answer.
async fn server<const N: usize>(paths: [(&str, Vec<ResponseTemplate>); N]) -> MockServer {
    let server = MockServer::start().await;
    for (at, mut answers) in paths {
        let last = answers.pop().unwrap();
        for answer in answers {
            let mock = Mock::given(path(at)).respond_with(answer);
            mock.up_to_n_times(1).mount(&server).await;
        }
        Mock::given(path(at))
            .respond_with(last)
            .mount(&server)
            .await;
    }
    server
}

fn url(server: &MockServer, path: &str) -> Url {
    format!("{}{path}", server.uri()).parse().unwrap()
}

async fn requests(server: &MockServer) -> usize {
    server.received_requests().await.unwrap().len()
}

fn context(pool: &PgPool, after: TimeDelta) -> Context {
    common::context_at(pool, common::now() + after)
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn every_process_keeps_a_long_pause_that_an_upstream_asks_for(pool: PgPool) {
    let busy = ResponseTemplate::new(429).insert_header("Retry-After", "1800");
    let server = server([("/a", vec![busy, json("{}")])]).await;
    let url = url(&server, "/a");
    let mut turn = UpstreamLease::acquire(&context(&pool, TimeDelta::zero()), &THREE_AN_HOUR)
        .await
        .unwrap();
    let error = turn.get(&url).await.unwrap_err();
    assert!(matches!(error, Error::Http(http::Error::Busy { .. })));
    turn.release().await.unwrap();

    for (after, is_over) in [(29, false), (30, true)] {
        let options = (*pool.connect_options()).clone();
        let other = PgPool::connect_with(options).await.unwrap();
        let later = context(&other, TimeDelta::minutes(after));
        let mut turn = UpstreamLease::acquire(&later, &THREE_AN_HOUR)
            .await
            .unwrap();
        match turn.get(&url).await {
            Ok(_) => assert!(is_over),
            Err(Error::Paused { upstream, until }) => {
                assert!(!is_over);
                let expected = common::now() + TimeDelta::minutes(30);
                assert_eq!((upstream, until), ("jolpica", expected));
            }
            Err(error) => panic!("{error}"),
        }
        turn.release().await.unwrap();
    }
    assert_eq!(requests(&server).await, 2);
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn every_process_shares_one_budget(pool: PgPool) {
    let server = server([("/a", vec![ResponseTemplate::new(503), json("{}")])]).await;
    let url = url(&server, "/a");
    let start = TimeDelta::zero();

    let mut turn = UpstreamLease::acquire(&context(&pool, start), &THREE_AN_HOUR)
        .await
        .unwrap();
    assert_eq!(turn.get(&url).await.unwrap(), Answer::Body(b"{}".to_vec()));
    turn.release().await.unwrap();

    // The failed attempt was counted, so one request is left for another process.
    let options = (*pool.connect_options()).clone();
    let other = PgPool::connect_with(options).await.unwrap();
    let later = context(&other, TimeDelta::minutes(20));
    let mut turn = UpstreamLease::acquire(&later, &THREE_AN_HOUR)
        .await
        .unwrap();
    turn.get(&url).await.unwrap();
    let error = turn.get(&url).await.unwrap_err();
    let Error::BudgetSpent { upstream, until } = error else {
        panic!("{error}")
    };
    assert_eq!(
        (upstream, until),
        ("jolpica", common::now() + TimeDelta::hours(1))
    );
    assert_eq!(requests(&server).await, 3);
    turn.release().await.unwrap();

    // Each upstream has a budget of its own.
    let mut turn = UpstreamLease::acquire(&later, &OPENF1).await.unwrap();
    turn.get(&url).await.unwrap();
    turn.release().await.unwrap();

    let mut turn = UpstreamLease::acquire(&context(&other, TimeDelta::minutes(59)), &THREE_AN_HOUR)
        .await
        .unwrap();
    assert!(matches!(
        turn.get(&url).await.unwrap_err(),
        Error::BudgetSpent { .. }
    ));
    turn.release().await.unwrap();
    let mut turn = UpstreamLease::acquire(&context(&other, TimeDelta::hours(1)), &THREE_AN_HOUR)
        .await
        .unwrap();
    turn.get(&url).await.unwrap();
    turn.get(&url).await.unwrap();
    turn.get(&url).await.unwrap_err();

    // Requests that are outside every window are deleted.
    turn.release().await.unwrap();
    UpstreamLease::acquire(&context(&pool, TimeDelta::hours(3)), &THREE_AN_HOUR)
        .await
        .unwrap();
    let left: Vec<String> = sqlx::query_scalar("SELECT upstream FROM upstream_requests")
        .fetch_all(&pool)
        .await
        .unwrap();
    assert_eq!(left, ["openf1"]);
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn requests_in_the_future_of_a_clock_that_was_set_back_do_not_count(pool: PgPool) {
    let server = server([("/a", vec![json("{}")])]).await;
    let url = url(&server, "/a");
    for after in [TimeDelta::days(4000), TimeDelta::zero()] {
        let mut turn = UpstreamLease::acquire(&context(&pool, after), &THREE_AN_HOUR)
            .await
            .unwrap();
        for _ in 0..3 {
            turn.get(&url).await.unwrap();
        }
        turn.get(&url).await.unwrap_err();
        turn.release().await.unwrap();
    }
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn one_process_at_a_time_asks_an_upstream(pool: PgPool) {
    let ctx = context(&pool, TimeDelta::zero());
    let turn = UpstreamLease::acquire(&ctx, &THREE_AN_HOUR).await.unwrap();
    let brief = Duration::from_millis(100);
    let error = UpstreamLease::acquire_within(&ctx, &THREE_AN_HOUR, brief)
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            Error::Taken {
                upstream: "jolpica",
                ..
            }
        ),
        "{error}"
    );
    UpstreamLease::acquire_within(&ctx, &OPENF1, brief)
        .await
        .unwrap();

    // A waiting task gets the lease when it is dropped.
    let url = url(&server([("/a", vec![json("{}")])]).await, "/a");
    let waiting = tokio::spawn(async move {
        let mut turn = UpstreamLease::acquire(&ctx, &THREE_AN_HOUR).await.unwrap();
        turn.get(&url).await.is_ok()
    });
    wait_for_a_blocked_session(&pool).await;
    drop(turn);
    assert!(waiting.await.unwrap());
}

/// Waits until another session of this database is blocked by an advisory lock.
async fn wait_for_a_blocked_session(pool: &PgPool) {
    let waits = "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_database d ON d.oid = database
                 WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted)";
    let attempts = async {
        while !sqlx::query_scalar::<_, bool>(waits)
            .fetch_one(pool)
            .await
            .unwrap()
        {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), attempts)
        .await
        .unwrap();
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn an_answer_that_is_not_json_is_requested_again(pool: PgPool) {
    let throttled = ResponseTemplate::new(429).insert_header("retry-after", "0");
    let html = json("<!doctype html><h1>Maintenance</h1>");
    let cut = json(r#"{"MRData": {"total": "#);
    let server = server([
        ("/html", vec![html.clone(), json("[1]")]),
        ("/cut", vec![cut, json("[2]")]),
        ("/busy", vec![throttled, json("[3]")]),
        ("/empty", vec![json(""), json("[4]")]),
        ("/never", vec![html]),
    ])
    .await;
    let ctx = context(&pool, TimeDelta::zero());
    let mut turn = UpstreamLease::acquire(&ctx, &OPENF1).await.unwrap();
    for (path, body) in [
        ("/html", "[1]"),
        ("/cut", "[2]"),
        ("/busy", "[3]"),
        ("/empty", "[4]"),
    ] {
        let answer = turn.get(&url(&server, path)).await.unwrap();
        assert_eq!(answer, Answer::Body(body.into()), "{path}");
    }
    let before = requests(&server).await;
    let error = turn.get(&url(&server, "/never")).await.unwrap_err();
    assert!(
        matches!(error, Error::Http(http::Error::Malformed { .. })),
        "{error}"
    );
    assert!(error.to_string().contains("/never"), "{error}");
    assert_eq!(requests(&server).await - before, 6);
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn each_kind_of_refusal_has_its_own_answer(pool: PgPool) {
    let server = server([
        ("/locked", vec![ResponseTemplate::new(401)]),
        ("/forbidden", vec![ResponseTemplate::new(403)]),
    ])
    .await;
    let ctx = context(&pool, TimeDelta::zero());
    let mut turn = UpstreamLease::acquire(&ctx, &OPENF1).await.unwrap();
    let answer = turn.get(&url(&server, "/nothing")).await.unwrap();
    assert_eq!(answer, Answer::NotFound);
    let answer = turn.get(&url(&server, "/locked")).await.unwrap();
    assert_eq!(answer, Answer::Locked);
    let error = turn.get(&url(&server, "/forbidden")).await.unwrap_err();
    assert!(
        matches!(error, Error::Http(http::Error::Refused { .. })),
        "{error}"
    );
    assert_eq!(requests(&server).await, 3);
    let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM raw_responses")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(kept, 0);
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_redirect_is_followed_only_on_the_same_server(pool: PgPool) {
    let to = |target: &str| ResponseTemplate::new(301).insert_header("location", target);
    let other = server([("/a", vec![json("{}")])]).await;
    let server = server([
        ("/a", vec![to("/a/")]),
        ("/a/", vec![json("[]")]),
        ("/away", vec![to(&format!("{}/a", other.uri()))]),
        ("/round", vec![to("/round")]),
        ("/nowhere", vec![ResponseTemplate::new(302)]),
    ])
    .await;
    let ctx = context(&pool, TimeDelta::zero());
    let mut turn = UpstreamLease::acquire(&ctx, &OPENF1).await.unwrap();
    let answer = turn.get(&url(&server, "/a")).await.unwrap();
    assert_eq!(answer, Answer::Body(b"[]".to_vec()));
    let counted: i64 = sqlx::query_scalar("SELECT sum(requests) FROM upstream_requests")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(counted, 2);
    let error = turn.get(&url(&server, "/away")).await.unwrap_err();
    assert!(matches!(error, Error::Elsewhere { .. }), "{error}");
    assert_eq!(requests(&other).await, 0);
    for path in ["/nowhere", "/round"] {
        let error = turn.get(&url(&server, path)).await.unwrap_err();
        let is_refused = matches!(
            error,
            Error::Http(http::Error::Malformed { .. }) | Error::BudgetSpent { .. }
        );
        assert!(is_refused, "{error}");
    }
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn an_answer_is_stored_only_when_it_differs_from_the_last_one(pool: PgPool) {
    let server = server([]).await;
    let url = url(&server, "/results/?limit=100&offset=0");
    let mut days = 0..;
    let mut ask = async |body: &str| {
        server.reset().await;
        Mock::given(path("/results/"))
            .respond_with(json(body))
            .mount(&server)
            .await;
        let ctx = context(&pool, TimeDelta::days(days.next().unwrap()));
        let mut turn = UpstreamLease::acquire(&ctx, &OPENF1).await.unwrap();
        turn.get(&url).await.unwrap();
        turn.release().await.unwrap();
    };
    let (first, second) = (r#"{"laps": "56"}"#, r#"{"laps": "57"}"#);
    ask(first).await;
    ask(first).await;
    ask(second).await;
    ask(first).await;
    // After the retention time, an unchanged answer is stored again.
    sqlx::query("UPDATE raw_responses SET body = NULL")
        .execute(&pool)
        .await
        .unwrap();
    ask(first).await;

    let rows: Vec<(String, i64, Option<Vec<u8>>)> = sqlx::query_as(
        "SELECT source || ' ' || url || ' ' || encode(sha256, 'hex'), extract(day FROM fetched_at - $1)::bigint, body
         FROM raw_responses ORDER BY id",
    )
    .bind(common::now())
    .fetch_all(&pool)
    .await
    .unwrap();
    let days: Vec<i64> = rows.iter().map(|row| row.1).collect();
    assert_eq!(days, [0, 2, 3, 4]);
    let (from, _, body) = rows.last().unwrap();
    let sha256 = Sha256::digest(first)
        .iter()
        .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    assert_eq!(*from, format!("openf1 {url} {sha256}"));
    let packed = std::io::Cursor::new(body.clone().unwrap());
    let mut text = String::new();
    let mut zip = zip::ZipArchive::new(packed).unwrap();
    zip.by_index(0).unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(text, first);
}
