//! The writing of a whole championship: seasons in order, and the tables after each round.

use std::collections::BTreeMap;

use super::SeasonRecord;
use super::calendar::{Format, Race};
use super::entities;
use super::headers;
use super::people::{Car, Field, slug};
use super::result::Contest;
use super::standings::{Championship, Line};
use super::table::{Cell, Table, cells};
use super::weekend::Weekend;

const TYRES: &str = "rondell";

/// The files in the making.
pub(super) struct Export<'a> {
    pub(super) field: &'a Field,
    tables: BTreeMap<&'static str, Table>,
}

/// Writes all seasons; gives each file by its name without prefix and suffix.
pub(super) fn write(
    field: &Field,
    seasons: &[SeasonRecord],
    rounds: u16,
) -> BTreeMap<&'static str, String> {
    let files = headers::FILES.iter();
    let tables = files
        .map(|(file, first, rest)| (*file, Table::new(&format!("{first} {rest}"))))
        .collect();
    let mut export = Export { field, tables };
    entities::write(&mut export, seasons, rounds);
    for season in seasons {
        export.season(season);
    }
    export
        .tables
        .into_iter()
        .map(|(file, table)| (file, table.into_csv()))
        .collect()
}

impl Export<'_> {
    /// Adds a row to a file.
    pub(super) fn row(&mut self, file: &'static str, row: &[Cell]) {
        self.tables
            .get_mut(file)
            .expect("every file has a header")
            .push(row);
    }

    fn season(&mut self, season: &SeasonRecord) {
        let mut drivers = Championship::default();
        let mut teams = Championship::default();
        let mut weekends = season.weekends.iter();
        for (index, race) in season.races.iter().enumerate() {
            let mut decided = (false, false);
            if let Some(weekend) = weekends.next() {
                self.weekend(race, weekend);
                if !weekend.results.is_empty() {
                    score(&mut drivers, weekend, |car| car.driver);
                    score(&mut teams, weekend, |car| car.team);
                    let (lines, driver_decided) =
                        drivers.close_round(remaining(&season.races[index + 1..], 1));
                    self.driver_standings(race, &lines);
                    let (lines, team_decided) =
                        teams.close_round(remaining(&season.races[index + 1..], 2));
                    self.constructor_standings(race, &lines);
                    decided = (driver_decided, team_decided);
                }
            }
            entities::write_race(self, race, decided.0, decided.1);
        }
    }

    fn driver_standings(&mut self, race: &Race, lines: &[Line]) {
        for (order, line) in (1..).zip(lines) {
            let mut row = lead(race, order, &Place::Number(line.position));
            row.push(self.field.drivers[line.contender].id.as_str().into());
            row.extend(cells![line.points, line.gained, line.champion]);
            self.row("races-driver-standings", &row);
        }
    }

    fn constructor_standings(&mut self, race: &Race, lines: &[Line]) {
        for (order, line) in (1..).zip(lines) {
            let team = &self.field.teams[line.contender];
            let mut row = lead(race, order, &Place::Number(line.position));
            row.extend(cells![slug(team.name_in(race.year)), slug(team.engine)]);
            row.extend(cells![line.points, line.gained, line.champion]);
            self.row("races-constructor-standings", &row);
        }
    }

    /// What every row about a car begins with.
    pub(super) fn car(&self, race: &Race, order: u16, place: &Place, car: &Car) -> Vec<Cell> {
        let driver = &self.field.drivers[car.driver];
        let team = &self.field.teams[car.team];
        let mut row = lead(race, order, place);
        row.extend(cells![driver.number.to_string(), driver.id.as_str()]);
        row.extend(cells![
            slug(team.name_in(race.year)),
            slug(team.engine),
            TYRES
        ]);
        row
    }
}

/// A place with its text twin.
pub(super) enum Place {
    Number(u16),
    Text(&'static str),
}

impl Place {
    /// The number, or what stands in its place.
    pub(super) fn of(number: Option<u16>, otherwise: &'static str) -> Self {
        number.map_or(Self::Text(otherwise), Self::Number)
    }

    /// Number and text.
    pub(super) fn cells(&self) -> [Cell; 2] {
        match self {
            Self::Number(number) => [(*number).into(), number.to_string().into()],
            Self::Text(text) => [Cell::Null, (*text).into()],
        }
    }
}

fn lead(race: &Race, order: u16, place: &Place) -> Vec<Cell> {
    let mut row = Vec::from(cells![race.id, race.year, race.round, order]);
    row.extend(place.cells());
    row
}

/// Points somebody can score at most in the given races, with `cars` cars.
fn remaining(races: &[Race], cars: usize) -> u32 {
    let best = |contest: Contest| contest.points().iter().take(cars).sum::<u32>();
    races
        .iter()
        .map(|race| match race.format {
            Format::Conventional => best(Contest::GrandPrix),
            _ => best(Contest::GrandPrix) + best(Contest::Sprint),
        })
        .sum()
}

fn score(championship: &mut Championship, weekend: &Weekend, contender: fn(&Car) -> usize) {
    for finish in weekend.results.iter().chain(&weekend.sprint) {
        championship.add_points(contender(&finish.slot.car), finish.points.unwrap_or(0));
    }
    for finish in &weekend.results {
        if let Some(position) = finish.position {
            championship.add_place(contender(&finish.slot.car), position);
        }
    }
}
