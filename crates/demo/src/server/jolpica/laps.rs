//! Lap times. A release has none, so they are made up to agree with its results, pit stops and fastest laps.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    super::{
        scenario::{Race, Scenario},
        table::Row,
    },
    calendar::id,
};
use crate::release::csv::clock;

/// Milliseconds from the start of the race until a car crosses the line for the last time. A lapped car crosses it after
/// the winner, a classified car that stopped before.
pub(crate) fn total_time(row: &Row, winner: &Row) -> Option<i64> {
    let winning: i64 = winner.number("timeMillis")?;
    if let Some(millis) = row.number("timeMillis") {
        return Some(millis);
    }
    let order: i64 = row.number("positionDisplayOrder")?;
    if row.maybe("reasonRetired").is_some() {
        let laps = |row: &Row| row.number::<i64>("laps");
        return Some(winning * laps(row)? / laps(winner)?);
    }
    Some(winning + 1500 * order)
}

/// All laps of a Grand Prix, by lap and position. Each row has its lap.
pub(crate) fn timings(scenario: &Scenario, race: &Race) -> Vec<Value> {
    let rows = scenario.rows("races-race-results", race.id);
    let Some(winner) = rows.first() else {
        return Vec::new();
    };
    let fastest = scenario.rows("races-fastest-laps", race.id);
    let stops = scenario.rows("races-pit-stops", race.id);
    let mut at_line: BTreeMap<usize, Vec<(i64, usize, Value)>> = BTreeMap::new();
    for (order, row) in rows.iter().enumerate() {
        let of_car = |other: &&&Row| other.text("driverId") == row.text("driverId");
        let Some(best) = fastest.iter().find(of_car) else {
            continue;
        };
        let own_stops = stops.iter().filter(of_car);
        let stops = own_stops.map(|stop| {
            (
                stop.number("lap").unwrap(),
                stop.number("timeMillis").unwrap(),
            )
        });
        let mut elapsed = 0;
        for (lap, millis) in (1..).zip(laps(row, winner, best, &stops.collect())) {
            elapsed += millis;
            let timing =
                json!({"driverId": id(row.text("driverId")), "time": clock(millis), "lap": lap});
            at_line
                .entry(lap)
                .or_default()
                .push((elapsed, order, timing));
        }
    }
    let mut timings = Vec::new();
    for mut crossed in at_line.into_values() {
        crossed.sort_by_key(|(elapsed, order, _)| (*elapsed, *order));
        for (place, (.., mut timing)) in (1_u16..).zip(crossed) {
            timing["position"] = json!(place.to_string());
            timings.push(timing);
        }
    }
    timings
}

/// The laps of a car, milliseconds: the fastest as in the release, the others equal but for pit stops.
fn laps(row: &Row, winner: &Row, best: &Row, stops: &BTreeMap<i64, i64>) -> Vec<i64> {
    let count: i64 = row.number("laps").unwrap();
    let (fastest, quickest): (i64, i64) = (
        best.number("lap").unwrap(),
        best.number("timeMillis").unwrap(),
    );
    let in_pits: i64 = stops
        .iter()
        .filter(|(lap, _)| **lap != fastest)
        .map(|(_, millis)| millis)
        .sum();
    let others = (count - 1).max(1);
    let penalty = row.number("timePenaltyMillis").unwrap_or(0);
    let classified = row
        .maybe("positionNumber")
        .and_then(|_| total_time(row, winner));
    let even = classified.map_or(quickest + quickest / 50, |total| {
        (total - penalty - in_pits - quickest) / others
    });
    (1..=count)
        .map(|lap| match stops.get(&lap) {
            _ if lap == fastest => quickest,
            stop => even.max(quickest + 1) + stop.unwrap_or(&0),
        })
        .collect()
}

/// The rows of a page, grouped by lap.
pub(crate) fn by_lap(rows: &Value) -> Value {
    let mut laps: Vec<Value> = Vec::new();
    for row in rows.as_array().unwrap() {
        let mut row = row.clone();
        let lap = row
            .as_object_mut()
            .unwrap()
            .remove("lap")
            .unwrap()
            .to_string();
        if laps.last().is_none_or(|last| last["number"] != lap) {
            laps.push(json!({"number": lap, "Timings": []}));
        }
        let timings = &mut laps.last_mut().unwrap()["Timings"];
        timings.as_array_mut().unwrap().push(row);
    }
    Value::Array(laps)
}
