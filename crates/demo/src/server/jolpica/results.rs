//! Results, qualifying, pit stops and standings of Jolpica-F1.

use std::collections::BTreeMap;

use chrono::{NaiveTime, TimeDelta};
use serde_json::{Value, json};

use super::{
    super::{
        scenario::{Race, Scenario},
        table::Row,
    },
    calendar::{constructor, driver, id},
    laps, without_nulls,
};
use crate::release::csv::clock;

/// The first year in which lapped cars have a time and the reason of a retirement is left out.
const NEW_WORDING: i16 = 2023;

/// The cars of a Grand Prix.
pub(crate) fn grand_prix(scenario: &Scenario, race: &Race) -> Vec<Value> {
    let fastest = scenario.rows("races-fastest-laps", race.id);
    cars(scenario, race, "races-race-results", &fastest)
}

/// The cars of a sprint. A release has no fastest laps of sprints.
pub(crate) fn sprint(scenario: &Scenario, race: &Race) -> Vec<Value> {
    cars(scenario, race, "races-sprint-race-results", &[])
}

fn cars(scenario: &Scenario, race: &Race, table: &str, fastest: &[&Row]) -> Vec<Value> {
    let rows = scenario.rows(table, race.id);
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
        without_nulls(json!({
            "number": row.text("driverNumber"), "position": row.text("positionDisplayOrder"),
            "positionText": position_text(row), "points": row.maybe("points").unwrap_or("0"),
            "grid": row.maybe("gridPositionNumber").unwrap_or("0"), "laps": row.maybe("laps").unwrap_or("0"),
            "status": status(race.year, row, winner), "Time": time(race.year, row, winner), "FastestLap": best,
            "Driver": driver(scenario, row.text("driverId")),
            "Constructor": constructor(scenario, row.text("constructorId")),
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
        // In the new wording, a car that stopped but is classified has finished.
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
    let millis = laps::total_time(row, winner)?;
    let behind = millis - laps::total_time(winner, winner)?;
    let text = match behind {
        0 => clock(millis),
        ..0 => {
            // Jolpica-F1 prints a negative duration like this.
            let wrapped = behind.rem_euclid(3_600_000);
            let (minutes, seconds, rest) = (wrapped / 60_000, wrapped / 1000 % 60, wrapped % 1000);
            format!("+-1:{minutes:02}:{seconds:02}.{rest:03}")
        }
        _ => format!("+{}", clock(behind)),
    };
    Some(json!({"millis": millis.to_string(), "time": text}))
}

/// The cars of a qualifying in the order in which Jolpica-F1 pages them: by the best rank in any of the three segments.
pub(crate) fn qualifying(scenario: &Scenario, race: &Race) -> Vec<Value> {
    let rows = scenario.rows("races-qualifying-results", race.id);
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
        without_nulls(json!({
            "number": row.text("driverNumber"), "position": row.text("positionDisplayOrder"),
            "Driver": driver(scenario, row.text("driverId")),
            "Constructor": constructor(scenario, row.text("constructorId")),
            "Q1": row.maybe("q1"), "Q2": row.maybe("q2"), "Q3": row.maybe("q3"),
        }))
    };
    counted.into_iter().map(car).collect()
}

/// The pit stops of a Grand Prix. Times are local; the race starts about 15:00.
pub(crate) fn pit_stops(scenario: &Scenario, race: &Race) -> Vec<Value> {
    let stop = |row: &Row| {
        let lap: i64 = row.number("lap").unwrap();
        let begin = NaiveTime::from_hms_opt(15, 0, 0).unwrap();
        let time = begin + TimeDelta::seconds(95 * lap);
        json!({
            "driverId": id(row.text("driverId")), "stop": row.text("stop"), "lap": row.text("lap"),
            "time": time.format("%H:%M:%S").to_string(), "duration": row.text("time"),
        })
    };
    let rows = scenario.rows("races-pit-stops", race.id);
    rows.into_iter().map(stop).collect()
}

/// The standings of a championship after a race.
pub(crate) fn standings(scenario: &Scenario, race: &Race, endpoint: &str) -> Vec<Value> {
    let of_drivers = endpoint == "driverstandings";
    let (table, contender) = if of_drivers {
        ("races-driver-standings", "driverId")
    } else {
        ("races-constructor-standings", "constructorId")
    };
    let (wins, drove) = wins_and_teams(scenario, race, contender);
    let line = |row: &Row| {
        let subject = row.text(contender);
        let teams = drove.get(subject).into_iter().flatten();
        let teams: Vec<Value> = teams.map(|team| constructor(scenario, team)).collect();
        without_nulls(json!({
            "position": row.maybe("positionNumber"), "positionText": row.text("positionText"),
            "points": row.text("points"), "wins": wins.get(subject).unwrap_or(&0).to_string(),
            "Driver": of_drivers.then(|| driver(scenario, subject)), "Constructors": of_drivers.then_some(teams),
            "Constructor": (!of_drivers).then(|| constructor(scenario, subject)),
        }))
    };
    scenario
        .rows(table, race.id)
        .into_iter()
        .map(line)
        .collect()
}

/// The number of Grands Prix won and the teams driven for, by contender, up to a race.
fn wins_and_teams<'a>(
    scenario: &'a Scenario,
    race: &Race,
    contender: &str,
) -> (BTreeMap<&'a str, usize>, BTreeMap<&'a str, Vec<&'a str>>) {
    let mut wins: BTreeMap<&str, usize> = BTreeMap::new();
    let mut drove: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in &scenario.table("races-race-results").rows {
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
