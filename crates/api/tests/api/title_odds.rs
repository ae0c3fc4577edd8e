//! Title odds of a season.

use axum::http::StatusCode;
use client::title_odds::{OddsAfter, TitleOdds};
use schema::Clock;
use sqlx::PgPool;

use crate::common::{problem, read};

const PATH: &str = "/v1/seasons/2025/title-odds";

async fn insert(pool: &PgPool, rows: &str) {
    let columns = "race_id, championship, display_order, driver_id, team_id, points, chance, expected_points, low_points, \
                   high_points, possible, clinched";
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!(
        "INSERT INTO title_odds ({columns}) VALUES {rows}"
    )))
    .execute(pool)
    .await
    .unwrap();
}

fn chances(rounds: &[OddsAfter]) -> Vec<(i16, f64, bool, bool)> {
    rounds
        .iter()
        .map(|odds| (odds.after_round, odds.chance, odds.possible, odds.clinched))
        .collect()
}

#[sqlx::test(migrator = "schema::MIGRATOR", fixtures("championship"))]
async fn competitors_are_in_the_order_of_the_latest_round(pool: PgPool) {
    let app = api::app(pool.clone(), Clock::starting_at(None, 0.0));
    insert(
        &pool,
        "(202, 'drivers', 1, 2, NULL, 50, 0.7, 80, 70, 90.5, true, false),
         (202, 'drivers', 2, 3, NULL, 30, 0.3, 60, 50, 70, true, false),
         (201, 'drivers', 1, 1, NULL, 25, 0.5, 70, 60, 80, true, false),
         (201, 'drivers', 2, 4, NULL, 0, 0.3, 40, 30, 50, true, false),
         (201, 'drivers', 3, 2, NULL, 18, 0.2, 60, 50, 70, true, false),
         (201, 'teams', 1, NULL, 1, 43, 0.6, 99, 90, 110, true, false),
         (201, 'teams', 2, NULL, 2, 15, 0.4, 89, 80, 100, true, false),
         (101, 'drivers', 1, 3, NULL, 25, 1, 70, 60, 80, true, false)",
    )
    .await;
    let odds: TitleOdds = read(&app, PATH).await;
    assert_eq!(
        (odds.season, odds.rounds, odds.after_round),
        (2025, 4, Some(2)),
        "the cancelled round does not count"
    );
    let drivers: Vec<_> = odds
        .drivers
        .iter()
        .map(|row| (row.driver.key.as_str(), row.team.key.as_str()))
        .collect();
    assert_eq!(
        drivers,
        [
            ("bob-b", "beta"),
            ("cid-c", "beta"),
            ("ann-a", "alpha"),
            ("dee-d", "beta"),
        ],
        "first those of the latest round; Cid with the team until then; Dee, who has not driven, with the team of the entry"
    );
    assert_eq!(
        chances(&odds.drivers[0].rounds),
        [(1, 0.2, true, false), (2, 0.7, true, false)]
    );
    assert_eq!(chances(&odds.drivers[1].rounds), [(2, 0.3, true, false)]);
    let latest = &odds.drivers[0].rounds[1];
    assert_eq!(
        (latest.points, latest.expected_points, latest.interval),
        (50.0, 80.0, [70.0, 90.5])
    );
    let teams: Vec<_> = odds.teams.iter().map(|row| row.team.key.as_str()).collect();
    assert_eq!(teams, ["alpha", "beta"]);

    insert(
        &pool,
        "(203, 'drivers', 1, 2, NULL, 90, 1, 95, 90, 100, true, true),
         (203, 'drivers', 2, 1, NULL, 40, 0, 45, 40, 60, false, false),
         (203, 'drivers', 3, 3, NULL, 35, 0, 40, 35, 50, false, false),
         (203, 'teams', 1, NULL, 2, 99, 0.9, 120, 110, 130, true, false),
         (203, 'teams', 2, NULL, 1, 90, 0.1, 110, 100, 120, true, false)",
    )
    .await;
    let odds: TitleOdds = read(&app, PATH).await;
    assert_eq!(odds.after_round, Some(3));
    let drivers: Vec<_> = odds
        .drivers
        .iter()
        .map(|row| (row.driver.key.as_str(), row.team.key.as_str()))
        .collect();
    assert_eq!(
        drivers,
        [
            ("bob-b", "beta"),
            ("ann-a", "alpha"),
            ("cid-c", "alpha"),
            ("dee-d", "beta"),
        ]
    );
    assert_eq!(
        chances(&odds.drivers[0].rounds),
        [
            (1, 0.2, true, false),
            (2, 0.7, true, false),
            (3, 1.0, true, true)
        ]
    );
    assert_eq!(
        chances(&odds.drivers[1].rounds),
        [(1, 0.5, true, false), (3, 0.0, false, false)]
    );
    let teams: Vec<_> = odds.teams.iter().map(|row| row.team.key.as_str()).collect();
    assert_eq!(teams, ["beta", "alpha"]);
    assert_eq!(
        chances(&odds.teams[0].rounds),
        [(1, 0.4, true, false), (3, 0.9, true, false)]
    );
}

#[sqlx::test(migrator = "schema::MIGRATOR", fixtures("championship"))]
async fn a_season_without_odds_is_empty_and_an_unknown_season_is_a_problem(pool: PgPool) {
    let app = api::app(pool, Clock::starting_at(None, 0.0));
    for (season, rounds) in [(2025, 4), (2026, 0)] {
        let odds: TitleOdds = read(&app, &format!("/v1/seasons/{season}/title-odds")).await;
        assert_eq!(
            odds,
            TitleOdds {
                season,
                rounds,
                after_round: None,
                drivers: Vec::new(),
                teams: Vec::new()
            }
        );
    }
    problem(&app, "/v1/seasons/1999/title-odds", StatusCode::NOT_FOUND).await;
    let bad = problem(&app, "/v1/seasons/x/title-odds", StatusCode::BAD_REQUEST).await;
    assert!(bad.detail.contains("year"), "{bad:?}");
}
