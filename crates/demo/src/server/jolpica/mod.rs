//! Jolpica-F1: lists are paged by rows, every scalar is a string, and unknown fields are left out.

mod calendar;
mod laps;
mod results;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use vocabulary::SessionKind;

use super::{answer::Answer, scenario::Race, state::View};

/// The list that answers a request.
struct List {
    /// The object below `MRData`.
    table: &'static str,
    /// The array of its races.
    races: &'static str,
    /// The array of a race's rows; the rows of the calendar are the races themselves.
    field: Option<&'static str>,
    /// Each row with the header of its race, in the order in which Jolpica-F1 counts them.
    rows: Vec<(Value, Value)>,
}

/// Answers a request below `/ergast/f1`.
pub(crate) fn answer(view: &View, path: &str, query: &str) -> Answer {
    let Some(path) = path.strip_suffix('/') else {
        let target = format!("/ergast/f1/{path}/?{query}");
        return Answer::redirect(StatusCode::MOVED_PERMANENTLY, target);
    };
    let segments: Vec<&str> = path.split('/').collect();
    let (year, round, endpoint) = match segments.as_slice() {
        [year, endpoint] => (year.parse().ok(), None, *endpoint),
        [year, round, endpoint] => (year.parse().ok(), round.parse().ok(), *endpoint),
        _ => (None, None, ""),
    };
    let (Some(year), true) = (year, round.is_some() == (segments.len() == 3)) else {
        return Answer::html(StatusCode::NOT_FOUND);
    };
    let all = view.scenario.races();
    let races: Vec<&Race> = all
        .iter()
        .filter(|race| race.year == year && !race.cancelled)
        .filter(|race| round.is_none_or(|round: i16| race.round == round))
        .collect();
    if matches!(endpoint, "laps" | "pitstops") && round.is_none() {
        return Answer::detail(StatusCode::BAD_REQUEST, "Bad Request: a round is needed");
    }
    let Some(list) = list(view, endpoint, &races) else {
        return Answer::html(StatusCode::NOT_FOUND);
    };
    let parameter = |name: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs
            .find(|(field, _)| *field == name)?
            .1
            .parse::<usize>()
            .ok()
    };
    let limit = parameter("limit")
        .filter(|limit| *limit > 0)
        .unwrap_or(30)
        .min(100);
    Answer::json(&list.page(year, limit, parameter("offset").unwrap_or(0)))
}

fn list(view: &View, endpoint: &str, races: &[&Race]) -> Option<List> {
    let scenario = &view.scenario;
    let of_races = |field, rows| List {
        table: "RaceTable",
        races: "Races",
        field,
        rows,
    };
    // The rows of each race whose session is over.
    let over = |kind, rows: &dyn Fn(&Race) -> Vec<Value>| {
        let over = races.iter().filter(|race| race.is_over(kind, view.at));
        let rows = over.flat_map(|race| {
            let header = calendar::header(scenario, race);
            rows(race).into_iter().map(move |row| (header.clone(), row))
        });
        rows.collect::<Vec<_>>()
    };
    let race = SessionKind::Race;
    Some(match endpoint {
        "races" => {
            let rows = races.iter();
            let rows = rows.map(|race| (Value::Null, calendar::weekend(scenario, race)));
            of_races(None, rows.collect())
        }
        "results" => {
            let rows = over(race, &|race| results::grand_prix(scenario, race));
            of_races(Some("Results"), rows)
        }
        "sprint" => {
            let rows = over(SessionKind::Sprint, &|race| results::sprint(scenario, race));
            of_races(Some("SprintResults"), rows)
        }
        "qualifying" => {
            let rows = over(SessionKind::Qualifying, &|race| {
                results::qualifying(scenario, race)
            });
            of_races(Some("QualifyingResults"), rows)
        }
        "pitstops" => of_races(
            Some("PitStops"),
            over(race, &|race| results::pit_stops(scenario, race)),
        ),
        "laps" => of_races(
            Some("Laps"),
            over(race, &|race| laps::timings(scenario, race)),
        ),
        "driverstandings" | "constructorstandings" => {
            let newest = races
                .iter()
                .rev()
                .filter(|other| other.is_over(race, view.at))
                .find_map(|race| {
                    let lines = results::standings(scenario, race, endpoint);
                    let header =
                        json!({"season": race.year.to_string(), "round": race.round.to_string()});
                    let lines = lines.into_iter().map(|line| (header.clone(), line));
                    Some(lines.collect::<Vec<_>>()).filter(|lines| !lines.is_empty())
                });
            let field = if endpoint == "driverstandings" {
                "DriverStandings"
            } else {
                "ConstructorStandings"
            };
            List {
                table: "StandingsTable",
                races: "StandingsLists",
                field: Some(field),
                rows: newest.unwrap_or_default(),
            }
        }
        _ => return None,
    })
}

impl List {
    /// A page. It may begin and end in the middle of a race, whose header is on both pages.
    fn page(&self, year: i16, limit: usize, offset: usize) -> Value {
        let mut races: Vec<Value> = Vec::new();
        for (header, row) in self.rows.iter().skip(offset).take(limit) {
            let Some(field) = self.field else {
                races.push(row.clone());
                continue;
            };
            let is_new = races
                .last()
                .is_none_or(|race| race["round"] != header["round"]);
            if is_new {
                let mut race = header.clone();
                race[field] = json!([]);
                races.push(race);
            }
            let race = races.last_mut().unwrap();
            race[field].as_array_mut().unwrap().push(row.clone());
        }
        for race in &mut races {
            match self.field {
                Some("Laps") => race["Laps"] = laps::by_lap(&race["Laps"]),
                // Positions are in order only within a page.
                Some(field @ "QualifyingResults") => {
                    let rows = race[field].as_array_mut().unwrap();
                    rows.sort_by_key(|row| row["position"].as_str().unwrap().parse::<i16>().ok());
                }
                _ => {}
            }
        }
        let mut data = Map::new();
        for (field, number) in [
            ("limit", limit),
            ("offset", offset),
            ("total", self.rows.len()),
        ] {
            data.insert(field.to_owned(), json!(number.to_string()));
        }
        data.insert("series".to_owned(), json!("f1"));
        let table = json!({"season": year.to_string(), self.races: races});
        data.insert(self.table.to_owned(), table);
        json!({"MRData": data})
    }
}

/// An object without its null fields.
fn without_nulls(object: Value) -> Value {
    let Value::Object(mut fields) = object else {
        panic!("an object");
    };
    fields.retain(|_, value| !value.is_null());
    Value::Object(fields)
}
