//! Faults, upstreams that are down, and stale answers.

use std::time::Duration;

use etl::sources::{
    f1db::{self, Download},
    jolpica,
    lease::UpstreamLease,
    openf1::{self, Availability},
};
use reqwest::Url;
use schema::{SessionKind, Upstream};
use sqlx::PgPool;

use super::{Season, plain_client};
use crate::common;

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn readers_recover_from_faults(pool: PgPool) {
    let mut season = Season::new(&pool, 2026).await;
    let end = season.upstream.end_of(2026, 4, SessionKind::Race);
    season.upstream.set_now(end + chrono::TimeDelta::hours(2));
    let (jolpica, openf1) = (
        season.base(Upstream::Jolpica),
        season.base(Upstream::Openf1),
    );
    let f1db = season.base(Upstream::F1db);
    let ctx = common::context(&pool);
    let read = async |turn: &mut UpstreamLease| {
        let Download::New(release) = f1db::fetch(&ctx.http, &f1db, None).await.unwrap() else {
            panic!("a release must be new without an etag");
        };
        (
            jolpica::results(turn, &jolpica, 2026, None).await.unwrap(),
            jolpica::laps(turn, &jolpica, 2026, 4).await.unwrap(),
            openf1::sessions(turn, &openf1, 2026).await.unwrap(),
            release.bytes,
        )
    };
    let expected = read(&mut season.turn).await;
    let clean = season.upstream.requests();
    season.upstream.set_faults(3, 0.4);
    let with_faults = read(&mut season.turn).await;
    assert!(with_faults == expected);
    let all = season.upstream.requests();
    assert!(
        all.jolpica > 2 * clean.jolpica + 2,
        "{all:?}, of which {clean:?} without faults"
    );
}

/// How the first requests to some URLs end for a client without retries.
async fn endings(season: &Season) -> Vec<String> {
    let client = plain_client();
    let mut endings = Vec::new();
    for path in [
        "ergast/f1/2026/races/",
        "v1/meetings?year=2025",
        "ergast/f1/2025/results/?limit=100",
    ] {
        for _ in 0..12 {
            let answer = client
                .get(format!("{}{path}", season.upstream.url()))
                .send()
                .await;
            let Ok(answer) = answer else {
                endings.push("cut at once".to_owned());
                continue;
            };
            let status = answer.status();
            let waits = answer.headers().get("retry-after").is_some();
            let body = match answer.text().await {
                Err(_) => "cut",
                Ok(text) if text.starts_with("<html>") => "HTML",
                Ok(text) if serde_json::from_str::<serde_json::Value>(&text).is_err() => {
                    "broken JSON"
                }
                Ok(_) => "JSON",
            };
            endings.push(format!("{} {body} {waits}", status.as_u16()));
        }
    }
    endings
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn the_same_seed_gives_the_same_faults(pool: PgPool) {
    let one = Season::new(&pool, 2026).await;
    one.upstream.set_faults(7, 0.6);
    let first = endings(&one).await;
    one.upstream.set_faults(7, 0.6);
    assert_eq!(endings(&one).await, first);
    for kind in [
        "200 JSON false",
        "500 HTML false",
        "503 HTML true",
        "200 broken JSON false",
        "200 HTML false",
    ] {
        assert!(
            first.iter().any(|ending| ending == kind),
            "no {kind} in {first:?}"
        );
    }
    assert!(
        first.iter().any(|ending| ending.contains("cut")),
        "{first:?}"
    );
    one.upstream.set_faults(8, 0.6);
    assert_ne!(endings(&one).await, first);
    one.upstream.set_faults(8, 0.0);
    assert!(
        endings(&one)
            .await
            .iter()
            .all(|ending| ending == "200 JSON false")
    );
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn all_upstreams_are_down_together(pool: PgPool) {
    let season = Season::new(&pool, 2026).await;
    season.upstream.set_down(true);
    for upstream in [Upstream::F1db, Upstream::Jolpica, Upstream::Openf1] {
        let url = format!("{}/", season.base(upstream));
        let answer = plain_client().get(url).send().await.unwrap();
        assert_eq!(answer.status(), 503, "{upstream:?}");
    }
    season.upstream.set_down(false);
    assert!(
        endings(&season)
            .await
            .iter()
            .all(|ending| ending == "200 JSON false")
    );
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn stale_answers_are_of_an_earlier_instant(pool: PgPool) {
    let mut season = Season::new(&pool, 2026).await;
    let base = season.base(Upstream::Jolpica);
    let race_over = |round| season.upstream.end_of(2026, round, SessionKind::Race);
    let (second, third) = (race_over(2), race_over(3));
    season.upstream.set_now(third);
    season.upstream.set_stale(Some(second));
    let read = jolpica::results(&mut season.turn, &base, 2026, None)
        .await
        .unwrap();
    assert_eq!(read.last().unwrap().round, 2);
    let openf1 = season.base(Upstream::Openf1);
    let locked = openf1::sessions(&mut season.turn, &openf1, 2026)
        .await
        .unwrap();
    assert_eq!(
        locked,
        Availability::Locked,
        "whether it is closed depends on the clock"
    );
    season.upstream.set_stale(None);
    let read = jolpica::results(&mut season.turn, &base, 2026, None)
        .await
        .unwrap();
    assert_eq!(read.last().unwrap().round, 3);
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn requests_are_answered_while_the_test_blocks_its_thread(pool: PgPool) {
    let season = Season::new(&pool, 2026).await;
    let url: Url = season.upstream.url().parse().unwrap();
    let address = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
    // This blocks the only thread of the test's runtime, as waiting for a child process does.
    let mut socket = std::net::TcpStream::connect(address).unwrap();
    socket
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    std::io::Write::write_all(&mut socket, b"GET /v1/meetings?year=2025 HTTP/1.0\r\n\r\n").unwrap();
    let mut answer = String::new();
    std::io::Read::read_to_string(&mut socket, &mut answer).unwrap();
    assert!(
        answer.contains("200 OK") && answer.contains("meeting_key"),
        "{answer}"
    );
}
