//! Faults, an upstream that is down, and old data.

use std::time::Duration;

use etl::sources::{
    f1db::{self, Download},
    jolpica,
    lease::UpstreamLease,
    openf1::{self, Availability},
};
use schema::SessionKind;
use sqlx::PgPool;

use crate::{Season, Service, common, rude};

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn readers_survive_faults(pool: PgPool) {
    let mut season = Season::new(&pool, 2026).await;
    let end = season.upstream.end_of(2026, 4, SessionKind::Race);
    season.upstream.set_now(end + chrono::TimeDelta::hours(2));
    let (jolpica, openf1) = (season.base(Service::Jolpica), season.base(Service::OpenF1));
    let f1db = season.base(Service::F1db);
    let ctx = common::context(&pool);
    let read = async |turn: &mut UpstreamLease| {
        let Download::New(release) = f1db::fetch(&ctx.http, &f1db, None).await.unwrap() else {
            panic!("nothing was known");
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
    season.upstream.faults(3, 0.4);
    let unwell = read(&mut season.turn).await;
    assert!(unwell == expected);
    let all = season.upstream.requests();
    assert!(
        all.jolpica > 2 * clean.jolpica + 2,
        "{all:?}, of which {clean:?} without faults"
    );
}

/// What becomes of the first requests for some URLs, as somebody without patience sees it.
async fn fates(season: &Season) -> Vec<String> {
    let client = rude();
    let mut fates = Vec::new();
    for path in [
        "ergast/f1/2026/races/",
        "v1/meetings?year=2025",
        "ergast/f1/2025/results/?limit=100",
    ] {
        for _ in 0..12 {
            let answer = client
                .get(season.upstream.url().join(path).unwrap())
                .send()
                .await;
            let Ok(answer) = answer else {
                fates.push("cut at once".to_owned());
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
            fates.push(format!("{} {body} {waits}", status.as_u16()));
        }
    }
    fates
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn the_same_seed_gives_the_same_faults(pool: PgPool) {
    let one = Season::new(&pool, 2026).await;
    one.upstream.faults(7, 0.6);
    let first = fates(&one).await;
    one.upstream.faults(7, 0.6);
    assert_eq!(fates(&one).await, first);
    for kind in [
        "200 JSON false",
        "500 HTML false",
        "503 HTML true",
        "200 broken JSON false",
        "200 HTML false",
    ] {
        assert!(
            first.iter().any(|fate| fate == kind),
            "no {kind} in {first:?}"
        );
    }
    assert!(first.iter().any(|fate| fate.contains("cut")), "{first:?}");
    one.upstream.faults(8, 0.6);
    assert_ne!(fates(&one).await, first);
    one.upstream.faults(8, 0.0);
    assert!(
        fates(&one)
            .await
            .iter()
            .all(|fate| fate == "200 JSON false")
    );
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn down_means_down_for_everybody(pool: PgPool) {
    let season = Season::new(&pool, 2026).await;
    season.upstream.down(true);
    for service in [Service::F1db, Service::Jolpica, Service::OpenF1] {
        let url = format!("{}/", season.base(service));
        let answer = rude().get(url).send().await.unwrap();
        assert_eq!(answer.status(), 503, "{service:?}");
    }
    season.upstream.down(false);
    assert!(
        fates(&season)
            .await
            .iter()
            .all(|fate| fate == "200 JSON false")
    );
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn old_data(pool: PgPool) {
    let mut season = Season::new(&pool, 2026).await;
    let base = season.base(Service::Jolpica);
    let race_over = |round| season.upstream.end_of(2026, round, SessionKind::Race);
    let (second, third) = (race_over(2), race_over(3));
    season.upstream.set_now(third);
    season.upstream.stale(Some(second));
    let read = jolpica::results(&mut season.turn, &base, 2026, None)
        .await
        .unwrap();
    assert_eq!(read.last().unwrap().round, 2);
    let openf1 = season.base(Service::OpenF1);
    let locked = openf1::sessions(&mut season.turn, &openf1, 2026)
        .await
        .unwrap();
    assert_eq!(locked, Availability::Locked, "the lock is of now");
    season.upstream.stale(None);
    let read = jolpica::results(&mut season.turn, &base, 2026, None)
        .await
        .unwrap();
    assert_eq!(read.last().unwrap().round, 3);
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn another_program_is_answered_while_the_test_waits_for_it(pool: PgPool) {
    let season = Season::new(&pool, 2026).await;
    let url = season.upstream.url();
    let address = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
    // Blocks the only thread of this test's runtime, as waiting for a child does.
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
