//! What the status says of the pipeline, through the router, over a few rows that each test states.

use axum::Router;
use chrono::{DateTime, Utc};
use client::{
    corrections::Corrections,
    races::{RaceDetail, RaceResource},
    status::{Freshness, JobRun, Status, Summary, Timeliness},
    vocabulary::{
        Contest, DataKind, JobOutcome, PredictionInput, PredictionKind, ProblemKind, RaceList,
        ResultStatus, SessionKind, Upstream,
    },
};
use schema::Clock;
use sqlx::PgPool;

use crate::common::read;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

async fn write(pool: &PgPool, sql: &'static str) {
    sqlx::raw_sql(sql).execute(pool).await.unwrap();
}

fn app(pool: &PgPool, now: &str) -> Router {
    api::app(pool.clone(), Clock::starting_at(Some(at(now)), 0.0))
}

async fn status(pool: &PgPool, now: &str) -> Status {
    read(&app(pool, now), "/v1/status").await
}

fn kinds(status: &Status) -> Vec<ProblemKind> {
    status.problems.iter().map(|problem| problem.kind).collect()
}

/// Round 4's Friday and Saturday; its race is on 1 June at 14:00. Practice came half an hour after its end.
const WEEKEND: &str = "
    INSERT INTO race_sessions (race_id, session, date, starts_at) VALUES
        (204, 'practice_1', '2025-05-30', '2025-05-30 11:30Z'), (204, 'qualifying', '2025-05-31', '2025-05-31 14:00Z');
    INSERT INTO published_lists VALUES (204, 'practice_1', 'openf1', '2025-05-30 13:00Z')";

/// The release was loaded in May; nothing else ran.
const LOADED: &str = "
    INSERT INTO raw_responses (source, url, release_tag, fetched_at, sha256)
    VALUES ('f1db', 'test:', 'v2025.3.0', '2025-05-02 08:00Z', sha256('a')), ('openf1', 'test:', NULL, '2025-05-30 13:00Z', sha256('b'));
    INSERT INTO job_runs (job, started_at, finished_at, outcome, rows_read, rows_inserted, upstream_requests, detail)
    VALUES ('load', '2025-05-31 08:00Z', '2025-05-31 08:00:01.5Z', 'done', 70, 60, 2, 'v2025.3.0')";

const FIT: &str = "
    INSERT INTO model_fits (model, version, moment, before_year, before_round, races, rows, parameters, log_likelihood)
    VALUES ('r2', '1', 'official_grid', 2025, 3, 42, 420, '{}', -1)";

/// Made with `FIT`, of round 4.
const LIVE: &str = "
    INSERT INTO predictions (contest, race_id, moment, kind, model_fit_id, made_at, inputs_used, inputs_missing)
    SELECT 'grand_prix', 204, 'qualifying_order', 'live', id, made::timestamptz, '{qualifying_order}', '{official_grid}'
    FROM model_fits, (VALUES ('2025-05-31 15:10Z'), ('2025-05-31 16:00Z')) v (made)";

/// Made with `FIT` after the start: of round 4, and of the sprint of round 3, which was run before the pipeline was set up.
const RETROSPECTIVE: &str = "
    INSERT INTO predictions (contest, race_id, moment, kind, model_fit_id, made_at, inputs_used, inputs_missing)
    SELECT c::contest, r, 'official_grid', 'retrospective', id, m::timestamptz, '{}', '{}'
    FROM model_fits, (VALUES (204, 'grand_prix', '2025-06-02 00:00Z'), (203, 'sprint', '2025-04-30 15:00Z')) v (r, c, m)";

#[sqlx::test(migrator = "schema::MIGRATOR", fixtures("championship"))]
async fn a_weekend_shows_what_is_stored_and_what_is_awaited(pool: PgPool) {
    write(&pool, WEEKEND).await;
    write(&pool, LOADED).await;
    let status = status(&pool, "2025-05-31T16:30:00Z").await;
    let [weekend] = &status.next[..] else {
        panic!("{:?}", status.next)
    };
    assert_eq!((weekend.race.year, weekend.race.round), (2025, 4));
    let [practice, qualifying, race] = &weekend.sessions[..] else {
        panic!("{weekend:?}")
    };
    assert_eq!(practice.session, SessionKind::Practice1);
    assert_eq!(practice.ends_at, at("2025-05-30T12:30:00Z"));
    let [list] = &practice.lists[..] else {
        panic!("{practice:?}")
    };
    assert_eq!(
        (list.source, list.delay_s, list.awaited),
        (Some(Upstream::Openf1), Some(1800), false)
    );
    let awaited: Vec<RaceList> = qualifying
        .lists
        .iter()
        .filter(|list| list.awaited)
        .map(|list| list.list)
        .collect();
    assert_eq!(awaited, [RaceList::Qualifying, RaceList::Grid]);
    assert_eq!(race.starts_at, Some(at("2025-06-01T14:00:00Z")));
    assert!(race.lists.len() == 3 && race.lists.iter().all(|list| !list.awaited));
    assert_eq!(kinds(&status), [], "an hour and a half is no delay");

    let next = &status.next;
    let later = self::status(&pool, "2025-05-31T21:00:01Z").await;
    assert_eq!(kinds(&later), [ProblemKind::Overdue]);
    assert_eq!(
        later.problems[0].text,
        "2025 Grand Prix 4: no qualifying, grid yet; the session was scheduled to end on 31 May 2025, 15:00 UTC."
    );
    assert_eq!(&later.next, next);
    // Long before, the next race is named, and its sessions, but nothing is awaited.
    let before = self::status(&pool, "2025-05-02T00:00:00Z").await;
    assert_eq!(before.next.len(), 1);
    let lists = before.next[0].sessions.iter().flat_map(|s| &s.lists);
    assert!(lists.into_iter().all(|list| !list.awaited));
}

#[sqlx::test(migrator = "schema::MIGRATOR", fixtures("championship"))]
async fn a_run_without_an_end_is_running_or_was_killed(pool: PgPool) {
    write(&pool, LOADED).await;
    write(
        &pool,
        "INSERT INTO job_runs (job, year, round, started_at) VALUES
             ('ingest_race', 2025, 4, '2025-05-31 15:30Z'), ('ingest_qualifying', 2025, 4, '2025-05-31 15:40Z')",
    )
    .await;
    let mut worker = pool.acquire().await.unwrap();
    sqlx::query(
        "SELECT pg_advisory_lock(hashtext('f1 job'), hashtext('ingest_qualifying 2025/4'))",
    )
    .execute(&mut *worker)
    .await
    .unwrap();
    let status = status(&pool, "2025-05-31T16:00:00Z").await;
    let shown = |run: &JobRun| {
        let race = run.race.clone().unwrap_or_default();
        (run.job.clone(), run.round, race, run.outcome, run.running)
    };
    let name = || "Grand Prix 4".to_owned();
    assert_eq!(
        status.runs.iter().map(shown).collect::<Vec<_>>(),
        [
            ("ingest_qualifying".to_owned(), Some(4), name(), None, true),
            ("ingest_race".to_owned(), Some(4), name(), None, false),
            (
                "load".to_owned(),
                None,
                String::new(),
                Some(JobOutcome::Done),
                false
            ),
        ]
    );
    assert_eq!(kinds(&status), [ProblemKind::Killed]);
    assert!(
        status.problems[0]
            .text
            .starts_with("ingest_race (2025 Grand Prix 4) was killed")
    );
    let load = &status.jobs[2];
    assert_eq!(
        (
            load.duration_ms,
            load.rows_read,
            load.rows_inserted,
            load.upstream_requests
        ),
        (Some(1500), Some(70), Some(60), Some(2))
    );
    let one: Status = read(&app(&pool, "2025-05-31T16:00:00Z"), "/v1/status?limit=1").await;
    assert_eq!((one.runs.len(), one.jobs.len()), (1, 3));
}

#[sqlx::test(migrator = "schema::MIGRATOR", fixtures("championship"))]
async fn a_failure_is_a_problem_until_the_job_succeeds(pool: PgPool) {
    write(&pool, LOADED).await;
    // The job failed twice after a success; a run for another race in between does not count.
    write(
        &pool,
        "INSERT INTO job_runs (job, year, round, started_at, finished_at, outcome, attempt, error) VALUES
             ('ingest_race', 2025, 4, '2025-05-30 09:00Z', '2025-05-30 09:01Z', 'done', 1, NULL),
             ('ingest_race', 2025, 4, '2025-05-31 09:00Z', '2025-05-31 09:01Z', 'failed', 1, 'answered 500'),
             ('ingest_race', 2025, 4, '2025-05-31 10:00Z', '2025-05-31 10:01Z', 'failed', 2, 'answered <b>502</b>'),
             ('ingest_race', 2025, 3, '2025-05-31 11:00Z', '2025-05-31 11:01Z', 'not_yet', 1, NULL)",
    )
    .await;
    let now = "2025-05-31T16:00:00Z";
    let failing = status(&pool, now).await;
    assert_eq!(kinds(&failing), [ProblemKind::Failing]);
    assert_eq!(failing.problems[0].since, at("2025-05-31T09:00:00Z"));
    assert_eq!(
        failing.problems[0].text,
        "ingest_race (2025 Grand Prix 4) has been unsuccessful 2 times in a row, failing since 31 May 2025, 09:00 UTC: \
         answered <b>502</b>."
    );
    assert_eq!(
        failing.runs[1].error.as_deref(),
        Some("answered <b>502</b>")
    );
    // A failure to fetch a list that is no longer awaited is not a problem.
    write(
        &pool,
        "INSERT INTO job_runs (job, year, round, started_at, finished_at, outcome, error)
         VALUES ('ingest_grid', 2025, 3, '2025-05-31 11:30Z', '2025-05-31 11:31Z', 'failed', 'answered 500')",
    )
    .await;
    assert_eq!(kinds(&status(&pool, now).await), [ProblemKind::Failing]);
    write(
        &pool,
        "INSERT INTO job_runs (job, year, round, started_at, finished_at, outcome, attempt)
         VALUES ('ingest_race', 2025, 4, '2025-05-31 12:00Z', '2025-05-31 12:01Z', 'nothing_new', 3)",
    )
    .await;
    assert_eq!(kinds(&status(&pool, now).await), []);
}

#[sqlx::test(migrator = "schema::MIGRATOR", fixtures("championship"))]
async fn a_pipeline_that_stopped_and_a_release_that_is_behind_are_problems(pool: PgPool) {
    write(&pool, LOADED).await;
    write(
        &pool,
        "INSERT INTO published_lists VALUES (202, 'race', 'f1db', NULL), (203, 'race', 'jolpica', '2025-05-01 17:00Z')",
    )
    .await;
    // Round 3 was run on 1 May.
    let soon = status(&pool, "2025-05-04T13:00:00Z").await;
    assert!(
        !kinds(&soon).contains(&ProblemKind::ReleaseBehind),
        "{:?}",
        soon.problems
    );
    let behind = status(&pool, "2025-05-04T15:00:00Z").await;
    let text = "The release v2025.3.0 does not have the 2025 Grand Prix 3, which started on 1 May 2025, 14:00 UTC.";
    assert!(
        behind.problems.iter().any(|problem| problem.text == text),
        "{:?}",
        behind.problems
    );
    let idle = status(&pool, "2025-06-02T08:00:01Z").await;
    assert_eq!(kinds(&idle)[0], ProblemKind::Idle);
    assert_eq!(
        idle.problems[0].text,
        "No job has run since 31 May 2025, 08:00 UTC."
    );
    write(
        &pool,
        "INSERT INTO job_runs (job, started_at, finished_at, outcome) VALUES ('recheck', '2025-06-02 08:00Z', '2025-06-02 08:00Z', 'done')",
    )
    .await;
    let one = status(&pool, "2025-06-02T08:00:01Z").await;
    assert_eq!(kinds(&one)[0], ProblemKind::JobIdle);
    assert!(
        one.problems[0]
            .text
            .starts_with("load has not run since 31 May")
    );
}

#[sqlx::test(migrator = "schema::MIGRATOR", fixtures("championship"))]
async fn a_forecast_says_how_early_or_late_it_was(pool: PgPool) {
    write(&pool, LOADED).await;
    let of_round_4 = |status: &Status| -> Timeliness {
        let row = status.predictions.iter().find(|row| row.race.round == 4);
        row.cloned().unwrap()
    };
    let none = status(&pool, "2025-06-01T15:00:00Z").await;
    assert_eq!(of_round_4(&none).made_at, None);
    assert_eq!(kinds(&none), [ProblemKind::NoLivePrediction]);

    write(&pool, FIT).await;
    write(&pool, LIVE).await;
    // A retrospective prediction of the same race does not make it late.
    write(&pool, RETROSPECTIVE).await;
    let status = status(&pool, "2025-06-01T15:00:00Z").await;
    assert_eq!(kinds(&status), []);
    let live = of_round_4(&status);
    assert_eq!((live.lead_s, live.late_s), (Some(22 * 3600), None));
    assert_eq!(live.missing, [PredictionInput::OfficialGrid]);
    assert_eq!(status.predictions[0], live, "the latest race comes first");
    let is_old = |row: &&Timeliness| row.race.round == 3 && row.contest == Contest::Sprint;
    let old = status.predictions.iter().find(is_old).unwrap();
    assert_eq!(old.kind, Some(PredictionKind::Retrospective));
    assert_eq!(
        (old.lead_s, old.late_s),
        (None, None),
        "the pipeline was set up after this sprint"
    );
    assert!(
        !status
            .predictions
            .iter()
            .any(|row| row.race.name.is_empty())
    );
    assert_eq!(
        status
            .predictions
            .iter()
            .filter(|row| row.contest == Contest::GrandPrix)
            .count(),
        11,
        "the one to come and the ten before"
    );
}

#[sqlx::test(migrator = "schema::MIGRATOR", fixtures("championship"))]
async fn a_forecast_is_late_only_where_a_live_one_was_due(pool: PgPool) {
    write(&pool, LOADED).await;
    write(&pool, FIT).await;
    write(&pool, RETROSPECTIVE).await;
    let now = "2025-06-02T01:00:00Z";
    let late = async || {
        let status = status(&pool, now).await;
        let row = status.predictions.iter().find(|row| row.race.round == 4);
        let row = row.unwrap();
        (row.made_at.is_some(), row.lead_s, row.late_s)
    };
    assert_eq!(late().await, (true, None, Some(10 * 3600)));
    write(
        &pool,
        "UPDATE races SET status = 'cancelled' WHERE id = 204",
    )
    .await;
    let rows = status(&pool, now).await.predictions;
    assert!(rows.iter().all(|row| row.late_s.is_none()), "{rows:?}");
}

#[sqlx::test(migrator = "schema::MIGRATOR", fixtures("championship"))]
async fn freshness_names_the_newest_of_each_kind(pool: PgPool) {
    write(&pool, LOADED).await;
    write(&pool, FIT).await;
    write(&pool, LIVE).await;
    write(
        &pool,
        "INSERT INTO published_lists VALUES (202, 'race', 'f1db', NULL), (203, 'race', 'jolpica', '2025-05-01 17:00Z')",
    )
    .await;
    let app = app(&pool, "2025-06-01T15:00:00Z");
    let status: Status = read(&app, "/v1/status").await;
    let data: Vec<DataKind> = status.freshness.iter().map(|row| row.data).collect();
    assert_eq!(data, DataKind::ALL);
    let of = |kind: DataKind| -> &Freshness {
        status
            .freshness
            .iter()
            .find(|row| row.data == kind)
            .unwrap()
    };
    let results = of(DataKind::Results);
    assert_eq!(results.race.as_ref().map(|race| race.round), Some(3));
    assert_eq!(
        (results.source, results.written_at, results.checked_at),
        (
            Some(Upstream::Jolpica),
            Some(at("2025-05-01T17:00:00Z")),
            Some(at("2025-05-31T08:00:01.5Z"))
        )
    );
    assert_eq!(of(DataKind::Release).release.as_deref(), Some("v2025.3.0"));
    assert_eq!(
        of(DataKind::Calendar).race.as_ref().map(|race| race.round),
        Some(4)
    );
    assert_eq!(
        of(DataKind::Predictions).written_at,
        Some(at("2025-05-31T16:00:00Z"))
    );
    assert_eq!(of(DataKind::Laps).race, None);

    // A later answer of OpenF1 does not hide the release.
    let summary: Summary = read(&app, "/v1/status/summary").await;
    assert_eq!(summary, status.summary);
    assert_eq!(
        (summary.demo, summary.release.as_deref()),
        (false, Some("v2025.3.0"))
    );
    write(
        &pool,
        "INSERT INTO raw_responses (source, url, release_tag, fetched_at, sha256)
         VALUES ('demo', 'test:', 'demo', '2025-05-03Z', sha256('c')), ('jolpica', 'test:', NULL, '2025-05-31Z', sha256('d'))",
    )
    .await;
    let summary: Summary = read(&app, "/v1/status/summary").await;
    assert!(summary.demo);
}

#[sqlx::test(migrator = "schema::MIGRATOR", fixtures("championship"))]
async fn what_was_changed_upstream_is_listed(pool: PgPool) {
    write(&pool, LOADED).await;
    let app = app(&pool, "2025-06-01T15:00:00Z");
    let path = "/v1/seasons/2025/races/3";
    let race: RaceDetail = read(&app, path).await;
    assert!(!race.has(RaceResource::Corrections));
    let none: Corrections = read(&app, &format!("{path}/corrections")).await;
    assert!(none.corrections.is_empty());
    write(
        &pool,
        "BEGIN;
         SELECT set_config('f1.job_run', (SELECT max(id)::text FROM job_runs), true);
         UPDATE race_results SET position = NULL, position_text = 'DSQ', status = 'disqualified' WHERE race_id = 203 AND driver_id = 2;
         DELETE FROM race_results WHERE race_id = 203 AND driver_id = 3;
         COMMIT",
    )
    .await;
    let race: RaceDetail = read(&app, path).await;
    assert!(race.has(RaceResource::Corrections));
    let listed: Corrections = read(&app, &format!("{path}/corrections")).await;
    let [gone, changed] = &listed.corrections[..] else {
        panic!("{listed:?}")
    };
    assert_eq!((gone.driver.key.as_str(), &gone.after), ("cid-c", &None));
    let after = changed.after.as_ref().unwrap();
    assert_eq!(
        (
            changed.driver.key.as_str(),
            changed.before.position,
            after.position
        ),
        ("bob-b", Some(1), None)
    );
    assert_eq!(after.status, Some(ResultStatus::Disqualified));
    assert_eq!(
        (changed.list, changed.at),
        (RaceList::Race, Some(at("2025-05-31T08:00:00Z")))
    );
    let status: Status = read(&app, "/v1/status").await;
    let of_status: Vec<_> = status
        .corrections
        .iter()
        .map(|row| &row.correction)
        .collect();
    assert_eq!(of_status, listed.corrections.iter().collect::<Vec<_>>());
    assert_eq!(status.corrections[0].race.round, 3);
}
