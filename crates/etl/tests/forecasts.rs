//! Forecasts: made once, before the start or marked as late, and blind to what came after.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails here")]

mod common;

use chrono::TimeDelta;
use common::{championship, context, context_at, dumped, load, load_and_forecast, now, section};
use etl::{
    demo,
    jobs::{Which, forecast},
};
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
    let longer = demo::Championship {
        rounds: 10,
        sprints: 4,
        ..championship()
    };
    let release = longer.release();
    let ctx = context(&pool);
    load_and_forecast(&ctx, &release).await;
    let with_future = dumped(&pool).await;

    // The last race that was run, with everything from its start on deleted; what was published before its start is
    // kept.
    let (year, round, last, starts_at): (i16, i16, String, chrono::DateTime<chrono::Utc>) = sqlx::query_as(
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

    let races: Vec<(i16, String)> = sqlx::query_as(
        "SELECT year, grand_prix_key::text FROM races WHERE (year, round) <= ($1, $2) ORDER BY year, round",
    )
    .bind(year)
    .bind(round)
    .fetch_all(&pool)
    .await
    .unwrap();
    for title in ["prediction_features", "predictions"] {
        let (seen, blind) = (
            section(&with_future, title),
            section(&without_future, title),
        );
        let mut compared = 0;
        for (year, grand_prix) in &races {
            let prefix = format!("{year},{grand_prix},");
            let of_race = |lines: &[&str]| -> Vec<String> {
                lines
                    .iter()
                    .filter(|line| line.starts_with(&prefix))
                    .map(ToString::to_string)
                    .collect()
            };
            assert_eq!(
                of_race(&seen),
                of_race(&blind),
                "{title} of {prefix} depend on what came after"
            );
            compared += of_race(&seen).len();
        }
        assert!(compared > 20, "{compared} rows of {title}");
        assert!(
            seen.len() > compared,
            "the other database has no later {title} to compare"
        );
        let sprints = blind
            .iter()
            .filter(|line| line.contains(",sprint,"))
            .count();
        assert!(sprints > 0, "{title} of sprints are compared too");
        assert!(
            blind
                .iter()
                .any(|line| line.starts_with(&format!("{year},{last},"))),
            "{last} itself"
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

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_cancelled_race_keeps_its_forecast_and_loses_its_number(pool: PgPool) {
    let ctx = context(&pool);
    let release = championship().release();
    load_and_forecast(&ctx, &release).await;
    let (id, round): (i32, i16) = sqlx::query_as(
        "SELECT id, round FROM races WHERE starts_at > $1 ORDER BY starts_at LIMIT 1",
    )
    .bind(now())
    .fetch_one(&pool)
    .await
    .unwrap();
    let before: i64 = sqlx::query_scalar("SELECT count(*) FROM predictions WHERE race_id = $1")
        .bind(id)
        .fetch_one(&pool)
        .await
        .unwrap();
    assert!(before > 0);

    let calendar = &release.files["f1db-races.csv"];
    let upstream_id = calendar
        .lines()
        .find(|line| line.contains(&format!(",2026,{round},")))
        .and_then(|line| line.split(',').next())
        .unwrap()
        .to_owned();
    let mut without = release.clone();
    for (name, text) in &mut without.files {
        if name.starts_with("f1db-races") {
            let kept = text
                .lines()
                .filter(|line| line.split(',').next() != Some(&upstream_id));
            let renumbered = kept.map(|line| {
                let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
                if name == "f1db-races.csv"
                    && cells[1] == "2026"
                    && cells[2].parse::<i16>().unwrap() > round
                {
                    cells[2] = (cells[2].parse::<i16>().unwrap() - 1).to_string();
                }
                cells.join(",")
            });
            *text = renumbered.collect::<Vec<_>>().join("\n") + "\n";
        }
    }
    load(&ctx, &without).await.unwrap();
    let status: String = sqlx::query_scalar("SELECT status::text FROM races WHERE id = $1")
        .bind(id)
        .fetch_one(&pool)
        .await
        .unwrap();
    let after: i64 = sqlx::query_scalar("SELECT count(*) FROM predictions WHERE race_id = $1")
        .bind(id)
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!((status.as_str(), after), ("cancelled", before));
    let successors: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM races WHERE year = 2026 AND round = $1 AND status <> 'cancelled'",
    )
    .bind(round)
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(
        successors,
        i64::from(round < 4),
        "the number went to the next race, if there is one"
    );
    let again = load(&ctx, &without).await.unwrap();
    assert_eq!(again.outcome(), JobOutcome::NothingNew, "{again:?}");

    load(&ctx, &release).await.unwrap();
    let back: String = sqlx::query_scalar("SELECT status::text FROM races WHERE id = $1")
        .bind(id)
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(back, "qualifying_done", "it came back under its own title");
}
