//! `load`: a release is loaded whole, twice, broken, and in a newer version.

use etl::jobs::load as job;
use sqlx::PgPool;

use crate::common::{championship, context, dumped, load, now, packed, section};

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_release_is_loaded_whole_and_loading_it_twice_changes_nothing(pool: PgPool) {
    let release = championship().release();
    let first = load(&context(&pool), &release).await.unwrap();
    assert_eq!(first.outcome(), schema::JobOutcome::Done);
    let before = dumped(&pool).await;
    for (title, file) in [
        ("races", "f1db-races.csv"),
        ("drivers", "f1db-drivers.csv"),
        ("teams", "f1db-constructors.csv"),
        ("circuits", "f1db-circuits.csv"),
        ("pit_stops", "f1db-races-pit-stops.csv"),
    ] {
        let rows = release.files[file].lines().count() - 1;
        assert_eq!(section(&before, title).len(), rows, "{title}");
    }
    let results = [
        "f1db-races-race-results.csv",
        "f1db-races-sprint-race-results.csv",
    ];
    let rows: usize = results
        .iter()
        .map(|file| release.files[*file].lines().count() - 1)
        .sum();
    assert_eq!(section(&before, "results").len(), rows);
    assert!(
        !section(&before, "driver_season_stats").is_empty()
            && !section(&before, "team_season_stats").is_empty()
    );

    let second = load(&context(&pool), &release).await.unwrap();
    assert_eq!(
        second.outcome(),
        schema::JobOutcome::NothingNew,
        "{second:?}"
    );
    assert_eq!(dumped(&pool).await, before);
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn the_status_of_a_race_follows_from_its_published_lists(pool: PgPool) {
    load(&context(&pool), &championship().release())
        .await
        .unwrap();
    let states: Vec<(String, i64)> =
        sqlx::query_as("SELECT status::text, count(*) FROM races WHERE year = 2026 GROUP BY status ORDER BY status")
            .fetch_all(&pool)
            .await
            .unwrap();
    let next: (String, bool) = sqlx::query_as(
        "SELECT status::text, EXISTS (SELECT FROM race_grid g WHERE g.race_id = r.id) FROM races r
         WHERE starts_at > $1 ORDER BY starts_at LIMIT 1",
    )
    .bind(now())
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(next, ("qualifying_done".to_owned(), true), "{states:?}");
}

/// The release with one file changed, or without it.
fn with(
    release: &demo::Release,
    file: &str,
    change: impl Fn(&str) -> Option<String>,
) -> demo::Release {
    let mut changed = release.clone();
    let text = changed
        .files
        .remove(file)
        .unwrap_or_else(|| panic!("{file} is not in the release"));
    if let Some(text) = change(&text) {
        changed.files.insert(file.to_owned(), text);
    }
    changed
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_broken_release_changes_nothing_and_its_error_names_the_place(pool: PgPool) {
    let ctx = context(&pool);
    let good = championship().release();
    load(&ctx, &good).await.unwrap();
    let before = dumped(&pool).await;

    let missing_file = with(&good, "f1db-races-pit-stops.csv", |_| None);
    let missing_column = with(&good, "f1db-drivers.csv", |text| {
        Some(text.replacen("\"lastName\"", "\"surname\"", 1))
    });
    let bad_value = with(&good, "f1db-races-race-results.csv", |text| {
        let (header, rows) = text.split_once('\n').unwrap();
        let laps = header
            .split(',')
            .position(|name| name == "\"laps\"")
            .unwrap();
        let mut lines: Vec<String> = rows.lines().map(str::to_owned).collect();
        let mut cells: Vec<&str> = lines[2].split(',').collect();
        cells[laps] = "many";
        let broken = cells.join(",");
        lines[2] = broken;
        Some(format!("{header}\n{}\n", lines.join("\n")))
    });
    let unknown_driver = with(&good, "f1db-drivers.csv", |text| {
        let mut lines: Vec<&str> = text.lines().collect();
        lines.remove(1);
        Some(format!("{}\n", lines.join("\n")))
    });
    let ragged = with(&good, "f1db-races.csv", |text| {
        Some(format!("{text}1,2,3,4,5,6,7,8\n"))
    });
    let empty = with(&good, "f1db-races.csv", |_| Some(String::new()));
    for (release, words) in [
        (
            missing_file,
            vec!["f1db-races-pit-stops.csv", "lacks this file"],
        ),
        (
            missing_column,
            vec!["f1db-drivers.csv", "lastName", "lacks this column"],
        ),
        (
            bad_value,
            vec![
                "f1db-races-race-results.csv",
                "line 4",
                "column laps",
                "\"many\"",
            ],
        ),
        (
            unknown_driver,
            vec!["driverId", "is not in the release's own list"],
        ),
        (ragged, vec!["f1db-races.csv"]),
        (empty, vec!["f1db-races.csv"]),
    ] {
        let error = format!("{:#}", load(&ctx, &release).await.unwrap_err());
        assert!(
            words.iter().all(|word| error.contains(word)),
            "{error} must name {words:?}"
        );
        assert!(error.contains("nothing was changed"), "{error}");
    }

    let whole = packed(&good);
    for bytes in [
        Vec::new(),
        b"<html>not a zip</html>".to_vec(),
        whole.bytes[..whole.bytes.len() / 2].to_vec(),
    ] {
        let broken = etl::sources::f1db::Release {
            bytes,
            ..packed(&good)
        };
        let error = format!(
            "{:#}",
            job::load_release(&ctx, "f1db", &broken).await.unwrap_err()
        );
        assert!(error.contains("not a readable release archive"), "{error}");
    }
    let mut flipped = packed(&good);
    let middle = flipped.bytes.len() / 3;
    flipped.bytes[middle] ^= 0xff;
    assert!(
        job::load_release(&ctx, "f1db", &flipped).await.is_err(),
        "a flipped bit must be noticed"
    );
    assert_eq!(dumped(&pool).await, before);
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_newer_release_renames_renumbers_and_deletes(pool: PgPool) {
    let ctx = context(&pool);
    let old = championship().release();
    load(&ctx, &old).await.unwrap();
    let key: String =
        sqlx::query_scalar("SELECT driver_key::text FROM drivers ORDER BY id LIMIT 1")
            .fetch_one(&pool)
            .await
            .unwrap();
    let id = |key: String| {
        let pool = pool.clone();
        async move {
            sqlx::query_scalar::<_, i32>("SELECT id FROM drivers WHERE driver_key::text = $1")
                .bind(key)
                .fetch_one(&pool)
                .await
                .unwrap()
        }
    };
    let driver = id(key.clone()).await;
    let race_ids: Vec<i32> =
        sqlx::query_scalar("SELECT id FROM races WHERE year = 2025 ORDER BY round")
            .fetch_all(&pool)
            .await
            .unwrap();

    // The driver's key is renamed everywhere; rounds 1 and 2 of 2025 swap numbers; the last pit stop, the last result and
    // the last place on the grid of the next race are deleted.
    let mut new = old.clone();
    for text in new.files.values_mut() {
        *text = text.replace(&format!("\"{key}\""), "\"renamed-person\"");
    }
    let mut new = with(&new, "f1db-races.csv", |text| Some(swap_rounds(text)));
    for file in [
        "f1db-races-pit-stops.csv",
        "f1db-races-race-results.csv",
        "f1db-races-starting-grid-positions.csv",
    ] {
        new = with(&new, file, |text| {
            Some(text.trim_end().rsplit_once('\n').unwrap().0.to_owned() + "\n")
        });
    }
    let before = dumped(&pool).await;
    let report = load(&ctx, &new).await.unwrap();
    assert!(report.changes.deleted >= 3, "{report:?}");
    let after = dumped(&pool).await;

    assert_eq!(
        id("renamed-person".to_owned()).await,
        driver,
        "the driver must keep the id"
    );
    assert!(
        section(&after, "key_aliases").contains(&format!("driver,{key},renamed-person").as_str())
    );
    let renumbered: Vec<i32> =
        sqlx::query_scalar("SELECT id FROM races WHERE year = 2025 ORDER BY round")
            .fetch_all(&pool)
            .await
            .unwrap();
    assert_eq!(
        renumbered[..2],
        [race_ids[1], race_ids[0]],
        "the races must keep their ids under new rounds"
    );
    assert_eq!(
        section(&after, "pit_stops").len() + 1,
        section(&before, "pit_stops").len()
    );
    assert_eq!(
        section(&after, "results").len() + 1,
        section(&before, "results").len()
    );

    assert_eq!(
        section(&after, "grid").len() + 1,
        section(&before, "grid").len(),
        "a car that was withdrawn before the race must lose its place"
    );

    // Loading the old release again restores the old content and reverses the alias.
    load(&ctx, &old).await.unwrap();
    let back = dumped(&pool).await;
    assert_eq!(section(&back, "results"), section(&before, "results"));
    assert_eq!(section(&back, "races"), section(&before, "races"));
    assert_eq!(
        section(&back, "key_aliases"),
        [format!("driver,renamed-person,{key}")]
    );
}

/// The calendar with rounds 1 and 2 of 2025 swapped; ids stay.
fn swap_rounds(races: &str) -> String {
    let swap = |line: &str| {
        let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
        if cells[1] == "2025" {
            cells[2] = match cells[2].as_str() {
                "1" => "2".to_owned(),
                "2" => "1".to_owned(),
                other => other.to_owned(),
            };
        }
        cells.join(",")
    };
    races.lines().map(swap).collect::<Vec<_>>().join("\n") + "\n"
}
