//! `backfill`: whole seasons from Jolpica-F1 in few requests, continued after a run that was killed.

use chrono::{DateTime, TimeDelta, Utc};
use demo::server::UpstreamServer;
use etl::{
    Context,
    jobs::{
        backfill::{self, Progress, Request, Stopped},
        load,
    },
    sources::{
        jolpica,
        jolpica::RATE_LIMIT as JOLPICA,
        lease::{self, UpstreamLease},
    },
};
use schema::{Clock, JobOutcome};
use sqlx::PgPool;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::common::{
    self, another_database, championship, context, context_of, now, replay::Replay,
};

/// Runs a backfill to its end, or until `kill` returns true for a step. Returns the number of requests.
async fn backfill(
    ctx: &Context,
    (from, to, laps): (i16, i16, bool),
    mut kill: impl FnMut(&str, usize) -> bool,
) -> anyhow::Result<u32> {
    let stop = CancellationToken::new();
    let before = ctx.http.requests();
    let request = Request { from, to, laps };
    let waits = watch::Sender::new(None);
    let progress = |progress: Progress<'_>| {
        if let Progress::Next { what, done, .. } = progress
            && kill(what, done)
        {
            stop.cancel();
        }
    };
    backfill::run(ctx, request, &waits, &stop, progress).await?;
    Ok(ctx.http.requests() - before)
}

/// Runs a backfill to its end.
async fn whole(ctx: &Context, what: (i16, i16, bool)) -> u32 {
    backfill(ctx, what, |_, _| false).await.unwrap()
}

/// Rows of a season: results, qualifying, sprint, pit stops, laps, races that are not completed.
async fn rows(pool: &PgPool, year: i16) -> [i64; 6] {
    let count = async |what: &str| {
        let sql = format!(
            "SELECT count(*) FROM {what} JOIN races r ON r.id = t.race_id WHERE r.year = $1"
        );
        let count = sqlx::query_scalar::<_, i64>(sqlx::AssertSqlSafe(sql));
        count.bind(year).fetch_one(pool).await.unwrap()
    };
    [
        count("race_results t").await,
        count("qualifying_results t").await,
        count("sprint_results t").await,
        count("pit_stops t").await,
        count("lap_times t").await,
        count("(SELECT id AS race_id FROM races WHERE status <> 'completed') t").await,
    ]
}

/// The results of all seasons, with keys instead of ids.
async fn facts(pool: &PgPool) -> Vec<String> {
    let facts = sqlx::query_scalar(
        "SELECT concat_ws(' ', r.year, r.name, r.status, t.contest, d.driver_key, t.position_text, t.points, t.laps, s.stops)
         FROM results t JOIN races r ON r.id = t.race_id JOIN drivers d ON d.id = t.driver_id
         LEFT JOIN (SELECT race_id, driver_id, count(*) AS stops FROM pit_stops GROUP BY 1, 2) s
             ON t.contest = 'grand_prix' AND (s.race_id, s.driver_id) = (t.race_id, t.driver_id)
         ORDER BY 1",
    );
    facts.fetch_all(pool).await.unwrap()
}

/// The demo championship, loaded in the middle of its season. Half a year later all of it is published.
struct Demo {
    ctx: Context,
    upstream: UpstreamServer,
}

impl Demo {
    async fn new(pool: &PgPool) -> Self {
        let upstream = UpstreamServer::start(&championship(), now());
        common::load(&context(pool), &championship().release())
            .await
            .unwrap();
        let later = now() + TimeDelta::days(180);
        upstream.set_now(later);
        let ctx = context_of(pool, later, &upstream.url());
        Self { ctx, upstream }
    }
}

/// The facts of a database into which the complete championship is loaded.
async fn complete(pool: &PgPool) -> Vec<String> {
    let other = another_database(pool).await;
    common::load(&context(&other), &championship().complete())
        .await
        .unwrap();
    facts(&other).await
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn only_what_a_release_lacks_is_requested_from_jolpica(pool: PgPool) {
    let demo = Demo::new(&pool).await;
    let before = rows(&pool, 2026).await;
    assert!(
        before[5] > 0,
        "the season must still be running: {before:?}"
    );
    let asked = whole(&demo.ctx, (2025, 2026, false)).await;
    assert_eq!(demo.upstream.requests().jolpica, asked);
    assert_eq!(facts(&pool).await, complete(&pool).await);
    assert_eq!(rows(&pool, 2026).await[5], 0);
    let ran: Vec<(String, Option<i16>, Option<i32>)> = sqlx::query_as(
        "SELECT job, year, upstream_requests FROM job_runs WHERE job IN ('backfill', 'sync_season', 'sync_schedule') ORDER BY id",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    // Season 2025 is complete, so nothing was requested.
    let jobs: Vec<_> = ran.iter().map(|(job, year, _)| (&**job, *year)).collect();
    let year = Some(2026);
    assert_eq!(
        jobs,
        [
            ("sync_schedule", year),
            ("backfill", year),
            ("sync_season", year)
        ]
    );
    let counted: i32 = ran.iter().filter_map(|(.., requests)| *requests).sum();
    assert_eq!(u32::try_from(counted).unwrap(), asked);
    assert_eq!(whole(&demo.ctx, (2025, 2026, false)).await, 0);
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_killed_run_is_continued_by_the_next_one(pool: PgPool) {
    let demo = Demo::new(&pool).await;
    let mut rounds = Vec::new();
    let error = backfill(&demo.ctx, (2025, 2026, true), |what, done| {
        rounds.push(what.to_owned());
        done == 3
    })
    .await
    .unwrap_err();
    assert!(error.is::<Stopped>(), "{error:#}");
    let first = demo.upstream.requests().jolpica;
    let stored = rows(&pool, 2025).await;
    assert!(stored[4] > 0, "{stored:?}");
    let second = whole(&demo.ctx, (2025, 2026, true)).await;
    assert_eq!(facts(&pool).await, complete(&pool).await);
    let without_laps: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM races r WHERE NOT EXISTS (SELECT FROM lap_times l WHERE l.race_id = r.id)",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(without_laps, 0);
    // Only the list of drivers is requested again.
    let other = another_database(&pool).await;
    let whole_run = Demo::new(&other).await;
    let at_once = whole(&whole_run.ctx, (2025, 2026, true)).await;
    assert_eq!(rows(&pool, 2025).await, rows(&other, 2025).await);
    assert_eq!(rows(&pool, 2026).await, rows(&other, 2026).await);
    let again = first + second - at_once;
    assert!(
        again <= 2,
        "{first} and {second} requests instead of {at_once}: {rounds:?}"
    );
    assert_eq!(whole(&demo.ctx, (2025, 2026, true)).await, 0);
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn upstream_faults_do_not_change_the_content(pool: PgPool) {
    let demo = Demo::new(&pool).await;
    demo.upstream.set_faults(5, 0.2);
    whole(&demo.ctx, (2025, 2026, false)).await;
    assert_eq!(facts(&pool).await, complete(&pool).await);

    // An upstream that is down ends the run, and the next run does the rest.
    demo.upstream.set_faults(0, 0.0);
    demo.upstream.set_down(true);
    backfill(&demo.ctx, (2025, 2026, true), |_, _| false)
        .await
        .unwrap_err();
    demo.upstream.set_down(false);
    whole(&demo.ctx, (2025, 2026, true)).await;
    assert!(rows(&pool, 2025).await[4] > 0);
    let failed: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM job_runs WHERE job = 'backfill' AND outcome = 'failed' AND upstream_requests > 0",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(failed, 1);
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_run_waits_for_its_budget_unless_the_clock_stands_still(pool: PgPool) {
    let demo = Demo::new(&pool).await;
    let spent = async |at: DateTime<Utc>| {
        sqlx::query(
            "INSERT INTO upstream_requests (upstream, at, requests) VALUES ('jolpica', $1, 400)",
        )
        .bind(at)
        .execute(&pool)
        .await
        .unwrap();
    };
    spent(demo.ctx.now() - TimeDelta::minutes(30)).await;
    let error = backfill(&demo.ctx, (2025, 2026, false), |_, _| false)
        .await
        .unwrap_err();
    let error = error.downcast_ref::<jolpica::Error>();
    let Some(jolpica::Error::Upstream(lease::Error::BudgetSpent { until, .. })) = error else {
        panic!("{error:?}")
    };
    assert_eq!(*until, demo.ctx.now() + TimeDelta::minutes(30));

    // Other jobs still have budget. On a clock that is ten thousand times as fast, half an hour passes in a moment.
    let mut turn = UpstreamLease::acquire(&demo.ctx, &JOLPICA).await.unwrap();
    let base = &demo.ctx.sources.jolpica_url;
    jolpica::calendar(&mut turn, base, 2026).await.unwrap();
    turn.release().await.unwrap();
    let fast = Context {
        clock: Clock::starting_at(Some(demo.ctx.now()), 10_000.0),
        ..demo.ctx.clone()
    };
    whole(&fast, (2025, 2026, false)).await;
    assert_eq!(facts(&pool).await, complete(&pool).await);
    assert!(fast.now() >= *until);
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn sync_season_requests_everything_and_compares(pool: PgPool) {
    let demo = Demo::new(&pool).await;
    let synced = backfill::sync_season(&demo.ctx, 2026).await.unwrap();
    assert_eq!(synced.outcome(), JobOutcome::Done, "{synced:?}");
    assert_eq!(facts(&pool).await, complete(&pool).await);
    let asked = demo.upstream.requests().jolpica;
    let again = backfill::sync_season(&demo.ctx, 2026).await.unwrap();
    assert_eq!(again.outcome(), JobOutcome::NothingNew, "{again:?}");
    assert_eq!(demo.upstream.requests().jolpica, 2 * asked);

    // Season 2025 is from F1DB: a difference is counted as a disagreement and nothing is changed.
    let before = facts(&pool).await;
    assert_eq!(disagreements(&demo.ctx).await, 0);
    sqlx::query(
        "UPDATE results t SET points = 0.5 FROM races r WHERE r.id = t.race_id AND r.year = 2025 AND t.position = 1
         AND t.contest = 'grand_prix' AND r.round = 1",
    )
    .execute(&pool)
    .await
    .unwrap();
    assert_eq!(disagreements(&demo.ctx).await, 1);
    assert_ne!(facts(&pool).await, before);
}

async fn disagreements(ctx: &Context) -> u64 {
    let synced = backfill::sync_season(ctx, 2025).await.unwrap();
    assert_eq!(synced.outcome(), JobOutcome::NothingNew, "{synced:?}");
    synced.disagreements
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_whole_real_season_from_jolpica(pool: PgPool) {
    let Some(replay) = Replay::start(&["--today", "2024-02-20T12:00"]) else {
        return;
    };
    let at = |text: &str| context_of(&pool, text.parse().unwrap(), replay.address());
    load::load(&at("2024-02-20T12:00:00Z"), false)
        .await
        .unwrap();
    let ctx = at("2024-12-20T12:00:00Z");
    replay.set_now(ctx.now()).await;
    let begun = std::time::Instant::now();

    // The run is killed in the middle of the pit stops, and continued.
    let kill = |_: &str, done| done == 12;
    let error = backfill(&ctx, (2024, 2024, false), kill).await.unwrap_err();
    assert!(error.is::<Stopped>(), "{error:#}");
    let first = ctx.http.requests();
    let half = rows(&pool, 2024).await;
    assert_eq!(half[..3], [479, 479, 120]);
    assert!((300..825).contains(&half[3]), "{half:?}");
    let second = whole(&ctx, (2024, 2024, false)).await;
    assert_eq!(rows(&pool, 2024).await, [479, 479, 120, 825, 0, 0]);
    assert!(first + second <= 45, "{first} and {second} requests");
    assert_eq!(whole(&ctx, (2024, 2024, false)).await, 0);
    eprintln!("{first} and {second} requests in {:?}", begun.elapsed());

    // The laps of three rounds are all stored.
    let kill = |_: &str, done| done == 4;
    backfill(&ctx, (2024, 2024, true), kill).await.unwrap_err();
    let mut turn = UpstreamLease::acquire(&ctx, &JOLPICA).await.unwrap();
    let mut laps = 0;
    for round in 1..=3 {
        let base = &ctx.sources.jolpica_url;
        laps += jolpica::laps(&mut turn, base, 2024, round)
            .await
            .unwrap()
            .len();
    }
    turn.release().await.unwrap();
    let stored = usize::try_from(rows(&pool, 2024).await[4]).unwrap();
    assert_eq!(stored, laps);
}
