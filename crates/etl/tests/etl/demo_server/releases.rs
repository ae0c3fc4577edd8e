//! F1DB's releases come out four hours after a race starts, and hold no more than that.

use chrono::TimeDelta;
use etl::sources::f1db::{self, Download};
use schema::{SessionKind, Upstream};
use sqlx::PgPool;

use super::Season;
use crate::common;

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_release_after_each_race(pool: PgPool) {
    let season = Season::new(&pool, 2026).await;
    let base = season.base(Upstream::F1db);
    let ctx = common::context(&pool);
    let newest = async || match f1db::fetch(&ctx.http, &base, None).await.unwrap() {
        Download::New(release) => release,
        Download::Unchanged => panic!("a release must be new without an etag"),
    };
    let at = |text: &str| season.upstream.set_now(text.parse().unwrap());
    at("2026-01-31T23:59:59Z");
    assert_eq!(newest().await.tag, "v2025.4.0");
    at("2026-02-01T00:00:00Z");
    let before = newest().await;
    assert_eq!(before.tag, "v2026.0.0");
    assert!(before.bytes == season.complete.after(2026, 0).zip().unwrap());
    for round in 1..=4 {
        let out = season.upstream.start_of(2026, round, SessionKind::Race) + TimeDelta::hours(4);
        season.upstream.set_now(out - TimeDelta::seconds(1));
        assert_eq!(newest().await.tag, format!("v2026.{}.0", round - 1));
        season.upstream.set_now(out);
        let release = newest().await;
        assert_eq!(release.tag, format!("v2026.{round}.0"));
        let expected = season.complete.after(2026, round);
        assert!(release.bytes == expected.zip().unwrap(), "round {round}");
    }
    assert_eq!(season.upstream.requests().f1db, 20);
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn an_unchanged_release_is_not_sent_again(pool: PgPool) {
    let season = Season::new(&pool, 2026).await;
    let base = season.base(Upstream::F1db);
    let http = common::context(&pool).http;
    let Download::New(release) = f1db::fetch(&http, &base, None).await.unwrap() else {
        panic!("a release must be new without an etag");
    };
    let etag = release.etag.as_deref();
    let again = f1db::fetch(&http, &base, etag).await.unwrap();
    assert!(matches!(again, Download::Unchanged));
    let next = season.upstream.start_of(2026, 4, SessionKind::Race) + TimeDelta::hours(4);
    season.upstream.set_now(next);
    let later = f1db::fetch(&http, &base, etag).await.unwrap();
    assert!(matches!(later, Download::New(_)));
}

/// Releases of every event format are loaded as real ones are.
#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn releases_of_every_format_load_one_after_another(pool: PgPool) {
    for year in [2022, 2023, 2026] {
        let pool = common::another_database(&pool).await;
        let season = Season::new(&pool, year).await;
        let base = season.base(Upstream::F1db);
        let ctx = common::context_of(&pool, common::now(), &season.upstream.url());
        for round in [0, 1, 4] {
            let release = season.complete.after(year, round);
            common::load(&ctx, &release).await.unwrap();
        }
        let end = season.upstream.end_of(year, 4, SessionKind::Race) + TimeDelta::days(1);
        season.upstream.set_now(end);
        let Download::New(release) = f1db::fetch(&ctx.http, &base, None).await.unwrap() else {
            panic!("a release must be new without an etag");
        };
        let loaded = etl::jobs::load::load_release(&ctx, "f1db", &release).await;
        loaded.unwrap();
        let formats: Vec<(String, String)> = sqlx::query_as(
            "SELECT event_format::text, status::text FROM races WHERE year = $1 ORDER BY round",
        )
        .bind(year)
        .fetch_all(&pool)
        .await
        .unwrap();
        let sprint = match year {
            2022 => "sprint",
            2023 => "sprint_shootout",
            _ => "sprint_qualifying",
        };
        let expected = ["conventional", "conventional", "conventional", sprint];
        let expected = expected.map(|format| (format.to_owned(), "completed".to_owned()));
        assert_eq!(formats, expected, "{year}");
    }
}
