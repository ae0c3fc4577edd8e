//! Statistics of a season, and standings computed from results.

use etl::jobs::season_stats;
use schema::JobOutcome;
use sqlx::PgPool;

use crate::common::{championship, context, dumped, load, section};

/// Counts the official standings that the computed ones lack or have differently.
const DISAGREEMENTS: &str = "
    SELECT count(*) FROM (SELECT generate_series(2014, 2100) AS year) y
    CROSS JOIN LATERAL computed_standings(y.year) c
    FULL JOIN (SELECT s.* FROM standings s WHERE NOT is_final AND source = 'official') o
      ON o.race_id = c.race_id AND o.championship = c.championship AND coalesce(o.driver_id, o.team_id) = c.subject_id
    WHERE (o.position, o.points) IS DISTINCT FROM (c.place::smallint, c.points)";

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn computed_standings_equal_the_official_ones_after_every_round(pool: PgPool) {
    load(&context(&pool), &championship().release())
        .await
        .unwrap();
    let official: i64 =
        sqlx::query_scalar("SELECT count(*) FROM standings WHERE source = 'official'")
            .fetch_one(&pool)
            .await
            .unwrap();
    assert!(official > 50);
    let disagreements: i64 = sqlx::query_scalar(DISAGREEMENTS)
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(disagreements, 0);
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn rounds_without_official_standings_get_computed_ones(pool: PgPool) {
    let ctx = context(&pool);
    load(&ctx, &championship().release()).await.unwrap();
    let newest =
        "race_id = (SELECT id FROM races WHERE status = 'completed' ORDER BY date DESC LIMIT 1)";
    let table = format!(
        "SELECT string_agg(concat_ws(' ', championship, position, driver_id, team_id, points), ';' ORDER BY championship, position, driver_id, team_id) FROM standings WHERE {newest}"
    );
    let read = async || {
        sqlx::query_scalar::<_, Option<String>>(sqlx::AssertSqlSafe(table.clone()))
            .fetch_one(&pool)
            .await
            .unwrap()
    };
    let official = read().await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(format!(
        "DELETE FROM standings WHERE {newest}"
    )))
    .execute(&pool)
    .await
    .unwrap();
    assert_eq!(read().await, None);
    season_stats::run(&ctx, None).await.unwrap();
    assert_eq!(read().await.unwrap(), official);
    let again = season_stats::run(&ctx, None).await.unwrap();
    assert_eq!(again.outcome(), JobOutcome::NothingNew);
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn statistics_follow_the_results(pool: PgPool) {
    let ctx = context(&pool);
    load(&ctx, &championship().release()).await.unwrap();
    // The same counts directly from the results, for every driver and season.
    let wrong: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM driver_season_stats t CROSS JOIN LATERAL (
             SELECT count(*) FILTER (WHERE s.position = 1 AND contest = 'grand_prix') AS wins,
                    coalesce(sum(s.points) FILTER (WHERE contest = 'grand_prix'), 0) AS points,
                    coalesce(sum(s.points) FILTER (WHERE contest = 'sprint'), 0) AS sprint_points,
                    count(*) FILTER (WHERE contest = 'grand_prix' AND s.position_text = 'DNF') AS retirements,
                    count(*) FILTER (WHERE contest = 'grand_prix' AND s.position_text <> 'DNS') AS starts
             FROM results s JOIN races r ON r.id = s.race_id WHERE r.year = t.year AND s.driver_id = t.driver_id) c
         WHERE (t.wins, t.points, t.sprint_points, t.retirements, t.starts)
               IS DISTINCT FROM (c.wins, c.points, c.sprint_points, c.retirements, c.starts)",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(wrong, 0);

    // A later disqualification changes the statistics.
    let before = dumped(&pool).await;
    sqlx::query("UPDATE results SET position = NULL, position_text = 'DSQ', status = 'disqualified', points = 0
                 WHERE position = 1 AND contest = 'grand_prix' AND race_id = (SELECT id FROM races WHERE year = 2025 AND round = 1)")
        .execute(&pool)
        .await
        .unwrap();
    let report = season_stats::run(&ctx, Some(2025)).await.unwrap();
    assert_eq!(report.outcome(), JobOutcome::Done);
    assert_ne!(
        section(&before, "driver_season_stats"),
        section(&dumped(&pool).await, "driver_season_stats")
    );
}
