//! Forecasts are made once, before the start or marked as retrospective, and do not depend on anything later.

use chrono::TimeDelta;
use etl::{
    Context,
    jobs::{Which, predictions},
};
use schema::{Contest, EventFormat, JobOutcome};
use sqlx::PgPool;

use crate::common::{
    another_database, championship, context, context_at, dumped, load, load_and_forecast, now,
    section,
};

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn every_race_with_a_past_is_forecast_once(pool: PgPool) {
    let ctx = context(&pool);
    load_and_forecast(&ctx, &championship().release()).await;
    let before = dumped(&pool).await;
    let live: Vec<(String, String)> = sqlx::query_as(
        "SELECT p.contest::text, p.moment::text FROM predictions p JOIN races r ON r.id = p.race_id
         WHERE p.kind = 'live' AND r.status = 'qualifying_done' ORDER BY p.moment",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let expected = [
        ("grand_prix", "qualifying_order"),
        ("grand_prix", "official_grid"),
    ];
    assert_eq!(
        live,
        expected.map(|(contest, moment)| (contest.to_owned(), moment.to_owned()))
    );
    let sprints: i64 = sqlx::query_scalar("SELECT count(*) FROM sprint_predictions")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert!(sprints > 0, "no sprint has a forecast");
    let unequal: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM predictions p WHERE 1e-9 < (
             SELECT max(abs(total - 1)) FROM (
                 SELECT sum(chance) AS total FROM prediction_drivers d, unnest(d.positions) WITH ORDINALITY u (chance, place)
                 WHERE d.prediction_id = p.id AND d.contest = p.contest GROUP BY place) columns)",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(
        unequal, 0,
        "forecasts in which a place is not filled exactly once"
    );

    let again = predictions::compute_all(&ctx, |_, _| {}).await.unwrap();
    assert_eq!(again.outcome(), JobOutcome::NothingNew, "{again:?}");
    assert_eq!(dumped(&pool).await, before);
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn nothing_that_happened_later_changes_a_forecast(pool: PgPool) {
    let longer = demo::Championship {
        rounds: 10,
        sprints: 4,
        ..championship()
    };
    let release = longer.release();
    let ctx = context(&pool);
    load_and_forecast(&ctx, &release).await;
    let with_future = dumped(&pool).await;

    // The same release without everything that was published from the start of the last completed race on.
    let (year, round, last, starts_at): (i16, i16, String, chrono::DateTime<chrono::Utc>) = sqlx::query_as(
        "SELECT year, round, grand_prix_key::text, starts_at FROM races WHERE status = 'completed' ORDER BY date DESC LIMIT 1",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    let past = release.cut(year, round);
    assert_ne!(past, release);
    let other = another_database(&pool).await;
    let ctx_past = context_at(&other, starts_at + TimeDelta::days(200));
    load_and_forecast(&ctx_past, &past).await;
    let without_future = dumped(&other).await;

    let races: Vec<(i16, String)> = sqlx::query_as(
        "SELECT year, grand_prix_key::text FROM races WHERE (year, round) <= ($1, $2) ORDER BY year, round",
    )
    .bind(year)
    .bind(round)
    .fetch_all(&pool)
    .await
    .unwrap();
    for title in ["prediction_features", "predictions"] {
        let (seen, blind) = (
            section(&with_future, title),
            section(&without_future, title),
        );
        let mut compared = 0;
        for (year, grand_prix) in &races {
            let prefix = format!("{year},{grand_prix},");
            let of_race = |lines: &[&str]| -> Vec<String> {
                lines
                    .iter()
                    .filter(|line| line.starts_with(&prefix))
                    .map(ToString::to_string)
                    .collect()
            };
            assert_eq!(
                of_race(&seen),
                of_race(&blind),
                "{title} of {prefix} depend on later data"
            );
            compared += of_race(&seen).len();
        }
        assert!(compared > 20, "{compared} rows of {title}");
        assert!(
            seen.len() > compared,
            "there are no later {title}, so nothing was tested"
        );
        let sprints = blind
            .iter()
            .filter(|line| line.contains(",sprint,"))
            .count();
        assert!(sprints > 0, "no {title} of a sprint were compared");
        assert!(
            blind
                .iter()
                .any(|line| line.starts_with(&format!("{year},{last},"))),
            "{title} of {last} were not compared"
        );
    }
    other.close().await;
}

/// A change to what one part of a weekend publishes, and the moments that must not see it, by event format.
struct Stage {
    name: &'static str,
    change: &'static str,
    blind: fn(EventFormat) -> Vec<&'static str>,
}

const EARLY: [&str; 2] = ["grand_prix,before_weekend", "grand_prix,before_qualifying"];
const SPRINT: [&str; 2] = ["sprint,qualifying_order", "sprint,official_grid"];

const STAGES: [Stage; 7] = [
    Stage {
        name: "first practice",
        change: "UPDATE practice_results SET time_ms = time_ms + 400 * (driver_id % 7) WHERE race_id = $1 AND session = 1",
        blind: |_| vec!["grand_prix,before_weekend"],
    },
    Stage {
        name: "later practice",
        change: "UPDATE practice_results SET time_ms = time_ms + 400 * (driver_id % 5) WHERE race_id = $1 AND session > 1",
        // Until 2022 Friday's qualifying came before second practice.
        blind: |format| {
            let mut blind = vec!["grand_prix,before_weekend", SPRINT[0], SPRINT[1]];
            if format == EventFormat::Sprint {
                blind.extend(["grand_prix,before_qualifying", "grand_prix,qualifying_order"]);
            }
            blind
        },
    },
    Stage {
        name: "sprint qualifying",
        change: "UPDATE qualifying SET q1_ms = q1_ms + 300 * (driver_id % 5), q2_ms = q2_ms + 200 * (driver_id % 7),
                        q3_ms = NULL, display_order = 101 - display_order, position = 41 - position
                 WHERE race_id = $1 AND contest = 'sprint'",
        blind: |_| vec![EARLY[0], EARLY[1], "grand_prix,qualifying_order", "grand_prix,official_grid"],
    },
    Stage {
        name: "the sprint",
        change: "UPDATE results SET display_order = 101 - display_order,
                        status = (CASE WHEN driver_id % 3 > 0 THEN 'finished' ELSE 'retired' END)::result_status,
                        position = CASE WHEN driver_id % 3 > 0 THEN 41 - display_order END
                 WHERE race_id = $1 AND contest = 'sprint'",
        // Qualifying comes after the sprint only since 2024.
        blind: |format| {
            let mut blind = vec![EARLY[0], EARLY[1], SPRINT[0], SPRINT[1]];
            if format != EventFormat::SprintQualifying {
                blind.push("grand_prix,qualifying_order");
            }
            blind
        },
    },
    Stage {
        name: "qualifying",
        change: "UPDATE qualifying SET q1_ms = q1_ms + 300 * (driver_id % 5), q2_ms = q2_ms + 200 * (driver_id % 7),
                        q3_ms = NULL, display_order = 101 - display_order, position = 41 - position
                 WHERE race_id = $1 AND contest = 'grand_prix'",
        // Until 2022 qualifying also set the grid of the sprint.
        blind: |format| match format {
            EventFormat::Sprint => EARLY.to_vec(),
            _ => vec![EARLY[0], EARLY[1], SPRINT[0], SPRINT[1]],
        },
    },
    Stage {
        name: "the grids",
        change: "UPDATE grid SET position = CASE WHEN driver_id % 4 > 0 THEN 41 - display_order END, display_order = 101 - display_order,
                        pit_lane = driver_id % 4 = 0
                 WHERE race_id = $1",
        blind: |_| vec![EARLY[0], EARLY[1], "grand_prix,qualifying_order", SPRINT[0]],
    },
    Stage {
        name: "the race",
        change: "UPDATE results SET display_order = 101 - display_order, time_ms = NULL, gap_ms = NULL,
                        status = (CASE WHEN driver_id % 3 > 0 THEN 'finished' ELSE 'retired' END)::result_status,
                        position = CASE WHEN driver_id % 3 > 0 THEN 41 - display_order END, fastest_lap_ms = 100000 + driver_id, points = 0
                 WHERE race_id = $1 AND contest = 'grand_prix'",
        blind: |_| {
            let grand_prix = ["grand_prix,qualifying_order", "grand_prix,official_grid"];
            [EARLY, grand_prix, SPRINT].concat()
        },
    },
];

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn no_moment_sees_later_data(pool: PgPool) {
    stages_of(&pool, "2026-06-10T14:00:00Z", EventFormat::SprintQualifying).await;
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn no_moment_of_2023_sees_later_data(pool: PgPool) {
    stages_of(&pool, "2024-06-12T14:00:00Z", EventFormat::SprintShootout).await;
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn no_moment_of_2022_sees_later_data(pool: PgPool) {
    stages_of(&pool, "2023-06-14T14:00:00Z", EventFormat::Sprint).await;
}

/// Changes one part after another of a conventional weekend and of a sprint weekend of `format`. The features of a moment
/// that must not see the part stay the same to the last bit.
async fn stages_of(pool: &PgPool, now: &str, format: EventFormat) {
    let now = now.parse().unwrap();
    let ctx = context_at(pool, now);
    load(&ctx, &demo::Championship::small(now).release())
        .await
        .unwrap();
    compute_features(&ctx).await;
    let weekends: Vec<(i32, String, EventFormat)> = sqlx::query_as(
        "SELECT DISTINCT ON (event_format) id, year || ',' || grand_prix_key || ',', event_format FROM races
         WHERE status = 'completed' AND starts_at < (SELECT max(starts_at) FROM races WHERE status = 'completed')
         ORDER BY event_format, date DESC",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    let formats: Vec<EventFormat> = weekends.iter().map(|(.., format)| *format).collect();
    assert!(formats.contains(&format), "{formats:?}");
    for (race, prefix, format) in weekends {
        for stage in &STAGES {
            let before = dumped(pool).await;
            let changed = sqlx::query(stage.change)
                .bind(race)
                .execute(pool)
                .await
                .unwrap();
            if changed.rows_affected() == 0 {
                continue; // this format has no such session
            }
            compute_features(&ctx).await;
            let after = dumped(pool).await;
            let of = |dump: &str, moment: &str| -> Vec<String> {
                let prefix = format!("{prefix}{moment},");
                let rows = section(dump, "prediction_features").into_iter();
                let rows = rows.filter(|line| line.starts_with(&prefix));
                rows.map(str::to_owned).collect()
            };
            for moment in (stage.blind)(format) {
                let seen = of(&before, moment);
                let exists = format.has_sprint() || !moment.starts_with("sprint");
                assert_eq!(exists, !seen.is_empty(), "features of {prefix}{moment}");
                assert_eq!(
                    seen,
                    of(&after, moment),
                    "{} changed {prefix}{moment}",
                    stage.name
                );
            }
            assert_ne!(
                section(&before, "prediction_features"),
                section(&after, "prediction_features"),
                "{} of {prefix} changes no feature, so nothing was tested",
                stage.name
            );
        }
    }
}

async fn compute_features(ctx: &Context) {
    for contest in [Contest::GrandPrix, Contest::Sprint] {
        predictions::compute_features(ctx, contest, Which::default())
            .await
            .unwrap();
    }
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_new_grid_adds_a_forecast_and_changes_none(pool: PgPool) {
    let ctx = context(&pool);
    let release = championship().release();
    load_and_forecast(&ctx, &release).await;
    let before = dumped(&pool).await;

    // A penalty is announced before the start of the next race: the first two on the grid swap places.
    let next: String = sqlx::query_scalar(
        "SELECT id::text FROM races WHERE starts_at > $1 ORDER BY starts_at LIMIT 1",
    )
    .bind(now())
    .fetch_one(&pool)
    .await
    .unwrap();
    sqlx::query(
        "UPDATE race_grid SET position = 3 - position, display_order = 3 - display_order WHERE race_id = $1::int AND position <= 2",
    )
    .bind(&next)
    .execute(&pool)
    .await
    .unwrap();
    let later = context_at(&pool, now() + TimeDelta::hours(1));
    let report = predictions::compute_predictions(&later, Contest::GrandPrix, Which::default())
        .await
        .unwrap();
    assert_eq!(
        report.changes.inserted, 1,
        "one new live forecast: {report:?}"
    );
    let after = dumped(&pool).await;
    let old: std::collections::HashSet<&str> =
        section(&before, "predictions").into_iter().collect();
    let kept = section(&after, "predictions")
        .into_iter()
        .filter(|line| old.contains(line))
        .count();
    assert_eq!(kept, old.len(), "the first forecast must be kept");

    // After the start the same grid gives a retrospective forecast, not a live one.
    let started = context_at(&pool, now() + TimeDelta::days(3));
    predictions::compute_predictions(&started, Contest::GrandPrix, Which::default())
        .await
        .unwrap();
    let kinds: Vec<(String, i64)> = sqlx::query_as(
        "SELECT kind::text, count(*) FROM predictions WHERE race_id = $1::int AND contest = 'grand_prix' AND moment = 'official_grid' GROUP BY kind ORDER BY kind",
    )
    .bind(&next)
    .fetch_all(&pool)
    .await
    .unwrap();
    assert_eq!(
        kinds,
        [("live".to_owned(), 2), ("retrospective".to_owned(), 1)]
    );
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn too_little_history_is_reported_and_gives_no_forecast(pool: PgPool) {
    let ctx = context(&pool);
    load(&ctx, &championship().release().cut(2025, 2))
        .await
        .unwrap();
    let report = predictions::compute_all(&ctx, |_, _| {}).await.unwrap();
    assert!(report.detail.contains("too little history"), "{report:?}");
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_cancelled_race_keeps_its_forecast_and_loses_its_round(pool: PgPool) {
    let ctx = context(&pool);
    let release = championship().release();
    load_and_forecast(&ctx, &release).await;
    let (id, round): (i32, i16) = sqlx::query_as(
        "SELECT id, round FROM races WHERE starts_at > $1 ORDER BY starts_at LIMIT 1",
    )
    .bind(now())
    .fetch_one(&pool)
    .await
    .unwrap();
    let before: i64 = sqlx::query_scalar("SELECT count(*) FROM predictions WHERE race_id = $1")
        .bind(id)
        .fetch_one(&pool)
        .await
        .unwrap();
    assert!(before > 0);

    let calendar = &release.files["f1db-races.csv"];
    let upstream_id = calendar
        .lines()
        .find(|line| line.contains(&format!(",2026,{round},")))
        .and_then(|line| line.split(',').next())
        .unwrap()
        .to_owned();
    let mut without = release.clone();
    for (name, text) in &mut without.files {
        if name.starts_with("f1db-races") {
            let kept = text
                .lines()
                .filter(|line| line.split(',').next() != Some(&upstream_id));
            let renumbered = kept.map(|line| {
                let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
                if name == "f1db-races.csv"
                    && cells[1] == "2026"
                    && cells[2].parse::<i16>().unwrap() > round
                {
                    cells[2] = (cells[2].parse::<i16>().unwrap() - 1).to_string();
                }
                cells.join(",")
            });
            *text = renumbered.collect::<Vec<_>>().join("\n") + "\n";
        }
    }
    load(&ctx, &without).await.unwrap();
    let status: String = sqlx::query_scalar("SELECT status::text FROM races WHERE id = $1")
        .bind(id)
        .fetch_one(&pool)
        .await
        .unwrap();
    let after: i64 = sqlx::query_scalar("SELECT count(*) FROM predictions WHERE race_id = $1")
        .bind(id)
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!((status.as_str(), after), ("cancelled", before));
    let successors: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM races WHERE year = 2026 AND round = $1 AND status <> 'cancelled'",
    )
    .bind(round)
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(
        successors,
        i64::from(round < 4),
        "the next race, if there is one, must get the round"
    );
    let again = load(&ctx, &without).await.unwrap();
    assert_eq!(again.outcome(), JobOutcome::NothingNew, "{again:?}");

    load(&ctx, &release).await.unwrap();
    let back: String = sqlx::query_scalar("SELECT status::text FROM races WHERE id = $1")
        .bind(id)
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(
        back, "qualifying_done",
        "the race must come back by its title"
    );
}
