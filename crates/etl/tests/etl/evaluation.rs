//! Scores and title odds follow from forecasts and results, and from nothing later.

use chrono::TimeDelta;
use demo::Championship;
use etl::jobs::{Which, accuracy, title_odds};
use schema::JobOutcome;
use sqlx::PgPool;

use crate::common::{
    another_database, championship, context, context_at, dumped, load, load_and_forecast, section,
};

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn means_and_calibration_bins_are_those_of_the_scored_forecasts(pool: PgPool) {
    let ctx = context(&pool);
    load_and_forecast(&ctx, &championship().release()).await;
    accuracy::compute(&ctx).await.unwrap();

    let moments: Vec<(String, String, i64)> = sqlx::query_as(
        "SELECT contest::text, moment::text, count(DISTINCT forecaster) FROM prediction_scores WHERE kind = 'retrospective'
         GROUP BY contest, moment ORDER BY prediction_scores.contest, prediction_scores.moment",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let expected = [
        ("grand_prix", "before_weekend", 3),
        ("grand_prix", "before_qualifying", 3),
        ("grand_prix", "qualifying_order", 7),
        ("grand_prix", "official_grid", 7),
        ("sprint", "qualifying_order", 6),
        ("sprint", "official_grid", 6),
    ];
    assert_eq!(
        moments,
        expected.map(|(contest, moment, count)| (contest.to_owned(), moment.to_owned(), count))
    );
    let wrong: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM accuracy a CROSS JOIN LATERAL (
             SELECT avg(s.win_log_score) AS mean, count(*) AS races FROM prediction_scores s JOIN races r ON r.id = s.race_id
             WHERE (s.contest, s.moment, s.kind, s.forecaster) = (a.contest, a.moment, a.kind, a.forecaster)
               AND r.year BETWEEN a.first_season AND a.last_season) s
         WHERE a.score = 'win_log_score' AND (abs(a.mean - s.mean) > 1e-9 OR a.races <> s.races OR a.mean NOT BETWEEN a.low AND a.high)",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(wrong, 0, "means that differ from those of their races");
    let unlike: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM prediction_scores s
         JOIN predictions p ON (p.race_id, p.contest, p.moment, p.kind) = (s.race_id, s.contest, s.moment, s.kind)
         JOIN results w ON w.race_id = s.race_id AND w.contest = s.contest AND w.display_order = 1
         JOIN prediction_drivers d ON d.prediction_id = p.id AND d.contest = p.contest AND d.driver_id = w.driver_id
         WHERE s.forecaster = 'r2' AND abs(d.win - s.winner_chance) > 1e-12",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(unlike, 0, "scores of other chances than those stored");
    let cars: Vec<(i64, i64)> = sqlx::query_as(
        "SELECT sum(c.predictions)::bigint, (SELECT count(*) FROM results s JOIN races r ON r.id = s.race_id
             JOIN prediction_scores f ON f.race_id = s.race_id AND f.contest = s.contest
             WHERE f.forecaster = 'r2' AND f.kind = c.kind AND f.moment = c.moment AND f.contest = c.contest
               AND r.year BETWEEN c.first_season AND c.last_season)
         FROM calibration c WHERE c.event = 'win' AND c.moment = 'official_grid' AND c.contest = 'grand_prix'
         GROUP BY c.first_season, c.last_season, c.kind, c.moment, c.contest",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert!(!cars.is_empty());
    for (counted, raced) in cars {
        assert_eq!(counted, raced, "every car of every race must be in one bin");
    }

    let again = accuracy::compute(&ctx).await.unwrap();
    assert_eq!(again.outcome(), JobOutcome::NothingNew, "{again:?}");
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_live_forecast_is_scored_as_it_was_published(pool: PgPool) {
    let release = championship().release();
    let (other, last) = {
        let other = another_database(&pool).await;
        load(&context(&other), &release).await.unwrap();
        let last: (i16, i16, chrono::DateTime<chrono::Utc>) = sqlx::query_as(
            "SELECT year, round, starts_at FROM races WHERE status = 'completed' ORDER BY date DESC LIMIT 1",
        )
        .fetch_one(&other)
        .await
        .unwrap();
        (other, last)
    };
    other.close().await;
    let (year, round, starts_at) = last;
    let before = release.cut(year, round);
    let an_hour_before = context_at(&pool, starts_at - TimeDelta::hours(1));
    load_and_forecast(&an_hour_before, &before).await;
    let ctx = context(&pool);
    load_and_forecast(&ctx, &release).await;
    accuracy::compute(&ctx).await.unwrap();
    let live: Vec<(String, bool)> = sqlx::query_as(
        "SELECT s.moment::text, abs(s.winner_chance - d.win) < 1e-12 FROM prediction_scores s
         JOIN LATERAL (SELECT * FROM predictions p WHERE (p.race_id, p.contest, p.moment, p.kind) = (s.race_id, s.contest, s.moment, 'live')
                       ORDER BY made_at DESC, id DESC LIMIT 1) p ON true
         JOIN results w ON w.race_id = s.race_id AND w.contest = s.contest AND w.display_order = 1
         JOIN prediction_drivers d ON d.prediction_id = p.id AND d.contest = p.contest AND d.driver_id = w.driver_id
         WHERE s.kind = 'live' AND s.forecaster = 'r2' AND s.contest = 'grand_prix' ORDER BY s.moment",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let expected = ["qualifying_order", "official_grid"].map(|moment| (moment.to_owned(), true));
    assert_eq!(live, expected);
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn title_odds_end_with_the_champion_and_never_contradict_the_points(pool: PgPool) {
    let ctx = context(&pool);
    let longer = Championship {
        rounds: 10,
        sprints: 4,
        ..championship()
    };
    load_and_forecast(&ctx, &longer.release()).await;
    title_odds::compute(&ctx, Which::default()).await.unwrap();
    let off: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM (SELECT sum(chance) AS total FROM title_odds GROUP BY race_id, championship) t WHERE abs(total - 1) > 1e-9",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(off, 0, "chances of a title that do not sum to one");
    let champions: Vec<(i16, bool, bool)> = sqlx::query_as(
        "SELECT r.year, o.clinched, o.chance = 1 FROM standings s JOIN races r ON r.id = s.race_id
         JOIN title_odds o ON o.race_id = s.race_id AND o.championship = s.championship AND o.driver_id = s.driver_id
         WHERE s.is_final AND s.champion AND s.championship = 'drivers' AND r.year < 2026 ORDER BY r.year",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert!(!champions.is_empty(), "no finished season has a champion");
    for (year, clinched, certain) in champions {
        assert!(
            clinched && certain,
            "the champion of {year} must be certain after the last race"
        );
    }
    let points: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM title_odds o JOIN standings s ON s.race_id = o.race_id AND NOT s.is_final AND s.championship = o.championship
           AND s.driver_id IS NOT DISTINCT FROM o.driver_id AND s.team_id IS NOT DISTINCT FROM o.team_id
         WHERE s.points <> o.points OR o.low_points < s.points",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(points, 0, "contenders who are expected to lose points");
    let again = title_odds::compute(&ctx, Which::default()).await.unwrap();
    assert_eq!(again.outcome(), JobOutcome::NothingNew, "{again:?}");

    // A change of the newest result does not change the odds after earlier races.
    let before = dumped(&pool).await;
    let last: String = sqlx::query_scalar(
        "WITH last AS (SELECT id, year || ',' || grand_prix_key || ',' AS name FROM races WHERE status = 'completed' ORDER BY date DESC LIMIT 1),
              swapped AS (UPDATE results s SET display_order = 101 - display_order, position = CASE WHEN position IS NULL THEN NULL ELSE 41 - position END
                          FROM last WHERE s.race_id = last.id AND contest = 'grand_prix')
         SELECT name FROM last",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    title_odds::compute(&ctx, Which::default()).await.unwrap();
    let after = dumped(&pool).await;
    let others = |dump: &str| -> Vec<String> {
        let rows = section(dump, "title_odds").into_iter();
        let rows = rows.filter(|line| !line.starts_with(&last));
        rows.map(str::to_owned).collect()
    };
    assert_eq!(others(&before), others(&after));
    assert_ne!(
        section(&before, "title_odds"),
        section(&after, "title_odds")
    );
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_season_that_has_not_begun_has_no_odds(pool: PgPool) {
    let ctx = context(&pool);
    load(&ctx, &championship().release().cut(2025, 1))
        .await
        .unwrap();
    title_odds::compute(&ctx, Which::default()).await.unwrap();
    let odds: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM title_odds o JOIN races r ON r.id = o.race_id WHERE r.year = 2025",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(odds, 0);
}
