//! A forecast: the chances, what changed since the last one, why, and the pace behind it.

mod changes;
mod history;
mod pace;
mod season;
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
use super::{
    RacePath,
    forecast::{self, Head},
    frame, if_found,
};
use crate::{
    error::Error,
    extract::{Api, Path, Query},
    page::{Frame, Page, Part, Result},
    parts::{Chance, Heat, Link, Tick, Who, ticks},
    words,
};

pub(crate) use season::list;

/// Which forecast of a race.
#[derive(serde::Deserialize)]
pub(crate) struct MomentQuery {
    moment: Option<Moment>,
}

#[derive(Template)]
#[template(path = "prediction.html")]
struct PredictionPage {
    frame: Frame,
    head: Head,
    /// What the starting place is called; none where nothing was known of it.
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
        frame(api, Part::Forecasts),
        api.prediction(path.year, path.round, contest, moment),
        api.prediction_history(path.year, path.round, contest)
    );
    let (frame, prediction) = (frame?, prediction?);
    let history = if_found(history)?;
    let head = Head::new(&prediction);
    let (scale_width, ticks) = ticks(prediction.drivers.len());
    let moments = prediction.moments.iter().map(|moment| Link {
        here: *moment == prediction.moment,
        ..Link::new(
            format!("{}?moment={moment}", head.href),
            forecast::moment(*moment),
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
        other: other_contest(&prediction, &head.race_href),
        honesty: match prediction.kind {
            PredictionKind::Live => {
                "This forecast was stored before the start and is never rewritten."
            }
            PredictionKind::Retrospective => {
                "This forecast was made later by a model fitted only on races before this one; it is not a prophecy that was published in time."
            }
        },
        head,
    }))
}

/// The forecast of the weekend's other race.
fn other_contest(prediction: &Prediction, race_href: &str) -> Option<Link> {
    let (contest, text) = match prediction.contest {
        Contest::GrandPrix => (Contest::Sprint, "The sprint’s forecast"),
        Contest::Sprint => (Contest::GrandPrix, "The Grand Prix’s forecast"),
    };
    let href = format!("{race_href}/{}", forecast::part(contest));
    prediction.race.has_sprint().then(|| Link::new(href, text))
}

fn car(car: &PredictionDriver, moment: Moment) -> Car {
    let finish = car.result.as_ref();
    Car {
        who: Who::new(&car.driver, Some(&car.team)),
        grid: forecast::place(car, moment),
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
        finish: finish.map(|finish| finish.text.clone()).unwrap_or_default(),
    }
}

/// How likely the cars are to stop, in a sentence.
fn retirement(cars: &[PredictionDriver]) -> String {
    let by_chance = |a: &&PredictionDriver, b: &&PredictionDriver| a.dnf.total_cmp(&b.dnf);
    let (Some(least), Some(most)) = (cars.iter().min_by(by_chance), cars.iter().max_by(by_chance))
    else {
        return String::new();
    };
    let (low, high) = (words::percent(least.dnf), words::percent(most.dnf));
    if low == high {
        format!("Every car is given a chance of {low} % not to finish.")
    } else {
        format!(
            "The chance not to finish runs from {low} % for {} to {high} % for {}.",
            least.driver.family_name, most.driver.family_name
        )
    }
}
