//! Drivers, constructors and circuits, under upstream's own ids.

use chrono::{Datelike as _, NaiveDate};

use super::node::{ContentError, Node};

/// A driver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Driver {
    /// Such as `max_verstappen`.
    pub id: String,
    /// Three letters, such as `VER`.
    pub code: Option<String>,
    /// The number chosen for a career (2014 on); the car can have another.
    pub permanent_number: Option<i16>,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Birth date.
    pub date_of_birth: Option<NaiveDate>,
    /// As an English adjective, such as `Dutch`.
    pub nationality: Option<String>,
}

/// A constructor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constructor {
    /// Such as `red_bull`.
    pub id: String,
    /// Such as `Red Bull`.
    pub name: String,
    /// As an English adjective, such as `Austrian`.
    pub nationality: Option<String>,
}

/// A circuit.
#[derive(Debug, Clone, PartialEq)]
pub struct Circuit {
    /// Such as `bahrain`.
    pub id: String,
    /// Such as `Bahrain International Circuit`.
    pub name: String,
    /// Town.
    pub locality: String,
    /// Country, sometimes abbreviated, such as `UAE`.
    pub country: String,
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
}

impl Driver {
    pub(super) fn read(node: &Node<'_>) -> Result<Self, ContentError> {
        let born = node.maybe_date("dateOfBirth")?;
        if let Some(day) = born.filter(|day| !(1880..=2050).contains(&day.year())) {
            return Err(node.error("dateOfBirth", format!("{day} is no driver's birthday")));
        }
        Ok(Self {
            id: node.id("driverId")?,
            code: node.maybe("code", "three letters", code)?,
            permanent_number: node.maybe_number("permanentNumber", 0..=999)?,
            given_name: node.word("givenName")?.to_owned(),
            family_name: node.word("familyName")?.to_owned(),
            date_of_birth: born,
            nationality: node.text("nationality")?.map(str::to_owned),
        })
    }
}

impl Constructor {
    pub(super) fn read(node: &Node<'_>) -> Result<Self, ContentError> {
        Ok(Self {
            id: node.id("constructorId")?,
            name: node.word("name")?.to_owned(),
            nationality: node.text("nationality")?.map(str::to_owned),
        })
    }
}

impl Circuit {
    pub(super) fn read(node: &Node<'_>) -> Result<Self, ContentError> {
        let place = node.node("Location")?;
        let degrees = |field, most: f64| {
            place.read(field, &format!("degrees up to {most}"), |text| {
                let value: f64 = text.parse().ok()?;
                (value.abs() <= most).then_some(value)
            })
        };
        Ok(Self {
            id: node.id("circuitId")?,
            name: node.word("circuitName")?.to_owned(),
            locality: place.word("locality")?.to_owned(),
            country: place.word("country")?.to_owned(),
            latitude: degrees("lat", 90.0)?,
            longitude: degrees("long", 180.0)?,
        })
    }
}

fn code(text: &str) -> Option<String> {
    let letters = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    letters.then(|| text.to_owned())
}
