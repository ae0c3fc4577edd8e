//! The site over a real API with a small demonstration championship: every link, the sentences of pages, and errors.
#![expect(clippy::unwrap_used, reason = "a failing setup fails the test")]

use std::{
    collections::{BTreeSet, VecDeque},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode, header},
};
use chrono::{DateTime, TimeDelta, Utc};
use client::Client;
use demo::Championship;
use etl::{
    Context, Sources,
    jobs::{load, predictions},
    sources::http::Http,
};
use http_body_util::BodyExt as _;
use schema::Clock;
use scraper::{Html, Selector};
use sqlx::PgPool;
use tokio::net::TcpListener;
use tower::ServiceExt as _;

fn now() -> DateTime<Utc> {
    "2026-06-10T14:00:00Z".parse().unwrap()
}

/// The site over an API that listens on its own port, as in production.
async fn site(pool: &PgPool, now: DateTime<Utc>) -> Router {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap())
        .parse()
        .unwrap();
    let api = api::app(pool.clone(), Clock::starting_at(Some(now), 0.0));
    tokio::spawn(async move { axum::serve(listener, api).await });
    web::app(Client::new(url).unwrap())
}

async fn fill(pool: &PgPool) {
    let sources = Sources::below(&"http://127.0.0.1:9".parse().unwrap()).unwrap();
    let clock = Clock::starting_at(Some(now()), 0.0);
    let ctx = Context {
        pool: pool.clone(),
        sources,
        http: Http::pausing(Duration::ZERO).unwrap(),
        clock,
        job_run: None,
    };
    let release = Championship::small(now()).release();
    let zip = release.zip().unwrap();
    load::load_demo(&ctx, release.tag, zip).await.unwrap();
    predictions::compute_all(&ctx, |_, _| {}).await.unwrap();
}

struct Page {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Page {
    fn all(&self, selector: &str) -> Vec<String> {
        let html = Html::parse_document(&self.text);
        let selector = Selector::parse(selector).unwrap();
        html.select(&selector)
            .map(|element| element.text().collect::<String>().trim().to_owned())
            .collect()
    }

    fn links(&self) -> Vec<String> {
        let html = Html::parse_document(&self.text);
        let selector = Selector::parse("a[href], link[href], form[action]").unwrap();
        let address = |element: scraper::ElementRef<'_>| {
            element
                .attr("href")
                .or_else(|| element.attr("action"))
                .map(str::to_owned)
        };
        html.select(&selector).filter_map(address).collect()
    }
}

async fn get(site: &Router, path: &str) -> Page {
    let request = Request::builder().uri(path).body(Body::empty()).unwrap();
    let (parts, body) = site.clone().oneshot(request).await.unwrap().into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    Page {
        status: parts.status,
        headers: parts.headers,
        text: String::from_utf8_lossy(&bytes).into_owned(),
    }
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn every_link_leads_to_a_page_that_follows_the_rules(pool: PgPool) {
    fill(&pool).await;
    let site = site(&pool, now()).await;
    let mut known = BTreeSet::from(["/".to_owned()]);
    let mut queue = VecDeque::from(["/".to_owned()]);
    let mut kinds = BTreeSet::new();
    while let Some(path) = queue.pop_front() {
        let page = get(&site, &path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        if path.starts_with("/assets/") {
            continue;
        }
        kinds.insert(
            path.split(|c: char| c == '?' || c.is_ascii_digit())
                .next()
                .unwrap_or_default()
                .to_owned(),
        );
        assert_eq!(page.all("h1").len(), 1, "{path} has one h1");
        assert!(
            !page.all("main .lede")[0].is_empty(),
            "{path} opens with a sentence"
        );
        assert_eq!(
            page.all("script").len() + page.all("[style]").len() + page.all("style").len(),
            0,
            "{path}"
        );
        assert_eq!(
            page.all("table").len(),
            page.all("table > caption").len(),
            "{path}: every table has a caption"
        );
        assert!(
            page.all(".notice")
                .iter()
                .any(|text| text.contains("simulated")),
            "{path} is labelled a demonstration"
        );
        assert!(
            page.headers[header::CONTENT_SECURITY_POLICY]
                .to_str()
                .unwrap()
                .contains("script-src 'none'")
        );
        assert!(
            !page.text.contains("NaN")
                && !page.text.contains("None")
                && !page.text.contains("Some("),
            "{path}"
        );
        for link in page.links() {
            assert!(
                link.starts_with('/') || link.starts_with('#') || link.starts_with("https://"),
                "{path} links to {link}"
            );
            let target = link.split('#').next().unwrap_or_default().to_owned();
            if target.starts_with('/') && known.insert(target.clone()) {
                queue.push_back(target);
            }
        }
    }
    assert!(known.len() > 45, "{} pages", known.len());
    for kind in [
        "/",
        "/seasons",
        "/predictions",
        "/drivers",
        "/teams",
        "/data",
        "/accuracy",
        "/model",
        "/status",
    ] {
        assert!(kinds.contains(kind), "{kind} is linked: {kinds:?}");
    }
    assert!(
        known
            .iter()
            .any(|path| path.ends_with("/sprint-prediction")),
        "{known:?}"
    );
    assert!(
        known.iter().any(|path| path.ends_with("/outlook")),
        "{known:?}"
    );
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn charts_have_a_description_and_a_table_of_their_figures(pool: PgPool) {
    fill(&pool).await;
    let site = site(&pool, now()).await;
    let season: i16 = sqlx::query_scalar("SELECT max(year) FROM races")
        .fetch_one(&pool)
        .await
        .unwrap();
    for path in ["/accuracy".to_owned(), format!("/seasons/{season}/outlook")] {
        let page = get(&site, &path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        let charts = page.all("figure > svg[role=img]").len();
        assert_eq!(
            page.all("figure > svg[role=img] > title").len(),
            charts,
            "{path}: every chart has a title"
        );
        assert_eq!(page.all("figure > svg[role=img] > desc").len(), charts);
        assert!(
            charts == 0 || !page.all("details table").is_empty(),
            "{path}: charts have a table of their figures"
        );
    }
    let model = get(&site, "/model").await;
    assert_eq!(model.status, StatusCode::OK);
    assert!(model.all("h2").iter().any(|text| text == "The latest fit"));
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_forecast_opens_with_its_favourite_and_later_with_the_winner(pool: PgPool) {
    fill(&pool).await;
    let site = site(&pool, now()).await;
    let home = get(&site, "/").await;
    assert!(
        home.all(".facts")[0].contains("before the start"),
        "{:?}",
        home.all(".facts")
    );
    assert!(home.all("h1")[0].ends_with("who wins?"));
    let next = home
        .links()
        .into_iter()
        .find(|link| link.ends_with("/prediction"))
        .unwrap();
    let forecast = get(&site, &next).await;
    assert_eq!(forecast.all("svg.heat").len(), 10, "ten cars");
    assert!(forecast.all("svg.heat .ring").is_empty());
    assert!(
        forecast.all(".lede")[0].contains("time"),
        "{:?}",
        forecast.all(".lede")
    );

    let (year, round): (i16, i16) = sqlx::query_as(
        "SELECT year, round FROM races WHERE status = 'completed' ORDER BY date DESC LIMIT 1",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    let decided = get(&site, &format!("/seasons/{year}/races/{round}/prediction")).await;
    let html = Html::parse_document(&decided.text);
    assert_eq!(
        html.select(&Selector::parse("svg.heat .ring").unwrap())
            .count(),
        10,
        "every car has its result"
    );
    assert!(decided.all(".facts")[0].contains("Retrospective"));
    let winner: String = sqlx::query_scalar(
        "SELECT d.last_name FROM race_results s JOIN races r ON r.id = s.race_id JOIN drivers d ON d.id = s.driver_id
         WHERE (r.year, r.round, s.position) = ($1, $2, 1)",
    )
    .bind(year)
    .bind(round)
    .fetch_one(&pool)
    .await
    .unwrap();
    assert!(
        decided.all(".lede")[0].contains(&format!("{winner} won")),
        "{:?}",
        decided.all(".lede")
    );
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn unknown_things_are_404_and_similar_ones_are_linked(pool: PgPool) {
    fill(&pool).await;
    let site = site(&pool, now()).await;
    let long = "x".repeat(10_000);
    for path in [
        "/nothing",
        "/seasons/abc",
        "/seasons/1900",
        "/seasons/99999999999",
        "/seasons/2026/races/99",
        "/seasons/2026/races/-1",
        "/seasons/2026/races/1e9/prediction",
        "/seasons/%ff/races/1",
        "/drivers/%00",
        "/drivers/%2e%2e",
        "/teams/%2e",
        "/teams/%ff",
        "/drivers/nobody-at-all",
        "/seasons/2026/standings/nobody",
        "/assets/nothing.css",
        &format!("/drivers/{long}"),
        "/predictions?season=1890",
        "/seasons/1900/outlook",
        "/seasons/2026/outlook?after_round=99",
    ] {
        let page = get(&site, path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path:.80}");
        if !path.starts_with("/assets") {
            assert_eq!(page.all("h1").len(), 1, "{path:.80}");
            assert!(
                page.all("nav.main a").len() >= 4,
                "{path:.80} keeps the navigation"
            );
        }
    }
    for path in [
        "/predictions?season=abc",
        "/predictions?season=2026&season=2025",
        "/seasons/2026/standings/drivers?after_round=x",
        "/seasons/2026/races/1/prediction?moment=x",
        "/seasons/2026/outlook?after_round=x",
        "/accuracy?moment=x",
    ] {
        let page = get(&site, path).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{path}");
        let name = path
            .rsplit('?')
            .next()
            .and_then(|query| query.split('=').next())
            .unwrap();
        assert!(
            page.all(".lede")[0].contains(&format!("“{name}”")),
            "{path}: {:?}",
            page.all(".lede")
        );
    }
    let family: String = sqlx::query_scalar("SELECT split_part(driver_key::text, '-', 2) FROM driver_season_stats JOIN drivers ON id = driver_id LIMIT 1").fetch_one(&pool).await.unwrap();
    let page = get(&site, &format!("/drivers/{family}")).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(
        page.links()
            .iter()
            .any(|link| link.starts_with("/drivers/") && link.ends_with(&family)),
        "{:?}",
        page.links()
    );
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn an_old_key_redirects_to_the_present_one(pool: PgPool) {
    fill(&pool).await;
    let site = site(&pool, now()).await;
    sqlx::raw_sql("INSERT INTO key_aliases SELECT 'driver', 'old-driver', driver_id FROM driver_season_stats LIMIT 1").execute(&pool).await.unwrap();
    let page = get(&site, "/drivers/old-driver").await;
    assert_eq!(page.status, StatusCode::MOVED_PERMANENTLY);
    let target = page.headers[header::LOCATION].to_str().unwrap().to_owned();
    assert_eq!(get(&site, &target).await.status, StatusCode::OK);
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn facts_that_only_f1db_has_are_left_out_while_they_are_missing(pool: PgPool) {
    fill(&pool).await;
    let site = site(&pool, now()).await;
    let driver: (String, String) = sqlx::query_as(
        "SELECT driver_key::text, code::text FROM drivers JOIN driver_season_stats ON driver_id = id LIMIT 1",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    let team: String = sqlx::query_scalar(
        "SELECT team_key::text FROM teams JOIN team_season_stats ON team_id = id LIMIT 1",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    let (driver, code) = (format!("/drivers/{}", driver.0), driver.1);
    let team = format!("/teams/{team}");
    assert!(
        get(&site, &driver)
            .await
            .all("dt")
            .contains(&"In".to_owned())
    );
    assert_eq!(get(&site, &team).await.all(".over").len(), 1);
    sqlx::raw_sql(
        "UPDATE drivers SET (place_of_birth, nationality, country_code) = (NULL, NULL, NULL);
         UPDATE teams SET (country, country_code) = (NULL, NULL)",
    )
    .execute(&pool)
    .await
    .unwrap();
    let page = get(&site, &driver).await;
    assert_eq!(page.all(".over"), [code]);
    assert!(!page.all("dt").contains(&"In".to_owned()));
    let page = get(&site, &team).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.all(".over"), [""; 0]);
    for list in ["/drivers", "/teams"] {
        let page = get(&site, list).await;
        let countries = page.all("td.d1");
        assert!(!countries.is_empty() && countries.iter().all(String::is_empty));
        assert!(!page.text.contains("None"), "{list}");
    }
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn an_empty_database_has_a_home_page_that_says_so(pool: PgPool) {
    let site = site(&pool, now() + TimeDelta::days(1)).await;
    let page = get(&site, "/").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.all(".notice")[0].contains("being loaded"));
    for path in [
        "/predictions",
        "/seasons",
        "/drivers",
        "/teams",
        "/data",
        "/accuracy",
        "/model",
        "/status",
    ] {
        assert_eq!(get(&site, path).await.status, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn without_the_api_pages_say_so() {
    let site = web::app(Client::new("http://127.0.0.1:9".parse().unwrap()).unwrap());
    for path in [
        "/",
        "/seasons/2025",
        "/drivers/somebody",
        "/predictions",
        "/status",
    ] {
        let page = get(&site, path).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert!(page.headers.contains_key(header::RETRY_AFTER));
        assert!(page.all("h1")[0].contains("away") && page.all("nav.main a").len() >= 4);
        assert!(
            !page.text.contains("127.0.0.1"),
            "the cause is logged, not shown"
        );
    }
    assert_eq!(
        get(&site, "/data").await.status,
        StatusCode::OK,
        "the sources are shown without the API"
    );
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn the_status_begins_with_problems_and_escapes_upstream_text(pool: PgPool) {
    fill(&pool).await;
    let site = site(&pool, now()).await;
    let healthy = get(&site, "/status").await;
    assert_eq!(healthy.status, StatusCode::OK);
    assert!(
        healthy.all(".lede")[0].starts_with("Nothing is wrong."),
        "{:?}",
        healthy.all(".lede")
    );
    assert!(healthy.all("ul.problems").is_empty());
    assert!(
        healthy.all("h3 a").len() == 1,
        "the next race: {:?}",
        healthy.all("h3")
    );

    sqlx::raw_sql(
        "INSERT INTO job_runs (job, year, round, started_at, finished_at, outcome, attempt, rows_read, error)
         SELECT 'recheck', year, round, '2026-06-10 12:00Z', '2026-06-10 12:00:03Z', 'failed', 3, 12, '<script>alert(1)</script>'
         FROM races WHERE status = 'completed' ORDER BY date DESC LIMIT 1;
         BEGIN;
         SELECT set_config('f1.job_run', (SELECT max(id)::text FROM job_runs), true);
         UPDATE race_results SET position = NULL, position_text = 'DSQ', status = 'disqualified', points = 0
         WHERE position = 1 AND race_id = (SELECT id FROM races WHERE status = 'completed' ORDER BY date DESC LIMIT 1);
         COMMIT",
    )
    .execute(&pool)
    .await
    .unwrap();
    let page = get(&site, "/status").await;
    assert!(
        page.all(".lede")[0].starts_with("One thing is wrong."),
        "{:?}",
        page.all(".lede")
    );
    let problem = &page.all("ul.problems li")[0];
    assert!(
        problem.contains("recheck") && problem.contains("3 times in a row"),
        "{problem}"
    );
    assert!(problem.ends_with("<script>alert(1)</script>."), "{problem}");
    assert!(page.all("script").is_empty() && !page.text.contains("<script>"));
    assert_eq!(
        page.all("td details pre"),
        ["<script>alert(1)</script>", "<script>alert(1)</script>"],
        "of the last run of the job, and among what ran"
    );
    let ran = page.all("#runs + table tbody tr");
    assert!(
        ran[0].contains("failed, 3rd attempt") && ran[0].contains("3.0 s"),
        "{ran:?}"
    );
    let corrected = page.all("#corrections + table tbody tr");
    assert!(
        corrected.len() == 1
            && corrected[0].contains("1st, 25 points")
            && corrected[0].contains("disqualified, 0 points"),
        "{corrected:?}"
    );

    let (year, round): (i16, i16) = sqlx::query_as(
        "SELECT year, round FROM corrections c JOIN races r ON r.id = c.race_id LIMIT 1",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    let weekend = get(&site, &format!("/seasons/{year}/races/{round}")).await;
    let rows = weekend.all("#corrections + table tbody tr");
    assert!(
        rows.len() == 1 && rows[0].contains("disqualified"),
        "{rows:?}"
    );
}
