//! The classification of a session, and the grid that follows from qualifying and penalties.

use std::{cmp::Reverse, collections::HashMap};

use schema::Points;
use serde_json::Value;

use super::fields::{ContentError, List, Row, rounded};

/// A car in the classification of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classified {
    /// As painted on the car.
    pub car_number: String,
    /// Place, unless not classified; a car that stopped late has both a place and `dnf`.
    pub position: Option<i16>,
    /// Laps driven.
    pub laps: Option<i16>,
    /// Championship points; only races and sprints have any.
    pub points: Option<Points>,
    /// Did not finish; in qualifying: drove, but set no time.
    pub dnf: bool,
    /// Did not start.
    pub dns: bool,
    /// Disqualified.
    pub dsq: bool,
    /// Practice: the best lap. Race: the time from the start to the finish. Qualifying: none. In ms.
    pub time_ms: Option<i32>,
    /// Gap to the first. Qualifying: none.
    pub gap: Option<Gap>,
    /// Qualifying only: best laps of Q1, Q2, Q3, in ms.
    pub segments_ms: [Option<i32>; 3],
}

/// Gap to the first car.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gap {
    /// On the same lap, in ms; 0 for the first itself.
    Ms(i32),
    /// Whole laps.
    Laps(i16),
}

/// A car on the starting grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GridSlot {
    /// As painted on the car.
    pub car_number: String,
    /// Place, if the car has one. A start from the pit lane is either none or one of the last places.
    pub position: Option<i16>,
    /// The lap that set the place, in ms.
    pub time_ms: Option<i32>,
}

/// Reads a classification: by place, then the cars without one by laps driven, the disqualified last. (Upstream
/// sorts by car number.)
pub fn read_session_result(
    url: &str,
    body: &[u8],
    session_key: i32,
) -> Result<Vec<Classified>, ContentError> {
    let mut places = Places::default();
    let mut list_in_segments = None;
    let mut cars = List::parse(url, body)?.read(
        "driver_number",
        |car: &Classified| car.car_number.clone(),
        |row| {
            row.is_of("session_key", session_key)?;
            let car = classified(row)?;
            places.take(row, &car.car_number, car.position)?;
            if let Some(in_segments) = in_segments(row)?
                && *list_in_segments.get_or_insert(in_segments) != in_segments
            {
                return Err(row.error("duration", "is of another kind than in earlier rows"));
            }
            Ok(Some(car))
        },
    )?;
    cars.sort_by_key(|car| {
        let unplaced = car.position.is_none();
        (unplaced, car.position, car.dsq, Reverse(car.laps))
    });
    Ok(cars)
}

/// Reads a starting grid, by place, cars without one last.
pub fn read_starting_grid(
    url: &str,
    body: &[u8],
    session_key: i32,
) -> Result<Vec<GridSlot>, ContentError> {
    let mut places = Places::default();
    let mut slots = List::parse(url, body)?.read(
        "driver_number",
        |slot: &GridSlot| slot.car_number.clone(),
        |row| {
            row.is_of("session_key", session_key)?;
            let slot = GridSlot {
                car_number: row.car_number()?,
                position: row.place()?,
                time_ms: row.millis("lap_duration")?,
            };
            places.take(row, &slot.car_number, slot.position)?;
            Ok(Some(slot))
        },
    )?;
    slots.sort_by_key(|slot| (slot.position.is_none(), slot.position));
    Ok(slots)
}

/// The car in each place of a list.
#[derive(Default)]
struct Places(HashMap<i16, String>);

impl Places {
    /// Assigns the place to the car; an error if another car has it.
    fn take(&mut self, row: Row<'_>, car: &str, place: Option<i16>) -> Result<(), ContentError> {
        let Some(place) = place else { return Ok(()) };
        let holder = self.0.entry(place).or_insert_with(|| car.to_owned());
        if holder == car {
            return Ok(());
        }
        Err(row.error("position", format!("{place} is also that of car {holder}")))
    }
}

fn classified(row: Row<'_>) -> Result<Classified, ContentError> {
    let mut car = Classified {
        car_number: row.car_number()?,
        position: row.place()?,
        laps: row.small("number_of_laps", 0..=999)?,
        points: points(row)?,
        dnf: row.flag("dnf")?,
        dns: row.flag("dns")?,
        dsq: row.flag("dsq")?,
        time_ms: None,
        gap: None,
        segments_ms: [None; 3],
    };
    match row.value("duration") {
        Some(Value::Array(times)) => car.segments_ms = row.three("duration", times, 1)?,
        _ => car.time_ms = row.millis("duration")?,
    }
    match row.value("gap_to_leader") {
        // Gaps of segments are not used, but have to be well-formed.
        Some(Value::Array(gaps)) => drop(row.three("gap_to_leader", gaps, 0)?),
        Some(Value::String(laps)) => car.gap = Some(laps_behind(row, laps)?),
        Some(seconds) => car.gap = Some(Gap::Ms(row.as_millis("gap_to_leader", seconds, 0)?)),
        None => {}
    }
    Ok(car)
}

/// Whether the times of a row are those of three segments; `None` if the row has no times.
fn in_segments(row: Row<'_>) -> Result<Option<bool>, ContentError> {
    let of = |field| row.value(field).map(Value::is_array);
    match (of("duration"), of("gap_to_leader")) {
        (Some(times), Some(gaps)) if times != gaps => {
            Err(row.error("gap_to_leader", "is of another kind than the duration"))
        }
        (times, gaps) => Ok(times.or(gaps)),
    }
}

/// `+1 LAP`, `+2 LAPS`.
fn laps_behind(row: Row<'_>, text: &str) -> Result<Gap, ContentError> {
    let upper = text.trim().to_uppercase();
    let count = upper
        .strip_prefix('+')
        .and_then(|rest| rest.strip_suffix(" LAPS").or(rest.strip_suffix(" LAP")))
        .filter(|count| count.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|count| count.parse().ok())
        .filter(|count| (1..=99).contains(count));
    count.map(Gap::Laps).ok_or_else(|| {
        let text = Value::String(text.to_owned());
        row.unlike("gap_to_leader", &text, "a number of laps")
    })
}

/// Points have at most two decimals; a race never gave more than a hundred.
fn points(row: Row<'_>) -> Result<Option<Points>, ContentError> {
    let Some(value) = row.value("points") else {
        return Ok(None);
    };
    let hundredths = value.as_f64().map(|points| points * 100.0);
    match hundredths {
        Some(exact)
            if (0.0..=10_000.0).contains(&exact) && (exact - exact.round()).abs() < 1e-6 =>
        {
            Ok(Some(Points(rounded(exact))))
        }
        _ => Err(row.unlike("points", value, "points")),
    }
}
