//! The table of jobs: against the names of jobs in SQL, and as the ledger uses it.

use etl::{
    RaceFilter,
    jobs::{
        Job, Report,
        backfill::{self, Request, Stopped},
        ledger,
    },
    merge::Changes,
};
use schema::RaceList;
use sqlx::PgPool;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::common::{championship, context, load};

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
               regexp_matches(found[1], '\w+', 'g') AS w (word)
          WHERE o.definition ~ '\mjobs?\M'",
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

/// Records a run of `job` that changed so many rows.
async fn record(pool: &PgPool, job: Job, changed: u64) {
    let changes = Changes {
        changed,
        ..Changes::default()
    };
    let body = async |_: &etl::Context| Ok(Report::of(changes, ""));
    ledger::record(&context(pool), job, RaceFilter::ALL, body)
        .await
        .unwrap();
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn scores_are_behind_after_news(pool: PgPool) {
    let news = [
        Job::Load,
        Job::ComputeAllPredictions,
        Job::SyncSchedule,
        Job::IngestSprint,
        Job::IngestRace,
        Job::Recheck,
        Job::SyncSeason,
    ];
    let scores = Job::ComputeAccuracy;
    let others = Job::ALL.iter().filter(|job| **job != scores);
    record(&pool, Job::Load, 1).await;
    for &job in others {
        record(&pool, scores, 0).await;
        record(&pool, job, 0).await;
        let behind = ledger::is_behind(&pool, scores).await.unwrap();
        assert!(!behind, "{job} changed nothing");
        record(&pool, job, 1).await;
        let behind = ledger::is_behind(&pool, scores).await.unwrap();
        assert_eq!(behind, news.contains(&job), "{job} changed a row");
    }
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_stopped_backfill_is_not_recorded_as_a_failure(pool: PgPool) {
    let ctx = context(&pool);
    load(&ctx, &championship().release()).await.unwrap();
    // The season is over and lacks laps only: the run begins, and stops before its first request.
    let stop = CancellationToken::new();
    stop.cancel();
    let request = Request {
        from: 2025,
        to: 2025,
        laps: true,
    };
    let waits = watch::Sender::new(None);
    let error = backfill::run(&ctx, request, &waits, &stop, |_| {})
        .await
        .unwrap_err();
    assert!(error.is::<Stopped>(), "{error:#}");
    let run: (String, String, Option<i16>, Option<String>) = sqlx::query_as(
        "SELECT job, outcome::text, year, error FROM job_runs WHERE detail = 'stopped; the same command goes on from here'",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(
        run,
        (
            "backfill".to_owned(),
            "not_yet".to_owned(),
            Some(2025),
            None
        )
    );
}
