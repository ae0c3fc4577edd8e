//! A weekend of each format, session by session: which lists are stored, the race's status, and new forecasts.

use chrono::TimeDelta;
use etl::tick::Task;
use schema::SessionKind;
use sqlx::PgPool;

use super::Season;
use crate::common::script;

/// Follows `script`, whose instants are minutes after the end of a session; then loads the release with the race, after
/// which the forecasts `released` are made.
async fn follow(pool: PgPool, year: i16, round: i16, script: &str, released: &[&str]) {
    let mut season = Season::before(&pool, year, round).await;
    assert_eq!(season.status(round).await, "scheduled");
    assert_eq!(season.stored(round).await, Vec::<String>::new());
    // The laps of the previous round are fetched before the script starts.
    let before = season.start(round, SessionKind::Practice1) - TimeDelta::hours(2);
    season.tick_for(before, &[Task::Sessions]).await;
    let upstream = &season.upstream;
    let clock = async |instant: &str| {
        let (session, minutes) = instant.split_once(' ').unwrap();
        let kind = SessionKind::ALL
            .iter()
            .find(|kind| kind.as_str() == session);
        let minutes = TimeDelta::minutes(minutes.parse().unwrap());
        let now = upstream.end_of(year, round, *kind.unwrap()) + minutes;
        upstream.set_now(now);
        now
    };
    script::follow(
        &mut season.watch,
        (year, round),
        &[Task::Sessions],
        script,
        clock,
    )
    .await;
    assert_eq!(standings(&season, round).await, ["computed"]);

    let at = season.start(round, SessionKind::Race) + TimeDelta::hours(4);
    let step = season.tick_for(at, &[Task::Release]).await;
    assert_eq!(
        step.news.runs,
        ["load done", "compute_all_predictions done"]
    );
    let released = released.iter().map(|forecast| format!("{year}/{forecast}"));
    assert_eq!(step.news.forecasts, released.collect::<Vec<_>>());
    assert_eq!(standings(&season, round).await, ["official"]);
    assert_eq!(season.status(round).await, "completed");
    for list in season.stored(round).await {
        let is_f1db = list.contains(" f1db ");
        assert_ne!(is_f1db, list.starts_with("laps"), "{list}");
    }
}

/// The sources of the standings after a round.
async fn standings(season: &Season, round: i16) -> Vec<String> {
    let year = season.year;
    let sql = format!(
        "SELECT DISTINCT source FROM standings s JOIN races r ON r.id = s.race_id
         WHERE year = {year} AND round = {round} AND NOT is_final"
    );
    season.watch.values(&sql).await
}

/// Three practices, qualifying, race. A driver that F1DB does not have is left out of practice, because only Jolpica has the
/// date of birth.
#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn conventional(pool: PgPool) {
    let script = "
    practice_1 -10: scheduled
    practice_1 +5: scheduled
      ran ingest_practice not_yet
    practice_1 +30: scheduled
      stored practice_1 openf1 9
      ran ingest_practice done, compute_predictions done
      forecast grand_prix before_qualifying live: practice_1 | practice_2 practice_3 qualifying_order qualifying_times official_grid
    practice_2 +30: scheduled
      stored practice_2 openf1 9
      ran ingest_practice done, compute_predictions done
      forecast grand_prix before_qualifying live: practice_1 practice_2 | practice_3 qualifying_order qualifying_times official_grid
    practice_3 +30: scheduled
      stored practice_3 openf1 9
      ran ingest_practice done, compute_predictions done
      forecast grand_prix before_qualifying live: practice_1 practice_2 practice_3 | qualifying_order qualifying_times official_grid
    qualifying -20: scheduled
    qualifying -1: scheduled
      ran ingest_qualifying not_yet, ingest_grid not_yet
    qualifying +0: qualifying_done
      stored qualifying jolpica 10
      ran ingest_qualifying done, compute_predictions done, ingest_grid not_yet
      forecast grand_prix qualifying_order live: practice_1 practice_2 practice_3 qualifying_order qualifying_times | official_grid
    qualifying +120: qualifying_done
      stored grid openf1 10
      ran ingest_grid done, compute_predictions done
      forecast grand_prix official_grid live: practice_1 practice_2 practice_3 qualifying_times official_grid |
    race -50: qualifying_done
    race -1: qualifying_done
      ran ingest_race not_yet
    race +10: completed
      stored race jolpica 10, pit_stops jolpica 13
      ran ingest_race done, compute_season_stats done, compute_predictions done
      forecast 2026/5 grand_prix before_weekend live:  | practice_1 practice_2 practice_3 qualifying_order qualifying_times official_grid
    race +30: completed
      stored laps jolpica 522
      ran ingest_laps done
    ";
    let released = [
        "4 grand_prix qualifying_order retrospective: practice_1 practice_2 practice_3 qualifying_order qualifying_times | official_grid",
        "4 grand_prix official_grid retrospective: practice_1 practice_2 practice_3 qualifying_times official_grid | ",
        "5 grand_prix before_weekend live:  | practice_1 practice_2 practice_3 qualifying_order qualifying_times official_grid",
    ];
    follow(pool, 2026, 4, script, &released).await;
}

/// Since 2024: sprint qualifying on Friday, the sprint before qualifying.
#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn sprint_qualifying(pool: PgPool) {
    let script = "
    practice_1 +30: scheduled
      stored practice_1 openf1 10
      ran ingest_practice done, compute_predictions done
      forecast grand_prix before_qualifying live: practice_1 | sprint_result qualifying_order qualifying_times official_grid
    sprint_qualifying -30: scheduled
    sprint_qualifying +5: scheduled
      ran ingest_sprint_qualifying not_yet, ingest_sprint_grid not_yet
    sprint_qualifying +30: sprint_qualifying_done
      stored sprint_qualifying openf1 10
      ran ingest_sprint_qualifying done, compute_sprint_predictions done, ingest_sprint_grid not_yet
      forecast sprint qualifying_order live: practice_1 qualifying_order qualifying_times | official_grid
    sprint_qualifying +120: sprint_qualifying_done
      stored sprint_grid openf1 10
      ran ingest_sprint_grid done, compute_sprint_predictions done
      forecast sprint official_grid live: practice_1 qualifying_times official_grid |
    sprint -40: sprint_qualifying_done
    sprint -1: sprint_qualifying_done
      ran ingest_sprint not_yet
    sprint +10: sprint_done
      stored sprint jolpica 10
      ran ingest_sprint done, compute_season_stats done
    qualifying +0: qualifying_done
      stored qualifying jolpica 10
      ran ingest_qualifying done, compute_predictions done, ingest_grid not_yet
      forecast grand_prix qualifying_order live: practice_1 sprint_result qualifying_order qualifying_times | official_grid
    qualifying +120: qualifying_done
      stored grid openf1 10
      ran ingest_grid done, compute_predictions done
      forecast grand_prix official_grid live: practice_1 sprint_result qualifying_times official_grid |
    race +0: completed
      stored race jolpica 10, pit_stops jolpica 13
      ran ingest_race done, compute_season_stats done, compute_predictions done
      forecast 2026/4 grand_prix before_weekend live:  | practice_1 practice_2 practice_3 qualifying_order qualifying_times official_grid
    race +30: completed
      stored laps jolpica 509
      ran ingest_laps done
    ";
    let released = [
        "3 grand_prix qualifying_order retrospective: practice_1 sprint_result qualifying_order qualifying_times | official_grid",
        "3 grand_prix official_grid retrospective: practice_1 sprint_result qualifying_times official_grid | ",
        "3 sprint qualifying_order retrospective: practice_1 qualifying_order qualifying_times | official_grid",
        "3 sprint official_grid retrospective: practice_1 qualifying_times official_grid | ",
    ];
    follow(pool, 2026, 3, script, &released).await;
}

/// 2023: qualifying on Friday, a shootout before the sprint.
#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn sprint_shootout(pool: PgPool) {
    let script = "
    practice_1 +30: scheduled
      stored practice_1 openf1 10
      ran ingest_practice done, compute_predictions done
      forecast grand_prix before_qualifying live: practice_1 | sprint_result qualifying_order qualifying_times official_grid
    qualifying +0: qualifying_done
      stored qualifying jolpica 10
      ran ingest_qualifying done, compute_predictions done, ingest_grid not_yet
      forecast grand_prix qualifying_order live: practice_1 qualifying_order qualifying_times | sprint_result official_grid
    qualifying +120: qualifying_done
      stored grid openf1 10
      ran ingest_grid done, compute_predictions done
      forecast grand_prix official_grid live: practice_1 qualifying_times official_grid | sprint_result
    sprint_qualifying +30: sprint_qualifying_done
      stored sprint_qualifying openf1 10
      ran ingest_grid nothing_new, ingest_sprint_qualifying done, compute_sprint_predictions done, ingest_sprint_grid not_yet
      forecast sprint qualifying_order live: practice_1 qualifying_order qualifying_times | official_grid
    sprint_qualifying +120: sprint_qualifying_done
      stored sprint_grid openf1 10
      ran ingest_sprint_grid done, compute_sprint_predictions done
      forecast sprint official_grid live: practice_1 qualifying_times official_grid |
    sprint +0: sprint_done
      stored sprint jolpica 10
      ran ingest_grid not_yet, ingest_sprint done, compute_season_stats done, compute_predictions done
      forecast grand_prix official_grid live: practice_1 sprint_result qualifying_times official_grid |
    race +0: completed
      stored race jolpica 10, pit_stops jolpica 17
      ran ingest_race done, compute_season_stats done, compute_predictions done
      forecast 2023/4 grand_prix before_weekend live:  | practice_1 practice_2 practice_3 qualifying_order qualifying_times official_grid
    race +30: completed
      stored laps jolpica 540
      ran ingest_laps done
    ";
    let released = [
        "3 grand_prix qualifying_order retrospective: practice_1 qualifying_order qualifying_times | sprint_result official_grid",
        "3 grand_prix official_grid retrospective: practice_1 sprint_result qualifying_times official_grid | ",
        "3 sprint qualifying_order retrospective: practice_1 qualifying_order qualifying_times | official_grid",
        "3 sprint official_grid retrospective: practice_1 qualifying_times official_grid | ",
    ];
    follow(pool, 2023, 3, script, &released).await;
}

/// To 2022: Friday's qualifying sets the sprint's grid. `OpenF1` is not used for these years, so practice and grids come
/// with the release.
#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn sprint(pool: PgPool) {
    let script = "
    practice_1 +30: scheduled
    qualifying +0: qualifying_done
      stored qualifying jolpica 10
      ran ingest_qualifying done, compute_predictions done, compute_sprint_predictions done
      forecast grand_prix qualifying_order live: qualifying_order qualifying_times | practice_1 practice_2 sprint_result official_grid
      forecast sprint qualifying_order live: qualifying_order qualifying_times | practice_1 official_grid
    practice_2 +30: qualifying_done
    sprint +0: sprint_done
      stored sprint jolpica 10
      ran ingest_sprint done, compute_season_stats done
    race +0: completed
      stored race jolpica 10, pit_stops jolpica 24
      ran ingest_race done, compute_season_stats done, compute_predictions done
      forecast 2022/4 grand_prix before_weekend live:  | practice_1 practice_2 practice_3 qualifying_order qualifying_times official_grid
    race +30: completed
      stored laps jolpica 539
      ran ingest_laps done
    ";
    let released = [
        "3 grand_prix qualifying_order retrospective: practice_1 qualifying_order qualifying_times | practice_2 sprint_result official_grid",
        "3 grand_prix official_grid retrospective: practice_1 practice_2 sprint_result qualifying_times official_grid | ",
        "3 sprint qualifying_order retrospective: practice_1 qualifying_order qualifying_times | official_grid",
        "3 sprint official_grid retrospective: practice_1 qualifying_times official_grid | ",
        "4 grand_prix before_weekend live:  | practice_1 practice_2 practice_3 qualifying_order qualifying_times official_grid",
    ];
    follow(pool, 2022, 3, script, &released).await;
}
