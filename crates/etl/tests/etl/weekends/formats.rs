//! A real weekend of each format, and the release after it.

use etl::tick::Chore;
use sqlx::PgPool;

use super::{Eve, instant};

const SESSIONS: &[Chore] = &[Chore::Sessions];

/// Loads the release with the race. It brings official standings, all lists but laps, and retrospective forecasts.
async fn released(eve: &mut Eve, (year, round): (i16, i16), now: &str, forecasts: &[&str]) {
    let race = format!("races r WHERE r.year = {year} AND r.round = {round}");
    let standings = format!(
        "SELECT DISTINCT source FROM standings s WHERE NOT is_final AND race_id = (SELECT id FROM {race})"
    );
    let live = format!(
        "SELECT md5(string_agg(p::text, ',' ORDER BY p.id)) FROM predictions p
         WHERE kind = 'live' AND race_id = (SELECT id FROM {race})"
    );
    assert_eq!(eve.watch.values(&standings).await, ["computed"]);
    let before = eve.watch.value(&live).await;
    eve.replay.set_now(instant(now)).await;
    let step = eve.watch.tick(instant(now), &[Chore::Release]).await;
    assert_eq!(step.news.runs, ["load done", "forecast_all done"]);
    let prefix = format!("{year}/{round} ");
    let new = step.news.forecasts.iter();
    let new: Vec<&str> = new
        .filter_map(|forecast| forecast.strip_prefix(&prefix))
        .collect();
    assert_eq!(new, forecasts);
    assert_eq!(eve.watch.values(&standings).await, ["official"]);
    assert_eq!(eve.watch.value(&live).await, before);
    assert_eq!(eve.watch.status(year, round).await, "completed");
    let stored = eve.watch.stored(year, round).await;
    assert!(stored.len() > 5, "{stored:?}");
    for list in stored {
        assert_ne!(list.contains(" f1db "), list.starts_with("laps"), "{list}");
    }
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn bahrain_2024_has_no_sprint(pool: PgPool) {
    let race = (2024, 1);
    let Some(mut eve) = Eve::of(&pool, "2024-02-28T12:00:00Z").await else {
        return;
    };
    let script = "
    29 11:00: scheduled
    29 12:30: scheduled
      ran ingest_practice not_yet
    29 13:00: scheduled
      stored practice_1 openf1 20
      ran ingest_practice done, compute_predictions done
      forecast grand_prix before_qualifying live: practice_1 | practice_2 practice_3 qualifying_order qualifying_times official_grid
    29 16:30: scheduled
      stored practice_2 openf1 20
      ran ingest_practice done, compute_predictions done
      forecast grand_prix before_qualifying live: practice_1 practice_2 | practice_3 qualifying_order qualifying_times official_grid
    ";
    eve.follow(race, "2024-02", SESSIONS, script).await;
    let script = "
    01 14:00: scheduled
      stored practice_3 openf1 20
      ran ingest_practice done, compute_predictions done
      forecast grand_prix before_qualifying live: practice_1 practice_2 practice_3 | qualifying_order qualifying_times official_grid
    01 16:45: scheduled
    01 17:00: qualifying_done
      stored qualifying jolpica 20
      ran ingest_qualifying done, compute_predictions done, ingest_grid not_yet
      forecast grand_prix qualifying_order live: practice_1 practice_2 practice_3 qualifying_order qualifying_times | official_grid
    01 19:00: qualifying_done
      stored grid openf1 20
      ran ingest_grid done, compute_predictions done
      forecast grand_prix official_grid live: practice_1 practice_2 practice_3 qualifying_times official_grid |
    02 16:30: qualifying_done
      ran ingest_race not_yet
    02 17:00: completed
      stored race jolpica 20, pit_stops jolpica 43
      ran ingest_race done, compute_season_stats done, compute_predictions done
      forecast 2024/2 grand_prix before_weekend live:  | practice_1 practice_2 practice_3 qualifying_order qualifying_times official_grid
    02 17:30: completed
      stored laps jolpica 1129
      ran ingest_laps done
    ";
    eve.follow(race, "2024-03", SESSIONS, script).await;
    let forecasts = [
        "grand_prix qualifying_order retrospective: practice_1 practice_2 practice_3 qualifying_order qualifying_times | official_grid",
        "grand_prix official_grid retrospective: practice_1 practice_2 practice_3 qualifying_times official_grid | ",
    ];
    released(&mut eve, race, "2024-03-02T18:00:00Z", &forecasts).await;
}

/// `OpenF1` begins a year later: no practice and no grid before the release.
#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn imola_2022_has_a_sprint_whose_grid_fridays_qualifying_sets(pool: PgPool) {
    let race = (2022, 4);
    let Some(mut eve) = Eve::of(&pool, "2022-04-21T12:00:00Z").await else {
        return;
    };
    let script = "
    22 13:00: scheduled
      ran ingest_laps 2022/3 done
    22 16:00: qualifying_done
      stored qualifying jolpica 20
      ran ingest_qualifying done, compute_predictions done, compute_sprint_predictions done
      forecast grand_prix qualifying_order live: qualifying_order qualifying_times | practice_1 practice_2 sprint_result official_grid
      forecast sprint qualifying_order live: qualifying_order qualifying_times | practice_1 official_grid
    23 12:00: qualifying_done
    23 15:30: sprint_done
      stored sprint jolpica 20
      ran ingest_sprint done, compute_season_stats done
    24 15:00: completed
      stored race jolpica 20, pit_stops jolpica 25
      ran ingest_race done, compute_season_stats done, compute_predictions done
      forecast 2022/5 grand_prix before_weekend live:  | practice_1 practice_2 practice_3 qualifying_order qualifying_times official_grid
    24 15:30: completed
      stored laps jolpica 1131
      ran ingest_laps done
    ";
    eve.follow(race, "2022-04", SESSIONS, script).await;
    let forecasts = [
        "grand_prix qualifying_order retrospective: practice_1 qualifying_order qualifying_times | practice_2 sprint_result official_grid",
        "grand_prix official_grid retrospective: practice_1 practice_2 sprint_result qualifying_times official_grid | ",
        "sprint qualifying_order retrospective: practice_1 qualifying_order qualifying_times | official_grid",
        "sprint official_grid retrospective: practice_1 qualifying_times official_grid | ",
    ];
    released(&mut eve, race, "2022-04-24T19:00:00Z", &forecasts).await;
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn baku_2023_has_a_shootout(pool: PgPool) {
    let race = (2023, 4);
    let Some(mut eve) = Eve::of(&pool, "2023-04-27T12:00:00Z").await else {
        return;
    };
    let script = "
    28 09:00: scheduled
    28 11:00: scheduled
      stored practice_1 openf1 20
      ran ingest_practice done, compute_predictions done
      forecast grand_prix before_qualifying live: practice_1 | sprint_result qualifying_order qualifying_times official_grid
    28 14:00: qualifying_done
      stored qualifying jolpica 20
      ran ingest_qualifying done, compute_predictions done, ingest_grid not_yet
      forecast grand_prix qualifying_order live: practice_1 qualifying_order qualifying_times | sprint_result official_grid
    28 16:00: qualifying_done
      stored grid openf1 20
      ran ingest_grid done, compute_predictions done
      forecast grand_prix official_grid live: practice_1 qualifying_times official_grid | sprint_result
    29 10:30: sprint_qualifying_done
      stored sprint_qualifying openf1 20
      ran ingest_grid nothing_new, ingest_sprint_qualifying done, compute_sprint_predictions done, ingest_sprint_grid not_yet
      forecast sprint qualifying_order live: practice_1 qualifying_order qualifying_times | official_grid
    29 11:30: sprint_qualifying_done
      stored sprint_grid openf1 19
      ran ingest_sprint_grid done, compute_sprint_predictions done
      forecast sprint official_grid live: practice_1 qualifying_times official_grid |
    29 14:30: sprint_done
      stored sprint jolpica 20
      ran ingest_grid not_yet, ingest_sprint done, compute_season_stats done, compute_predictions done
      forecast grand_prix official_grid live: practice_1 sprint_result qualifying_times official_grid |
    30 13:00: completed
      stored race jolpica 20, pit_stops jolpica 23
      ran ingest_race done, compute_season_stats done, compute_predictions done
      forecast 2023/5 grand_prix before_weekend live:  | practice_1 practice_2 practice_3 qualifying_order qualifying_times official_grid
    30 13:30: completed
      stored laps jolpica 961
      ran ingest_laps done
    ";
    eve.follow(race, "2023-04", SESSIONS, script).await;
    let forecasts = [
        "grand_prix qualifying_order retrospective: practice_1 qualifying_order qualifying_times | sprint_result official_grid",
        "grand_prix official_grid retrospective: practice_1 sprint_result qualifying_times official_grid | ",
        "sprint qualifying_order retrospective: practice_1 qualifying_order qualifying_times | official_grid",
        "sprint official_grid retrospective: practice_1 qualifying_times official_grid | ",
    ];
    released(&mut eve, race, "2023-04-30T19:00:00Z", &forecasts).await;
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn shanghai_2024_has_sprint_qualifying(pool: PgPool) {
    let race = (2024, 5);
    let Some(mut eve) = Eve::of(&pool, "2024-04-18T12:00:00Z").await else {
        return;
    };
    let script = "
    19 03:00: scheduled
      ran ingest_laps 2024/4 done
    19 05:00: scheduled
      stored practice_1 openf1 20
      ran ingest_practice done, compute_predictions done
      forecast grand_prix before_qualifying live: practice_1 | sprint_result qualifying_order qualifying_times official_grid
    19 08:30: scheduled
      ran ingest_sprint_qualifying not_yet, ingest_sprint_grid not_yet
    19 09:00: sprint_qualifying_done
      stored sprint_qualifying openf1 20
      ran ingest_sprint_qualifying done, compute_sprint_predictions done, ingest_sprint_grid not_yet
      forecast sprint qualifying_order live: practice_1 qualifying_order qualifying_times | official_grid
    19 10:30: sprint_qualifying_done
      stored sprint_grid openf1 20
      ran ingest_sprint_grid done, compute_sprint_predictions done
      forecast sprint official_grid live: practice_1 qualifying_times official_grid |
    20 04:00: sprint_done
      stored sprint jolpica 20
      ran ingest_sprint done, compute_season_stats done
    20 08:00: qualifying_done
      stored qualifying jolpica 20
      ran ingest_qualifying done, compute_predictions done, ingest_grid not_yet
      forecast grand_prix qualifying_order live: practice_1 sprint_result qualifying_order qualifying_times | official_grid
    20 10:00: qualifying_done
      stored grid openf1 20
      ran ingest_grid done, compute_predictions done
      forecast grand_prix official_grid live: practice_1 sprint_result qualifying_times official_grid |
    21 09:00: completed
      stored race jolpica 20, pit_stops jolpica 40
      ran ingest_race done, compute_season_stats done, compute_predictions done
      forecast 2024/6 grand_prix before_weekend live:  | practice_1 sprint_result qualifying_order qualifying_times official_grid
    21 09:30: completed
      stored laps jolpica 1030
      ran ingest_laps done
    ";
    eve.follow(race, "2024-04", SESSIONS, script).await;
    let forecasts = [
        "grand_prix qualifying_order retrospective: practice_1 sprint_result qualifying_order qualifying_times | official_grid",
        "grand_prix official_grid retrospective: practice_1 sprint_result qualifying_times official_grid | ",
        "sprint qualifying_order retrospective: practice_1 qualifying_order qualifying_times | official_grid",
        "sprint official_grid retrospective: practice_1 qualifying_times official_grid | ",
    ];
    released(&mut eve, race, "2024-04-21T15:00:00Z", &forecasts).await;
}
