//! Forecasts: made once, before the start or marked as late, and blind to what came after.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails here")]

mod common;

use chrono::TimeDelta;
use common::{championship, context, context_at, dumped, load, load_and_forecast, now, section};
use etl::jobs::forecast::{self, Which};
use schema::{Contest, JobOutcome};
use sqlx::PgPool;

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn every_race_with_a_past_is_forecast_once(pool: PgPool) {
    let ctx = context(&pool);
    load_and_forecast(&ctx, &championship().release()).await;
    let before = dumped(&pool).await;
    let live: Vec<(String, String)> = sqlx::query_as(
        "SELECT p.contest::text, p.moment::text FROM predictions p JOIN races r ON r.id = p.race_id
         WHERE p.kind = 'live' AND r.status = 'qualifying_done' ORDER BY p.moment",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let expected = [
        ("grand_prix", "qualifying_order"),
        ("grand_prix", "official_grid"),
    ];
    assert_eq!(
        live,
        expected.map(|(contest, moment)| (contest.to_owned(), moment.to_owned()))
    );
    let sprints: i64 = sqlx::query_scalar("SELECT count(*) FROM sprint_predictions")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert!(sprints > 0, "sprints are forecast too");
    let unequal: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM predictions p WHERE 1e-9 < (
             SELECT max(abs(total - 1)) FROM (
                 SELECT sum(chance) AS total FROM prediction_drivers d, unnest(d.positions) WITH ORDINALITY u (chance, place)
                 WHERE d.prediction_id = p.id AND d.contest = p.contest GROUP BY place) columns)",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(unequal, 0, "every place is filled exactly once");

    let again = forecast::fill(&ctx, |_, _| {}).await.unwrap();
    assert_eq!(again.outcome(), JobOutcome::NothingNew, "{again:?}");
    assert_eq!(dumped(&pool).await, before);
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn nothing_that_happened_later_changes_a_forecast(pool: PgPool) {
    let release = championship().release();
    let ctx = context(&pool);
    load_and_forecast(&ctx, &release).await;
    let with_future = dumped(&pool).await;

    // The last race that was run, with everything from its start on deleted; what was published before its start is
    // kept.
    let (year, round, grand_prix, starts_at): (i16, i16, String, chrono::DateTime<chrono::Utc>) = sqlx::query_as(
        "SELECT year, round, grand_prix_key::text, starts_at FROM races WHERE status = 'completed' ORDER BY date DESC LIMIT 1",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    let past = release.cut(i32::from(year), u16::try_from(round).unwrap());
    assert_ne!(past, release);
    let other = another_database(&pool).await;
    let ctx_past = context_at(&other, starts_at + TimeDelta::days(200));
    load_and_forecast(&ctx_past, &past).await;
    let without_future = dumped(&other).await;

    let until = |dump: &str, title: &str| -> Vec<String> {
        let of_this_race = format!("{year},{grand_prix},");
        section(dump, title)
            .into_iter()
            .filter(|line| line.starts_with(&of_this_race))
            .map(str::to_owned)
            .collect()
    };
    for title in ["prediction_features", "predictions"] {
        let (seen, blind) = (until(&with_future, title), until(&without_future, title));
        assert!(!seen.is_empty(), "{title} of {grand_prix} exist");
        assert_eq!(
            seen, blind,
            "{title} of {grand_prix} depend on what came after"
        );
    }
    other.close().await;
}

/// A second migrated database beside the test's own; the next run of the same test drops it.
async fn another_database(pool: &PgPool) -> PgPool {
    let name: String = sqlx::query_scalar("SELECT 'past_' || md5(current_database())")
        .fetch_one(pool)
        .await
        .unwrap();
    let create = format!("CREATE DATABASE \"{name}\"");
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!(
        "DROP DATABASE IF EXISTS \"{name}\""
    )))
    .execute(pool)
    .await
    .unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(create))
        .execute(pool)
        .await
        .unwrap();
    let options = (*pool.connect_options()).clone().database(&name);
    let other = PgPool::connect_with(options).await.unwrap();
    schema::MIGRATOR.run(&other).await.unwrap();
    other
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_correction_leaves_forecasts_alone_and_a_new_grid_adds_one(pool: PgPool) {
    let ctx = context(&pool);
    let release = championship().release();
    load_and_forecast(&ctx, &release).await;
    let before = dumped(&pool).await;

    // A penalty is announced before the start: the first two of the next race's grid change places.
    let next: String = sqlx::query_scalar(
        "SELECT id::text FROM races WHERE starts_at > $1 ORDER BY starts_at LIMIT 1",
    )
    .bind(now())
    .fetch_one(&pool)
    .await
    .unwrap();
    sqlx::query(
        "UPDATE race_grid SET position = 3 - position, display_order = 3 - display_order WHERE race_id = $1::int AND position <= 2",
    )
    .bind(&next)
    .execute(&pool)
    .await
    .unwrap();
    let later = context_at(&pool, now() + TimeDelta::hours(1));
    let report = forecast::compute_predictions(&later, Contest::GrandPrix, Which::default())
        .await
        .unwrap();
    assert_eq!(
        report.changes.inserted, 1,
        "one new live forecast: {report:?}"
    );
    let after = dumped(&pool).await;
    let old: std::collections::HashSet<&str> =
        section(&before, "predictions").into_iter().collect();
    let kept = section(&after, "predictions")
        .into_iter()
        .filter(|line| old.contains(line))
        .count();
    assert_eq!(kept, old.len(), "the first forecast is still there");

    // After the start the same change would be a retrospective forecast, not a live one.
    let started = context_at(&pool, now() + TimeDelta::days(3));
    forecast::compute_predictions(&started, Contest::GrandPrix, Which::default())
        .await
        .unwrap();
    let kinds: Vec<(String, i64)> = sqlx::query_as(
        "SELECT kind::text, count(*) FROM predictions WHERE race_id = $1::int AND contest = 'grand_prix' AND moment = 'official_grid' GROUP BY kind ORDER BY kind",
    )
    .bind(&next)
    .fetch_all(&pool)
    .await
    .unwrap();
    assert_eq!(
        kinds,
        [("live".to_owned(), 2), ("retrospective".to_owned(), 1)]
    );
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_past_that_is_too_short_is_said_not_guessed(pool: PgPool) {
    let ctx = context(&pool);
    load(&ctx, &championship().release().cut(2025, 2))
        .await
        .unwrap();
    let report = forecast::fill(&ctx, |_, _| {}).await.unwrap();
    assert!(report.detail.contains("too little history"), "{report:?}");
}
