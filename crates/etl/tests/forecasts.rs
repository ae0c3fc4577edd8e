//! Forecasts: made once, before the start or marked as late, and blind to what came after.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails here")]

mod common;

use chrono::TimeDelta;
use common::{
    another_database, championship, context, context_at, dumped, load, load_and_forecast, now,
    section,
};
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

/// A stage of a weekend, what it publishes, and the moments that may not see it.
const STAGES: [(&str, &str, &[&str]); 5] = [
    (
        "practice",
        "UPDATE practice_results SET time_ms = time_ms + 400 * (driver_id % 7) WHERE race_id = $1",
        &["grand_prix,before_weekend"],
    ),
    (
        "qualifying",
        "UPDATE qualifying SET q1_ms = q1_ms + 300 * (driver_id % 5), q2_ms = q2_ms + 200 * (driver_id % 7),
                q3_ms = NULL, display_order = 101 - display_order, position = 41 - position
         WHERE race_id = $1 AND contest = 'grand_prix'",
        &["grand_prix,before_weekend", "grand_prix,before_qualifying"],
    ),
    (
        "grid",
        "UPDATE grid SET position = CASE WHEN driver_id % 4 > 0 THEN 41 - position END, display_order = 101 - display_order,
                pit_lane = driver_id % 4 = 0
         WHERE race_id = $1",
        &[
            "grand_prix,before_weekend",
            "grand_prix,before_qualifying",
            "grand_prix,qualifying_order",
            "sprint,qualifying_order",
        ],
    ),
    (
        "the sprint",
        "UPDATE results SET display_order = 101 - display_order, status = (CASE WHEN driver_id % 3 > 0 THEN 'finished' ELSE 'retired' END)::result_status,
                position = CASE WHEN driver_id % 3 > 0 THEN 41 - display_order END
         WHERE race_id = $1 AND contest = 'sprint'",
        &[
            "grand_prix,before_weekend",
            "grand_prix,before_qualifying",
            "sprint,qualifying_order",
            "sprint,official_grid",
        ],
    ),
    (
        "the race",
        "UPDATE results SET display_order = 101 - display_order, status = (CASE WHEN driver_id % 3 > 0 THEN 'finished' ELSE 'retired' END)::result_status, time_ms = NULL, gap_ms = NULL,
                position = CASE WHEN driver_id % 3 > 0 THEN 41 - display_order END, fastest_lap_ms = 100000 + driver_id, points = 0
         WHERE race_id = $1 AND contest = 'grand_prix'",
        &[
            "grand_prix,before_weekend",
            "grand_prix,before_qualifying",
            "grand_prix,qualifying_order",
            "grand_prix,official_grid",
            "sprint,qualifying_order",
            "sprint,official_grid",
        ],
    ),
];

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn no_moment_sees_what_is_published_after_it(pool: PgPool) {
    let ctx = context(&pool);
    load_and_forecast(&ctx, &championship().release()).await;
    let weekends: Vec<(i32, String, bool)> = sqlx::query_as(
        "SELECT DISTINCT ON (event_format) id, year || ',' || grand_prix_key || ',', event_format <> 'conventional' FROM races
         WHERE status = 'completed' AND starts_at < (SELECT max(starts_at) FROM races WHERE status = 'completed')
         ORDER BY event_format, date DESC",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert!(weekends.iter().any(|(.., sprint)| *sprint), "{weekends:?}");
    for (race, prefix, sprint) in weekends {
        for (stage, change, blind) in STAGES {
            let before = dumped(&pool).await;
            let changed = sqlx::query(change).bind(race).execute(&pool).await.unwrap();
            if changed.rows_affected() == 0 {
                assert!(!sprint, "{stage} of {prefix}");
                continue;
            }
            for contest in [Contest::GrandPrix, Contest::Sprint] {
                forecast::compute_features(&ctx, contest, Which::default())
                    .await
                    .unwrap();
            }
            let after = dumped(&pool).await;
            let of = |dump: &str, moment: &str| -> Vec<String> {
                let prefix = format!("{prefix}{moment},");
                let rows = section(dump, "prediction_features").into_iter();
                let mut rows: Vec<String> = rows
                    .filter(|line| line.starts_with(&prefix))
                    .map(str::to_owned)
                    .collect();
                rows.sort_by_key(|row| row.split(',').nth(5).map(str::to_owned));
                rows
            };
            for moment in blind
                .iter()
                .filter(|moment| sprint || !moment.starts_with("sprint"))
            {
                let (seen, now) = (of(&before, moment), of(&after, moment));
                assert!(!seen.is_empty(), "{prefix}{moment} has features");
                for (seen, now) in seen.iter().zip(&now) {
                    assert_same(seen, now, &format!("{stage} changed {prefix}{moment}"));
                }
                assert_eq!(seen.len(), now.len());
            }
            assert_ne!(
                section(&before, "prediction_features"),
                section(&after, "prediction_features"),
                "{stage} of {prefix} matters to somebody"
            );
        }
    }
}

/// Two rows of a dump are the same up to the last bits of their numbers.
fn assert_same(before: &str, after: &str, what: &str) {
    for (before, after) in before.split(',').zip(after.split(',')) {
        match (before.parse::<f64>(), after.parse::<f64>()) {
            (Ok(before), Ok(after)) => {
                assert!(
                    (before - after).abs() < 1e-9,
                    "{what}: {before} became {after}"
                );
            }
            _ => assert_eq!(before, after, "{what}"),
        }
    }
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
