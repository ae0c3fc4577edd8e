//! The real release. Skipped, with a message, unless the shared folder is beside the project, as it is in CI.

use std::{
    collections::HashMap,
    fs,
    io::{Read as _, Write as _},
    path::PathBuf,
};

use etl::{
    backtest::{self, Backtest, Request},
    jobs::{load, predictions},
    predictions::{predict_in_two_stages, two_stage_training_set},
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
    let expected = [
        ("win_log_score", 1.411, 0.005),
        ("points_brier", 0.1600, 0.0007),
        ("rps", 0.1203, 0.0005),
    ];
    check(&scores, "two_stage", &expected);
    let scores = backtest((2018, 2025), grand_prix, Moment::BeforeWeekend).await;
    check(&scores, "r2", &[("win_log_score", 1.434, 0.01)]);
    let expected = [
        ("win_log_score", 1.456, 0.005),
        ("points_brier", 0.1669, 0.0007),
        ("rps", 0.1234, 0.0005),
    ];
    check(&scores, "two_stage", &expected);
    let scores = backtest((2021, 2025), Contest::Sprint, Moment::OfficialGrid).await;
    assert_eq!(scores.races, 24);
    check(&scores, "r2", &[("win_log_score", 0.899, 0.02)]);
}

/// Unlike F1DB, the references do not join Ligier with Prost and Footwork with Arrows.
async fn part_lineages_as_the_references(pool: &PgPool) {
    sqlx::raw_sql(
        "INSERT INTO team_lineages (lineage_key) SELECT team_key || '-alone' FROM teams WHERE team_key IN ('ligier', 'footwork');
         UPDATE teams SET lineage_id = l.id FROM team_lineages l WHERE l.lineage_key = team_key || '-alone'",
    )
    .execute(pool)
    .await
    .unwrap();
}

/// A line of a reference: the race, the driver, and the columns in the order that was asked for.
type ReferenceRow = (i32, String, Vec<f64>);

/// The rows of a reference that pass `is_wanted`, which sees the value of a column.
fn reference_rows(
    table: &str,
    columns: &[&str],
    is_wanted: impl Fn(&dyn Fn(&str) -> String) -> bool,
) -> Vec<ReferenceRow> {
    let mut lines = table.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let rows = lines.map(|line| line.split(',').collect::<Vec<&str>>());
    let at = |name: &str| header.iter().position(|column| *column == name).unwrap();
    let wanted = rows.filter(|cells| is_wanted(&|column| cells[at(column)].to_owned()));
    wanted
        .map(|cells| {
            let numbers = columns
                .iter()
                .map(|column| cells[at(column)].parse().unwrap());
            (
                cells[at("rid")].parse().unwrap(),
                cells[at("driver")].to_owned(),
                numbers.collect(),
            )
        })
        .collect()
}

/// Compares driver by driver with the reference implementation of the two-stage forecast, at both moments.
///
/// Not in 2021 and 2022: the release has no dates of their sprints, by which the reference tells that second practice was
/// run after qualifying, so it sees that session too early; nor in 2023, when that still shows. From 2024 on it shows by less
/// than 0.005. The tolerance of chances is for our thousand draws.
#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn every_two_stage_forecast_equals_the_reference(pool: PgPool) {
    let reference = shared("design/model-reference/pre/predictions.csv.gz");
    let (Some(release), Some(reference)) = (release(), reference) else {
        return;
    };
    let mut table = String::new();
    flate2::read::GzDecoder::new(&*reference)
        .read_to_string(&mut table)
        .unwrap();
    load::load_release(&context(&pool), "f1db", &release)
        .await
        .unwrap();
    part_lineages_as_the_references(&pool).await;
    let keys: Vec<(i32, String)> = sqlx::query_as("SELECT id, driver_key::text FROM drivers")
        .fetch_all(&pool)
        .await
        .unwrap();
    let keys: HashMap<i32, String> = keys.into_iter().collect();
    let history = predictions::History::snapshot(&pool).await.unwrap();
    let training = two_stage_training_set(&history.weekends, &history.fields);
    for moment in [Moment::BeforeWeekend, Moment::BeforeQualifying] {
        let columns = [
            ("q_mean", 1e-3),
            ("q_sd", 1e-3),
            ("race_mean", 1e-3),
            ("skill", 1e-3),
            ("exp_grid", 0.25),
            ("p_pole", 0.03),
            ("p_win", 0.02),
            ("p_podium", 0.03),
            ("p_points", 0.03),
        ];
        let names = columns.map(|(name, _)| name);
        let expected = reference_rows(&table, &names, |cell| cell("moment") == moment.as_str());
        assert_eq!(expected.len(), 3456, "{moment}");
        let expected: HashMap<(i32, String), Vec<f64>> = expected
            .into_iter()
            .map(|(race, driver, values)| ((race, driver), values))
            .collect();
        let (mut compared, mut worst) = (0, [[0.0; 9]; 2]);
        for (weekend, fields) in history.weekends.iter().zip(&history.fields) {
            let race = i32::from(weekend.year) * 100 + i32::from(weekend.round);
            let field = fields.at(Contest::GrandPrix, moment);
            let is_compared = matches!(weekend.year, 2018..=2020 | 2024..);
            let Some(field) = field.filter(|_| is_compared) else {
                continue;
            };
            let fit = training.fit(weekend.year, weekend.round).unwrap();
            let found = predict_in_two_stages(&fit, weekend.year, field).unwrap();
            let outlook = field.outlook.as_ref().unwrap();
            for (index, car) in field.cars.iter().enumerate() {
                let Some(expected) = expected.get(&(race, keys[&car.driver.0].clone())) else {
                    continue;
                };
                let (grid, chances) = (&found.grid[index], &found.race.cars[index]);
                let found = [
                    outlook.one_lap[index],
                    outlook.deviation[index],
                    outlook.race_car[index] + outlook.race_driver[index],
                    -outlook.driver_lasting[index],
                    grid.place,
                    grid.places[0],
                    chances.win,
                    chances.podium,
                    chances.positions.iter().take(10).sum(),
                ];
                let worst = &mut worst[usize::from(weekend.year >= 2024)];
                for ((worst, expected), found) in worst.iter_mut().zip(expected).zip(found) {
                    *worst = f64::max(*worst, (found - expected).abs());
                }
                compared += 1;
            }
        }
        assert_eq!(compared, 2139, "{moment}");
        for (least, worst) in [(0.0, worst[0]), (5e-3, worst[1])] {
            for ((name, tolerance), worst) in columns.iter().zip(worst) {
                let tolerance = f64::max(*tolerance, least);
                assert!(worst <= tolerance, "{name} at {moment} is off by {worst}");
            }
        }
    }
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
    part_lineages_as_the_references(&pool).await;
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
    let expected = reference_rows(&reference, &columns, |_| true);
    let compared = expected.len();
    for (race, driver, expected) in expected {
        let key = (race, driver);
        let ours = ours
            .get(&key)
            .unwrap_or_else(|| panic!("{key:?} is missing"));
        for ((column, found), expected) in columns.into_iter().zip(ours).zip(expected) {
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
    }
    assert_eq!((compared, ours.len()), (3456, 3456));
}
