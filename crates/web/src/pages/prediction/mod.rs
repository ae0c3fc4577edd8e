//! The forecast of a race or a sprint: chances, changes since the previous forecast, reasons, and estimated pace.

mod changes;
mod history;
mod pace;
#[cfg(test)]
mod tests;
mod why;

use askama::Template;
use axum::response::IntoResponse;
use client::{
    predictions::{Prediction, PredictionDriver},
    vocabulary::{Contest, Moment, PredictionKind},
};

use self::{changes::Changes, history::History, pace::PaceTable, why::Why};
use super::{RacePath, frame, if_found};
use crate::{
    address,
    error::Error,
    extract::{Api, FromParameters, Parameters, Path, Query},
    page::{Frame, Page, Result, Section},
    parts::{Chance, Heat, Link, PredictionHead, Tick, Who, grid_place, ticks},
    words::{self, DriverNames},
};

/// The moment of the forecast; `None` for the latest.
pub(crate) struct MomentQuery {
    moment: Option<Moment>,
}

impl FromParameters for MomentQuery {
    fn from_parameters(parameters: &Parameters) -> std::result::Result<Self, Error> {
        Ok(Self {
            moment: parameters.get("moment", "a moment of a forecast")?,
        })
    }
}

#[derive(Template)]
#[template(path = "prediction.html")]
struct PredictionPage {
    frame: Frame,
    head: PredictionHead,
    /// The heading of the starting place; `None` where no place was known.
    grid_heading: Option<&'static str>,
    cars: Vec<Car>,
    scale_width: usize,
    ticks: Vec<Tick>,
    retirement: String,
    changes: Option<Changes>,
    why: Option<Why>,
    pace: Option<PaceTable>,
    history: Option<History>,
    moments: Vec<Link>,
    /// The forecast of the weekend's other race.
    other: Option<Link>,
    honesty: &'static str,
}

struct Car {
    who: Who,
    grid: String,
    win: Chance,
    podium: Chance,
    points: Chance,
    dnf: String,
    expected: String,
    heat: Heat,
    finish: String,
}

/// `GET /seasons/{year}/races/{round}/prediction`
pub(crate) async fn show(
    Api(api): Api,
    Path(path): Path<RacePath>,
    Query(query): Query<MomentQuery>,
) -> std::result::Result<impl IntoResponse, Error> {
    page(&api, &path, Contest::GrandPrix, query.moment).await
}

/// `GET /seasons/{year}/races/{round}/sprint-prediction`
pub(crate) async fn show_sprint(
    Api(api): Api,
    Path(path): Path<RacePath>,
    Query(query): Query<MomentQuery>,
) -> std::result::Result<impl IntoResponse, Error> {
    page(&api, &path, Contest::Sprint, query.moment).await
}

async fn page(
    api: &client::Client,
    path: &RacePath,
    contest: Contest,
    moment: Option<Moment>,
) -> Result<PredictionPage> {
    let (frame, prediction, history) = tokio::join!(
        frame(api, Section::Predictions),
        api.prediction(path.year, path.round, contest, moment),
        api.prediction_history(path.year, path.round, contest)
    );
    let (frame, prediction) = (frame?, prediction?);
    let history = if_found(history)?;
    let head = PredictionHead::new(&prediction);
    let (scale_width, ticks) = ticks(prediction.drivers.len());
    let moments = prediction.moments.iter().map(|moment| Link {
        here: *moment == prediction.moment,
        ..Link::new(
            format!("{}?moment={moment}", head.href),
            words::moment(*moment),
        )
    });
    let placed = prediction.drivers.iter().any(|car| car.grid.is_some());
    Ok(Page(PredictionPage {
        frame,
        grid_heading: placed.then_some(match prediction.moment {
            Moment::QualifyingOrder => "Qualified",
            _ => "Grid",
        }),
        cars: prediction
            .drivers
            .iter()
            .map(|row| car(row, prediction.moment))
            .collect(),
        scale_width,
        ticks,
        retirement: retirement(&prediction.drivers),
        changes: Changes::new(&prediction),
        why: Why::new(&prediction),
        pace: PaceTable::new(&prediction.drivers),
        history: history.and_then(|history| History::new(&history, &prediction)),
        moments: moments.collect(),
        other: other_contest(&prediction),
        honesty: match prediction.kind {
            PredictionKind::Live => {
                "This forecast was stored before the start and is never rewritten."
            }
            PredictionKind::Retrospective => {
                "The model was fitted only on earlier races. This forecast was computed after the race, using only what was known before it."
            }
        },
        head,
    }))
}

/// The forecast of the weekend's other race, on a sprint weekend.
fn other_contest(prediction: &Prediction) -> Option<Link> {
    let race = &prediction.race;
    let (contest, text) = match prediction.contest {
        Contest::GrandPrix => (Contest::Sprint, "The sprint’s forecast"),
        Contest::Sprint => (Contest::GrandPrix, "The Grand Prix’s forecast"),
    };
    let href = address::prediction(race.year, race.round, contest);
    race.has_sprint().then(|| Link::new(href, text))
}

fn car(car: &PredictionDriver, moment: Moment) -> Car {
    let finish = car.result.as_ref();
    Car {
        who: Who::new(&car.driver, Some(&car.team)),
        grid: grid_place(car, moment),
        win: Chance::new(car.win),
        podium: Chance::new(car.podium),
        points: Chance::new(car.points),
        dnf: words::percent(car.dnf),
        expected: format!("{:.1}", car.expected_position),
        heat: Heat::new(
            &car.driver.name,
            &car.positions,
            finish.map(|finish| finish.place),
        ),
        finish: words::or_empty(finish.map(|finish| &finish.text)),
    }
}

/// The range of the chances of not finishing, in a sentence.
fn retirement(cars: &[PredictionDriver]) -> String {
    let by_chance = |a: &&PredictionDriver, b: &&PredictionDriver| a.dnf.total_cmp(&b.dnf);
    let (Some(least), Some(most)) = (cars.iter().min_by(by_chance), cars.iter().max_by(by_chance))
    else {
        return String::new();
    };
    let (low, high) = (words::percent(least.dnf), words::percent(most.dnf));
    let names = DriverNames::new(cars.iter().map(|car| &car.driver));
    let (first, last) = (names.of(&least.driver), names.of(&most.driver));
    if cars.len() == 1 {
        words::ended(format!("The chance of not finishing is {low}% for {first}"))
    } else if low == high {
        format!("The chance of not finishing is {low}% for every car.")
    } else {
        words::ended(format!(
            "The chance of not finishing runs from {low}% for {first} to {high}% for {last}"
        ))
    }
}
