//! Jolpica-F1's weekends, people, teams and places.

use schema::SessionKind;
use serde_json::{Value, json};

use super::{
    clock::Session,
    jolpica::known,
    world::{Race, World},
};

/// The first year with times of sessions besides the race.
const FIRST_WITH_TIMES: i16 = 2022;

/// A weekend as it stands above its lists.
pub(super) fn header(world: &World, race: &Race) -> Value {
    let grand_prix = world.entity("grands-prix", race.row.text("grandPrixId"));
    let circuit = world.entity("circuits", race.row.text("circuitId"));
    let country = world.entity("countries", circuit.text("countryId"));
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
pub(super) fn weekend(world: &World, race: &Race) -> Value {
    let mut weekend = header(world, race);
    for session in &race.sessions {
        if let Some(name) = name(race.year, session.kind) {
            weekend[name] = announced(race.year, session);
        }
    }
    weekend
}

fn announced(year: i16, session: &Session) -> Value {
    let time = session.start.format("%H:%M:%SZ").to_string();
    known(json!({
        "date": session.start.format("%Y-%m-%d").to_string(),
        "time": Some(time).filter(|_| year >= FIRST_WITH_TIMES),
    }))
}

fn name(year: i16, kind: SessionKind) -> Option<&'static str> {
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

/// A person.
pub(super) fn driver(world: &World, driver: &str) -> Value {
    let row = world.entity("drivers", driver);
    let country = world.entity("countries", row.text("nationalityCountryId"));
    known(json!({
        "driverId": id(driver), "permanentNumber": row.maybe("permanentNumber"), "code": row.text("abbreviation"),
        "givenName": row.text("firstName"), "familyName": row.text("lastName"),
        "dateOfBirth": row.text("dateOfBirth"), "nationality": country.text("demonym"),
    }))
}

/// A team.
pub(super) fn constructor(world: &World, team: &str) -> Value {
    let row = world.entity("constructors", team);
    let country = world.entity("countries", row.text("countryId"));
    json!({"constructorId": id(team), "name": row.text("name"), "nationality": country.text("demonym")})
}

/// Upstream's own id.
pub(super) fn id(key: &str) -> String {
    key.replace('-', "_")
}
