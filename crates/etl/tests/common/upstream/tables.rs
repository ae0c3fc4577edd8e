//! Results and championship tables after a correction.

use std::{cmp::Reverse, collections::BTreeMap};

use super::{
    sheet::Row,
    world::{Race, World},
};

const POINTS: [u32; 10] = [25, 18, 15, 12, 10, 8, 6, 4, 2, 1];
const BEST_OF_SPRINT: [u32; 2] = [8, 7];

/// A championship: its file, who is in it, the column that tells when it was settled, and cars of one contender.
const CHAMPIONSHIPS: [(&str, &str, &str, usize); 2] = [
    (
        "races-driver-standings",
        "driverId",
        "driversChampionshipDecider",
        1,
    ),
    (
        "races-constructor-standings",
        "constructorId",
        "constructorsChampionshipDecider",
        2,
    ),
];

/// Takes a car out of a Grand Prix result: those behind it move up and get the points of their new places.
pub(super) fn disqualify(world: &mut World, race: &str, driver: &str) {
    let sheet = world.sheet_mut("races-race-results");
    let of_race = |row: &Row| row.text("raceId") == race;
    let first = sheet.rows.iter().position(of_race).unwrap();
    let count = sheet.rows.iter().filter(|row| of_race(row)).count();
    let rows = &mut sheet.rows[first..first + count];
    let index = rows.iter().position(|row| row.text("driverId") == driver);
    let index = index.unwrap_or_else(|| panic!("{driver} did not start"));
    let place: Option<usize> = rows[index].number("positionNumber");
    assert!(place.is_some(), "{driver} is not classified");
    out_of_the_result(&mut rows[index]);
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
        row.write("positionText", &(order + 1).to_string());
        row.put("points", POINTS.get(order));
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

fn out_of_the_result(row: &mut Row) {
    for column in ["positionNumber", "points", "positionsGained", "gapLaps"] {
        row.put(column, None::<u8>);
    }
    write_gap(row, "gap", None);
    write_gap(row, "interval", None);
    row.write("positionText", "DSQ");
    row.write("reasonRetired", "Disqualified after the race");
}

/// A gap with its twin in milliseconds.
fn write_gap(row: &mut Row, column: &str, millis: Option<i64>) {
    row.put(&format!("{column}Millis"), millis);
    match millis {
        Some(millis) => row.write(column, &format!("+{}", super::clock_text(millis))),
        None => row.put(column, None::<u8>),
    }
}

/// What a contender has scored: points, and how often each place was taken.
type Score = (u32, Vec<u16>);

/// Adds up both championships of a season anew.
pub(super) fn recompute(world: &mut World, year: i16) {
    for (table, contender, decider, cars) in CHAMPIONSHIPS {
        let (lines, settled) = after_rounds(world, year, table, contender, cars);
        for row in &mut world.sheet_mut("races").rows {
            if row.number("year") == Some(year) {
                row.put(decider, Some(settled.as_deref() == Some(row.text("id"))));
            }
        }
        let rows = &mut world.sheet_mut(table).rows;
        rows.retain(|row| row.number("year") != Some(year));
        rows.extend(lines);
        rows.sort_by_key(|row| (row.number::<i16>("year"), row.number::<i16>("round")));
    }
}

/// The tables after every round, and the race that settled the title.
fn after_rounds(
    world: &World,
    year: i16,
    table: &str,
    contender: &str,
    cars: usize,
) -> (Vec<Row>, Option<String>) {
    let races = world.races().into_iter();
    let held: Vec<Race> = races
        .filter(|race| race.year == year && !race.cancelled)
        .collect();
    let mut scores: BTreeMap<String, Score> = BTreeMap::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let (mut lines, mut settled) = (Vec::new(), None);
    for (index, race) in held.iter().enumerate() {
        let results = world.rows("races-race-results", race.id);
        if results.is_empty() {
            continue;
        }
        let sprint = world.rows("races-sprint-race-results", race.id);
        for row in sprint {
            score(&mut scores, row, contender).0 += row.number("points").unwrap_or(0);
        }
        for row in results {
            let (points, taken) = score(&mut scores, row, contender);
            *points += row.number("points").unwrap_or(0);
            if let Some(place) = row.number::<usize>("positionNumber") {
                taken.resize(taken.len().max(place), 0);
                taken[place - 1] += 1;
            }
        }
        let mut ranked: Vec<(&String, &Score)> = scores
            .iter()
            .filter(|(_, (points, taken))| *points > 0 || !taken.is_empty())
            .collect();
        ranked.sort_by_key(|(_, score)| Reverse(*score));
        let rest: u32 = held[index + 1..].iter().map(|race| most(race, cars)).sum();
        let lead = ranked
            .iter()
            .map(|(_, (points, _))| *points)
            .collect::<Vec<_>>();
        let is_settled = rest == 0 || lead.len() > 1 && lead[0] - lead[1] > rest;
        if is_settled && settled.is_none() {
            settled = Some(race.id.to_owned());
        }
        let mut standing = BTreeMap::new();
        for (order, (subject, score)) in ranked.iter().enumerate() {
            let level = ranked.iter().position(|(_, other)| other == score).unwrap();
            let place = level + 1;
            let mut row = world.sheet(table).blank();
            for (column, cell) in [
                ("raceId", race.id),
                ("year", race.row.text("year")),
                ("round", race.row.text("round")),
            ] {
                row.put(column, Some(cell));
            }
            row.put("positionDisplayOrder", Some(order + 1));
            row.put("positionNumber", Some(place));
            row.write("positionText", &place.to_string());
            row.write(contender, subject);
            if contender == "constructorId" {
                let engine = engine(world, year, subject);
                row.write("engineManufacturerId", engine);
            }
            row.put("points", Some(score.0));
            let before = *places.get(*subject).unwrap_or(&place);
            let gained = i64::try_from(before).unwrap() - i64::try_from(place).unwrap();
            row.put(
                "positionsGained",
                Some(gained).filter(|_| !places.is_empty()),
            );
            row.put("championshipWon", Some(is_settled && order == 0));
            standing.insert((*subject).clone(), place);
            lines.push(row);
        }
        places = standing;
    }
    (lines, settled)
}

fn score<'a>(scores: &'a mut BTreeMap<String, Score>, row: &Row, contender: &str) -> &'a mut Score {
    scores.entry(row.text(contender).to_owned()).or_default()
}

/// Points that a contender with so many cars can score at a weekend.
fn most(race: &Race, cars: usize) -> u32 {
    let sprint = race.session(schema::SessionKind::Sprint);
    let grand_prix: u32 = POINTS[..cars].iter().sum();
    let of_sprint: u32 = BEST_OF_SPRINT[..cars].iter().sum();
    grand_prix + sprint.map_or(0, |_| of_sprint)
}

fn engine<'a>(world: &'a World, year: i16, team: &str) -> &'a str {
    let mut entries = world.sheet("seasons-entrants-drivers").rows.iter();
    let entry =
        entries.find(|row| row.number("year") == Some(year) && row.text("constructorId") == team);
    entry.unwrap().text("engineManufacturerId")
}
