//! The served prediction, the one it is compared with, and the history of a race.

use axum::{Router, http::StatusCode};
use client::predictions::{Pace, Prediction, PredictionHistory};
use schema::Clock;
use sqlx::PgPool;

use crate::common::{problem, read};

/// Round 4, scheduled for 1 June at 14:00.
const COMING: i32 = 204;
const COMING_PATH: &str = "/v1/seasons/2025/races/4";
/// Round 1 of 2024.
const PAST: i32 = 101;
const PAST_PATH: &str = "/v1/seasons/2024/races/1";

struct Fixture {
    pool: PgPool,
    app: Router,
}

impl Fixture {
    fn new(pool: PgPool) -> Self {
        let app = api::app(pool.clone(), Clock::starting_at(None, 0.0));
        Self { pool, app }
    }

    async fn fit(&self, model: &str, version: &str, round: i16) -> i32 {
        sqlx::query_scalar(
            "INSERT INTO model_fits (model, version, moment, before_year, before_round, races, rows, parameters, log_likelihood)
             VALUES ($1, $2, 'official_grid', 2025, $3, 42, 420, '{}', -1) RETURNING id",
        )
        .bind(model)
        .bind(version)
        .bind(round)
        .fetch_one(&self.pool)
        .await
        .unwrap()
    }

    /// Stores a prediction with these chances to win of drivers 1, 2, ...
    async fn make(&self, race: i32, what: (&str, &str, &str), fit: i32, at: &str, wins: &[f64]) {
        let (contest, moment, kind) = what;
        let id: i64 = sqlx::query_scalar(
            "INSERT INTO predictions (race_id, contest, moment, kind, model_fit_id, made_at, inputs_used, inputs_missing)
             VALUES ($1, $2::text::contest, $3::text::moment, $4::text::prediction_kind, $5, $6::text::timestamptz,
                     '{practice_1}', '{official_grid}') RETURNING id",
        )
        .bind(race)
        .bind(contest)
        .bind(moment)
        .bind(kind)
        .bind(fit)
        .bind(at)
        .fetch_one(&self.pool)
        .await
        .unwrap();
        sqlx::query(
            r#"INSERT INTO prediction_drivers (prediction_id, contest, driver_id, team_id, win, podium, points, dnf, expected_position,
                                               positions, contributions)
               SELECT $1, $2::text::contest, driver, 1, win, 1, 1, 0, 1.5, '{0.5,0.5}', '{"grid":0.5}'
               FROM unnest($3::float8[]) WITH ORDINALITY AS wins (win, driver) WHERE win >= 0"#,
        )
        .bind(id)
        .bind(contest)
        .bind(wins)
        .execute(&self.pool)
        .await
        .unwrap();
    }

    async fn prediction(&self, path: &str) -> Prediction {
        read(&self.app, path).await
    }

    async fn history(&self, path: &str) -> PredictionHistory {
        read(&self.app, path).await
    }
}

/// Stands for a driver who is not in the prediction.
const ABSENT: f64 = -1.0;

fn chances(prediction: &Prediction) -> Vec<(&str, f64, Option<f64>)> {
    prediction
        .drivers
        .iter()
        .map(|row| (row.driver.key.as_str(), row.win, row.previous_win))
        .collect()
}

#[sqlx::test(migrator = "schema::MIGRATOR", fixtures("championship"))]
async fn the_history_has_every_prediction_in_the_order_made(pool: PgPool) {
    let fixture = Fixture::new(pool);
    let old = fixture.fit("old", "1", 4).await;
    let full = fixture.fit("full", "1", 4).await;
    let gp = |moment| ("grand_prix", moment, "live");
    // Stored out of order. The last two are made at the same instant, the later moment first.
    for (what, fit, at, wins) in [
        (
            gp("qualifying_order"),
            full,
            "2025-05-31 16:00Z",
            [0.5, 0.25, 0.25],
        ),
        (
            gp("before_weekend"),
            old,
            "2025-05-28 09:00Z",
            [0.25, 0.5, 0.25],
        ),
        (
            gp("before_weekend"),
            full,
            "2025-05-29 09:00Z",
            [0.25, 0.25, 0.5],
        ),
        (
            gp("official_grid"),
            full,
            "2025-06-01 12:00Z",
            [0.75, 0.125, 0.125],
        ),
        (
            gp("qualifying_order"),
            full,
            "2025-06-01 12:00Z",
            [0.625, 0.25, 0.125],
        ),
    ] {
        fixture.make(COMING, what, fit, at, &wins).await;
    }
    let history = fixture.history(&format!("{COMING_PATH}/predictions")).await;
    assert_eq!(
        (history.race.round, history.contest.as_str()),
        (4, "grand_prix")
    );
    let order: Vec<_> = history
        .predictions
        .iter()
        .map(|past| (past.moment.as_str(), past.model.name.as_str(), past.served))
        .collect();
    assert_eq!(
        order,
        [
            ("before_weekend", "old", false),
            ("before_weekend", "full", false),
            ("qualifying_order", "full", false),
            ("qualifying_order", "full", false),
            ("official_grid", "full", true),
        ]
    );
    assert!(history.predictions.is_sorted_by_key(|past| past.made_at));
    let drivers: Vec<_> = history.predictions[1]
        .drivers
        .iter()
        .map(|row| (row.driver.key.as_str(), row.team.key.as_str(), row.win))
        .collect();
    assert_eq!(
        drivers,
        [
            ("cid-c", "alpha", 0.5),
            ("ann-a", "alpha", 0.25),
            ("bob-b", "alpha", 0.25)
        ]
    );
    let served = fixture
        .prediction(&format!("{COMING_PATH}/prediction"))
        .await;
    let flagged = &history.predictions[4];
    assert_eq!(
        (served.moment, served.made_at, served.model),
        (flagged.moment, flagged.made_at, flagged.model.clone())
    );
}

#[sqlx::test(migrator = "schema::MIGRATOR", fixtures("championship"))]
async fn the_sprint_has_a_history_of_its_own(pool: PgPool) {
    let fixture = Fixture::new(pool);
    let fit = fixture.fit("full", "1", 3).await;
    let weekend = "/v1/seasons/2025/races/3";
    let sprint = ("sprint", "official_grid", "live");
    fixture
        .make(203, sprint, fit, "2025-04-30 09:00Z", &[0.75, 0.25])
        .await;
    let history = fixture
        .history(&format!("{weekend}/sprint-predictions"))
        .await;
    assert_eq!(
        (history.contest.as_str(), history.predictions.len()),
        ("sprint", 1)
    );
    assert!(history.predictions[0].served && history.predictions[0].drivers.len() == 2);
    let none = problem(
        &fixture.app,
        &format!("{weekend}/predictions"),
        StatusCode::NOT_FOUND,
    )
    .await;
    assert_eq!(none.detail, "there is no forecast of the 2025 Grand Prix 3");

    for (path, status, named) in [
        (
            "/v1/seasons/2025/races/4/sprint-predictions",
            StatusCode::NOT_FOUND,
            "Grand Prix 4 sprint",
        ),
        (
            "/v1/seasons/2025/races/9/predictions",
            StatusCode::NOT_FOUND,
            "round 9 of 2025",
        ),
        (
            "/v1/seasons/2025/races/x/predictions",
            StatusCode::BAD_REQUEST,
            "round",
        ),
        (
            "/v1/seasons/x/races/1/sprint-predictions",
            StatusCode::BAD_REQUEST,
            "year",
        ),
    ] {
        let problem = problem(&fixture.app, path, status).await;
        assert!(problem.detail.contains(named), "{path}: {problem:?}");
    }
}

#[sqlx::test(migrator = "schema::MIGRATOR", fixtures("championship"))]
async fn a_live_prediction_is_compared_with_the_live_one_before_it(pool: PgPool) {
    let fixture = Fixture::new(pool);
    let old = fixture.fit("full", "1", 4).await;
    let path = format!("{COMING_PATH}/prediction");
    let gp = |moment| ("grand_prix", moment, "live");
    let saturday = "2025-05-31 16:00Z";
    fixture
        .make(
            COMING,
            gp("qualifying_order"),
            old,
            saturday,
            &[0.125, 0.875],
        )
        .await;
    let full = fixture.fit("full", "2", 3).await;
    fixture
        .make(
            COMING,
            gp("qualifying_order"),
            full,
            "2025-05-31 17:00Z",
            &[0.25, 0.75],
        )
        .await;
    let first = fixture.prediction(&path).await;
    assert_eq!(
        first.previous, None,
        "the earlier one is by another version"
    );
    assert_eq!(
        chances(&first),
        [("bob-b", 0.75, None), ("ann-a", 0.25, None)]
    );

    // The same moment again, as the field changed: the new driver has no previous chance.
    let fit = fixture.fit("full", "2", 4).await;
    fixture
        .make(
            COMING,
            gp("qualifying_order"),
            fit,
            "2025-05-31 18:00Z",
            &[ABSENT, 0.5, 0.5],
        )
        .await;
    let second = fixture.prediction(&path).await;
    let previous = second.previous.as_ref().unwrap();
    assert_eq!(
        (previous.moment.as_str(), previous.made_at),
        ("qualifying_order", first.made_at)
    );
    assert_eq!(
        chances(&second),
        [("bob-b", 0.5, Some(0.75)), ("cid-c", 0.5, None)]
    );

    // Two made at the same instant: the later moment is served, and compared with the earlier one.
    let sunday = "2025-06-01 12:00Z";
    fixture
        .make(
            COMING,
            gp("official_grid"),
            fit,
            sunday,
            &[0.5, 0.375, 0.125],
        )
        .await;
    fixture
        .make(
            COMING,
            gp("qualifying_order"),
            fit,
            sunday,
            &[0.125, 0.25, 0.625],
        )
        .await;
    let third = fixture.prediction(&path).await;
    assert_eq!(third.moment.as_str(), "official_grid");
    assert_eq!(
        third
            .previous
            .as_ref()
            .map(|before| (before.moment.as_str(), before.made_at)),
        Some(("qualifying_order", third.made_at))
    );
    assert_eq!(
        chances(&third),
        [
            ("ann-a", 0.5, Some(0.125)),
            ("bob-b", 0.375, Some(0.25)),
            ("cid-c", 0.125, Some(0.625))
        ]
    );
    let selected = fixture
        .prediction(&format!("{path}?moment=qualifying_order"))
        .await;
    assert_eq!(
        chances(&selected),
        [
            ("cid-c", 0.625, Some(0.5)),
            ("bob-b", 0.25, Some(0.5)),
            ("ann-a", 0.125, None)
        ]
    );
    let moments: Vec<_> = selected
        .moments
        .iter()
        .map(|moment| moment.as_str())
        .collect();
    assert_eq!(moments, ["qualifying_order", "official_grid"]);
}

#[sqlx::test(migrator = "schema::MIGRATOR", fixtures("championship"))]
async fn a_retrospective_prediction_is_compared_with_the_moment_before_it(pool: PgPool) {
    let fixture = Fixture::new(pool);
    let old = fixture.fit("old", "1", 1).await;
    let first = fixture.fit("full", "1", 1).await;
    let again = fixture.fit("full", "1", 2).await;
    let gp = |moment| ("grand_prix", moment, "retrospective");
    let night = "2025-06-02 03:00Z";
    let later = "2025-06-03 03:00Z";
    for (what, fit, at, wins) in [
        // All are made at the same instant. The later moments of the older model and of the live prediction are skipped.
        (gp("official_grid"), first, night, [0.75, 0.25]),
        (gp("before_weekend"), first, night, [0.5, 0.5]),
        (gp("before_qualifying"), first, night, [0.375, 0.625]),
        (gp("before_qualifying"), again, later, [0.625, 0.375]),
        (gp("qualifying_order"), old, later, [0.125, 0.875]),
        (
            ("grand_prix", "qualifying_order", "live"),
            first,
            "2024-02-28 09:00Z",
            [0.25, 0.75],
        ),
    ] {
        fixture.make(PAST, what, fit, at, &wins).await;
    }
    let path = format!("{PAST_PATH}/prediction");
    let shown = fixture
        .prediction(&format!("{path}?moment=official_grid"))
        .await;
    let previous = shown.previous.as_ref().unwrap();
    assert_eq!(previous.moment.as_str(), "before_qualifying");
    assert!(previous.made_at > shown.made_at, "the newest of its moment");
    assert_eq!(
        chances(&shown),
        [("ann-a", 0.75, Some(0.625)), ("bob-b", 0.25, Some(0.375))]
    );
    for (moment, kind) in [
        ("before_weekend", "retrospective"),
        ("qualifying_order", "live"),
    ] {
        let first = fixture.prediction(&format!("{path}?moment={moment}")).await;
        assert_eq!((first.kind.as_str(), first.previous), (kind, None));
    }
}

#[sqlx::test(migrator = "schema::MIGRATOR", fixtures("championship"))]
async fn the_newest_model_is_served_unless_there_is_a_live_prediction(pool: PgPool) {
    let fixture = Fixture::new(pool);
    let old = fixture.fit("old", "1", 9).await;
    let path = format!("{PAST_PATH}/prediction");
    let retrospective = |moment| ("grand_prix", moment, "retrospective");
    let model = |prediction: &Prediction| {
        (
            prediction.model.name.clone(),
            prediction.model.fit_id,
            prediction.moment.to_string(),
        )
    };
    let july = "2025-07-01 03:00Z";
    let june = "2025-06-01 03:00Z";
    for moment in ["qualifying_order", "official_grid"] {
        fixture
            .make(PAST, retrospective(moment), old, july, &[1.0, 0.0])
            .await;
    }
    // A newer model without a prediction of this race changes nothing.
    let full = fixture.fit("full", "1", 1).await;
    let served = fixture.prediction(&path).await;
    assert_eq!(
        model(&served),
        ("old".to_owned(), old, "official_grid".to_owned())
    );
    // The newer model is served even if its prediction is older and its moment earlier; its latest moment comes first.
    for moment in ["before_weekend", "qualifying_order", "before_qualifying"] {
        fixture
            .make(PAST, retrospective(moment), full, june, &[0.5, 0.5])
            .await;
    }
    let served = fixture.prediction(&path).await;
    assert_eq!(
        model(&served),
        ("full".to_owned(), full, "qualifying_order".to_owned())
    );
    // The newest of the same model and moment is served. A newer one at an earlier moment is not.
    let again = fixture.fit("full", "1", 2).await;
    fixture
        .make(
            PAST,
            retrospective("before_qualifying"),
            again,
            "2025-07-02 03:00Z",
            &[0.5, 0.5],
        )
        .await;
    fixture
        .make(
            PAST,
            retrospective("qualifying_order"),
            again,
            july,
            &[0.5, 0.5],
        )
        .await;
    let served = fixture.prediction(&path).await;
    assert_eq!(
        model(&served),
        ("full".to_owned(), again, "qualifying_order".to_owned())
    );
    // A live prediction is served whatever its model is.
    let live = ("grand_prix", "before_weekend", "live");
    fixture
        .make(PAST, live, old, "2024-02-28 09:00Z", &[0.25, 0.75])
        .await;
    let served = fixture.prediction(&path).await;
    assert_eq!(
        model(&served),
        ("old".to_owned(), old, "before_weekend".to_owned())
    );
    let history = fixture.history(&format!("{PAST_PATH}/predictions")).await;
    let flags: Vec<_> = history
        .predictions
        .iter()
        .map(|past| (past.kind.as_str(), past.served))
        .collect();
    assert_eq!(flags.len(), 8);
    assert_eq!(flags[0], ("live", true));
    assert!(
        flags[1..]
            .iter()
            .all(|flag| *flag == ("retrospective", false))
    );
}

#[sqlx::test(migrator = "schema::MIGRATOR", fixtures("championship"))]
async fn the_pace_is_null_if_it_was_not_estimated(pool: PgPool) {
    let fixture = Fixture::new(pool);
    let fit = fixture.fit("full", "1", 4).await;
    let what = ("grand_prix", "qualifying_order", "live");
    fixture
        .make(COMING, what, fit, "2025-05-31 16:00Z", &[1.0])
        .await;
    // Predictions are append-only.
    sqlx::query(
        "INSERT INTO prediction_drivers (prediction_id, contest, driver_id, team_id, win, podium, points, dnf, expected_position,
                                         positions, contributions, pace_car, pace_driver, pace_deviation)
         SELECT id, contest, 2, 2, 0, 0, 0, 0, 1.5, '{0.5,0.5}', '{}', 0.5, -0.25, 0.125 FROM predictions",
    )
    .execute(&fixture.pool)
    .await
    .unwrap();
    let prediction = fixture
        .prediction(&format!("{COMING_PATH}/prediction"))
        .await;
    let paces: Vec<_> = prediction
        .drivers
        .iter()
        .map(|row| row.pace.clone())
        .collect();
    let estimated = Pace {
        car: 0.5,
        driver: -0.25,
        deviation: 0.125,
    };
    assert_eq!(paces, [None, Some(estimated)]);
}
