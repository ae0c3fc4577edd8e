//! HTTP itself: conditional requests, encodings, ids, limits, CORS, and words in addresses.

use axum::{
    Router,
    http::{HeaderName, Method, StatusCode, header},
};
use chrono::{DateTime, TimeDelta, Utc};
use client::{problem::Problem, status::Summary};
use etl::jobs::predictions;
use schema::Clock;
use sqlx::PgPool;

use crate::common::{Answer, ask, demo, get, load, now, problem};

const RACES: &str = "/v1/seasons/2025/races";

/// Asks for the calendar of 2025.
async fn races(app: &Router, headers: &[(HeaderName, &str)]) -> Answer {
    ask(app, Method::GET, RACES, headers).await
}

fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    answer
        .headers
        .get(name)
        .map(|value| value.to_str().unwrap())
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn answers_can_be_cached_and_revalidated(pool: PgPool) {
    let app = demo(&pool).await;
    let first = races(&app, &[]).await;
    assert_eq!(first.headers[header::CACHE_CONTROL], "public, max-age=60");
    assert_eq!(first.headers[header::VARY], "accept-encoding");
    let tag = header(&first, "etag").unwrap();
    let opaque = tag.strip_prefix("W/").unwrap();
    let of_many = format!("\"a,b\", {opaque}");
    let twice = [
        (header::IF_NONE_MATCH, "\"a\""),
        (header::IF_NONE_MATCH, tag),
    ];
    for known in [
        &[(header::IF_NONE_MATCH, tag)][..],
        &[(header::IF_NONE_MATCH, opaque)],
        &[(header::IF_NONE_MATCH, of_many.as_str())],
        &[(header::IF_NONE_MATCH, "*")],
        &twice,
    ] {
        let again = races(&app, known).await;
        assert_eq!(
            (again.status, again.body.len()),
            (StatusCode::NOT_MODIFIED, 0),
            "{known:?}"
        );
        assert_eq!(again.headers[header::ETAG], tag);
        assert_eq!(again.headers[header::VARY], "accept-encoding");
        assert_eq!(again.headers[header::CACHE_CONTROL], "public, max-age=60");
    }
    let other = races(&app, &[(header::IF_NONE_MATCH, "\"other\"")]).await;
    assert_eq!((other.status, &other.body), (StatusCode::OK, &first.body));
    let head = ask(&app, Method::HEAD, RACES, &[]).await;
    assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0));
    assert_eq!(head.headers[header::ETAG], tag);
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn encodings_are_negotiated(pool: PgPool) {
    let app = demo(&pool).await;
    let plain = races(&app, &[]).await;
    let gzip = [(header::ACCEPT_ENCODING, "gzip")];
    let zipped = races(&app, &gzip).await;
    let head = ask(&app, Method::HEAD, RACES, &gzip).await;
    for name in ["content-encoding", "content-length", "vary", "etag"] {
        assert_eq!(header(&head, name), header(&zipped, name), "{name}");
    }
    assert_eq!(zipped.headers[header::CONTENT_ENCODING], "gzip");
    assert_eq!(zipped.headers.get_all(header::VARY).iter().count(), 1);
    assert!(zipped.body.len() < plain.body.len());
    for refused in ["identity;q=0", "*;q=0", "identity;q=0, br"] {
        let answer = races(&app, &[(header::ACCEPT_ENCODING, refused)]).await;
        assert_eq!(
            (answer.status, &answer.body),
            (StatusCode::OK, &plain.body),
            "{refused}"
        );
        let missing = ask(
            &app,
            Method::GET,
            "/v1/x",
            &[(header::ACCEPT_ENCODING, refused)],
        )
        .await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND, "{refused}");
        assert_eq!(missing.json::<Problem>().status, 404);
    }
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn the_clock_is_no_part_of_the_tag_of_the_status(pool: PgPool) {
    let ctx = load(&pool).await;
    let seconds = TimeDelta::seconds(7);
    let app = api::app(pool.clone(), ctx.clock);
    let later = api::app(pool, Clock::starting_at(Some(now() + seconds), 0.0));
    let paths = ["/v1/status", "/v1/status/summary"];
    let mut tags = Vec::new();
    for path in paths {
        let first = get(&app, path).await;
        let tag = header(&first, "etag").unwrap().to_owned();
        let time = |answer: &Answer| answer.json::<Summary>().now;
        assert_eq!(time(&get(&later, path).await) - time(&first), seconds);
        let again = ask(&later, Method::GET, path, &[(header::IF_NONE_MATCH, &tag)]).await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{path}");
        assert_eq!(again.headers[header::CACHE_CONTROL], "no-cache", "{path}");
        tags.push(tag);
    }
    predictions::compute_all(&ctx, |_, _| {}).await.unwrap();
    for (path, tag) in paths.iter().zip(&tags) {
        let changed = ask(&later, Method::GET, path, &[(header::IF_NONE_MATCH, tag)]).await;
        assert_eq!(changed.status, StatusCode::OK, "{path}");
    }
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_request_keeps_a_short_plain_id(pool: PgPool) {
    let app = api::app(pool, Clock::starting_at(Some(now()), 0.0));
    let id = HeaderName::from_static("x-request-id");
    let longest = "x".repeat(64);
    for plain in ["1", "a.B-c_9", "0123456789abcdef", &longest] {
        let answer = ask(&app, Method::GET, "/v1/x", &[(id.clone(), plain)]).await;
        assert_eq!(answer.headers["x-request-id"], plain);
        assert_eq!(answer.json::<Problem>().request_id.as_deref(), Some(plain));
    }
    let too_long = "x".repeat(65);
    for odd in ["", " ", "a b", "a<b>", "a\tb", "a,b", "a/b", &too_long] {
        let answer = ask(&app, Method::GET, "/v1/x", &[(id.clone(), odd)]).await;
        let made = header(&answer, "x-request-id").unwrap();
        assert_eq!(
            (made.len(), made.split('-').count()),
            (36, 5),
            "{odd:?}: {made}"
        );
        assert_eq!(answer.json::<Problem>().request_id.as_deref(), Some(made));
    }
    let two = [(id.clone(), "a"), (id, "b")];
    let answer = ask(&app, Method::GET, "/v1/x", &two).await;
    assert_eq!(header(&answer, "x-request-id").map(str::len), Some(36));
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_refused_request_is_a_problem_that_is_not_stored(pool: PgPool) {
    let app = api::app(pool, Clock::starting_at(Some(now()), 0.0));
    let long = "x".repeat(40_000);
    let beyond = [(header::COOKIE, long.as_str())];
    let address = format!("{RACES}?x={}", &long[..9_000]);
    for (method, path, headers, status) in [
        (Method::GET, address.as_str(), &[][..], 414),
        (Method::GET, RACES, &beyond[..], 431),
        (Method::GET, "/v1/nothing", &[], 404),
        (Method::GET, "/v1/status?limit=0", &[], 400),
        (Method::POST, RACES, &[], 405),
        (Method::DELETE, "/v1/seasons/current/races/last", &[], 405),
        (Method::TRACE, "/openapi.json", &[], 405),
    ] {
        let answer = ask(&app, method.clone(), path, headers).await;
        assert_eq!(answer.status.as_u16(), status, "{path:.80}");
        assert_eq!(
            answer.headers[header::CONTENT_TYPE],
            "application/problem+json"
        );
        assert_eq!(
            answer.headers[header::CACHE_CONTROL],
            "no-store",
            "{path:.80}"
        );
        assert_eq!(answer.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(answer.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
        let problem: Problem = answer.json();
        assert_eq!(problem.status, status);
        assert_eq!(
            problem.request_id.as_deref(),
            header(&answer, "x-request-id")
        );
        let allow = (status == 405).then_some("GET,HEAD");
        assert_eq!(header(&answer, "allow"), allow, "{method} {path:.80}");
    }
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn every_site_may_read(pool: PgPool) {
    let app = api::app(pool, Clock::starting_at(Some(now()), 0.0));
    let origin = (header::ORIGIN, "https://example.org");
    for path in ["/v1/seasons", "/v1/status", "/openapi.json", "/health/live"] {
        let answer = ask(&app, Method::GET, path, std::slice::from_ref(&origin)).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_eq!(
            header(&answer, "access-control-allow-origin"),
            Some("*"),
            "{path}"
        );
        let exposed = header(&answer, "access-control-expose-headers").unwrap();
        for name in [
            "etag",
            "link",
            "retry-after",
            "ratelimit",
            "f1-data-version",
            "content-location",
        ] {
            assert!(
                exposed.split(',').any(|exposed| exposed == name),
                "{path}: {name}"
            );
        }
        let preflight = [
            origin.clone(),
            (header::ACCESS_CONTROL_REQUEST_METHOD, "GET"),
            (header::ACCESS_CONTROL_REQUEST_HEADERS, "if-none-match"),
        ];
        let plain = ask(&app, Method::OPTIONS, path, std::slice::from_ref(&origin)).await;
        assert_eq!(plain.status, StatusCode::NO_CONTENT, "{path}");
        assert_eq!(header(&plain, "allow"), Some("GET,HEAD,OPTIONS"), "{path}");
        let answer = ask(&app, Method::OPTIONS, path, &preflight).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_eq!(
            header(&answer, "access-control-allow-methods"),
            Some("GET,HEAD"),
            "{path}"
        );
        assert_eq!(
            header(&answer, "access-control-allow-headers"),
            Some("*"),
            "{path}"
        );
    }
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn words_stand_for_seasons_and_rounds(pool: PgPool) {
    load(&pool).await;
    let at = |now: DateTime<Utc>| api::app(pool.clone(), Clock::starting_at(Some(now), 0.0));
    let app = at(now());
    let (last, next) = around(&pool, 2026).await;
    for (words, numbers) in [
        ("seasons/current/races", "seasons/2026/races".to_owned()),
        (
            "seasons/last/standings/drivers?after_round=2",
            "seasons/2025/standings/drivers?after_round=2".to_owned(),
        ),
        (
            "seasons/last/races/last/grid",
            "seasons/2025/races/4/grid".to_owned(),
        ),
        ("seasons/2025/races/last", "seasons/2025/races/4".to_owned()),
        (
            "seasons/2026/races/last/results",
            format!("seasons/2026/races/{last}/results"),
        ),
        (
            "seasons/current/races/next",
            format!("seasons/2026/races/{next}"),
        ),
    ] {
        let by_word = get(&app, &format!("/v1/{words}")).await;
        let address = format!("/v1/{numbers}");
        let by_number = get(&app, &address).await;
        assert_eq!(
            (by_word.status, &by_word.body),
            (StatusCode::OK, &by_number.body),
            "{words}"
        );
        assert_eq!(
            header(&by_word, "content-location"),
            Some(address.as_str()),
            "{words}"
        );
        assert_eq!(header(&by_number, "content-location"), None);
        let tag = header(&by_number, "etag").unwrap();
        let again = ask(
            &app,
            Method::GET,
            &format!("/v1/{words}"),
            &[(header::IF_NONE_MATCH, tag)],
        )
        .await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{words}");
        assert_eq!(
            header(&again, "content-location"),
            Some(address.as_str()),
            "{words}"
        );
    }
    let detail = problem(&app, "/v1/seasons/2025/races/next", StatusCode::NOT_FOUND)
        .await
        .detail;
    assert!(detail.contains("2025"), "{detail}");
    problem(&app, "/v1/seasons/1800/races/last", StatusCode::NOT_FOUND).await;
    problem(
        &app,
        "/v1/seasons/current/races/last/nothing",
        StatusCode::NOT_FOUND,
    )
    .await;
    for (path, status) in [
        ("current/races/latest", StatusCode::BAD_REQUEST),
        ("0/races/last", StatusCode::NOT_FOUND),
        ("0/races", StatusCode::NOT_FOUND),
        ("2025/races/-1", StatusCode::NOT_FOUND),
        ("02025/races/last", StatusCode::BAD_REQUEST),
        ("current/races/", StatusCode::NOT_FOUND),
        ("current//races", StatusCode::NOT_FOUND),
        ("2025/races/last/", StatusCode::NOT_FOUND),
        ("%63urrent/races/%6cast", StatusCode::OK),
        ("%32025/races/last", StatusCode::OK),
    ] {
        let answer = get(&app, &format!("/v1/seasons/{path}")).await;
        assert_eq!(answer.status, status, "{path}");
    }
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn words_follow_the_clock(pool: PgPool) {
    load(&pool).await;
    let (last, next) = around(&pool, 2026).await;
    let start: DateTime<Utc> =
        sqlx::query_scalar("SELECT starts_at FROM races WHERE year = 2026 AND round = $1")
            .bind(next)
            .fetch_one(&pool)
            .await
            .unwrap();
    let at = async |now: DateTime<Utc>, words: &str| {
        let app = api::app(pool.clone(), Clock::starting_at(Some(now), 0.0));
        let answer = get(&app, &format!("/v1/seasons/{words}")).await;
        header(&answer, "content-location").map(ToOwned::to_owned)
    };
    let race = |round: i16| Some(format!("/v1/seasons/2026/races/{round}"));
    let hours = TimeDelta::hours;
    assert_eq!(
        at(start - hours(24 * 5), "2026/races/current").await,
        race(last)
    );
    assert_eq!(at(start - hours(1), "2026/races/current").await, race(next));
    assert_eq!(at(start + hours(5), "2026/races/next").await, race(next));
    assert_ne!(at(start + hours(7), "2026/races/next").await, race(next));

    let races = |year: i16| Some(format!("/v1/seasons/{year}/races"));
    let new_year = |text: &str| text.parse().unwrap();
    assert_eq!(
        at(new_year("2025-12-31T23:59:59Z"), "current/races").await,
        races(2025)
    );
    assert_eq!(
        at(new_year("2026-01-01T00:00:00Z"), "current/races").await,
        races(2026)
    );
    assert_eq!(
        at(new_year("2027-02-01T00:00:00Z"), "current/races").await,
        races(2026)
    );
    assert_eq!(at(now(), "last/races").await, races(2025));
    sqlx::query(
        "UPDATE races SET status = 'cancelled' WHERE year = 2026 AND status <> 'completed'",
    )
    .execute(&pool)
    .await
    .unwrap();
    assert_eq!(at(now(), "last/races").await, races(2026));
}

/// The last round of a season with a result, and the first without one.
async fn around(pool: &PgPool, year: i16) -> (i16, i16) {
    sqlx::query_as(
        "SELECT max(round) FILTER (WHERE status = 'completed'), min(round) FILTER (WHERE status <> 'completed')
         FROM races WHERE year = $1",
    )
    .bind(year)
    .fetch_one(pool)
    .await
    .unwrap()
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn answers_have_the_version_of_their_data(pool: PgPool) {
    load(&pool).await;
    let fresh = || api::app(pool.clone(), Clock::starting_at(Some(now()), 0.0));
    let version = |answer: &Answer| {
        header(answer, "f1-data-version").map(|text| text.parse::<i64>().unwrap())
    };
    let app = fresh();
    let before = version(&races(&app, &[]).await).expect("a version");
    let tag = races(&app, &[]).await.headers[header::ETAG]
        .to_str()
        .unwrap()
        .to_owned();
    let same = races(&app, &[(header::IF_NONE_MATCH, &tag)]).await;
    assert_eq!(same.status, StatusCode::NOT_MODIFIED);
    assert!(version(&same) >= Some(before));
    assert!(version(&get(&app, "/v1/seasons/1800/races").await) >= Some(before));
    sqlx::query("UPDATE races SET name = 'Renamed Grand Prix' WHERE year = 2025 AND round = 1")
        .execute(&pool)
        .await
        .unwrap();
    assert!(version(&races(&fresh(), &[]).await) > Some(before));
}
