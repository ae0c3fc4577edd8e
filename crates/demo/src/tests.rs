//! A release is well formed and consistent, and reveals nothing of the future.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, NaiveDateTime, TimeDelta, TimeZone, Utc};

use super::{Championship, Release, release::csv::split, simulation};

/// A row by column name, without quotes; null is empty.
type Row = BTreeMap<String, String>;

fn rows(release: &Release, file: &str) -> Vec<Row> {
    let csv = &release.files[&format!("f1db-{file}.csv")];
    let bare = |cell: &str| cell.trim_matches('"').to_owned();
    let mut lines = csv
        .lines()
        .map(|line| split(line).into_iter().map(bare).collect::<Vec<_>>());
    let header = lines.next().unwrap();
    lines
        .map(|cells| header.iter().cloned().zip(cells).collect())
        .collect()
}

fn number(row: &Row, column: &str) -> i64 {
    row[column].parse().unwrap_or(0)
}

fn round_of(row: &Row) -> (i64, i64) {
    (number(row, "year"), number(row, "round"))
}

fn noon(year: i32, month: u32, day: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(year, month, day, 12, 0, 0).unwrap()
}

fn september() -> DateTime<Utc> {
    noon(2026, 9, 16)
}

/// Seasons 2022 to 2024, one of each sprint format.
fn three_formats() -> Release {
    Championship {
        seasons: 3,
        ..Championship::small(noon(2024, 8, 1))
    }
    .release()
}

const SESSION_FILES: [&str; 11] = [
    "races-free-practice-1-results",
    "races-free-practice-2-results",
    "races-free-practice-3-results",
    "races-qualifying-results",
    "races-sprint-qualifying-results",
    "races-sprint-starting-grid-positions",
    "races-sprint-race-results",
    "races-starting-grid-positions",
    "races-race-results",
    "races-fastest-laps",
    "races-pit-stops",
];

#[test]
fn every_row_has_a_cell_for_every_column() {
    let release = Championship::standard(september()).release();
    assert_eq!(release.files.len(), 27);
    for (name, csv) in &release.files {
        assert!(csv.ends_with('\n'), "{name}");
        let widths: BTreeSet<usize> = csv.lines().map(|line| split(line).len()).collect();
        assert_eq!(widths.len(), 1, "{name}");
    }
    let columns = |file: &str| {
        release.files[&format!("f1db-{file}.csv")]
            .lines()
            .next()
            .unwrap()
            .split(',')
            .count()
    };
    assert_eq!(columns("drivers"), 32);
    assert_eq!(columns("races"), 47);
    assert_eq!(columns("races-race-results"), 34);
    assert_eq!(columns("races-qualifying-results"), 24);
}

#[test]
fn the_rows_of_a_list_are_numbered() {
    let release = three_formats();
    for file in SESSION_FILES
        .into_iter()
        .chain(["races-driver-standings", "races-constructor-standings"])
    {
        let mut last = BTreeMap::new();
        for row in rows(&release, file) {
            let order = number(&row, "positionDisplayOrder");
            let before = last.insert(row["raceId"].clone(), order).unwrap_or(0);
            assert_eq!(order, before + 1, "{file}");
        }
    }
}

#[test]
fn every_kind_of_row_occurs() {
    let release = three_formats();
    for file in SESSION_FILES {
        assert!(!rows(&release, file).is_empty(), "{file}");
    }
    let results = rows(&release, "races-race-results");
    for status in ["1", "NC", "DNF", "DSQ", "DNS"] {
        assert!(
            results.iter().any(|row| row["positionText"] == status),
            "{status}"
        );
    }
    assert!(
        results
            .iter()
            .any(|row| !row["positionNumber"].is_empty() && !row["reasonRetired"].is_empty())
    );
    assert!(
        results
            .iter()
            .any(|row| row["gap"] == "+1 lap" && row["gapLaps"] == "1")
    );
    let grid = rows(&release, "races-starting-grid-positions");
    assert!(grid.iter().any(|row| row["positionText"] == "PL"));
    assert!(grid.iter().any(|row| row["gridPenalty"] == "SFB"));
    assert!(grid.iter().any(|row| row["gridPenaltyPositions"] == "3"));
    assert!(
        rows(&release, "seasons-entrants-drivers")
            .iter()
            .any(|row| row["roundsText"] == "3-4")
    );
    assert_eq!(rows(&release, "constructors-chronology").len(), 4);
    assert!(rows(&release, "races-free-practice-4-results").is_empty());
}

#[test]
fn sprint_weekends_follow_the_rules_of_their_year() {
    let release = three_formats();
    let sprints: Vec<Row> = rows(&release, "races")
        .into_iter()
        .filter(|race| !race["sprintRaceDate"].is_empty())
        .collect();
    let formats: Vec<(&str, &str)> = sprints
        .iter()
        .map(|race| {
            (
                race["qualifyingFormat"].as_str(),
                race["sprintQualifyingFormat"].as_str(),
            )
        })
        .collect();
    assert_eq!(
        formats,
        [
            ("SPRINT_RACE", ""),
            ("KNOCKOUT", "SPRINT_SHOOTOUT"),
            ("KNOCKOUT", "SPRINT_SHOOTOUT")
        ]
    );
    let qualified = |race: &Row| start(race, "qualifying").unwrap();
    let sprinted = |race: &Row| start(race, "sprintRace").unwrap();
    assert!(qualified(&sprints[0]) < sprinted(&sprints[0]));
    assert!(qualified(&sprints[1]) < sprinted(&sprints[1]));
    assert!(qualified(&sprints[2]) > sprinted(&sprints[2]));
    let old = round_of(&sprints[0]);
    let placed = |file: &str, column: &str| -> Vec<(String, String)> {
        let mut placed: Vec<_> = rows(&release, file)
            .into_iter()
            .filter(|row| round_of(row) == old && !row[column].is_empty())
            .map(|row| (row["driverId"].clone(), row[column].clone()))
            .collect();
        placed.sort();
        placed
    };
    let sprint = placed("races-sprint-race-results", "positionNumber");
    assert_eq!(
        sprint,
        placed(
            "races-starting-grid-positions",
            "qualificationPositionNumber"
        )
    );
}

#[test]
fn ids_are_unique_and_references_resolve() {
    let release = Championship::standard(september()).release();
    let ids = |file: &str| -> Vec<String> {
        rows(&release, file)
            .iter()
            .map(|row| row["id"].clone())
            .collect()
    };
    for file in [
        "drivers",
        "constructors",
        "circuits",
        "grands-prix",
        "countries",
        "entrants",
        "engine-manufacturers",
    ] {
        let ids = ids(file);
        assert!(ids.is_sorted_by(|one, next| one < next), "{file}: {ids:?}");
        assert!(
            ids.iter()
                .flat_map(|id| id.chars())
                .all(|letter| letter.is_ascii_lowercase() || letter == '-')
        );
    }
    let drivers = rows(&release, "drivers");
    for column in ["abbreviation", "permanentNumber"] {
        let values: BTreeSet<&String> = drivers.iter().map(|driver| &driver[column]).collect();
        assert_eq!(values.len(), drivers.len(), "{column}");
    }
    let countries = ids("countries");
    for (file, column) in [
        ("drivers", "nationalityCountryId"),
        ("constructors", "countryId"),
        ("circuits", "countryId"),
    ] {
        assert!(
            rows(&release, file)
                .iter()
                .all(|row| countries.contains(&row[column])),
            "{file}"
        );
    }
    let (drivers, teams, engines) = (
        ids("drivers"),
        ids("constructors"),
        ids("engine-manufacturers"),
    );
    for file in SESSION_FILES
        .into_iter()
        .chain(["seasons-entrants-drivers"])
    {
        for row in rows(&release, file) {
            assert!(
                drivers.contains(&row["driverId"]) && teams.contains(&row["constructorId"]),
                "{file}"
            );
            assert!(engines.contains(&row["engineManufacturerId"]), "{file}");
        }
    }
}

#[test]
fn standings_add_up_the_points_of_results() {
    let release = three_formats();
    for (file, contender) in [
        ("races-driver-standings", "driverId"),
        ("races-constructor-standings", "constructorId"),
    ] {
        let mut sums: BTreeMap<(i64, String), Vec<(i64, i64)>> = BTreeMap::new();
        for results in ["races-race-results", "races-sprint-race-results"] {
            for row in rows(&release, results) {
                let scored = (number(&row, "round"), number(&row, "points"));
                sums.entry((number(&row, "year"), row[contender].clone()))
                    .or_default()
                    .push(scored);
            }
        }
        for line in rows(&release, file) {
            let (year, round) = round_of(&line);
            let scored = sums[&(year, line[contender].clone())]
                .iter()
                .filter(|(scored_in, _)| *scored_in <= round);
            assert_eq!(
                number(&line, "points"),
                scored.map(|(_, points)| points).sum::<i64>(),
                "{file} {line:?}"
            );
        }
    }
}

#[test]
fn a_finished_season_has_one_champion_and_one_deciding_race() {
    let release = Championship::standard(september()).release();
    let races = rows(&release, "races");
    for (title, file) in [
        ("drivers", "seasons-driver-standings"),
        ("constructors", "seasons-constructor-standings"),
    ] {
        let table = rows(&release, file);
        for year in [2024, 2025] {
            let champions = table
                .iter()
                .filter(|row| number(row, "year") == year && row["championshipWon"] == "true");
            assert_eq!(
                champions
                    .map(|row| row["positionText"].as_str())
                    .collect::<Vec<_>>(),
                ["1"]
            );
            let decider = format!("{title}ChampionshipDecider");
            let deciders = races
                .iter()
                .filter(|race| number(race, "year") == year && race[&decider] == "true");
            assert_eq!(deciders.count(), 1);
        }
        assert!(table.iter().any(|row| row["year"] == "2026"));
        assert!(
            table
                .iter()
                .all(|row| row["year"] != "2026" || row["championshipWon"] == "false")
        );
    }
}

fn start(race: &Row, session: &str) -> Option<NaiveDateTime> {
    let (date, time) = match session {
        "" => ("date".to_owned(), "time".to_owned()),
        session => (format!("{session}Date"), format!("{session}Time")),
    };
    NaiveDateTime::parse_from_str(
        &format!("{} {}", race[&date], race[&time]),
        "%Y-%m-%d %H:%M",
    )
    .ok()
}

/// Checks that `now` lies between the grid and the race of a round of the newest season.
fn assert_placed(championship: &Championship) {
    let release = championship.release();
    let now = championship.now.naive_utc();
    let completed: BTreeSet<_> = rows(&release, "races-race-results")
        .iter()
        .map(round_of)
        .collect();
    let with_grid: BTreeSet<_> = rows(&release, "races-starting-grid-positions")
        .iter()
        .map(round_of)
        .collect();
    let races = rows(&release, "races");
    let mut previous = None;
    let mut next = None;
    for race in &races {
        let race_start = start(race, "").unwrap();
        assert!(
            previous.is_none_or(|previous| previous < race_start),
            "{now}: {race:?}"
        );
        previous = Some(race_start);
        assert_eq!(
            completed.contains(&round_of(race)),
            race_start < now,
            "{now}: {race:?}"
        );
        if !completed.contains(&round_of(race)) && next.is_none() {
            next = Some(race);
        }
        assert_eq!(
            with_grid.contains(&round_of(race)),
            race_start < now + TimeDelta::hours(44),
            "{now}"
        );
    }
    let next = next.unwrap();
    let next_start = start(next, "").unwrap();
    assert!(
        next_start - now > TimeDelta::hours(20) && next_start - now < TimeDelta::hours(44),
        "{now}"
    );
    assert_eq!(i64::from(next_start.year()), number(next, "year"));
    for session in [
        "freePractice1",
        "freePractice2",
        "freePractice3",
        "qualifying",
        "sprintQualifying",
        "sprintRace",
    ] {
        assert!(
            start(next, session).is_none_or(|start| start + TimeDelta::hours(2) <= now),
            "{now} {session}"
        );
    }
    let running = completed
        .iter()
        .filter(|(year, _)| *year == number(next, "year"))
        .count();
    assert!(running >= 3, "{now}");
    assert_eq!(release.tag, format!("v{}.{running}.0", next_start.year()));
}

#[test]
fn any_instant_lies_between_the_grid_and_the_race_of_a_round() {
    for index in 0..400_u64 {
        let now = noon(1990, 1, 1) + TimeDelta::minutes(i64::try_from(index).unwrap() * 145_321);
        let small = Championship {
            seed: index,
            ..Championship::small(now)
        };
        assert_placed(&small);
        if index % 20 == 0 {
            assert_placed(&Championship {
                seed: index,
                seasons: 2,
                teams: 3,
                ..Championship::standard(now)
            });
        }
    }
    for (month, day) in [(1, 1), (1, 2), (12, 29), (12, 30), (12, 31)] {
        assert_placed(&Championship::small(noon(2026, month, day)));
        assert_placed(&Championship::standard(noon(2026, month, day)));
    }
}

#[test]
fn a_shape_out_of_range_is_brought_into_range() {
    for (seasons, rounds, sprints, teams) in
        [(0, 0, 0, 0), (1, 4, 9, 1), (10, 5, 2, 10), (99, 99, 99, 99)]
    {
        let release = Championship {
            seed: 7,
            seasons,
            rounds,
            sprints,
            teams,
            now: september(),
        }
        .release();
        assert!(!rows(&release, "races-race-results").is_empty());
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let championship = Championship::small(september());
    assert_eq!(championship.release(), championship.release());
    assert_eq!(
        championship.release().zip().unwrap(),
        championship.release().zip().unwrap()
    );
    assert_ne!(
        championship.release(),
        Championship {
            seed: 2,
            ..championship
        }
        .release()
    );
}

#[test]
fn times_agree_with_their_milliseconds() {
    let release = three_formats();
    for file in SESSION_FILES {
        for row in rows(&release, file) {
            for (column, text) in &row {
                if let Some(millis) = row.get(&format!("{column}Millis"))
                    && !text.ends_with("lap")
                    && !text.ends_with("laps")
                {
                    let parts = text.trim_start_matches('+').split(':');
                    let seconds = parts.fold(0.0, |sum, part| {
                        60.0 * sum + part.parse::<f64>().unwrap_or(0.0)
                    });
                    assert_eq!(
                        number(&row, &format!("{column}Millis")),
                        simulation::round(seconds * 1000.0),
                        "{millis}"
                    );
                    assert_eq!(text.is_empty(), millis.is_empty());
                }
            }
        }
    }
}

#[test]
fn a_release_cut_before_a_race_has_the_weekend_and_nothing_later() {
    let release = three_formats();
    let last = (2023, 2);
    let cut = release.cut(2023, 2);
    assert_eq!(cut.tag, "v2023.1.0");
    assert_eq!(
        release.files.keys().collect::<Vec<_>>(),
        cut.files.keys().collect::<Vec<_>>()
    );
    for file in SESSION_FILES {
        let after_race = [
            "races-race-results",
            "races-fastest-laps",
            "races-pit-stops",
        ]
        .contains(&file);
        let wanted = |row: &Row| {
            if after_race {
                round_of(row) < last
            } else {
                round_of(row) <= last
            }
        };
        let expected: Vec<Row> = rows(&release, file).into_iter().filter(wanted).collect();
        assert_eq!(rows(&cut, file), expected, "{file}");
    }
    for file in ["races-driver-standings", "races-constructor-standings"] {
        assert_eq!(
            rows(&cut, file).iter().map(round_of).max(),
            Some((2023, 1)),
            "{file}"
        );
    }
    for file in ["drivers", "constructors", "circuits", "seasons", "entrants"] {
        assert_eq!(rows(&cut, file), rows(&release, file), "{file}");
    }
    assert_eq!(rows(&cut, "races").len(), rows(&release, "races").len());
    assert!(
        rows(&cut, "races")
            .iter()
            .all(|race| round_of(race) < last || !race.values().any(|cell| cell == "true"))
    );
}

#[test]
fn a_release_cut_before_a_race_has_no_later_standings_or_entries() {
    let cut = three_formats().cut(2023, 2);
    let after_round_1: Vec<(String, String)> = rows(&cut, "races-driver-standings")
        .into_iter()
        .filter(|row| round_of(row) == (2023, 1))
        .map(|row| (row["driverId"].clone(), row["points"].clone()))
        .collect();
    let season = rows(&cut, "seasons-driver-standings")
        .into_iter()
        .filter(|row| row["year"] == "2023");
    assert_eq!(
        season
            .map(|row| (row["driverId"].clone(), row["points"].clone()))
            .collect::<Vec<_>>(),
        after_round_1
    );
    let entries = rows(&cut, "seasons-entrants-drivers");
    assert!(entries.iter().all(|row| number(row, "year") <= 2023));
    assert!(
        entries.iter().all(|row| row["year"] != "2023"
            || row["rounds"] == "1;2"
            || row["testDriver"] == "true")
    );
}

#[test]
fn cutting_before_the_next_race_changes_nothing() {
    let release = Championship::small(september()).release();
    let next = rows(&release, "races-starting-grid-positions")
        .iter()
        .map(round_of)
        .max()
        .unwrap();
    let cut = release.cut(
        i16::try_from(next.0).unwrap(),
        i16::try_from(next.1).unwrap(),
    );
    assert_eq!(cut, release);
}

#[test]
fn the_complete_release_continues_the_running_season() {
    for now in [noon(2026, 1, 3), september(), noon(2026, 12, 30)] {
        let championship = Championship::small(now);
        let complete = championship.complete();
        assert_eq!(complete.tag, "v2026.4.0", "{now}");
        let results = rows(&complete, "races-race-results");
        let completed: BTreeSet<_> = results.iter().map(round_of).collect();
        let races = rows(&complete, "races");
        assert_eq!(completed, races.iter().map(round_of).collect(), "{now}");
        let release = championship.release();
        for file in SESSION_FILES {
            let running = rows(&release, file);
            let whole = rows(&complete, file);
            assert_eq!(whole[..running.len()], running, "{now} {file}");
        }
        assert_eq!(
            complete.after(2026, 4).files["f1db-races-driver-standings.csv"],
            complete.files["f1db-races-driver-standings.csv"]
        );
    }
}

#[test]
fn a_release_after_a_race_has_nothing_of_the_next_weekend() {
    let complete = three_formats();
    let after = complete.after(2023, 2);
    assert_eq!(after.tag, "v2023.2.0");
    for file in SESSION_FILES
        .into_iter()
        .chain(["races-driver-standings", "races-constructor-standings"])
    {
        let mut expected = rows(&complete, file);
        expected.retain(|row| round_of(row) <= (2023, 2));
        assert_eq!(rows(&after, file), expected, "{file}");
    }
    let calendar = rows(&after, "races");
    let last = calendar.iter().map(round_of).max();
    assert_eq!(last, Some((2023, 4)), "the calendar of the season is whole");
    let drove: BTreeSet<String> = SESSION_FILES
        .iter()
        .flat_map(|file| rows(&after, file))
        .map(|row| row["driverId"].clone())
        .collect();
    let known: BTreeSet<String> = rows(&after, "drivers")
        .into_iter()
        .map(|row| row["id"].clone())
        .collect();
    assert_eq!(known, drove);
    assert!(known.len() < rows(&complete, "drivers").len());
}

#[test]
fn the_release_before_a_season_has_its_calendar_and_entrants() {
    let complete = Championship::small(september()).complete();
    let before = complete.after(2026, 0);
    assert_eq!(before.tag, "v2026.0.0");
    let of_2026 = |file: &str| {
        let rows = rows(&before, file).into_iter();
        rows.filter(|row| row["year"] == "2026").collect::<Vec<_>>()
    };
    assert_eq!(of_2026("races").len(), 4);
    assert!(of_2026("races-race-results").is_empty());
    assert!(of_2026("seasons-driver-standings").is_empty());
    let entries = of_2026("seasons-entrants-drivers");
    let racing = entries.iter().filter(|row| row["testDriver"] == "false");
    assert_eq!(racing.count(), 10, "the first line-up");
    assert!(entries.iter().all(|row| row["rounds"].is_empty()));
}

#[test]
fn strength_persists_from_qualifying_to_the_race() {
    let release = Championship::standard(september()).release();
    let (mut from_the_front, mut all) = (0, 0);
    for row in rows(&release, "races-race-results")
        .iter()
        .filter(|row| row["positionText"] == "1")
    {
        all += 1;
        from_the_front += usize::from(
            number(row, "gridPositionNumber") <= 3 && number(row, "gridPositionNumber") > 0,
        );
    }
    assert!(
        2 * from_the_front > all,
        "{from_the_front} of {all} races are won from the first three places"
    );
}
