//! Values of the API for unit tests.

use client::{
    races::{Circuit, DriverRef, Race, TeamRef},
    vocabulary::{EventFormat, RaceStatus},
};

/// A driver with this family name: `A. Norris`.
pub(crate) fn driver(family_name: &str) -> DriverRef {
    DriverRef {
        key: family_name.to_lowercase(),
        code: family_name.chars().take(3).collect(),
        name: format!("A. {family_name}"),
        family_name: family_name.to_owned(),
    }
}

/// A team without a colour.
pub(crate) fn team() -> TeamRef {
    TeamRef {
        key: "team".to_owned(),
        name: "Team".to_owned(),
        colour: None,
    }
}

/// The first race of 2026 in this state.
pub(crate) fn race(status: RaceStatus) -> Race {
    Race {
        year: 2026,
        round: 1,
        name: "Some Grand Prix".to_owned(),
        circuit: Circuit {
            key: "some".to_owned(),
            name: "Some".to_owned(),
            place: "Place".to_owned(),
            country: "Country".to_owned(),
            country_code: "XX".to_owned(),
            time_zone: "UTC".to_owned(),
        },
        date: chrono::NaiveDate::default(),
        starts_at: None,
        status,
        event_format: EventFormat::Conventional,
    }
}
