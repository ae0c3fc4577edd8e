//! The real release. Skipped, with a message, unless the shared folder is beside the project, as it is in CI.

use std::{collections::HashMap, fs, io::Write as _, path::PathBuf};

use etl::{
    backtest::{self, Backtest, Request},
    jobs::{load, predictions},
    sources::f1db::Release,
};
use schema::{Contest, JobOutcome, Moment};
use sqlx::PgPool;

use crate::common::{context, dumped};

/// Rounds whose official drivers' standings order two drivers with equal points differently from count-back. In two of
/// them the drivers are level in count-back too; in the other two the official order contradicts the results, and
/// Jolpica-F1 has the order of count-back.
const TIES: &str = "(2021, 10), (2022, 2), (2022, 6), (2025, 2)";

/// A file of the shared folder beside the project.
fn shared(path: &str) -> Option<Vec<u8>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let bytes = fs::read(folder.join(path)).ok();
    if bytes.is_none() {
        // Not by `eprintln`, which is captured while a test passes.
        std::io::stderr()
            .write_all(b"skipped: the shared data is not there\n")
            .unwrap();
    }
    bytes
}

fn release() -> Option<Release> {
    Some(Release {
        tag: "v2025.24.0".to_owned(),
        url: "test:".to_owned(),
        etag: None,
        bytes: shared("upstream/f1db/f1db-csv.zip")?,
    })
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn all_seasons_load_and_computed_standings_equal_the_official_ones(pool: PgPool) {
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
        "computed standings with other points, with other places"
    );

    let before = dumped(&pool).await;
    let again = load::load_release(&ctx, "f1db", &release).await.unwrap();
    assert_eq!(again.outcome(), JobOutcome::NothingNew, "{again:?}");
    assert_eq!(dumped(&pool).await, before);
}

/// The walk-forward scores of the model's specification, each with its tolerance.
#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn the_model_scores_as_specified_in_every_season_since_2003(pool: PgPool) {
    let Some(release) = release() else { return };
    load::load_release(&context(&pool), "f1db", &release)
        .await
        .unwrap();
    let backtest = async |seasons, contest, moment| {
        let request = Request {
            seasons,
            contest,
            moment,
            model: None,
        };
        backtest::run(&pool, request).await.unwrap()
    };
    let check = |scores: &Backtest, model: &str, expected: &[(&str, f64, f64)]| {
        let means = &scores.models[model].means;
        for (score, value, tolerance) in expected {
            let found = means[score];
            assert!(
                (found - value).abs() <= *tolerance,
                "{model} at {}: {score} {found} is not {value} within {tolerance}",
                scores.moment
            );
        }
    };
    let grand_prix = Contest::GrandPrix;
    let scores = backtest((2018, 2025), grand_prix, Moment::OfficialGrid).await;
    assert_eq!((scores.races, scores.first_place_wins), (173, Some(90)));
    let expected = [
        ("win_log_score", 1.184, 0.005),
        ("top1", 100.0 / 173.0, 2.0 / 173.0 + 1e-9),
        ("podium_log_score", 0.2042, 0.001),
        ("points_brier", 0.1489, 0.0007),
        ("spearman", 0.668, 0.003),
        ("rps", 0.1130, 0.0005),
    ];
    check(&scores, "r2", &expected);
    check(&scores, "grid_and_gap", &[("win_log_score", 1.401, 0.005)]);
    check(
        &scores,
        "grid_frequencies",
        &[("win_log_score", 1.520, 0.005), ("spearman", 0.619, 0.003)],
    );
    check(&scores, "elo", &[("win_log_score", 1.59, 0.03)]);
    check(&scores, "peer", &[("win_log_score", 2.294, 0.01)]);
    check(&scores, "uniform", &[("win_log_score", 2.995, 0.001)]);
    for (name, baseline) in &scores.models {
        if let Some(differences) = &baseline.differences {
            let [low, _] = differences["win_log_score"].interval;
            assert!(low > 0.0, "{name} must be clearly worse than the model");
        }
    }

    let scores = backtest((2003, 2017), grand_prix, Moment::OfficialGrid).await;
    assert_eq!(scores.races, 279);
    check(&scores, "r2", &[("win_log_score", 1.238, 0.005)]);
    let scores = backtest((2018, 2025), grand_prix, Moment::QualifyingOrder).await;
    check(&scores, "r2", &[("win_log_score", 1.211, 0.006)]);
    let scores = backtest((2018, 2025), grand_prix, Moment::BeforeQualifying).await;
    check(&scores, "r2", &[("win_log_score", 1.387, 0.01)]);
    let scores = backtest((2018, 2025), grand_prix, Moment::BeforeWeekend).await;
    check(&scores, "r2", &[("win_log_score", 1.434, 0.01)]);
    let scores = backtest((2021, 2025), Contest::Sprint, Moment::OfficialGrid).await;
    assert_eq!(scores.races, 24);
    check(&scores, "r2", &[("win_log_score", 0.899, 0.02)]);
}

/// Compares driver by driver with the reference implementation of the same specification.
#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn every_feature_and_chance_equals_the_reference(pool: PgPool) {
    let reference = shared("design/model-reference/r2/predictions.csv");
    let (Some(release), Some(reference)) = (release(), reference) else {
        return;
    };
    let ctx = context(&pool);
    load::load_release(&ctx, "f1db", &release).await.unwrap();
    // Unlike F1DB, the reference does not join Ligier with Prost and Footwork with Arrows.
    sqlx::raw_sql(
        "INSERT INTO team_lineages (lineage_key) SELECT team_key || '-alone' FROM teams WHERE team_key IN ('ligier', 'footwork');
         UPDATE teams SET lineage_id = l.id FROM team_lineages l WHERE l.lineage_key = team_key || '-alone'",
    )
    .execute(&pool)
    .await
    .unwrap();
    predictions::compute_all(&ctx, |_, _| {}).await.unwrap();

    let rows: Vec<(i32, String, Vec<f64>)> = sqlx::query_as(
        "SELECT r.year * 100 + r.round, d.driver_key::text,
                ARRAY[f.place, -ln(f.place), f.driver_rating, f.team_rating, -100 * f.fastest_lap_form, f.practice_1, f.practice_2,
                      f.practice_3, -ln(coalesce(f.sprint_place, 1)), -f.pace_car - f.pace_driver, f.skill_at_the_front,
                      f.driver_skill, f.pace_variance, x.win, x.podium]::float8[]
         FROM prediction_features f JOIN races r ON r.id = f.race_id JOIN drivers d ON d.id = f.driver_id
         JOIN predictions p ON (p.race_id, p.contest, p.moment) = (f.race_id, f.contest, f.moment)
         JOIN prediction_drivers x ON (x.prediction_id, x.contest, x.driver_id) = (p.id, p.contest, f.driver_id)
         WHERE f.contest = 'grand_prix' AND f.moment = 'official_grid' AND r.year BETWEEN 2018 AND 2025",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let ours: HashMap<(i32, String), Vec<f64>> = rows
        .into_iter()
        .map(|(race, driver, values)| ((race, driver), values))
        .collect();
    let columns = [
        "grid", "lg", "d_rat", "t_rat", "d_fl", "fp1", "fp2", "fp3", "lspr", "kr", "kDf", "kD",
        "kr_var", "p_win", "p_podium",
    ];
    let reference = String::from_utf8(reference).unwrap();
    let mut lines = reference.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let at = |name: &str| header.iter().position(|column| *column == name).unwrap();
    let mut compared = 0;
    for line in lines {
        let cells: Vec<&str> = line.split(',').collect();
        let key = (
            cells[at("rid")].parse().unwrap(),
            cells[at("driver")].to_owned(),
        );
        let ours = ours
            .get(&key)
            .unwrap_or_else(|| panic!("{key:?} is missing"));
        for (column, found) in columns.into_iter().zip(ours) {
            let expected: f64 = cells[at(column)].parse().unwrap();
            let tolerance = match column {
                "p_win" => 0.003,
                "p_podium" => 0.005,
                _ => 1e-4,
            };
            assert!(
                (found - expected).abs() <= tolerance,
                "{key:?}: {column} {found} is not {expected}"
            );
        }
        compared += 1;
    }
    assert_eq!((compared, ours.len()), (3456, 3456));
}
