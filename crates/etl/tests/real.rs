//! The real release, when the shared folder is beside the project (CI has it); else says that it was skipped.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails here")]

mod common;

use std::{fs, io::Write as _, path::PathBuf};

use common::{context, dumped};
use etl::{backtest, jobs::load, sources::f1db::Release};
use schema::{Contest, JobOutcome, Moment};
use sqlx::PgPool;

/// Rounds whose official drivers' table orders two drivers with equal points otherwise than count-back does. In two of
/// them they are level in every place too; in the other two the official order contradicts the results (Jolpica-F1
/// has the order that count-back gives).
const TIES: &str = "(2021, 10), (2022, 2), (2022, 6), (2025, 2)";

fn release() -> Option<Release> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/upstream/f1db/f1db-csv.zip");
    let Ok(bytes) = fs::read(path) else {
        // Straight to the terminal: the output of a test that passes is not shown.
        std::io::stderr()
            .write_all(b"skipped: the shared data is not there\n")
            .unwrap();
        return None;
    };
    Some(Release {
        tag: "v2025.24.0".to_owned(),
        url: "test:".to_owned(),
        etag: None,
        bytes,
    })
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn all_seasons_with_their_standings_and_the_measured_scores(pool: PgPool) {
    let Some(release) = release() else { return };
    let ctx = context(&pool);
    load::load_release(&ctx, "f1db", &release).await.unwrap();

    let facts: (i64, i64, i64, i64, i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM races), (SELECT count(*) FROM race_results), (SELECT count(*) FROM drivers),
                (SELECT count(*) FROM standings WHERE NOT is_final), (SELECT count(*) FROM pit_stops),
                (SELECT count(*) FROM race_results WHERE shared_car)",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(facts, (1149, 27291, 915, 21208 + 10489, 22066, 127));
    let champion: String = sqlx::query_scalar(
        "SELECT d.driver_key::text FROM standings s JOIN races r ON r.id = s.race_id JOIN drivers d ON d.id = s.driver_id
         WHERE r.year = 2025 AND s.is_final AND s.champion",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(champion, "lando-norris");

    let standings = "WITH c AS (
            SELECT r.year, r.round, c.* FROM generate_series(2014, 2025) y CROSS JOIN LATERAL computed_standings(y) c
            JOIN races r ON r.id = c.race_id
        ), o AS (
            SELECT r.year, r.round, s.race_id, s.championship, s.position, s.points, coalesce(driver_id, team_id) AS subject_id
            FROM standings s JOIN races r ON r.id = s.race_id WHERE r.year >= 2014 AND NOT is_final
        )
        SELECT count(*), count(*) FILTER (WHERE o.points IS DISTINCT FROM c.points),
               count(*) FILTER (WHERE o.position IS DISTINCT FROM c.place AND NOT (o.championship = 'drivers' AND (o.year, o.round) IN (TIES)))
        FROM o FULL JOIN c USING (race_id, championship, subject_id)"
        .replace("TIES", TIES);
    let (rows, points, places): (i64, i64, i64) = sqlx::query_as(sqlx::AssertSqlSafe(standings))
        .fetch_one(&pool)
        .await
        .unwrap();
    assert!(rows > 7000, "{rows} rows compared");
    assert_eq!(
        (points, places),
        (0, 0),
        "rows of computed tables with other points, with other places"
    );

    let scores = backtest::run(
        &pool,
        (2018, 2025),
        Contest::GrandPrix,
        Moment::OfficialGrid,
        None,
    )
    .await
    .unwrap();
    assert_eq!((scores.races, scores.pole_wins), (173, 90));
    let model = &scores.models["grid-and-gap"];
    assert!((model.win_log_score - 1.418).abs() < 0.03, "{model:?}");
    assert!((model.spearman - 0.643).abs() < 0.012, "{model:?}");
    assert!((scores.models["uniform"].win_log_score - 2.995).abs() < 0.005);

    let before = dumped(&pool).await;
    let again = load::load_release(&ctx, "f1db", &release).await.unwrap();
    assert_eq!(again.outcome(), JobOutcome::NothingNew, "{again:?}");
    assert_eq!(dumped(&pool).await, before);
}
