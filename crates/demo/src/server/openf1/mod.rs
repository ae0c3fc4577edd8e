//! `OpenF1`: meetings, sessions, drivers, results and grids, for every year in the format of the years since 2023.

mod classification;

use axum::http::StatusCode;
use chrono::{DateTime, Datelike as _, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization as _;
use vocabulary::SessionKind;

use super::{
    answer::Answer,
    scenario::{Race, Scenario},
    state::View,
    table::Row,
    timetable::Session,
};
use classification::{best_times, gap, of_qualifying, of_race, seconds};

/// Each session with its name and type, and the table of its classification.
const NAMES: [(SessionKind, &str, &str, &str); 7] = [
    (
        SessionKind::Practice1,
        "Practice 1",
        "Practice",
        "races-free-practice-1-results",
    ),
    (
        SessionKind::Practice2,
        "Practice 2",
        "Practice",
        "races-free-practice-2-results",
    ),
    (
        SessionKind::Practice3,
        "Practice 3",
        "Practice",
        "races-free-practice-3-results",
    ),
    (
        SessionKind::SprintQualifying,
        "Sprint Qualifying",
        "Qualifying",
        "races-sprint-qualifying-results",
    ),
    (
        SessionKind::Sprint,
        "Sprint",
        "Race",
        "races-sprint-race-results",
    ),
    (
        SessionKind::Qualifying,
        "Qualifying",
        "Qualifying",
        "races-qualifying-results",
    ),
    (SessionKind::Race, "Race", "Race", "races-race-results"),
];

/// A session with its keys.
struct Keyed<'a> {
    race: &'a Race<'a>,
    session: Session,
    /// In [`NAMES`].
    index: usize,
    meeting_key: i32,
    session_key: i32,
}

/// Answers a request below `/v1`.
pub(crate) fn answer(view: &View, path: &str, query: &str) -> Answer {
    let races = view.scenario.races();
    let closes = |session: &Session| session.closes_openf1(view.now);
    if races
        .iter()
        .any(|race| !race.cancelled && race.sessions.iter().any(closes))
    {
        return Answer::detail(StatusCode::UNAUTHORIZED, "Live F1 session in progress.");
    }
    // The calendar of a season is published on New Year's Day.
    let known = races
        .iter()
        .filter(|race| i32::from(race.year) <= view.at.year());
    let sessions: Vec<Keyed> = known.flat_map(keyed).collect();
    let mut filters = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair
            .split_once('=')
            .map(|(field, value)| (field, value.parse::<i32>()))
        {
            Some((field @ ("year" | "meeting_key" | "session_key"), Ok(value))) => {
                filters.push((field, value));
            }
            _ => return Answer::html(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }
    let wanted = sessions.iter().filter(|keyed| {
        filters.iter().all(|(field, value)| match *field {
            "year" => i32::from(keyed.race.year) == *value,
            "meeting_key" => keyed.meeting_key == *value,
            _ => keyed.session_key == *value,
        })
    });
    let scenario = &view.scenario;
    let rows: Vec<Value> = match path {
        "meetings" => wanted
            .filter(|keyed| keyed.session.start == keyed.race.sessions[0].start)
            .map(|keyed| meeting(scenario, keyed))
            .collect(),
        "sessions" => wanted.map(|keyed| keyed.listed(scenario)).collect(),
        "drivers" => wanted.flat_map(|keyed| keyed.drivers(view)).collect(),
        "session_result" => wanted.flat_map(|keyed| keyed.result(view)).collect(),
        "starting_grid" => wanted.flat_map(|keyed| keyed.grid(view)).collect(),
        _ => return Answer::html(StatusCode::INTERNAL_SERVER_ERROR),
    };
    if rows.is_empty() {
        return Answer::detail(StatusCode::NOT_FOUND, "No results found.");
    }
    Answer::json(&Value::Array(rows))
}

/// The sessions of a weekend.
fn keyed<'a>(race: &'a Race<'a>) -> impl Iterator<Item = Keyed<'a>> {
    let id: i32 = race.id.parse().unwrap();
    race.sessions.iter().map(move |session| {
        let index = NAMES.iter().position(|(kind, ..)| *kind == session.kind);
        let index = index.unwrap();
        Keyed {
            race,
            session: *session,
            index,
            meeting_key: 1200 + id,
            session_key: 9000 + 10 * id + i32::try_from(index).unwrap(),
        }
    })
}

/// The fields of a meeting's place.
fn place(scenario: &Scenario, race: &Race) -> Value {
    let circuit = scenario.entity("circuits", race.row.text("circuitId"));
    let country = scenario.entity("countries", circuit.text("countryId"));
    json!({
        "circuit_short_name": circuit.text("name"), "location": circuit.text("placeName"),
        "country_name": country.text("name"), "country_code": country.text("alpha3Code"),
        "gmt_offset": "00:00:00", "year": race.year, "is_cancelled": race.cancelled,
    })
}

fn meeting(scenario: &Scenario, keyed: &Keyed) -> Value {
    let grand_prix = scenario.entity("grands-prix", keyed.race.row.text("grandPrixId"));
    let of_meeting = json!({
        "meeting_key": keyed.meeting_key, "meeting_name": grand_prix.text("fullName"),
        "meeting_official_name": keyed.race.row.text("officialName").to_uppercase(),
        "date_start": instant(keyed.session.start), "date_end": instant(keyed.race.start() + TimeDelta::hours(2)),
    });
    joined(place(scenario, keyed.race), of_meeting)
}

impl Keyed<'_> {
    fn listed(&self, scenario: &Scenario) -> Value {
        let (_, name, of_type, _) = NAMES[self.index];
        let of_session = json!({
            "session_name": name, "session_type": of_type,
            "date_start": instant(self.session.start), "date_end": instant(self.session.end()),
        });
        joined(place(scenario, self.race), self.with_keys(of_session))
    }

    /// The drivers in the classification, from the start of the session on.
    fn drivers(&self, view: &View) -> Vec<Value> {
        if self.session.start > view.at {
            return Vec::new();
        }
        let scenario = &view.scenario;
        let driver = |row: &&Row| {
            let driver = scenario.entity("drivers", row.text("driverId"));
            let team = scenario.entity("constructors", row.text("constructorId"));
            let (first, last) = (
                ascii(driver.text("firstName")),
                ascii(driver.text("lastName")),
            );
            self.with_keys(json!({
                "driver_number": number(row), "first_name": first, "last_name": last,
                "full_name": format!("{first} {}", last.to_uppercase()),
                "broadcast_name": format!("{} {}", &first[..1], last.to_uppercase()),
                "name_acronym": driver.text("abbreviation"), "team_name": team.text("fullName"),
                "headshot_url": null, "country_code": null,
            }))
        };
        self.cars(scenario).iter().map(driver).collect()
    }

    fn result(&self, view: &View) -> Vec<Value> {
        if self.session.end() > view.at {
            return Vec::new();
        }
        let rows = self.cars(&view.scenario);
        let kind = self.session.kind;
        let best = match kind {
            SessionKind::Qualifying | SessionKind::SprintQualifying => best_times(&rows),
            _ => [None; 3],
        };
        let result = |row: &&Row| {
            let times = match kind {
                SessionKind::Qualifying | SessionKind::SprintQualifying => of_qualifying(row, best),
                SessionKind::Race | SessionKind::Sprint => of_race(row),
                _ => json!({
                    "duration": seconds(row.number("timeMillis")), "gap_to_leader": gap(row),
                    "dnf": false, "dns": false, "dsq": false,
                }),
            };
            let place: Option<i64> = row.number("positionNumber");
            let car = json!({
                "driver_number": number(row), "position": place, "number_of_laps": row.number::<i64>("laps"),
            });
            joined(self.with_keys(car), times)
        };
        rows.iter().map(result).collect()
    }

    /// The grid that the session decides, from two hours after it on. In sprint weekends to 2022 the sprint decides the
    /// grid of the Grand Prix, which is published under qualifying all the same.
    fn grid(&self, view: &View) -> Vec<Value> {
        let sprint = self.race.session(SessionKind::Sprint);
        let (table, decided) = match self.session.kind {
            SessionKind::SprintQualifying => ("races-sprint-starting-grid-positions", self.session),
            SessionKind::Qualifying => {
                let by_sprint = sprint.filter(|_| self.race.year <= 2022);
                (
                    "races-starting-grid-positions",
                    by_sprint.unwrap_or(self.session),
                )
            }
            _ => return Vec::new(),
        };
        if decided.end() + TimeDelta::hours(2) > view.at {
            return Vec::new();
        }
        let slot = |row: &&Row| {
            self.with_keys(json!({
                "driver_number": number(row), "position": row.number::<i64>("positionDisplayOrder"),
                "lap_duration": seconds(row.number("timeMillis")),
            }))
        };
        view.scenario
            .rows(table, self.race.id)
            .iter()
            .map(slot)
            .collect()
    }

    /// The rows of the classification in the order of car numbers.
    fn cars<'w>(&self, scenario: &'w Scenario) -> Vec<&'w Row> {
        let (.., table) = NAMES[self.index];
        let mut rows = scenario.rows(table, self.race.id);
        rows.sort_by_key(|row| number(row));
        rows
    }

    fn with_keys(&self, row: Value) -> Value {
        let keys = json!({"meeting_key": self.meeting_key, "session_key": self.session_key});
        joined(keys, row)
    }
}

fn number(row: &Row) -> i32 {
    row.number("driverNumber").unwrap()
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, false)
}

fn ascii(name: &str) -> String {
    let plain = name.replace('ł', "l");
    plain.nfd().filter(char::is_ascii).collect()
}

/// Two objects merged into one.
fn joined(mut one: Value, other: Value) -> Value {
    let (Value::Object(fields), Value::Object(more)) = (&mut one, other) else {
        panic!("both are objects");
    };
    fields.extend(more);
    one
}
