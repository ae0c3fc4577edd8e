//! Jolpica-F1: rate limits, how its answers are read, and the real answers of some seasons.

mod broken;
mod manners;
mod paging;
mod quirks;
mod real;
mod roster;

use etl::{
    Context,
    sources::{
        jolpica::RATE_LIMIT as JOLPICA,
        jolpica::{self, CarResult, Race},
        lease::UpstreamLease,
    },
};
use reqwest::Url;
use serde_json::{Value, json};
use sqlx::PgPool;
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{path, query_param},
};

use crate::common;

/// A mock of the API, and the right to ask it.
struct Upstream {
    server: MockServer,
    base: Url,
    ctx: Context,
    turn: UpstreamLease,
}

impl Upstream {
    async fn new(pool: &PgPool) -> Self {
        let server = MockServer::start().await;
        let ctx = common::context_of(pool, common::now(), &server.uri());
        Self {
            base: format!("{}/ergast/f1", server.uri()).parse().unwrap(),
            turn: UpstreamLease::acquire(&ctx, &JOLPICA).await.unwrap(),
            server,
            ctx,
        }
    }

    /// Answers the page of a list that begins at `offset`.
    async fn answer(&self, list: &str, offset: usize, answer: &Value) {
        Mock::given(path(format!("/ergast/f1/{list}/")))
            .and(query_param("limit", "100"))
            .and(query_param("offset", offset.to_string()))
            .respond_with(ResponseTemplate::new(200).set_body_json(answer))
            .mount(&self.server)
            .await;
    }

    /// Reads a list of results that has one car.
    async fn result(&mut self, car: &Value) -> Result<CarResult, jolpica::Error> {
        self.server.reset().await;
        self.answer(
            "2024/results",
            0,
            &page(0, 1, &[race("Results", &json!([car]))]),
        )
        .await;
        let mut rounds = jolpica::results(&mut self.turn, &self.base, 2024, None).await?;
        Ok(rounds.remove(0).rows.remove(0))
    }

    /// Reads a calendar that has one race.
    async fn calendar(&mut self, year: i16, race: &Value) -> Result<Race, jolpica::Error> {
        self.server.reset().await;
        self.answer(
            &format!("{year}/races"),
            0,
            &page(0, 1, std::slice::from_ref(race)),
        )
        .await;
        let mut races = jolpica::calendar(&mut self.turn, &self.base, year).await?;
        Ok(races.remove(0))
    }
}

/// A page of races.
fn page(offset: usize, total: usize, races: &[Value]) -> Value {
    let limit = if total > 1 { 30 } else { 100 };
    json!({"MRData": {
        "series": "f1", "limit": limit.to_string(), "offset": offset.to_string(), "total": total.to_string(),
        "RaceTable": {"season": "2024", "Races": races},
    }})
}

/// The first race of 2024 with rows.
fn race(list: &str, rows: &Value) -> Value {
    round(1, "Bahrain Grand Prix", list, rows)
}

/// A race of 2024 with rows.
fn round(round: i16, name: &str, list: &str, rows: &Value) -> Value {
    json!({
        "season": "2024", "round": round.to_string(), "raceName": name, "date": "2024-03-02", "time": "15:00:00Z",
        "Circuit": circuit(), list: rows,
    })
}

fn circuit() -> Value {
    json!({"circuitId": "bahrain", "circuitName": "Bahrain International Circuit",
           "Location": {"lat": "26.0325", "long": "50.5106", "locality": "Sakhir", "country": "Bahrain"}})
}

fn driver(id: &str) -> Value {
    json!({"driverId": id, "permanentNumber": "3", "code": "VER", "givenName": "Max", "familyName": "Verstappen",
           "dateOfBirth": "1997-09-30", "nationality": "Dutch"})
}

fn constructor() -> Value {
    json!({"constructorId": "red_bull", "name": "Red Bull", "nationality": "Austrian"})
}

/// A winner.
fn car() -> Value {
    json!({
        "number": "1", "position": "1", "positionText": "1", "points": "26", "grid": "1", "laps": "57",
        "status": "Finished", "Driver": driver("max_verstappen"), "Constructor": constructor(),
        "Time": {"millis": "5504742", "time": "1:31:44.742"},
        "FastestLap": {"rank": "1", "lap": "39", "Time": {"time": "1:32.608"}},
    })
}

/// An object with some fields changed; `null` removes a field.
fn with(mut object: Value, changes: &Value) -> Value {
    for (field, value) in changes.as_object().unwrap() {
        if value.is_null() {
            object.as_object_mut().unwrap().remove(field);
        } else {
            object[field] = value.clone();
        }
    }
    object
}
