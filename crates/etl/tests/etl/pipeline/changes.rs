//! Weekends are cancelled and postponed, and results corrected, while the pipeline runs.

use chrono::{TimeDelta, Utc};
use demo::server::LaterRounds;
use etl::tick::Chore;
use schema::{SessionKind, Upstream};
use sqlx::PgPool;

use super::{CHORES, Season};
use crate::common::{dumped, section};

/// Round, title and status of every weekend in the order of time.
const CALENDAR: &str = "SELECT concat_ws(' ', round, grand_prix_key, status) FROM races WHERE year = 2026 ORDER BY date";

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_cancelled_weekend_may_leave_a_gap_in_the_rounds(pool: PgPool) {
    cancelled(pool, LaterRounds::Kept).await;
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_cancelled_weekend_may_give_its_round_to_the_next(pool: PgPool) {
    cancelled(pool, LaterRounds::Renumbered).await;
}

async fn cancelled(pool: PgPool, later: LaterRounds) {
    let mut season = Season::before(&pool, 2026, 4).await;
    let before = season.watch.values(CALENDAR).await;
    let titles: Vec<String> = before.iter().map(|race| title(race)).collect();
    let first = season.start(4, SessionKind::Practice1);
    season
        .upstream
        .cancel(first - TimeDelta::days(2), 2026, 4, later);

    let step = season.tick(first - TimeDelta::days(1)).await;
    assert_eq!(step.ticked.failed, Vec::<String>::new());
    let number = |round: i16| match later {
        LaterRounds::Kept => round,
        LaterRounds::Renumbered => round - 1,
    };
    let (next, last) = (number(5), number(6));
    let expected = [
        before[..3].to_vec(),
        vec![
            format!("4 {} cancelled", titles[3]),
            format!("{next} {} scheduled", titles[4]),
            format!("{last} {} scheduled", titles[5]),
        ],
    ];
    assert_eq!(season.watch.values(CALENDAR).await, expected.concat());
    assert!(
        step.news
            .runs
            .contains(&"sync_schedule 2026 done".to_owned())
    );
    assert_eq!(
        step.news.forecasts,
        [format!("2026/{next} {BEFORE}")],
        "the race after the cancelled one is the next"
    );

    // The times of the cancelled sessions, then those of the next race.
    for (round, kind, hours) in [
        (4, SessionKind::Qualifying, 3),
        (4, SessionKind::Race, 5),
        (5, SessionKind::Qualifying, 3),
        (5, SessionKind::Race, 1),
        (5, SessionKind::Race, 5),
    ] {
        let at = season.end(round, kind) + TimeDelta::hours(hours);
        let step = season.tick(at).await;
        assert_eq!(step.ticked.failed, Vec::<String>::new());
        let asked = step
            .news
            .runs
            .iter()
            .filter(|run| run.starts_with("ingest"));
        let asked: Vec<&String> = asked.collect();
        assert_eq!(asked.is_empty(), round == 4, "{asked:?}");
    }
    let expected = [
        before[..3].to_vec(),
        vec![
            format!("4 {} cancelled", titles[3]),
            format!("{next} {} completed", titles[4]),
            format!("{last} {} scheduled", titles[5]),
        ],
    ];
    assert_eq!(season.watch.values(CALENDAR).await, expected.concat());
    let stored = season.stored(next).await;
    assert!(stored.contains(&"race f1db 10".to_owned()), "{stored:?}");
    let of_cancelled = "SELECT concat_ws(' ', moment, kind) FROM predictions p JOIN races r ON r.id = race_id WHERE status = 'cancelled'";
    assert_eq!(
        season.watch.values(of_cancelled).await,
        ["before_weekend live"],
        "the forecast of the cancelled race must be kept"
    );
}

fn title(race: &str) -> String {
    race.split(' ').nth(1).unwrap().to_owned()
}

const BEFORE: &str = "grand_prix before_weekend live:  | practice_1 practice_2 practice_3 qualifying_order qualifying_times official_grid";

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_postponed_weekend_gets_a_new_forecast(pool: PgPool) {
    let mut season = Season::before(&pool, 2026, 4).await;
    let (first, race) = (
        season.start(4, SessionKind::Practice1),
        season.start(4, SessionKind::Race),
    );
    let by = TimeDelta::hours(26);
    season
        .upstream
        .postpone(first - TimeDelta::days(2), 2026, 4, by);
    let step = season.tick(first - TimeDelta::days(1)).await;
    assert_eq!(step.news.forecasts, [format!("2026/4 {BEFORE}")]);
    let starts = "SELECT scheduled_start AT TIME ZONE 'UTC' FROM predictions p JOIN races r ON r.id = race_id
                  WHERE year = 2026 AND round = 4 ORDER BY p.id";
    let plain = |at: chrono::DateTime<Utc>| at.naive_utc().to_string();
    assert_eq!(
        season.watch.values(starts).await,
        [plain(race), plain(race + by)]
    );
    let at = season.end(4, SessionKind::Practice1) + TimeDelta::hours(2) - by;
    let step = season.tick(at).await;
    assert!(
        !step.news.runs.iter().any(|run| run.contains("2026/4")),
        "{:?}: nothing is due at the old time",
        step.news.runs
    );
    season.tick(season.end(4, SessionKind::Qualifying)).await;
    assert_eq!(season.status(4).await, "qualifying_done");
    season.tick(season.end(4, SessionKind::Race)).await;
    assert_eq!(season.status(4).await, "completed");
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_release_from_before_a_postponement_does_not_undo_it(pool: PgPool) {
    let mut season = Season::before(&pool, 2026, 4).await;
    season
        .upstream
        .delay_changes(Upstream::F1db, TimeDelta::days(60));
    let first = season.start(4, SessionKind::Practice1);
    let before = season.start(5, SessionKind::Race);
    let by = TimeDelta::hours(26);
    season
        .upstream
        .postpone(first - TimeDelta::days(2), 2026, 5, by);
    season.tick(first - TimeDelta::days(1)).await;
    let start = "SELECT concat_ws(' ', r.date, r.starts_at = s.starts_at, s.starts_at AT TIME ZONE 'UTC')
                 FROM races r JOIN race_sessions s ON s.race_id = r.id AND session = 'race' WHERE year = 2026 AND round = 5";
    let postponed = (before + by).naive_utc();
    let expected = format!("{} t {postponed}", postponed.date());
    assert_eq!(season.watch.value(start).await, expected);

    let over = season.end(4, SessionKind::Race);
    season.tick(over).await;
    let step = season.tick(over + TimeDelta::hours(4)).await;
    assert!(
        step.news.runs.contains(&"load done".to_owned()),
        "{:?}",
        step.news.runs
    );
    assert_eq!(season.watch.value(start).await, expected);
    let starts = "SELECT DISTINCT scheduled_start AT TIME ZONE 'UTC' FROM predictions p JOIN races r ON r.id = race_id
                  WHERE year = 2026 AND round = 5";
    assert_eq!(season.watch.values(starts).await, [postponed.to_string()]);
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_release_from_before_a_cancellation_does_not_undo_it(pool: PgPool) {
    let mut season = Season::before(&pool, 2026, 4).await;
    season
        .upstream
        .delay_changes(Upstream::F1db, TimeDelta::days(60));
    let first = season.start(4, SessionKind::Practice1);
    season
        .upstream
        .cancel(first - TimeDelta::days(2), 2026, 5, LaterRounds::Kept);
    season.tick(first - TimeDelta::days(1)).await;
    let cancelled = season.watch.values(CALENDAR).await;
    assert!(cancelled[4].ends_with(" cancelled"), "{cancelled:?}");
    let over = season.end(4, SessionKind::Race);
    season.tick(over).await;
    let step = season.tick(over + TimeDelta::hours(4)).await;
    assert!(
        step.news.runs.contains(&"load done".to_owned()),
        "{:?}",
        step.news.runs
    );
    let still = season.watch.values(CALENDAR).await;
    assert_eq!(still[4..], cancelled[4..]);
    let of_cancelled = "SELECT count(*) FROM predictions p JOIN races r ON r.id = race_id WHERE status = 'cancelled'";
    assert_eq!(season.watch.value(of_cancelled).await, "0");
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_weekend_that_is_postponed_past_the_next_one_swaps_rounds_with_it(pool: PgPool) {
    let mut season = Season::before(&pool, 2026, 4).await;
    let before = season.watch.values(CALENDAR).await;
    let (fourth, fifth) = (title(&before[3]), title(&before[4]));
    let first = season.start(4, SessionKind::Practice1);
    let by = season.start(5, SessionKind::Race) - season.start(4, SessionKind::Race);
    let by = by + TimeDelta::days(2);
    season
        .upstream
        .postpone(first - TimeDelta::days(2), 2026, 4, by);
    let step = season.tick(first - TimeDelta::days(1)).await;
    let calendar = season.watch.values(CALENDAR).await;
    assert_eq!(calendar[3], format!("4 {fifth} scheduled"));
    assert_eq!(calendar[4], format!("5 {fourth} scheduled"));
    assert_eq!(step.news.forecasts, [format!("2026/4 {BEFORE}")]);
    // The demo server's rounds are those of the original calendar.
    let at = season.end(5, SessionKind::Race) + TimeDelta::minutes(1);
    let step = season.tick_for(at, &[Chore::Sessions]).await;
    assert_eq!(step.ticked.failed, Vec::<String>::new());
    let calendar = season.watch.values(CALENDAR).await;
    assert_eq!(calendar[3], format!("4 {fifth} completed"));
    assert_eq!(calendar[4], format!("5 {fourth} scheduled"));
    assert!(!season.stored(4).await.is_empty() && season.stored(5).await.is_empty());
}

/// The winner of round 4 and the next driver, with their points in the race and in the championship.
const FIRST_TWO: &str = "SELECT concat_ws(' ', s.position, s.status, s.points, c.points, d.championship_points)
    FROM race_results s JOIN races r ON r.id = s.race_id
    JOIN standings c ON c.race_id = r.id AND c.driver_id = s.driver_id AND NOT is_final
    JOIN driver_season_stats d ON d.year = r.year AND d.driver_id = s.driver_id
    WHERE r.year = 2026 AND r.round = 4 ORDER BY s.driver_id = (SELECT id FROM drivers WHERE driver_key = '%')  DESC, s.display_order LIMIT 2";

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_corrected_result_changes_standings_and_statistics(pool: PgPool) {
    let mut season = Season::before(&pool, 2026, 4).await;
    season
        .tick(season.end(4, SessionKind::Qualifying) + TimeDelta::hours(2))
        .await;
    let over = season.end(4, SessionKind::Race);
    season
        .tick_for(over, &[Chore::Sessions, Chore::Corrections])
        .await;
    let winner = season
        .watch
        .value("SELECT driver_key FROM race_results s JOIN races r ON r.id = race_id JOIN drivers d ON d.id = driver_id WHERE year = 2026 AND round = 4 AND position = 1")
        .await;
    let first_two = FIRST_TWO.replace('%', &winner);
    let before = season.watch.values(&first_two).await;
    let forecasts = "SELECT md5(string_agg(p::text || d::text, ',' ORDER BY p.id, driver_id)) FROM predictions p
                     JOIN prediction_drivers d ON d.prediction_id = p.id JOIN races r ON r.id = race_id WHERE year = 2026 AND round = 4";
    let before_correction = season.watch.value(forecasts).await;
    season
        .upstream
        .disqualify(over + TimeDelta::hours(2), 2026, 4, &winner);

    // No release is loaded, so the correction comes from Jolpica.
    let next_day = over + TimeDelta::days(1);
    let step = season
        .tick_for(next_day, &[Chore::Sessions, Chore::Corrections])
        .await;
    assert!(
        step.news.runs.contains(&"recheck 2026/4 done".to_owned()),
        "{:?}",
        step.news
    );
    let after = season.watch.values(&first_two).await;
    assert_ne!(before, after);
    let corrected = season.watch.values(CORRECTIONS).await;
    let cars = season.watch.value("SELECT count(*) FROM race_results s JOIN races r ON r.id = race_id WHERE year = 2026 AND round = 4 AND position IS NOT NULL").await;
    assert_eq!(
        corrected.len(),
        1 + cars.parse::<usize>().unwrap(),
        "{corrected:?}"
    );
    assert!(after[0].starts_with("disqualified 0.00 "), "{after:?}");
    let moved = corrected
        .iter()
        .find(|line| line.starts_with(&winner))
        .unwrap();
    assert!(
        moved.contains("\"finished\"") && moved.contains("\"disqualified\""),
        "{moved}"
    );
    assert_eq!(
        season.watch.value(forecasts).await,
        before_correction,
        "forecasts are append-only"
    );

    let again = season.tick_for(next_day + TimeDelta::days(1), CHORES).await;
    assert_eq!(again.ticked.failed, Vec::<String>::new());
    assert_eq!(season.watch.values(&first_two).await.len(), 2);
    assert_eq!(
        season.watch.values(CORRECTIONS).await.len(),
        corrected.len(),
        "a correction must be recorded once"
    );
}

const CORRECTIONS: &str = "SELECT concat_ws(' ', driver_key, list, before, after) FROM corrections c JOIN drivers d ON d.id = driver_id ORDER BY c.id";

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn rounds_of_a_release_are_only_compared_until_the_next_release(pool: PgPool) {
    let mut season = Season::before(&pool, 2026, 4).await;
    let over = season.end(4, SessionKind::Race);
    season.tick(over).await;
    season.tick(over + TimeDelta::hours(3)).await;
    assert!(season.stored(4).await.contains(&"race f1db 10".to_owned()));
    let stored = dumped(&pool).await;
    let winner = "SELECT driver_key FROM race_results s JOIN races r ON r.id = race_id JOIN drivers d ON d.id = driver_id WHERE year = 2026 AND round = 4 AND position = 1";
    let first = season.watch.value(winner).await;
    season
        .upstream
        .disqualify(over + TimeDelta::hours(49), 2026, 4, &first);

    let step = season.tick(over + TimeDelta::hours(50)).await;
    assert!(
        step.news
            .runs
            .contains(&"recheck 2026/4 nothing_new".to_owned()),
        "{:?}",
        step.news
    );
    let disagreements = season
        .watch
        .value("SELECT disagreements FROM job_runs WHERE job = 'recheck' AND round = 4 ORDER BY id DESC LIMIT 1")
        .await;
    assert!(disagreements.parse::<i32>().unwrap() > 2, "{disagreements}");
    let detail =
        "SELECT detail FROM job_runs WHERE job = 'recheck' AND round = 4 ORDER BY id DESC LIMIT 1";
    let detail = season.watch.value(detail).await;
    assert!(detail.contains("in the championships"), "{detail}");
    assert_eq!(
        season.watch.value(winner).await,
        first,
        "F1DB takes precedence"
    );
    let now_stored = dumped(&pool).await;
    assert_eq!(section(&stored, "results"), section(&now_stored, "results"));

    // The release after round 5 has the correction.
    let next = season.start(5, SessionKind::Race) + TimeDelta::hours(4);
    season.tick_for(next, &[Chore::Release]).await;
    assert_ne!(season.watch.value(winner).await, first);
    let corrected = season.watch.values(CORRECTIONS).await;
    assert!(
        corrected
            .iter()
            .any(|line| line.starts_with(&format!("{first} race"))),
        "{corrected:?}"
    );
}
