//! Upstreams that are down or behind, and catching up afterwards.

use chrono::TimeDelta;
use etl::tick::Chore;
use schema::SessionKind;
use sqlx::PgPool;

use super::{CHORES, Season};
use crate::common::{dumped, section};

const SESSIONS: &[Chore] = &[Chore::Sessions];

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn one_tick_catches_up_after_a_day_without_upstreams(pool: PgPool) {
    let mut season = Season::before(&pool, 2026, 5).await;
    let friday = season.end(5, SessionKind::Practice2) + TimeDelta::minutes(40);
    season.tick(friday).await;
    season.upstream.set_down(true);
    let practice = season.end(5, SessionKind::Practice3) + TimeDelta::minutes(31);
    let step = season.tick_for(practice, SESSIONS).await;
    assert_eq!(step.news.runs, ["ingest_practice 2026/5 failed"]);
    // From here on the upstreams refuse connections, which fails without waiting.
    let nowhere = season.watch.elsewhere("http://127.0.0.1:9");
    let later = practice + TimeDelta::minutes(10);
    assert_eq!(nowhere.tick_at(later, SESSIONS).await.failed.len(), 1);
    let qualifying = season.end(5, SessionKind::Qualifying) + TimeDelta::hours(4);
    let step = nowhere.tick_at(qualifying, CHORES).await;
    assert!(step.failed[0].starts_with("load: "), "{step:?}");
    let race = season.end(5, SessionKind::Race);
    let step = nowhere.tick_at(race - TimeDelta::hours(1), SESSIONS).await;
    let failed = |job: &str| step.failed.iter().any(|failed| failed.starts_with(job));
    assert!(
        failed("ingest_practice") && failed("ingest_qualifying"),
        "{step:?}"
    );
    let attempts = "SELECT concat_ws(' ', attempt, outcome) FROM job_runs WHERE job = 'ingest_practice' AND round = 5 ORDER BY id";
    assert_eq!(
        season.watch.values(attempts).await,
        ["1 done", "1 failed", "2 failed", "3 failed"]
    );
    assert_eq!(
        season.stored(5).await,
        ["practice_1 openf1 10", "practice_2 openf1 10"]
    );
    assert_eq!(season.status(5).await, "scheduled");

    season.upstream.set_down(false);
    season.watch.news().await;
    let step = season.tick(race + TimeDelta::minutes(31)).await;
    assert_eq!(step.ticked.failed, Vec::<String>::new());
    assert_eq!(season.status(5).await, "completed");
    let stored = season.stored(5).await;
    let expected = [
        "practice_1 openf1 10",
        "practice_2 openf1 10",
        "practice_3 openf1 10",
        "qualifying jolpica 10",
        "grid openf1 10",
        "race jolpica 10",
    ];
    assert_eq!(stored[..6], expected);
    assert_eq!(
        step.news.forecasts,
        [
            "2026/5 grand_prix qualifying_order retrospective: practice_1 practice_2 practice_3 qualifying_order qualifying_times | official_grid",
            "2026/6 grand_prix before_weekend live:  | practice_1 sprint_result qualifying_order qualifying_times official_grid",
        ]
    );
    let late = "SELECT made_at - scheduled_start FROM predictions p JOIN races r ON r.id = race_id
                WHERE year = 2026 AND round = 5 AND kind = 'retrospective'";
    assert_eq!(season.watch.values(late).await, ["02:31:00"]);
    // The forecast from the official grid is made after the release, as for every race.
    season.tick(race + TimeDelta::hours(4)).await;
    assert_eq!(season.watch.values(late).await.len(), 2);
    let attempts = "SELECT attempt FROM job_runs WHERE job = 'ingest_practice' AND round = 5 ORDER BY id DESC LIMIT 1";
    assert_eq!(season.watch.value(attempts).await, "4");
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn stale_answers_do_not_revert_anything(pool: PgPool) {
    let mut season = Season::before(&pool, 2026, 5).await;
    let (qualifying, race) = (
        season.end(5, SessionKind::Qualifying) + TimeDelta::hours(2),
        season.end(5, SessionKind::Race),
    );
    for at in [
        season.end(5, SessionKind::Practice3) + TimeDelta::minutes(31),
        qualifying,
        race,
    ] {
        season.tick(at).await;
    }
    season.tick(race + TimeDelta::minutes(45)).await;
    let stored = dumped(&pool).await;
    assert!(
        season
            .stored(5)
            .await
            .contains(&"race jolpica 10".to_owned())
    );

    // Answers of the Thursday before, then of the evening after qualifying.
    let thursday = season.start(5, SessionKind::Practice1) - TimeDelta::days(1);
    for (hours, as_of) in [(2, thursday), (26, thursday), (50, qualifying)] {
        season.upstream.set_stale(Some(as_of));
        let step = season.tick(race + TimeDelta::hours(hours)).await;
        assert_eq!(step.ticked.failed, Vec::<String>::new());
        assert_eq!(step.news.forecasts, Vec::<String>::new());
        let now_stored = dumped(&pool).await;
        for title in [
            "races",
            "race_sessions",
            "qualifying",
            "grid",
            "results",
            "standings",
            "laps",
            "pit_stops",
            "driver_season_stats",
        ] {
            assert_eq!(
                section(&now_stored, title),
                section(&stored, title),
                "{title} after answers of {as_of}"
            );
        }
    }
    season.upstream.set_stale(None);
    season.tick(race + TimeDelta::hours(80)).await;
    assert!(season.stored(5).await.contains(&"race f1db 10".to_owned()));

    // A release that is older than the loaded one.
    let stored = dumped(&pool).await;
    season.upstream.set_stale(Some(thursday));
    let step = season.tick(race + TimeDelta::hours(110)).await;
    assert_eq!(step.ticked.failed, Vec::<String>::new());
    assert!(step.news.runs.contains(&"load nothing_new".to_owned()));
    assert!(dumped(&pool).await == stored, "{:?}", step.news);
    season.upstream.set_stale(None);

    // After stale answers a tick asks again.
    let next = season.end(6, SessionKind::Qualifying);
    season.upstream.set_stale(Some(race));
    let step = season.tick_for(next + TimeDelta::hours(1), SESSIONS).await;
    assert_eq!(
        (step.ticked.done, season.stored(6).await.len()),
        (0, 0),
        "{:?}",
        step.news
    );
    season.upstream.set_stale(None);
    season.tick(next + TimeDelta::hours(2)).await;
    assert_eq!(season.status(6).await, "qualifying_done");
    assert!(
        season
            .stored(6)
            .await
            .contains(&"grid openf1 10".to_owned())
    );
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_task_that_keeps_failing_is_tried_less_often(pool: PgPool) {
    let mut season = Season::before(&pool, 2026, 4).await;
    let nowhere = season.watch.elsewhere("http://127.0.0.1:9");
    let step = TimeDelta::minutes(10);
    let begun = season.start(4, SessionKind::Practice1) - TimeDelta::days(2);
    let calendar = &[Chore::Calendar];
    let mut tries = Vec::new();
    let mut now = begun;
    while now < begun + TimeDelta::hours(12) {
        let ticked = nowhere.tick_at(now, calendar).await;
        if ticked.failed.is_empty() {
            assert!(ticked.rested, "{now}");
        } else {
            tries.push(now);
        }
        now += step;
    }
    for pair in tries.windows(2) {
        assert!(
            pair[1] - pair[0] <= (pair[0] - begun) / 8 + step,
            "{pair:?}"
        );
    }
    assert!(tries.len() < 30, "{} tries", tries.len());
    // Once the upstream answers, it is asked within an eighth of the time that it failed.
    let step = season
        .tick_for(now + TimeDelta::minutes(90), calendar)
        .await;
    assert_eq!(step.ticked.failed, Vec::<String>::new());
    assert!(!step.ticked.rested);
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn the_jobs_after_a_load_follow_a_load_that_was_killed_after_its_commit(pool: PgPool) {
    let mut season = Season::before(&pool, 2026, 4).await;
    for trace in [
        "DELETE FROM job_runs WHERE job = 'forecast_all'",
        "UPDATE job_runs SET finished_at = NULL, outcome = NULL, error = NULL, detail = NULL WHERE job = 'load'",
    ] {
        sqlx::query(trace).execute(&pool).await.unwrap();
    }
    let next_day = season.start(4, SessionKind::Practice1) - TimeDelta::days(2);
    season.watch.news().await;
    let step = season.tick_for(next_day, &[Chore::Release]).await;
    assert_eq!(
        step.news.runs,
        ["load nothing_new", "forecast_all nothing_new"]
    );
    let step = season
        .tick_for(next_day + TimeDelta::days(1), &[Chore::Release])
        .await;
    assert_eq!(step.news.runs, ["load nothing_new"], "once");
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_failure_is_no_problem_once_its_list_is_no_longer_awaited(pool: PgPool) {
    let mut season = Season::before(&pool, 2026, 4).await;
    season.tick(season.end(4, SessionKind::Qualifying)).await;
    let grid = season.end(4, SessionKind::Qualifying) + TimeDelta::hours(2);
    let nowhere = season.watch.elsewhere("http://127.0.0.1:9");
    let ticked = nowhere.tick_at(grid, SESSIONS).await;
    assert!(!ticked.failed.is_empty());
    let failing = "SELECT job FROM pipeline_problems(now()) WHERE kind = 'failing'";
    let failing = failing.replace("now()", &format!("'{grid}'"));
    assert_ne!(season.watch.values(&failing).await, Vec::<String>::new());
    let over = season.end(4, SessionKind::Race);
    season.tick(over).await;
    assert_eq!(season.status(4).await, "completed");
    assert_eq!(season.watch.values(&failing).await, Vec::<String>::new());
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn incomplete_laps_are_read_again_a_day_later(pool: PgPool) {
    let mut season = Season::before(&pool, 2026, 4).await;
    let over = season.end(4, SessionKind::Race) + TimeDelta::hours(2);
    for minutes in [0, 5] {
        let at = over + TimeDelta::minutes(minutes);
        season.tick_for(at, SESSIONS).await;
    }
    let laps = "SELECT count(*) FROM laps l JOIN races r ON r.id = race_id WHERE year = 2026 AND round = 4";
    let whole = season.watch.value(laps).await;
    let half = "DELETE FROM laps USING races r WHERE r.id = race_id AND year = 2026 AND round = 4 AND lap > 6";
    sqlx::query(half).execute(&pool).await.unwrap();
    assert_ne!(season.watch.value(laps).await, whole);
    season
        .tick_for(over + TimeDelta::days(1), &[Chore::Corrections])
        .await;
    assert_eq!(season.watch.value(laps).await, whole);
}
