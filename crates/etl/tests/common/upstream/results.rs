//! Jolpica-F1's results, qualifying, pit stops and standings.

use std::collections::BTreeMap;

use chrono::{NaiveTime, TimeDelta};
use serde_json::{Value, json};

use super::{
    calendar::{constructor, driver, id},
    clock_text,
    jolpica::known,
    laps,
    sheet::Row,
    world::{Race, World},
};

/// Since then a lapped car has a time, and why a car stopped is no longer said.
const NEW_WORDING: i16 = 2023;

/// The cars of a Grand Prix.
pub(super) fn grand_prix(world: &World, race: &Race) -> Vec<Value> {
    let fastest = world.rows("races-fastest-laps", race.id);
    cars(world, race, "races-race-results", &fastest)
}

/// The cars of a sprint; their fastest laps are not known.
pub(super) fn sprint(world: &World, race: &Race) -> Vec<Value> {
    cars(world, race, "races-sprint-race-results", &[])
}

fn cars(world: &World, race: &Race, table: &str, fastest: &[&Row]) -> Vec<Value> {
    let rows = world.rows(table, race.id);
    let Some(winner) = rows.first() else {
        return Vec::new();
    };
    let car = |row: &&Row| {
        let of_driver = fastest.iter();
        let best = of_driver
            .copied()
            .find(|lap| lap.text("driverId") == row.text("driverId"));
        let best = best.map(|lap| {
            json!({
                "rank": lap.text("positionNumber"), "lap": lap.text("lap"), "Time": {"time": lap.text("time")},
            })
        });
        known(json!({
            "number": row.text("driverNumber"), "position": row.text("positionDisplayOrder"),
            "positionText": position_text(row), "points": row.maybe("points").unwrap_or("0"),
            "grid": row.maybe("gridPositionNumber").unwrap_or("0"), "laps": row.maybe("laps").unwrap_or("0"),
            "status": status(race.year, row, winner), "Time": time(race.year, row, winner), "FastestLap": best,
            "Driver": driver(world, row.text("driverId")),
            "Constructor": constructor(world, row.text("constructorId")),
        }))
    };
    rows.iter().map(car).collect()
}

fn position_text(row: &Row) -> &str {
    match row.text("positionText") {
        "DNF" | "NC" => "R",
        "DSQ" => "D",
        "DNS" => "W",
        place => place,
    }
}

fn status(year: i16, row: &Row, winner: &Row) -> String {
    let laps = |row: &Row| row.number::<i16>("laps").unwrap_or(0);
    let behind = laps(winner) - laps(row);
    let reason = row.maybe("reasonRetired");
    let status = match (row.text("positionText"), reason) {
        ("DSQ", _) => "Disqualified",
        ("DNS", _) => "Did not start",
        ("DNF", reason) if year < NEW_WORDING => reason.unwrap_or("Retired"),
        ("DNF", _) => "Retired",
        ("NC", _) if year >= NEW_WORDING => "Lapped",
        (_, Some(reason)) if year < NEW_WORDING => reason,
        // A car that stopped but is classified has finished, in the new wording.
        (_, Some(_)) => "Finished",
        _ if behind == 0 => "Finished",
        _ if year >= NEW_WORDING => "Lapped",
        _ if behind == 1 => "+1 Lap",
        _ => return format!("+{behind} Laps"),
    };
    status.to_owned()
}

fn time(year: i16, row: &Row, winner: &Row) -> Option<Value> {
    row.maybe("positionNumber")?;
    if year < NEW_WORDING {
        row.maybe("timeMillis")?;
    }
    let millis = laps::whole_time(row, winner)?;
    let behind = millis - laps::whole_time(winner, winner)?;
    let text = match behind {
        0 => clock_text(millis),
        ..0 => {
            // What upstream makes of a negative length of time.
            let wrapped = behind.rem_euclid(3_600_000);
            let (minutes, seconds, rest) = (wrapped / 60_000, wrapped / 1000 % 60, wrapped % 1000);
            format!("+-1:{minutes:02}:{seconds:02}.{rest:03}")
        }
        _ => format!("+{}", clock_text(behind)),
    };
    Some(json!({"millis": millis.to_string(), "time": text}))
}

/// The cars of a qualifying in the order in which upstream counts them: by the best rank in any of the three segments.
pub(super) fn qualifying(world: &World, race: &Race) -> Vec<Value> {
    let rows = world.rows("races-qualifying-results", race.id);
    let time = |row: &Row, part: &str| row.number::<i64>(&format!("{part}Millis"));
    let best_rank = |row: &Row| {
        let ranks = ["q1", "q2", "q3"].map(|part| {
            let own = time(row, part)?;
            let faster = rows
                .iter()
                .filter(|other| time(other, part).is_some_and(|other| other < own));
            Some(faster.count())
        });
        ranks.into_iter().flatten().min().unwrap_or(usize::MAX)
    };
    let mut counted = rows.clone();
    counted.sort_by_key(|row| best_rank(row));
    let car = |row: &Row| {
        known(json!({
            "number": row.text("driverNumber"), "position": row.text("positionDisplayOrder"),
            "Driver": driver(world, row.text("driverId")),
            "Constructor": constructor(world, row.text("constructorId")),
            "Q1": row.maybe("q1"), "Q2": row.maybe("q2"), "Q3": row.maybe("q3"),
        }))
    };
    counted.into_iter().map(car).collect()
}

/// The pit stops of a Grand Prix. It begins about three in the afternoon where it is held.
pub(super) fn pit_stops(world: &World, race: &Race) -> Vec<Value> {
    let stop = |row: &Row| {
        let lap: i64 = row.number("lap").unwrap();
        let begin = NaiveTime::from_hms_opt(15, 0, 0).unwrap();
        let time = begin + TimeDelta::seconds(95 * lap);
        json!({
            "driverId": id(row.text("driverId")), "stop": row.text("stop"), "lap": row.text("lap"),
            "time": time.format("%H:%M:%S").to_string(), "duration": row.text("time"),
        })
    };
    let rows = world.rows("races-pit-stops", race.id);
    rows.into_iter().map(stop).collect()
}

/// A championship after a race.
pub(super) fn standings(world: &World, race: &Race, endpoint: &str) -> Vec<Value> {
    let of_drivers = endpoint == "driverstandings";
    let (table, contender) = if of_drivers {
        ("races-driver-standings", "driverId")
    } else {
        ("races-constructor-standings", "constructorId")
    };
    let (wins, drove) = so_far(world, race, contender);
    let line = |row: &Row| {
        let subject = row.text(contender);
        let teams = drove.get(subject).into_iter().flatten();
        let teams: Vec<Value> = teams.map(|team| constructor(world, team)).collect();
        known(json!({
            "position": row.maybe("positionNumber"), "positionText": row.text("positionText"),
            "points": row.text("points"), "wins": wins.get(subject).unwrap_or(&0).to_string(),
            "Driver": of_drivers.then(|| driver(world, subject)), "Constructors": of_drivers.then_some(teams),
            "Constructor": (!of_drivers).then(|| constructor(world, subject)),
        }))
    };
    world.rows(table, race.id).into_iter().map(line).collect()
}

/// Grands Prix won, and the teams driven for, up to a race.
fn so_far<'a>(
    world: &'a World,
    race: &Race,
    contender: &str,
) -> (BTreeMap<&'a str, usize>, BTreeMap<&'a str, Vec<&'a str>>) {
    let mut wins: BTreeMap<&str, usize> = BTreeMap::new();
    let mut drove: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in &world.sheet("races-race-results").rows {
        let of_season = row.number("year") == Some(race.year);
        if !of_season || row.number::<i16>("round") > Some(race.round) {
            continue;
        }
        let (subject, team) = (row.text(contender), row.text("constructorId"));
        if row.text("positionNumber") == "1" {
            *wins.entry(subject).or_default() += 1;
        }
        let teams = drove.entry(subject).or_default();
        if !teams.contains(&team) {
            teams.push(team);
        }
    }
    (wins, drove)
}
