//! Lists that are never published, or by another upstream.

use chrono::TimeDelta;
use etl::tick::Chore;
use schema::{SessionKind, Upstream};
use sqlx::PgPool;

use super::{CHORES, Season};

const SESSIONS: &[Chore] = &[Chore::Sessions];

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_race_without_a_result_does_not_block_the_next(pool: PgPool) {
    let mut season = Season::before(&pool, 2026, 4).await;
    for upstream in [Upstream::F1db, Upstream::Jolpica, Upstream::Openf1] {
        season.upstream.hide(upstream, 2026, 4, SessionKind::Race);
    }
    season.tick(season.end(4, SessionKind::Qualifying)).await;
    for hours in [0, 1, 6, 30] {
        let at = season.end(4, SessionKind::Race) + TimeDelta::hours(hours);
        let step = season.tick(at).await;
        assert_eq!(step.ticked.failed, Vec::<String>::new());
        let not_yet = "ingest_race 2026/4 not_yet".to_owned();
        assert!(
            step.news.runs.contains(&not_yet),
            "{hours}: {:?}",
            step.news.runs
        );
        assert_eq!(season.status(4).await, "qualifying_done");
    }
    let at = season.end(5, SessionKind::Qualifying) + TimeDelta::hours(2);
    let step = season.tick(at).await;
    assert_eq!(season.status(5).await, "qualifying_done");
    let grid = "2026/5 grand_prix official_grid live";
    let of_grid = |forecast: &String| forecast.starts_with(grid);
    assert!(
        step.news.forecasts.iter().any(of_grid),
        "{:?}",
        step.news.forecasts
    );
    season.tick(season.end(5, SessionKind::Race)).await;
    assert_eq!(season.status(5).await, "completed");
    // The longer the result is awaited, the less often it is requested; after two months it no longer is.
    let requested = "SELECT count(*) FROM job_runs WHERE job = 'ingest_race' AND round = 4";
    let mut at = season.end(4, SessionKind::Race) + TimeDelta::days(20);
    let mut counts = Vec::new();
    for _ in 0..4 {
        let before: i32 = season.watch.value(requested).await.parse().unwrap();
        let end = at + TimeDelta::days(3);
        while at < end {
            season.tick_for(at, SESSIONS).await;
            at += TimeDelta::hours(6);
        }
        let now: i32 = season.watch.value(requested).await.parse().unwrap();
        counts.push(now - before);
    }
    assert_eq!(counts[1..], [3, 3, 3]);
    let before = season.watch.value(requested).await;
    season.tick_for(at + TimeDelta::days(40), SESSIONS).await;
    assert_eq!(season.watch.value(requested).await, before);
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn the_status_of_an_unpublished_sprint_qualifying_is_skipped(pool: PgPool) {
    let mut season = Season::before(&pool, 2026, 3).await;
    season
        .upstream
        .hide(Upstream::Openf1, 2026, 3, SessionKind::SprintQualifying);
    let friday = season.end(3, SessionKind::SprintQualifying) + TimeDelta::hours(2);
    let step = season.tick_for(friday, SESSIONS).await;
    assert_eq!(step.ticked.not_yet, 2, "{:?}", step.news.runs);
    assert_eq!(season.status(3).await, "scheduled");
    let sprint = season.end(3, SessionKind::Sprint) + TimeDelta::hours(1);
    season.tick_for(sprint, SESSIONS).await;
    assert_eq!(season.status(3).await, "sprint_done");
    season
        .tick_for(season.end(3, SessionKind::Qualifying), SESSIONS)
        .await;
    assert_eq!(season.status(3).await, "qualifying_done");
    season
        .tick_for(season.end(3, SessionKind::Race), SESSIONS)
        .await;
    assert_eq!(season.status(3).await, "completed");
    let sprint = "SELECT count(*) FROM sprint_predictions p JOIN races r ON r.id = race_id WHERE year = 2026 AND round = 3";
    assert_eq!(
        season.watch.value(sprint).await,
        "0",
        "no upstream had the grid"
    );
    // The release has it.
    let released = season.start(3, SessionKind::Race) + TimeDelta::hours(4);
    season.tick_for(released, &[Chore::Release]).await;
    let kinds = "SELECT DISTINCT kind FROM sprint_predictions p JOIN races r ON r.id = race_id WHERE year = 2026 AND round = 3";
    assert_eq!(season.watch.values(kinds).await, ["retrospective"]);
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_new_driver_is_created_from_the_first_list_of_jolpica(pool: PgPool) {
    let mut season = Season::before(&pool, 2026, 4).await;
    season
        .upstream
        .hide(Upstream::Jolpica, 2026, 4, SessionKind::Qualifying);
    let provisional = "SELECT driver_key FROM drivers WHERE country_code IS NULL";
    let at = season.end(4, SessionKind::Qualifying) + TimeDelta::minutes(30);
    let step = season.tick_for(at, SESSIONS).await;
    assert!(
        step.ticked.failed[0].contains("is not a known driver"),
        "{:?}: OpenF1 has no dates of birth",
        step.ticked
    );
    assert_eq!(
        season.stored(4).await,
        [
            "practice_1 openf1 9",
            "practice_2 openf1 9",
            "practice_3 openf1 9"
        ]
    );
    assert_eq!(season.watch.values(provisional).await, Vec::<String>::new());

    // The result comes from Jolpica. After it the qualifying of OpenF1 can be stored.
    let race = season.end(4, SessionKind::Race);
    season.tick_for(race, SESSIONS).await;
    assert_eq!(season.status(4).await, "completed");
    assert_eq!(season.watch.values(provisional).await.len(), 1);
    season
        .tick_for(race + TimeDelta::minutes(45), SESSIONS)
        .await;
    let stored = season.stored(4).await;
    assert!(
        stored.contains(&"qualifying openf1 10".to_owned()),
        "{stored:?}"
    );

    season
        .tick_for(race + TimeDelta::hours(3), &[Chore::Release])
        .await;
    assert_eq!(season.watch.values(provisional).await, Vec::<String>::new());
    assert!(
        season
            .stored(4)
            .await
            .contains(&"practice_1 f1db 10".to_owned())
    );
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn an_unpublished_practice_does_not_block_the_others(pool: PgPool) {
    let mut season = Season::before(&pool, 2026, 4).await;
    season
        .upstream
        .hide(Upstream::Openf1, 2026, 4, SessionKind::Practice1);
    for kind in [SessionKind::Practice1, SessionKind::Practice2] {
        let at = season.end(4, kind) + TimeDelta::minutes(30);
        season.tick_for(at, SESSIONS).await;
    }
    let third = season.end(4, SessionKind::Practice3);
    season
        .tick_for(third - TimeDelta::minutes(40), SESSIONS)
        .await;
    season
        .tick_for(third + TimeDelta::minutes(30), SESSIONS)
        .await;
    assert_eq!(
        season.stored(4).await,
        ["practice_2 openf1 9", "practice_3 openf1 9"]
    );
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_result_that_jolpica_lacks_comes_from_openf1(pool: PgPool) {
    let mut season = Season::before(&pool, 2026, 3).await;
    for kind in [
        SessionKind::Qualifying,
        SessionKind::Sprint,
        SessionKind::Race,
    ] {
        season.upstream.hide(Upstream::Jolpica, 2026, 3, kind);
    }
    let sessions = [
        (SessionKind::SprintQualifying, "sprint_qualifying_done"),
        (SessionKind::Sprint, "sprint_done"),
        (SessionKind::Qualifying, "qualifying_done"),
        (SessionKind::Race, "completed"),
    ];
    for (kind, status) in sessions {
        let step = season
            .tick_for(season.end(3, kind) + TimeDelta::minutes(30), SESSIONS)
            .await;
        assert_eq!(step.ticked.failed, Vec::<String>::new());
        assert_eq!(season.status(3).await, status);
    }
    let stored = season.stored(3).await;
    for list in ["sprint", "qualifying", "race"] {
        assert!(stored.contains(&format!("{list} openf1 10")), "{stored:?}");
    }
    let points = "SELECT sum(points) FROM results JOIN races r ON r.id = race_id WHERE year = 2026 AND round = 3";
    let expected = season.watch.value(points).await;
    let released = season.start(3, SessionKind::Race) + TimeDelta::hours(4);
    season.tick_for(released, CHORES).await;
    assert_eq!(season.watch.value(points).await, expected);
    assert_eq!(
        season
            .watch
            .values("SELECT DISTINCT list FROM corrections")
            .await,
        Vec::<String>::new(),
        "F1DB agrees with OpenF1"
    );
}
