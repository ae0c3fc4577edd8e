//! A release of the championship in F1DB's format: its files, its archive, and the same release as it was earlier.
//!
//! `columns` lists the files and their columns, `csv` is the format, `writer` writes a whole championship with the rows of
//! `entities` and `sessions`.

mod columns;
pub(crate) mod csv;
mod entities;
mod sessions;
mod writer;

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Cursor, Write},
};

use zip::{DateTime, ZipWriter, result::ZipResult, write::SimpleFileOptions};

use crate::simulation::{Field, Season};
use csv::split;
use entities::rounds_cells;

/// A release of a simulated championship.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// Name of the release: `v`, year and last completed round, as in `v2025.7.0`.
    pub tag: String,
    /// Contents by file name, such as `f1db-drivers.csv`.
    pub files: BTreeMap<String, String>,
}

impl Release {
    /// The release of seasons that have been played.
    pub(crate) fn of(field: &Field, seasons: &[Season], rounds: u16) -> Self {
        let newest = seasons.last();
        let year = newest.map_or(0, |season| season.year);
        let completed = newest.map_or(0, Season::completed);
        let files = writer::write(field, seasons, rounds)
            .into_iter()
            .map(|(table, csv)| (file_name(table), csv))
            .collect();
        let mut release = Self {
            tag: format!("v{year}.{completed}.0"),
            files,
        };
        release.write_season_standings();
        release
    }

    /// The zip archive that is downloaded.
    pub fn zip(&self) -> ZipResult<Vec<u8>> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().last_modified_time(DateTime::default());
        for (name, csv) in &self.files {
            archive.start_file(name, options)?;
            archive.write_all(csv.as_bytes())?;
        }
        Ok(archive.finish()?.into_inner())
    }

    /// The release as it was between the grid and the race of a round. It keeps the whole calendar and loses everything
    /// that the race and later sessions produced.
    #[must_use]
    pub fn cut(&self, year: i16, round: i16) -> Self {
        let last = (year, round);
        let mut cut = Self {
            tag: format!("v{year}.{}.0", round - 1),
            files: self.files.clone(),
        };
        for (name, csv) in &mut cut.files {
            let table = name.trim_start_matches("f1db-").trim_end_matches(".csv");
            *csv = match table {
                "races" => keep(csv, |row| Some(without_deciders(row, last))),
                "seasons-entrants-drivers" => {
                    keep(csv, |row| without_later_rounds(row, last, false))
                }
                _ if AFTER_THE_RACE.contains(&table) => keep(csv, |row| {
                    (year_and_round(row) < last).then(|| row.join(","))
                }),
                _ if table.starts_with("races-") => keep(csv, |row| {
                    (year_and_round(row) <= last).then(|| row.join(","))
                }),
                _ => continue,
            };
        }
        cut.write_season_standings();
        cut
    }

    /// The release that follows the race of a round. It has the results and standings up to that race, the calendar to the
    /// end of that season and the drivers who have driven so far, and nothing of later weekends. The release after round 0
    /// is the one before the season, with its entrants.
    #[must_use]
    pub fn after(&self, year: i16, round: i16) -> Self {
        let last = (year, round);
        let mut after = Self {
            tag: format!("v{year}.{round}.0"),
            files: self.files.clone(),
        };
        for (name, csv) in &mut after.files {
            let table = name.trim_start_matches("f1db-").trim_end_matches(".csv");
            let keep_if = |is_known: bool, row: &[&str]| is_known.then(|| row.join(","));
            *csv = match table {
                "races" => keep(csv, |row| {
                    let (race_year, _) = year_and_round(row);
                    (race_year <= year).then(|| without_deciders(row, (year, round + 1)))
                }),
                "seasons" => keep(csv, |row| keep_if(number::<i16>(row[0]) <= year, row)),
                "seasons-entrants-drivers" => {
                    keep(csv, |row| without_later_rounds(row, last, round == 0))
                }
                _ if table.starts_with("races-") => {
                    keep(csv, |row| keep_if(year_and_round(row) <= last, row))
                }
                _ => continue,
            };
        }
        after.remove_drivers_without_entry();
        after.write_season_standings();
        after
    }

    /// Removes the drivers who are not entered in any season.
    fn remove_drivers_without_entry(&mut self) {
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

    /// Writes the final standings of the seasons, which follow from those after each round.
    fn write_season_standings(&mut self) {
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

/// The files that a race fills, as opposed to the sessions before it.
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

/// The header, and each row as `change` returns it; a row for which it returns nothing is left out.
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
fn year_and_round(row: &[&str]) -> (i16, i16) {
    (number(row[1]), number(row[2]))
}

fn number<T: std::str::FromStr + Default>(cell: &str) -> T {
    cell.parse().unwrap_or_default()
}

/// A row of the calendar which, from round `last` on, does not reveal that the race decides a title. These are the only
/// booleans of the row.
fn without_deciders(row: &[&str], last: (i16, i16)) -> String {
    if year_and_round(row) < last {
        return row.join(",");
    }
    let undecided: Vec<&str> = row
        .iter()
        .map(|cell| if *cell == "true" { "false" } else { cell })
        .collect();
    undecided.join(",")
}

/// An entry with only the rounds up to `last`. An entry without any such round is left out, unless it is a test driver's,
/// or, with `announced`, it is for the first round of the last season.
fn without_later_rounds(
    row: &[&str],
    (last_year, last_round): (i16, i16),
    announced: bool,
) -> Option<String> {
    let [year, .., rounds, _text, test] = row else {
        return None;
    };
    let year: i16 = number(year);
    if year < last_year || (year == last_year && *test == "true") {
        return Some(row.join(","));
    }
    let listed = rounds.trim_matches('"').split(';').map(number);
    let begun: Vec<i16> = listed
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

/// The standings after the last round of each season, without race, round and places gained.
fn final_rows(rounds: &str) -> String {
    let rows: Vec<Vec<&str>> = rounds.lines().skip(1).map(split).collect();
    let last: BTreeMap<i16, i16> = rows.iter().map(|row| year_and_round(row)).collect();
    let in_last = |row: &&Vec<&str>| {
        let (year, round) = year_and_round(row);
        last.get(&year) == Some(&round)
    };
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
