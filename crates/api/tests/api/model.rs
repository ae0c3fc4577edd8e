//! The model in service.

use axum::http::StatusCode;
use client::model::ModelDescription;
use schema::Clock;
use sqlx::PgPool;

use crate::common::{problem, read};

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn the_newest_model_is_described_by_its_latest_fit_for_each_moment(pool: PgPool) {
    let app = api::app(pool.clone(), Clock::starting_at(None, 0.0));
    let nothing = problem(&app, "/v1/model", StatusCode::NOT_FOUND).await;
    assert!(nothing.detail.contains("model"), "{nothing:?}");

    sqlx::query(
        r#"INSERT INTO model_fits (model, version, moment, before_year, before_round, races, rows, parameters, log_likelihood)
           VALUES ('simple', '1', 'official_grid', 2025, 9, 90, 900, '{"coefficients":{"grid":-0.3},"retirement_rate":0.125}', -9)"#,
    )
    .execute(&pool)
    .await
    .unwrap();
    let simple: ModelDescription = read(&app, "/v1/model").await;
    assert_eq!((simple.name.as_str(), simple.fits.len()), ("simple", 1));
    assert_eq!(
        simple.fits[0].retirement.iter().collect::<Vec<_>>(),
        [(&"rate".to_owned(), &0.125)]
    );
    assert_eq!(simple.fits[0].sprint_scale, None);

    // Not in the order of their cut-offs: version 1 has a later cut-off than version 2, which was fitted last.
    sqlx::query(
        r#"INSERT INTO model_fits (model, version, moment, before_year, before_round, races, rows, parameters, log_likelihood)
           VALUES ('full', '1', 'official_grid', 2026, 1, 1, 1, '{}', -1),
                  ('full', '2', 'before_weekend', 2025, 1, 2, 2, '{"coefficients":{}}', -2),
                  ('full', '2', 'qualifying_order', 2025, 2, 3, 3, '{"coefficients":{"pace":-1.5,"grid":-0.25},"of_the_future":[1]}', -3),
                  ('full', '2', 'official_grid', 2025, 3, 4, 4, '{"retirement":{"field":1.0,"team":0.5},"sprint_scale":0.75}', -4.5),
                  ('full', '2', 'official_grid', 2025, 2, 5, 5, '{}', -5),
                  ('full', '2', 'official_grid', 2024, 9, 6, 6, '{}', -6)"#,
    )
    .execute(&pool)
    .await
    .unwrap();
    let model: ModelDescription = read(&app, "/v1/model").await;
    assert_eq!((model.name.as_str(), model.version.as_str()), ("full", "2"));
    let fits: Vec<_> = model
        .fits
        .iter()
        .map(|fit| {
            (
                fit.moment.as_str(),
                fit.before_season,
                fit.before_round,
                fit.races,
                fit.rows,
            )
        })
        .collect();
    assert_eq!(
        fits,
        [
            ("official_grid", 2025, 3, 4, 4),
            ("qualifying_order", 2025, 2, 3, 3),
            ("before_weekend", 2025, 1, 2, 2),
        ]
    );
    let [grid, qualifying, _] = &model.fits[..] else {
        unreachable!("three fits were compared above")
    };
    assert!((grid.log_likelihood + 4.5).abs() < 1e-12);
    assert_eq!(grid.sprint_scale, Some(0.75));
    assert!(grid.coefficients.is_empty());
    assert_eq!(
        grid.retirement
            .iter()
            .map(|(name, weight)| (name.as_str(), *weight))
            .collect::<Vec<_>>(),
        [("field", 1.0), ("team", 0.5)]
    );
    assert_eq!(
        qualifying
            .coefficients
            .iter()
            .map(|(name, weight)| (name.as_str(), *weight))
            .collect::<Vec<_>>(),
        [("grid", -0.25), ("pace", -1.5)]
    );
    assert!(qualifying.retirement.is_empty());
}
