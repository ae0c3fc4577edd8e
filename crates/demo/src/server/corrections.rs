//! Results and standings after a change.

use vocabulary::{Contest, SessionKind};

use super::{
    scenario::{Race, Scenario},
    table::Row,
};
use crate::{
    release::csv::clock,
    simulation::{Standing, Standings, points},
};

/// Where a championship is in a release.
struct Championship {
    /// The table of its standings.
    table: &'static str,
    /// The column of its contenders.
    contender: &'static str,
    /// The column of `races` that says which race decided it.
    decider: &'static str,
    /// Cars of one contender.
    cars: usize,
}

const CHAMPIONSHIPS: [Championship; 2] = [
    Championship {
        table: "races-driver-standings",
        contender: "driverId",
        decider: "driversChampionshipDecider",
        cars: 1,
    },
    Championship {
        table: "races-constructor-standings",
        contender: "constructorId",
        decider: "constructorsChampionshipDecider",
        cars: 2,
    },
];

/// Disqualifies a driver from a Grand Prix. The cars behind move up and get the points of their new places.
pub(crate) fn disqualify(scenario: &mut Scenario, race: &str, driver: &str) {
    let table = scenario.table_mut("races-race-results");
    let of_race = |row: &Row| row.text("raceId") == race;
    let first = table.rows.iter().position(of_race).unwrap();
    let count = table.rows.iter().filter(|row| of_race(row)).count();
    let rows = &mut table.rows[first..first + count];
    let index = rows.iter().position(|row| row.text("driverId") == driver);
    let index = index.unwrap_or_else(|| panic!("{driver} did not start"));
    let place: Option<usize> = rows[index].number("positionNumber");
    assert!(place.is_some(), "{driver} is not classified");
    strike_out(&mut rows[index]);
    let last = rows
        .iter()
        .rposition(|row| row.text("positionText") != "DNS")
        .unwrap();
    rows[index..=last].rotate_left(1);
    let (mut winning, mut ahead) = (None, None);
    for (order, row) in rows.iter_mut().enumerate() {
        row.put("positionDisplayOrder", Some(order + 1));
        let Some(before) = row.number::<usize>("positionNumber") else {
            continue;
        };
        row.put("positionNumber", Some(order + 1));
        row.put_text("positionText", &(order + 1).to_string());
        row.put("points", points(Contest::GrandPrix).get(order));
        let gained: i64 = row.number("positionsGained").unwrap_or(0);
        let moved = i64::try_from(before - order - 1).unwrap();
        row.put("positionsGained", Some(gained + moved));
        let millis: Option<i64> = row.number("timeMillis");
        let behind = |other: Option<i64>| Some(millis? - other?);
        if row.maybe("gapLaps").is_none() {
            write_gap(row, "gap", behind(winning));
            write_gap(row, "interval", behind(ahead));
        }
        winning = winning.or(millis);
        ahead = millis.or(ahead);
    }
}

/// Makes a row that of a disqualified car.
fn strike_out(row: &mut Row) {
    for column in ["positionNumber", "points", "positionsGained", "gapLaps"] {
        row.put(column, None::<u8>);
    }
    write_gap(row, "gap", None);
    write_gap(row, "interval", None);
    row.put_text("positionText", "DSQ");
    row.put_text("reasonRetired", "Disqualified after the race");
}

/// Writes a gap as text and in milliseconds.
fn write_gap(row: &mut Row, column: &str, millis: Option<i64>) {
    row.put(&format!("{column}Millis"), millis);
    match millis {
        Some(millis) => row.put_text(column, &format!("+{}", clock(millis))),
        None => row.put(column, None::<u8>),
    }
}

/// Recomputes the standings of both championships after every round of a season.
pub(crate) fn recompute_standings(scenario: &mut Scenario, year: i16) {
    for championship in &CHAMPIONSHIPS {
        let (rows, decider) = after_rounds(scenario, year, championship);
        for row in &mut scenario.table_mut("races").rows {
            if row.number("year") == Some(year) {
                let decides = decider.as_deref() == Some(row.text("id"));
                row.put(championship.decider, Some(decides));
            }
        }
        let table = &mut scenario.table_mut(championship.table).rows;
        table.retain(|row| row.number("year") != Some(year));
        table.extend(rows);
        table.sort_by_key(|row| (row.number::<i16>("year"), row.number::<i16>("round")));
    }
}

/// The standings after every round, and the id of the race that decided the title.
fn after_rounds(
    scenario: &Scenario,
    year: i16,
    championship: &Championship,
) -> (Vec<Row>, Option<String>) {
    let races = scenario.races().into_iter();
    let held: Vec<Race> = races
        .filter(|race| race.year == year && !race.cancelled)
        .collect();
    let contender = |row: &Row| row.text(championship.contender).to_owned();
    let mut standings = Standings::new();
    let (mut rows, mut decider) = (Vec::new(), None);
    for (index, race) in held.iter().enumerate() {
        let results = scenario.rows("races-race-results", race.id);
        if results.is_empty() {
            continue;
        }
        let sprint = scenario.rows("races-sprint-race-results", race.id);
        for row in sprint.iter().chain(&results) {
            standings.add_points(contender(row), row.number("points").unwrap_or(0));
        }
        for row in results {
            if let Some(place) = row.number("positionNumber") {
                standings.add_place(contender(row), place);
            }
        }
        let rest = held[index + 1..].iter();
        let remaining = rest.map(|race| most_points(race, championship.cars)).sum();
        let (after, decides) = standings.close_round(remaining);
        if decides && decider.is_none() {
            decider = Some(race.id.to_owned());
        }
        for (order, standing) in (1..).zip(&after) {
            let row = scenario.table(championship.table).blank();
            rows.push(standing_row(
                scenario,
                row,
                race,
                order,
                standing,
                championship,
            ));
        }
    }
    (rows, decider)
}

/// A row of standings after a race.
fn standing_row(
    scenario: &Scenario,
    mut row: Row,
    race: &Race,
    order: u16,
    standing: &Standing<String>,
    championship: &Championship,
) -> Row {
    row.put("raceId", Some(race.id));
    row.put("year", Some(race.year));
    row.put("round", Some(race.round));
    row.put("positionDisplayOrder", Some(order));
    row.put("positionNumber", Some(standing.position));
    row.put_text("positionText", &standing.position.to_string());
    row.put_text(championship.contender, &standing.contender);
    if championship.contender == "constructorId" {
        let engine = engine(scenario, race.year, &standing.contender);
        row.put_text("engineManufacturerId", engine);
    }
    row.put("points", Some(standing.points));
    row.put("positionsGained", standing.gained);
    row.put("championshipWon", Some(standing.champion));
    row
}

/// The most points that a contender with so many cars can score at a weekend.
fn most_points(race: &Race, cars: usize) -> u32 {
    let best = |contest| points(contest)[..cars].iter().sum::<u32>();
    let sprint = race.session(SessionKind::Sprint);
    best(Contest::GrandPrix) + sprint.map_or(0, |_| best(Contest::Sprint))
}

/// The engine of a team in a season.
fn engine<'a>(scenario: &'a Scenario, year: i16, team: &str) -> &'a str {
    let mut entries = scenario.table("seasons-entrants-drivers").rows.iter();
    let entry =
        entries.find(|row| row.number("year") == Some(year) && row.text("constructorId") == team);
    entry.unwrap().text("engineManufacturerId")
}
