//! Every column is in the dump, or excluded for a stated reason.

use std::collections::BTreeSet;

use sqlx::{AssertSqlSafe, PgPool};

use super::SECTIONS;

/// Tables that are not content, with the reason.
const EXCLUDED_TABLES: &[(&str, &str)] = &[
    ("_sqlx_migrations", "the schema"),
    ("race_transitions", "a constant of the schema"),
    ("session_lists", "a constant of the schema"),
    ("standing_adjustments", "a constant of the schema"),
    ("job_runs", "the ledger"),
    ("corrections", "the history of the content"),
    ("published_lists", "the sources of the content"),
    ("raw_responses", "raw answers"),
    ("upstream_pauses", "rate limits"),
    ("upstream_requests", "rate limits"),
];

/// Columns of content tables that are not content, with the reason.
const EXCLUDED_COLUMNS: &[(&str, &str)] = &[
    ("model_fits.log_likelihood", "follows from the parameters"),
    ("model_fits.moment", "the moment of its predictions"),
    ("predictions.cutoff_at", "a time of the clock"),
    ("predictions.release_tag", "the source of the content"),
    (
        "predictions.scheduled_start",
        "the start of the race when the prediction was made",
    ),
    ("race_sessions.f1db_date", "the time of one source"),
    ("race_sessions.f1db_starts_at", "the time of one source"),
    ("race_sessions.jolpica_date", "the time of one source"),
    ("race_sessions.jolpica_starts_at", "the time of one source"),
    ("race_sessions.openf1_key", "an upstream's key"),
];

/// Creates a view for each section: PostgreSQL then knows which columns the section reads. Columns that only join or
/// order its rows count as read: surrogate ids, and when a prediction was made.
async fn create_views(pool: &PgPool) {
    for (title, query) in SECTIONS {
        let view = format!("CREATE VIEW dump_{title} AS {query}");
        sqlx::raw_sql(AssertSqlSafe(view))
            .execute(pool)
            .await
            .unwrap();
    }
}

/// The columns of all tables that a section reads (`true`) or that none does, as `table.column`.
async fn columns(pool: &PgPool, dumped: bool) -> BTreeSet<String> {
    let columns: Vec<String> = sqlx::query_scalar(
        "SELECT c.table_name || '.' || c.column_name
         FROM information_schema.columns c JOIN pg_class t ON t.oid = c.table_name::regclass
         WHERE c.table_schema = 'public' AND t.relkind IN ('r', 'p') AND NOT t.relispartition
           AND $1 = EXISTS (SELECT FROM information_schema.view_column_usage u
                            WHERE u.view_name LIKE 'dump\\_%' AND u.table_name = c.table_name
                              AND u.column_name = c.column_name)",
    )
    .bind(dumped)
    .fetch_all(pool)
    .await
    .unwrap();
    columns.into_iter().collect()
}

/// The columns that are neither in the dump nor excluded.
async fn forgotten(pool: &PgPool) -> Vec<String> {
    let is_excluded = |column: &String| {
        let table = column.split('.').next().unwrap_or_default();
        EXCLUDED_TABLES.iter().any(|(name, _)| *name == table)
            || EXCLUDED_COLUMNS.iter().any(|(name, _)| name == column)
    };
    let mut columns: Vec<String> = columns(pool, false).await.into_iter().collect();
    columns.retain(|column| !is_excluded(column));
    columns
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn every_column_is_dumped_or_excluded(pool: PgPool) {
    create_views(&pool).await;
    assert_eq!(forgotten(&pool).await, Vec::<String>::new());
    sqlx::raw_sql(
        "ALTER TABLE circuits ADD COLUMN lap_record_ms integer; ALTER TABLE results ADD COLUMN tyre text;
         CREATE TABLE weather (race_id integer)",
    )
    .execute(&pool)
    .await
    .unwrap();
    assert_eq!(
        forgotten(&pool).await,
        ["circuits.lap_record_ms", "results.tyre", "weather.race_id"]
    );
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn an_exclusion_names_a_column_that_exists_and_is_not_dumped(pool: PgPool) {
    create_views(&pool).await;
    let not_dumped = columns(&pool, false).await;
    for (column, reason) in EXCLUDED_COLUMNS {
        assert!(not_dumped.contains(*column), "{column}: {reason}");
    }
    let dumped = columns(&pool, true).await;
    for (table, reason) in EXCLUDED_TABLES {
        let is_of_table = |column: &String| column.starts_with(&format!("{table}."));
        assert!(not_dumped.iter().any(is_of_table), "{table}: {reason}");
        assert!(!dumped.iter().any(is_of_table), "{table}: {reason}");
    }
}
