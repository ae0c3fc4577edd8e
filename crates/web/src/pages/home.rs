//! The home page: the next or the last forecast, the next race, and how the last forecasts went.

use askama::Template;
use axum::response::IntoResponse;
use client::{
    Client,
    predictions::{Prediction, PredictionDriver, PredictionSummary},
    races::RaceSummary,
    vocabulary::RaceStatus,
};

use super::{frame, if_found};
use crate::{
    address,
    error::Error,
    extract::Api,
    page::{Frame, Page, Section},
    parts::{Chance, PredictionHead, SessionTime, Title, Who, grid_place},
    words,
};

/// Drivers of the forecast at the top.
const CARS: usize = 5;
/// Past forecasts at the foot.
const LATEST: usize = 8;

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    frame: Frame,
    season: i16,
    card: Option<Card>,
    next: Option<Next>,
    latest: Vec<Latest>,
}

/// The forecast at the top.
struct Card {
    over: &'static str,
    head: PredictionHead,
    cars: Vec<CardCar>,
}

struct CardCar {
    who: Who,
    grid: String,
    win: Chance,
    podium: Chance,
    finish: String,
}

/// The next race.
struct Next {
    href: String,
    name: String,
    place: String,
    sprint: bool,
    when: String,
    /// The forecast at the top is about this race.
    predicted: bool,
    sessions: Vec<SessionTime>,
}

/// A past forecast.
struct Latest {
    href: String,
    race: Title,
    favourite: Who,
    percent: String,
    winner: Who,
    hit: bool,
}

/// `GET /`
pub(crate) async fn show(Api(api): Api) -> Result<impl IntoResponse, Error> {
    let frame = frame(&api, Section::Home).await?;
    let Some(season) = frame.season else {
        return Ok(Page(HomePage {
            frame,
            season: 0,
            card: None,
            next: None,
            latest: Vec::new(),
        }));
    };
    let (races, predictions, upcoming) =
        tokio::join!(api.races(season), api.predictions(season), api.upcoming());
    let races = races?.races;
    let predictions = if_found(predictions)?
        .map(|list| list.predictions)
        .unwrap_or_default();
    let upcoming = if_found(upcoming)?;
    let shown = match upcoming {
        Some(prediction) => Some(("The next forecast", prediction)),
        None => last_decided(&api, &predictions)
            .await?
            .map(|prediction| ("The last forecast", prediction)),
    };
    let next = next_race(&api, &races, shown.as_ref().map(|(_, shown)| shown)).await?;
    Ok(Page(HomePage {
        frame,
        season,
        card: shown.map(|(over, prediction)| card(over, &prediction)),
        next,
        latest: predictions
            .iter()
            .rev()
            .filter_map(latest)
            .take(LATEST)
            .collect(),
    }))
}

/// The last forecast whose race has a result.
async fn last_decided(
    api: &Client,
    predictions: &[PredictionSummary],
) -> Result<Option<Prediction>, Error> {
    match predictions.iter().rev().find(|row| row.outcome.is_some()) {
        Some(row) => if_found(
            api.prediction(row.race.year, row.race.round, row.contest, None)
                .await,
        ),
        None => Ok(None),
    }
}

/// The first race of the calendar that is still to be run.
async fn next_race(
    api: &Client,
    races: &[RaceSummary],
    shown: Option<&Prediction>,
) -> Result<Option<Next>, Error> {
    let open = |row: &&RaceSummary| {
        !matches!(
            row.race.status,
            RaceStatus::Completed | RaceStatus::Cancelled
        )
    };
    let Some(RaceSummary { race, .. }) = races.iter().find(open) else {
        return Ok(None);
    };
    let detail = api.race(race.year, race.round).await?;
    let (zone, year) = (&race.circuit.time_zone, race.year);
    let start = words::when(race.date, race.starts_at, zone, year);
    let session = |session| SessionTime::new(session, race.event_format, zone, year);
    Ok(Some(Next {
        href: address::race(year, race.round),
        name: race.name.clone(),
        place: format!("{}, {}", race.circuit.name, race.circuit.country),
        sprint: race.has_sprint(),
        when: format!("{start}."),
        predicted: shown
            .is_some_and(|shown| (shown.race.year, shown.race.round) == (year, race.round)),
        sessions: detail.sessions.iter().map(session).collect(),
    }))
}

fn card(over: &'static str, shown: &Prediction) -> Card {
    let car = |car: &PredictionDriver| CardCar {
        who: Who::new(&car.driver, Some(&car.team)),
        grid: grid_place(car, shown.moment),
        win: Chance::new(car.win),
        podium: Chance::new(car.podium),
        finish: words::or_empty(car.result.as_ref().map(|finish| &finish.text)),
    };
    Card {
        over,
        head: PredictionHead::new(shown),
        cars: shown.drivers.iter().take(CARS).map(car).collect(),
    }
}

/// A row on a past forecast; `None` before its race has a winner.
fn latest(row: &PredictionSummary) -> Option<Latest> {
    let (outcome, winner) = (row.outcome.as_ref()?, row.winner.as_ref()?);
    Some(Latest {
        href: address::prediction(row.race.year, row.race.round, row.contest),
        race: Title::new(&row.race.name, row.contest),
        favourite: Who::new(&row.favourite.driver, Some(&row.favourite.team)),
        percent: words::percent(row.favourite_win),
        winner: Who::new(&winner.driver, Some(&winner.team)),
        hit: outcome.favourite_won,
    })
}
