//! The table of jobs against the names of jobs in SQL.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails here")]

use etl::jobs::Job;
use schema::RaceList;
use sqlx::PgPool;

/// Where the definition of a view or function names jobs: an array of them, a comparison with `job`, and a row of
/// `lists_of_job`.
const PATTERNS: [&str; 4] = [
    r"'\{([^}]*)\}'::text\[\]",
    r"\mjob IN \(([^)]*)\)",
    r"\mjob = ('[^']*')",
    r"WHEN ('[^']*') THEN '\{",
];

/// The names of jobs in the definitions of all views and functions, with the object that has them.
async fn names_in_sql(pool: &PgPool) -> Vec<(String, String)> {
    sqlx::query_as(
        r"WITH objects (name, definition) AS (
              SELECT c.relname::text, pg_get_viewdef(c.oid) FROM pg_class c
              WHERE c.relkind = 'v' AND c.relnamespace = 'public'::regnamespace
              UNION ALL
              SELECT p.proname::text, pg_get_functiondef(p.oid) FROM pg_proc p
              WHERE p.prokind = 'f' AND p.pronamespace = 'public'::regnamespace)
          SELECT DISTINCT o.name, w.word[1]
          FROM objects o, unnest($1::text[]) pattern,
               regexp_matches(o.definition, pattern, 'g') AS found,
               regexp_matches(found[1], '\w+', 'g') AS w (word)",
    )
    .bind(PATTERNS.map(str::to_owned))
    .fetch_all(pool)
    .await
    .unwrap()
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn every_job_that_sql_names_is_in_the_table(pool: PgPool) {
    let names = names_in_sql(&pool).await;
    for (object, name) in &names {
        assert!(name.parse::<Job>().is_ok(), "{object} names {name}");
    }
    for object in ["data_freshness", "lists_of_job"] {
        let jobs = names.iter().filter(|(of, _)| of == object).count();
        assert!(jobs >= 8, "only {jobs} jobs were found in {object}");
    }
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn sql_knows_the_lists_of_every_job(pool: PgPool) {
    for job in Job::ALL {
        let lists: Option<Vec<RaceList>> = sqlx::query_scalar("SELECT lists_of_job($1)")
            .bind(job.as_str())
            .fetch_one(&pool)
            .await
            .unwrap();
        assert_eq!(lists.unwrap_or_default(), job.lists(), "{job}");
    }
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_misspelt_name_is_found(pool: PgPool) {
    sqlx::raw_sql(
        "CREATE VIEW misspelt AS SELECT * FROM (VALUES ('{laod,backfill}'::text[])) AS kinds (jobs);
         CREATE FUNCTION misspelt() RETURNS bigint LANGUAGE sql AS
             $$ SELECT count(*) FROM job_runs WHERE job IN ('load', 'sync_shedule') $$",
    )
    .execute(&pool)
    .await
    .unwrap();
    let names = names_in_sql(&pool).await;
    let unknown = names
        .iter()
        .filter(|(_, name)| name.parse::<Job>().is_err())
        .map(|(_, name)| name.as_str());
    let mut unknown: Vec<_> = unknown.collect();
    unknown.sort_unstable();
    assert_eq!(unknown, ["laod", "sync_shedule"]);
}
