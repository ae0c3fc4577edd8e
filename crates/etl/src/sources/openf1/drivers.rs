//! The drivers of a session.

use std::collections::HashMap;

use super::fields::{ContentError, List, Row};

/// A driver of a session and the team, in upstream's own spelling: ASCII, some names with the family name first. Any
/// name can be missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Driver {
    /// As painted on the car.
    pub car_number: String,
    /// `Max`.
    pub first_name: Option<String>,
    /// `Verstappen`.
    pub last_name: Option<String>,
    /// `Max VERSTAPPEN`, `ZHOU Guanyu`: the family name in capitals.
    pub full_name: Option<String>,
    /// Three letters: `VER`.
    pub code: Option<String>,
    /// `Red Bull Racing`.
    pub team: Option<String>,
}

/// Reads the drivers of a session, in the order of the answer. A driver listed twice (one row may lack what the other
/// has) counts once: a later row adds and replaces values, but may not name another person.
pub fn read_drivers(url: &str, body: &[u8], session_key: i32) -> Result<Vec<Driver>, ContentError> {
    let list = List::parse(url, body)?;
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut drivers: Vec<Driver> = Vec::new();
    for row in list.rows() {
        row.is_of("session_key", session_key)?;
        let driver = driver(row)?;
        let first = *seen
            .entry(driver.car_number.clone())
            .or_insert(drivers.len());
        match drivers.get_mut(first) {
            None => drivers.push(driver),
            Some(before) if is_another(before, &driver) => {
                return Err(row.error("driver_number", "was another person's in an earlier row"));
            }
            Some(before) => {
                before.first_name = driver.first_name.or(before.first_name.take());
                before.last_name = driver.last_name.or(before.last_name.take());
                before.full_name = driver.full_name.or(before.full_name.take());
                before.code = driver.code.or(before.code.take());
                before.team = driver.team.or(before.team.take());
            }
        }
    }
    Ok(drivers)
}

fn driver(row: Row<'_>) -> Result<Driver, ContentError> {
    let name = |field| Ok(row.text(field)?.map(str::to_owned));
    Ok(Driver {
        car_number: row.car_number()?,
        first_name: name("first_name")?,
        last_name: name("last_name")?,
        full_name: name("full_name")?,
        code: code(row)?,
        team: name("team_name")?,
    })
}

fn code(row: Row<'_>) -> Result<Option<String>, ContentError> {
    const FIELD: &str = "name_acronym";
    match row.text(FIELD)? {
        Some(code) if code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
            Ok(Some(code.to_ascii_uppercase()))
        }
        Some(code) => Err(row.error(FIELD, format!("{code:?} does not read as three letters"))),
        None => Ok(None),
    }
}

/// Whether two rows are of different people: both have a family name, and the names differ.
fn is_another(one: &Driver, other: &Driver) -> bool {
    match (&one.last_name, &other.last_name) {
        (Some(one), Some(other)) => one.to_lowercase() != other.to_lowercase(),
        _ => false,
    }
}
