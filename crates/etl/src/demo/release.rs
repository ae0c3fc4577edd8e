//! A release in memory: its files, its archive, and the same release as it was earlier.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Write};

use zip::result::ZipResult;
use zip::write::SimpleFileOptions;
use zip::{DateTime, ZipWriter};

use super::entities::rounds_cells;
use super::table::split;

/// A release of the demo championship.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// Name of the release: `v`, year and last round run, as in `v2025.7.0`.
    pub tag: String,
    /// Contents by file name, such as `f1db-drivers.csv`.
    pub files: BTreeMap<String, String>,
}

impl Release {
    /// Puts the tables together; the final tables of the seasons follow from those after each round.
    pub(super) fn new(tag: String, tables: BTreeMap<&'static str, String>) -> Self {
        let files = tables
            .into_iter()
            .map(|(table, csv)| (file_name(table), csv))
            .collect();
        let mut release = Self { tag, files };
        release.write_final_tables();
        release
    }

    /// The release as the archive that would be downloaded.
    pub fn zip(&self) -> ZipResult<Vec<u8>> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().last_modified_time(DateTime::default());
        for (name, csv) in &self.files {
            archive.start_file(name, options)?;
            archive.write_all(csv.as_bytes())?;
        }
        Ok(archive.finish()?.into_inner())
    }

    /// The release as it was between the grid and the race of a round: nothing that the race or anything
    /// after it has shown is left, and the calendar stays.
    #[must_use]
    pub fn cut(&self, year: i32, round: u16) -> Self {
        let last = (year, round);
        let mut cut = Self {
            tag: format!("v{year}.{}.0", round.saturating_sub(1)),
            files: self.files.clone(),
        };
        for (name, csv) in &mut cut.files {
            let table = name.trim_start_matches("f1db-").trim_end_matches(".csv");
            *csv = match table {
                "races" => keep(csv, |row| Some(without_deciders(row, last))),
                "seasons-entrants-drivers" => {
                    keep(csv, |row| without_later_rounds(row, last, false))
                }
                _ if AFTER_THE_RACE.contains(&table) => {
                    keep(csv, |row| (held(row) < last).then(|| row.join(",")))
                }
                _ if table.starts_with("races-") => {
                    keep(csv, |row| (held(row) <= last).then(|| row.join(",")))
                }
                _ => continue,
            };
        }
        cut.write_final_tables();
        cut
    }

    /// The release that follows the race of a round: its results and tables, the calendar to the end of that season,
    /// who has driven so far, and nothing of the weekends to come. Round 0 is the release before a season, with its
    /// entrants.
    #[must_use]
    pub fn after(&self, year: i32, round: u16) -> Self {
        let last = (year, round);
        let mut after = Self {
            tag: format!("v{year}.{round}.0"),
            files: self.files.clone(),
        };
        for (name, csv) in &mut after.files {
            let table = name.trim_start_matches("f1db-").trim_end_matches(".csv");
            let known = |yes: bool, row: &[&str]| yes.then(|| row.join(","));
            *csv = match table {
                "races" => keep(csv, |row| {
                    let (held_in, _) = held(row);
                    (held_in <= year).then(|| without_deciders(row, (year, round + 1)))
                }),
                "seasons" => keep(csv, |row| known(number::<i32>(row[0]) <= year, row)),
                "seasons-entrants-drivers" => {
                    keep(csv, |row| without_later_rounds(row, last, round == 0))
                }
                _ if table.starts_with("races-") => keep(csv, |row| known(held(row) <= last, row)),
                _ => continue,
            };
        }
        after.forget_newcomers();
        after.write_final_tables();
        after
    }

    /// Takes out drivers who are in no list of entries.
    fn forget_newcomers(&mut self) {
        let entries = self.files.get(&file_name("seasons-entrants-drivers"));
        let entries = entries.map(String::as_str).unwrap_or_default();
        let entered: BTreeSet<String> = entries
            .lines()
            .filter_map(|line| split(line).get(4).map(|driver| (*driver).to_owned()))
            .collect();
        if let Some(drivers) = self.files.get_mut(&file_name("drivers")) {
            *drivers = keep(drivers, |row| {
                entered.contains(row[0]).then(|| row.join(","))
            });
        }
    }

    fn write_final_tables(&mut self) {
        for kind in ["driver", "constructor"] {
            let rounds = self
                .files
                .get(&file_name(&format!("races-{kind}-standings")));
            let rounds = rounds.map_or_else(String::new, |csv| final_rows(csv));
            if let Some(csv) = self
                .files
                .get_mut(&file_name(&format!("seasons-{kind}-standings")))
            {
                let header = csv.lines().next().unwrap_or_default();
                *csv = format!("{header}\n{rounds}");
            }
        }
    }
}

/// What a race produces, as opposed to the weekend before it.
const AFTER_THE_RACE: [&str; 5] = [
    "races-race-results",
    "races-fastest-laps",
    "races-pit-stops",
    "races-driver-standings",
    "races-constructor-standings",
];

fn file_name(table: &str) -> String {
    format!("f1db-{table}.csv")
}

/// The header and what `change` makes of each row.
fn keep(csv: &str, change: impl Fn(&[&str]) -> Option<String>) -> String {
    let mut lines = csv.lines();
    let header = lines.next().unwrap_or_default().to_owned();
    let rows = lines.filter_map(|line| change(&split(line)));
    [header]
        .into_iter()
        .chain(rows)
        .map(|line| line + "\n")
        .collect()
}

/// Year and round of a row about a race.
fn held(row: &[&str]) -> (i32, u16) {
    (number(row[1]), number(row[2]))
}

fn number<T: std::str::FromStr + Default>(cell: &str) -> T {
    cell.parse().unwrap_or_default()
}

/// The calendar does not tell which race will settle a title: its only booleans.
fn without_deciders(row: &[&str], last: (i32, u16)) -> String {
    if held(row) < last {
        return row.join(",");
    }
    let undecided: Vec<&str> = row
        .iter()
        .map(|cell| if *cell == "true" { "false" } else { cell })
        .collect();
    undecided.join(",")
}

/// An entry lists the rounds begun; one that has begun none is unknown, unless it is a test driver's, or `announced` and
/// for the first round of the last season.
fn without_later_rounds(
    row: &[&str],
    (last_year, last_round): (i32, u16),
    announced: bool,
) -> Option<String> {
    let [year, .., rounds, _text, test] = row else {
        return None;
    };
    let year: i32 = number(year);
    if year < last_year || (year == last_year && *test == "true") {
        return Some(row.join(","));
    }
    let listed = rounds.trim_matches('"').split(';').map(number);
    let begun: Vec<u16> = listed
        .clone()
        .filter(|round| (year, *round) <= (last_year, last_round))
        .collect();
    let is_announced = announced && year == last_year && listed.clone().any(|round| round == 1);
    if begun.is_empty() && !is_announced {
        return None;
    }
    let [list, text] = rounds_cells(&begun);
    let entry = row[..row.len() - 3].join(",");
    Some(format!("{entry},{list},{text},{test}"))
}

/// The rows after the last round of each season, without race, round and places gained.
fn final_rows(rounds: &str) -> String {
    let rows: Vec<Vec<&str>> = rounds.lines().skip(1).map(split).collect();
    let last: BTreeMap<i32, u16> = rows.iter().map(|row| held(row)).collect();
    let in_last = |row: &&Vec<&str>| last.get(&held(row).0) == Some(&held(row).1);
    let without = |row: &Vec<&str>| {
        let (race, round, gained) = (0, 2, row.len() - 2);
        let cells = row.iter().enumerate();
        let kept = cells
            .filter(|(index, _)| ![race, round, gained].contains(index))
            .map(|(_, cell)| *cell);
        kept.collect::<Vec<_>>().join(",") + "\n"
    };
    rows.iter().filter(in_last).map(without).collect()
}
