//! The files of a whole championship: seasons in order, and the standings after each round.

use std::collections::BTreeMap;

use vocabulary::{Contest, EventFormat};

use super::{
    columns,
    csv::{Cell, CsvFile, cells},
    entities,
};
use crate::simulation::{Car, Field, Race, Season, Standing, Standings, Weekend, points, slug};

/// The only manufacturer of tyres.
const TYRES: &str = "rondell";

/// The files that are being written.
pub(crate) struct Writer<'a> {
    pub(crate) field: &'a Field,
    files: BTreeMap<&'static str, CsvFile>,
}

/// Writes all seasons. Each file is known by its name without prefix and suffix.
pub(crate) fn write(
    field: &Field,
    seasons: &[Season],
    rounds: u16,
) -> BTreeMap<&'static str, String> {
    let files = columns::FILES.iter();
    let files = files
        .map(|(name, first, rest)| (*name, CsvFile::new(&format!("{first} {rest}"))))
        .collect();
    let mut writer = Writer { field, files };
    entities::write(&mut writer, seasons, rounds);
    for season in seasons {
        writer.season(season);
    }
    writer
        .files
        .into_iter()
        .map(|(name, file)| (name, file.into_csv()))
        .collect()
}

impl Writer<'_> {
    /// Adds a row to a file.
    pub(crate) fn row(&mut self, file: &'static str, row: &[Cell]) {
        self.files
            .get_mut(file)
            .expect("every file has a header")
            .push(row);
    }

    fn season(&mut self, season: &Season) {
        let mut drivers = Standings::new();
        let mut teams = Standings::new();
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

    fn driver_standings(&mut self, race: &Race, standings: &[Standing<usize>]) {
        for (order, standing) in (1..).zip(standings) {
            let mut row = lead(race, order, &Place::Number(standing.position));
            row.push(self.field.drivers[standing.contender].id.as_str().into());
            row.extend(cells![standing.points, standing.gained, standing.champion]);
            self.row("races-driver-standings", &row);
        }
    }

    fn constructor_standings(&mut self, race: &Race, standings: &[Standing<usize>]) {
        for (order, standing) in (1..).zip(standings) {
            let team = &self.field.teams[standing.contender];
            let mut row = lead(race, order, &Place::Number(standing.position));
            row.extend(cells![slug(team.name_in(race.year)), slug(team.engine)]);
            row.extend(cells![standing.points, standing.gained, standing.champion]);
            self.row("races-constructor-standings", &row);
        }
    }

    /// The first cells of every row about a car.
    pub(crate) fn car(&self, race: &Race, order: u16, place: &Place, car: &Car) -> Vec<Cell> {
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

/// A place in a list, which is a number or a text such as `DNF`.
pub(crate) enum Place {
    Number(u16),
    Text(&'static str),
}

impl Place {
    /// The number, or the text where there is none.
    pub(crate) fn of(number: Option<u16>, otherwise: &'static str) -> Self {
        number.map_or(Self::Text(otherwise), Self::Number)
    }

    /// The cells of number and text.
    pub(crate) fn cells(&self) -> [Cell; 2] {
        match self {
            Self::Number(number) => [(*number).into(), number.to_string().into()],
            Self::Text(text) => [Cell::Null, (*text).into()],
        }
    }
}

/// The first cells of every row about a race.
fn lead(race: &Race, order: u16, place: &Place) -> Vec<Cell> {
    let mut row = Vec::from(cells![race.id, race.year, race.round, order]);
    row.extend(place.cells());
    row
}

/// The most points that a contender with `cars` cars can score in the given races.
fn remaining(races: &[Race], cars: usize) -> u32 {
    let best = |contest: Contest| points(contest).iter().take(cars).sum::<u32>();
    races
        .iter()
        .map(|race| match race.format {
            EventFormat::Conventional => best(Contest::GrandPrix),
            _ => best(Contest::GrandPrix) + best(Contest::Sprint),
        })
        .sum()
}

/// Adds the results of a weekend to the standings of drivers or teams.
fn score(standings: &mut Standings<usize>, weekend: &Weekend, contender: fn(&Car) -> usize) {
    for finish in weekend.results.iter().chain(&weekend.sprint) {
        standings.add_points(contender(&finish.slot.car), finish.points.unwrap_or(0));
    }
    for finish in &weekend.results {
        if let Some(position) = finish.position {
            standings.add_place(contender(&finish.slot.car), position);
        }
    }
}
