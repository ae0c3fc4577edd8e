//! Weekends, drivers and teams of Jolpica-F1.

use serde_json::{Value, json};
use vocabulary::SessionKind;

use super::{
    super::{
        scenario::{Race, Scenario},
        timetable::Session,
    },
    without_nulls,
};

/// The first year with start times of sessions before the race.
const FIRST_WITH_TIMES: i16 = 2022;

/// A weekend as the header of its lists.
pub(crate) fn header(scenario: &Scenario, race: &Race) -> Value {
    let grand_prix = scenario.entity("grands-prix", race.row.text("grandPrixId"));
    let circuit = scenario.entity("circuits", race.row.text("circuitId"));
    let country = scenario.entity("countries", circuit.text("countryId"));
    let start = race.start();
    json!({
        "season": race.year.to_string(), "round": race.round.to_string(), "raceName": grand_prix.text("fullName"),
        "date": start.format("%Y-%m-%d").to_string(), "time": start.format("%H:%M:%SZ").to_string(),
        "Circuit": {
            "circuitId": id(circuit.text("id")), "circuitName": circuit.text("fullName"),
            "Location": {
                "lat": circuit.text("latitude"), "long": circuit.text("longitude"),
                "locality": circuit.text("placeName"), "country": country.text("name"),
            },
        },
    })
}

/// A weekend with its sessions.
pub(crate) fn weekend(scenario: &Scenario, race: &Race) -> Value {
    let mut weekend = header(scenario, race);
    for session in &race.sessions {
        if let Some(field) = field(race.year, session.kind) {
            weekend[field] = date_and_time(race.year, session);
        }
    }
    weekend
}

/// Date and start time of a session.
fn date_and_time(year: i16, session: &Session) -> Value {
    let time = session.start.format("%H:%M:%SZ").to_string();
    without_nulls(json!({
        "date": session.start.format("%Y-%m-%d").to_string(),
        "time": Some(time).filter(|_| year >= FIRST_WITH_TIMES),
    }))
}

/// The field of a session, if it has one.
fn field(year: i16, kind: SessionKind) -> Option<&'static str> {
    Some(match kind {
        SessionKind::Practice1 => "FirstPractice",
        SessionKind::Practice2 => "SecondPractice",
        SessionKind::Practice3 => "ThirdPractice",
        SessionKind::Qualifying => "Qualifying",
        SessionKind::SprintQualifying if year == 2023 => "SprintShootout",
        SessionKind::SprintQualifying => "SprintQualifying",
        SessionKind::Sprint => "Sprint",
        _ => return None,
    })
}

/// A driver.
pub(crate) fn driver(scenario: &Scenario, driver: &str) -> Value {
    let row = scenario.entity("drivers", driver);
    let country = scenario.entity("countries", row.text("nationalityCountryId"));
    without_nulls(json!({
        "driverId": id(driver), "permanentNumber": row.maybe("permanentNumber"), "code": row.text("abbreviation"),
        "givenName": row.text("firstName"), "familyName": row.text("lastName"),
        "dateOfBirth": row.text("dateOfBirth"), "nationality": country.text("demonym"),
    }))
}

/// A team.
pub(crate) fn constructor(scenario: &Scenario, team: &str) -> Value {
    let row = scenario.entity("constructors", team);
    let country = scenario.entity("countries", row.text("countryId"));
    json!({"constructorId": id(team), "name": row.text("name"), "nationality": country.text("demonym")})
}

/// Jolpica-F1's id of an F1DB id.
pub(crate) fn id(key: &str) -> String {
    key.replace('-', "_")
}
