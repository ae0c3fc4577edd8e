//! Real results and times that an upstream corrected later.

use etl::tick::Chore;
use sqlx::PgPool;

use super::{Eve, instant};

const CHORES: &[Chore] = &[Chore::Sessions, Chore::Corrections];

/// Two cars were disqualified after the first result of Las Vegas 2025. In the first result no car had a grid place.
#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn las_vegas_2025_is_corrected(pool: PgPool) {
    let race = (2025, 22);
    let Some(mut eve) = Eve::of(&pool, "2025-11-19T12:00:00Z").await else {
        return;
    };
    let script = "
    22 07:00: qualifying_done
      stored practice_1 openf1 20, practice_2 openf1 20, practice_3 openf1 20, qualifying jolpica 20, grid openf1 20
      ran ingest_laps 2025/21 done, ingest_practice done, compute_predictions done, ingest_qualifying done, compute_predictions done, ingest_grid done, compute_predictions done, recheck 2025/20 nothing_new, recheck 2025/21 nothing_new, recheck nothing_new
      forecast grand_prix before_qualifying live: practice_1 practice_2 practice_3 | qualifying_order qualifying_times official_grid
      forecast grand_prix qualifying_order live: practice_1 practice_2 practice_3 qualifying_order qualifying_times | official_grid
      forecast grand_prix official_grid live: practice_1 practice_2 practice_3 qualifying_times official_grid |
    23 06:00: completed
      stored race jolpica 20, pit_stops jolpica 23
      ran ingest_race done, compute_season_stats done, compute_predictions done, recheck 2025/20 nothing_new, recheck 2025/21 nothing_new, recheck nothing_new
      forecast 2025/23 grand_prix before_weekend live:  | practice_1 sprint_result qualifying_order qualifying_times official_grid
    ";
    eve.follow(race, "2025-11", CHORES, script).await;
    let grids = "SELECT count(s.grid) FROM race_results s JOIN races r ON r.id = race_id WHERE year = 2025 AND round = 22";
    assert_eq!(eve.watch.value(grids).await, "0");
    assert_eq!(
        eve.watch.values(MCLARENS).await,
        [
            "lando-norris 2 finished 18.00 408 408",
            "oscar-piastri 4 finished 12.00 378 378"
        ]
    );
    let live = "SELECT md5(string_agg(p::text || d::text, ',' ORDER BY p.id, driver_id)) FROM predictions p
                JOIN prediction_drivers d ON d.prediction_id = p.id JOIN races r ON r.id = race_id WHERE year = 2025 AND round = 22";
    let before = eve.watch.value(live).await;

    let script = "
    23 08:00: completed
      stored laps jolpica 885
      ran ingest_laps done
    24 08:00: completed
      ran recheck 2025/20 nothing_new, recheck 2025/21 nothing_new, recheck done, compute_predictions done
      forecast 2025/23 grand_prix before_weekend live:  | practice_1 sprint_result qualifying_order qualifying_times official_grid
    24 09:00: completed
    25 08:00: completed
      ran recheck 2025/20 nothing_new, recheck 2025/21 nothing_new, recheck nothing_new
    ";
    eve.follow(race, "2025-11", CHORES, script).await;
    assert_ne!(eve.watch.value(grids).await, "0");
    assert_eq!(
        eve.watch.values(MCLARENS).await,
        [
            "lando-norris disqualified 0.00 390 390",
            "oscar-piastri disqualified 0.00 366 366"
        ]
    );
    let corrected = eve.watch.values(CORRECTED).await;
    let out = "disqualified 0";
    assert!(
        corrected.contains(&format!("lando-norris race finished 18 {out}")),
        "{corrected:?}"
    );
    assert!(
        corrected.contains(&format!("oscar-piastri race finished 12 {out}")),
        "{corrected:?}"
    );
    assert_eq!(eve.watch.value(live).await, before);
    assert_eq!(
        eve.watch.values(CHECKED).await,
        [
            "2025/20 1 differences to jolpica: 1 in pit_stops",
            "2025/21 0",
            "2025/22 0"
        ],
        "results and standings equal those of Jolpica"
    );

    let released = instant("2025-11-25T19:00:00Z");
    eve.replay.set_now(released).await;
    eve.watch.tick(released, &[Chore::Release]).await;
    assert_eq!(
        eve.watch.values(MCLARENS).await,
        [
            "lando-norris disqualified 0.00 390 390",
            "oscar-piastri disqualified 0.00 366 366"
        ]
    );
    assert_eq!(eve.watch.values(CORRECTED).await, corrected, "F1DB agrees");
}

/// Place, status and points of the race; points in the standings after it and in the season's statistics.
const MCLARENS: &str = "SELECT concat_ws(' ', driver_key, s.position, s.status, s.points, trunc(c.points), trunc(d.championship_points))
    FROM race_results s JOIN races r ON r.id = s.race_id JOIN drivers x ON x.id = s.driver_id
    JOIN standings c ON c.race_id = r.id AND c.driver_id = s.driver_id AND NOT is_final
    JOIN driver_season_stats d ON d.year = r.year AND d.driver_id = s.driver_id
    WHERE r.year = 2025 AND r.round = 22 AND driver_key IN ('lando-norris', 'oscar-piastri') ORDER BY driver_key";

/// The number of differences that the last check of each round found.
const CHECKED: &str =
    "SELECT DISTINCT ON (year, round) concat_ws(' ', concat(year, '/', round), disagreements, substring(detail FROM '; (.*)'))
    FROM job_runs WHERE job = 'recheck' ORDER BY year, round, id DESC";

const CORRECTED: &str = "SELECT concat_ws(' ', driver_key, list, before->>'status', (before->>'points')::real, after->>'status', (after->>'points')::real)
    FROM corrections c JOIN drivers d ON d.id = driver_id WHERE list = 'race' ORDER BY c.id";

/// Jolpica has São Paulo at its original time, and Las Vegas a day early.
#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn session_times_of_f1db_take_precedence_at_the_end_of_2024(pool: PgPool) {
    let Some(mut eve) = Eve::of(&pool, "2024-10-30T12:00:00Z").await else {
        return;
    };
    let starts = "SELECT concat_ws(' ', round, session, s.starts_at AT TIME ZONE 'UTC', s.starts_at = jolpica_starts_at)
                  FROM race_sessions s JOIN races r ON r.id = race_id
                  WHERE year = 2024 AND round IN (21, 22) AND session IN ('qualifying', 'race') ORDER BY s.starts_at";
    let expected = [
        "21 qualifying 2024-11-03 10:30:00 f",
        "21 race 2024-11-03 15:30:00 f",
        "22 qualifying 2024-11-23 06:00:00 f",
        "22 race 2024-11-24 06:00:00 f",
    ];
    assert_eq!(eve.watch.values(starts).await, expected);
    // Qualifying was postponed to the day of the race.
    for (now, status) in [
        ("2024-11-02T23:00:00Z", "sprint_done"),
        ("2024-11-03T11:30:00Z", "qualifying_done"),
        ("2024-11-03T18:00:00Z", "completed"),
    ] {
        eve.replay.set_now(instant(now)).await;
        let step = eve
            .watch
            .tick(instant(now), &[Chore::Calendar, Chore::Sessions])
            .await;
        assert_eq!(step.ticked.failed, Vec::<String>::new());
        assert_eq!(eve.watch.status(2024, 21).await, status, "{now}");
    }
    for (now, status) in [
        ("2024-11-22T23:00:00Z", "scheduled"),
        ("2024-11-23T07:00:00Z", "qualifying_done"),
        ("2024-11-24T05:00:00Z", "qualifying_done"),
        ("2024-11-24T08:00:00Z", "completed"),
    ] {
        eve.replay.set_now(instant(now)).await;
        eve.watch
            .tick(instant(now), &[Chore::Calendar, Chore::Sessions])
            .await;
        assert_eq!(eve.watch.status(2024, 22).await, status, "{now}");
    }
    assert_eq!(eve.watch.values(starts).await, expected);
}
