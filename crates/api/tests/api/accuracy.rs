//! Accuracy of predictions.

use client::{
    accuracy::{Accuracy, Record},
    vocabulary::{EventKind, Score},
};
use schema::Clock;
use sqlx::PgPool;

use crate::common::read;

/// The model `old` was in service before `full`.
const FITS: &str = r"INSERT INTO model_fits (model, version, moment, before_year, before_round, races, rows, parameters, log_likelihood)
    VALUES ('old', '1', 'official_grid', 2025, 4, 9, 9, '{}', -1), ('full', '1', 'official_grid', 2025, 3, 9, 9, '{}', -1)";

/// Winner log scores of `full` and `grid` over the seasons of each row.
const MEANS: &str = r"INSERT INTO accuracy (contest, moment, kind, first_season, last_season, forecaster, score, races, mean, low, high,
                          difference, difference_low, difference_high)
    SELECT contest::contest, moment::moment, kind::prediction_kind, first, last, forecaster, 'win_log_score', races,
           mean + d, mean + d - 0.25, mean + d + 0.25, nullif(d, 0), nullif(d, 0) - 0.125, nullif(d, 0) + 0.125
    FROM (VALUES ('sprint', 'qualifying_order', 'retrospective', 2003, 2024, 20, 1.5),
                 ('grand_prix', 'before_weekend', 'retrospective', 2003, 2024, 20, 2.5),
                 ('grand_prix', 'official_grid', 'retrospective', 2003, 2024, 20, 1.5),
                 ('grand_prix', 'before_qualifying', 'retrospective', 2003, 2024, 20, 2.25),
                 ('grand_prix', 'qualifying_order', 'retrospective', 2003, 2018, 300, 1.75),
                 ('grand_prix', 'qualifying_order', 'retrospective', 2019, 2025, 150, 1.25),
                 ('grand_prix', 'qualifying_order', 'retrospective', 2025, 2025, 3, 1.0),
                 ('grand_prix', 'qualifying_order', 'retrospective', 2024, 2024, 10, 1.125),
                 ('sprint', 'qualifying_order', 'live', 2025, 2025, 1, 1.0),
                 ('grand_prix', 'official_grid', 'live', 2025, 2025, 3, 1.0),
                 ('grand_prix', 'official_grid', 'live', 2024, 2024, 4, 1.25)
         ) of (contest, moment, kind, first, last, races, mean),
         (VALUES ('full', 0), ('grid', 0.5)) by (forecaster, d)";

const BINS: &str = r"INSERT INTO calibration VALUES
    ('grand_prix', 'qualifying_order', 'retrospective', 2019, 2025, 'win', 1, 8, 0.25, 2, 0.125, 0.5),
    ('grand_prix', 'qualifying_order', 'retrospective', 2019, 2025, 'win', 0, 100, 0.0625, 5, 0.03125, 0.125),
    ('grand_prix', 'qualifying_order', 'retrospective', 2019, 2025, 'podium', 0, 4, 0.5, 3, 0.25, 0.875),
    ('grand_prix', 'qualifying_order', 'retrospective', 2003, 2018, 'win', 0, 50, 0.0625, 5, 0.03125, 0.125),
    ('grand_prix', 'qualifying_order', 'retrospective', 2025, 2025, 'points', 0, 50, 0.0625, 5, 0.03125, 0.125),
    ('grand_prix', 'official_grid', 'live', 2025, 2025, 'points', 0, 10, 0.5, 5, 0.25, 0.75)";

async fn api(pool: &PgPool, statements: &[&'static str]) -> axum::Router {
    for statement in statements {
        sqlx::raw_sql(*statement).execute(pool).await.unwrap();
    }
    api::app(pool.clone(), Clock::starting_at(None, 0.0))
}

fn record<'a>(accuracy: &'a Accuracy, contest: &str, moment: &str, kind: &str) -> &'a Record {
    let mut found = accuracy.records.iter().filter(|record| {
        (
            record.contest.as_str(),
            record.moment.as_str(),
            record.kind.as_str(),
        ) == (contest, moment, kind)
    });
    let record = found.next().expect("the record");
    assert!(
        found.next().is_none(),
        "{contest} {moment} {kind} occurs twice"
    );
    record
}

#[sqlx::test(migrator = "schema::MIGRATOR", fixtures("championship"))]
async fn there_are_no_records_before_the_first_score(pool: PgPool) {
    let app = api(&pool, &[FITS]).await;
    let accuracy: Accuracy = read(&app, "/v1/accuracy").await;
    assert_eq!(
        accuracy,
        Accuracy {
            forecaster: None,
            records: Vec::new()
        }
    );
}

#[sqlx::test(migrator = "schema::MIGRATOR", fixtures("championship"))]
async fn records_periods_and_seasons_are_in_order(pool: PgPool) {
    let app = api(&pool, &[FITS, MEANS, BINS]).await;
    // A single season has only the winner log score, a period has all scores.
    sqlx::raw_sql(
        "INSERT INTO accuracy (contest, moment, kind, first_season, last_season, forecaster, score, races, mean, low, high)
         VALUES ('grand_prix', 'qualifying_order', 'retrospective', 2019, 2025, 'full', 'top1', 150, 0.5, 0.375, 0.625),
                ('grand_prix', 'qualifying_order', 'retrospective', 2019, 2025, 'uniform', 'top1', 170, 0.5, 0.375, 0.625),
                ('grand_prix', 'qualifying_order', 'retrospective', 2025, 2025, 'uniform', 'top1', 3, 0.5, 0.375, 0.625),
                ('grand_prix', 'official_grid', 'live', 2025, 2025, 'uniform', 'top1', 3, 0.5, 0.375, 0.625)",
    )
    .execute(&pool)
    .await
    .unwrap();
    let accuracy: Accuracy = read(&app, "/v1/accuracy").await;
    assert_eq!(accuracy.forecaster.as_deref(), Some("full"));
    let order: Vec<_> = accuracy
        .records
        .iter()
        .map(|record| {
            (
                record.kind.as_str(),
                record.contest.as_str(),
                record.moment.as_str(),
            )
        })
        .collect();
    assert_eq!(
        order,
        [
            ("live", "grand_prix", "official_grid"),
            ("live", "sprint", "qualifying_order"),
            ("retrospective", "grand_prix", "qualifying_order"),
            ("retrospective", "grand_prix", "official_grid"),
            ("retrospective", "grand_prix", "before_qualifying"),
            ("retrospective", "grand_prix", "before_weekend"),
            ("retrospective", "sprint", "qualifying_order"),
        ]
    );

    let long = record(&accuracy, "grand_prix", "qualifying_order", "retrospective");
    let periods: Vec<_> = long
        .periods
        .iter()
        .map(|period| (period.first_season, period.last_season, period.races))
        .collect();
    assert_eq!(
        periods,
        [(2019, 2025, 150), (2003, 2018, 300)],
        "races count if the model was scored, not a baseline"
    );
    let newest = &long.periods[0];
    let of = |forecaster: &str, score| &newest.forecasters[forecaster][&score];
    let full = of("full", Score::WinLogScore);
    assert_eq!((full.mean, full.interval), (1.25, [1.0, 1.5]));
    assert_eq!((full.difference, full.difference_interval), (None, None));
    let grid = of("grid", Score::WinLogScore);
    assert_eq!(
        (grid.mean, grid.difference, grid.difference_interval),
        (1.75, Some(0.5), Some([0.375, 0.625]))
    );
    assert_eq!(of("full", Score::Top1).interval, [0.375, 0.625]);
    let events: Vec<_> = newest.calibration.keys().copied().collect();
    assert_eq!(events, [EventKind::Win, EventKind::Podium]);
    let bins: Vec<_> = newest.calibration[&EventKind::Win]
        .iter()
        .map(|bin| (bin.predictions, bin.predicted, bin.observed, bin.interval))
        .collect();
    assert_eq!(
        bins,
        [
            (100, 0.0625, 0.05, [0.03125, 0.125]),
            (8, 0.25, 0.25, [0.125, 0.5])
        ]
    );
    assert_eq!(
        long.periods[1].calibration[&EventKind::Win][0].predictions,
        50
    );
    let seasons: Vec<_> = long
        .seasons
        .iter()
        .map(|season| {
            let scores: Vec<_> = season.win_log_score.values().copied().collect();
            (season.season, season.races, scores)
        })
        .collect();
    assert_eq!(
        seasons,
        [(2024, 10, vec![1.125, 1.625]), (2025, 3, vec![1.0, 1.5])]
    );

    let short = record(&accuracy, "grand_prix", "official_grid", "live");
    let periods: Vec<_> = short
        .periods
        .iter()
        .map(|period| (period.first_season, period.last_season, period.races))
        .collect();
    assert_eq!(
        periods,
        [(2025, 2025, 3), (2024, 2024, 4)],
        "without ranges of seasons, the single seasons are the periods"
    );
    assert_eq!(
        short.periods[0].calibration[&EventKind::Points][0].observed,
        0.5
    );
    assert!(short.periods[0].forecasters.contains_key("uniform"));
    let seasons: Vec<_> = short
        .seasons
        .iter()
        .map(|season| (season.season, season.win_log_score.len()))
        .collect();
    assert_eq!(seasons, [(2024, 2), (2025, 2)]);
    let unseasoned = record(&accuracy, "sprint", "qualifying_order", "retrospective");
    assert!(unseasoned.seasons.is_empty() && unseasoned.periods.len() == 1);
}

#[sqlx::test(migrator = "schema::MIGRATOR", fixtures("championship"))]
async fn surprises_are_the_eight_winners_with_the_smallest_chances(pool: PgPool) {
    // The winner of 2024 round n had a chance of exp(-n/4). Two winners of 2025 had less than all but the last of them.
    let app = api(
        &pool,
        &[
            FITS,
            MEANS,
            "INSERT INTO prediction_scores
             SELECT r.id, 'grand_prix', 'qualifying_order', 'retrospective', f.forecaster, exp(-x.score * f.times), x.score * f.times,
                    1, 0, 1, 0.5, 0, 0.5
             FROM races r CROSS JOIN LATERAL (SELECT CASE r.year WHEN 2024 THEN r.round / 4.0 ELSE 2.25 END AS score) x,
                  (VALUES ('full', 1.0), ('old', 3.0), ('grid', 2.0)) f (forecaster, times)
             WHERE r.year = 2024 OR r.id IN (201, 202, 204)",
            "INSERT INTO prediction_scores
             VALUES (203, 'sprint', 'qualifying_order', 'live', 'full', 0.25, 1.375, 1, 0, 1, 0.5, 0, 0.5),
                    (203, 'grand_prix', 'official_grid', 'live', 'full', 0.5, 0.75, 1, 0, 1, 0.5, 0, 0.5),
                    (203, 'sprint', 'qualifying_order', 'retrospective', 'full', 0.875, 0.125, 1, 0, 1, 0.5, 0, 0.5),
                    (203, 'grand_prix', 'before_weekend', 'retrospective', 'full', 0.875, 0.125, 1, 0, 1, 0.5, 0, 0.5)",
        ],
    )
    .await;
    let accuracy: Accuracy = read(&app, "/v1/accuracy").await;
    let surprises = &record(&accuracy, "grand_prix", "qualifying_order", "retrospective").surprises;
    let races: Vec<_> = surprises
        .iter()
        .map(|surprise| {
            let race = (surprise.race.year, surprise.race.round);
            let winner = surprise.winner.driver.key.as_str();
            (race, winner, surprise.log_score)
        })
        .collect();
    assert_eq!(
        races,
        [
            ((2024, 10), "ann-a", 2.5),
            ((2025, 2), "bob-b", 2.25),
            ((2025, 1), "bob-b", 2.25),
            ((2024, 9), "ann-a", 2.25),
            ((2024, 8), "ann-a", 2.0),
            ((2024, 7), "ann-a", 1.75),
            ((2024, 6), "ann-a", 1.5),
            ((2024, 5), "ann-a", 1.25),
        ],
        "by the model in service, the newer race first of equal scores, without the race that has no winner"
    );
    assert!((surprises[0].winner_chance - (-2.5_f64).exp()).abs() < 1e-12);
    assert_eq!(surprises[1].winner.team.key, "beta");
    // Every record has its own surprises.
    for (contest, moment, kind, score) in [
        ("sprint", "qualifying_order", "live", 1.375),
        ("grand_prix", "official_grid", "live", 0.75),
        ("sprint", "qualifying_order", "retrospective", 0.125),
        ("grand_prix", "before_weekend", "retrospective", 0.125),
    ] {
        let scores: Vec<_> = record(&accuracy, contest, moment, kind)
            .surprises
            .iter()
            .map(|surprise| surprise.log_score)
            .collect();
        assert_eq!(scores, [score], "{contest} {moment} {kind}");
    }
    let none = record(&accuracy, "grand_prix", "official_grid", "retrospective");
    assert!(none.surprises.is_empty());
}
