//! The front page: the forecast that matters now, the next race, and how the last ones went.

use askama::Template;
use axum::response::IntoResponse;
use client::{
    Client,
    predictions::{Prediction, PredictionSummary},
    races::RaceSummary,
    vocabulary::RaceStatus,
};

use super::{
    forecast::{self, Head},
    frame, if_found,
};
use crate::{
    error::Error,
    extract::Api,
    page::{Frame, Page, Part},
    parts::{Chance, Lede, Title, Who},
    words,
};

/// Rows of the record at the foot.
const LATEST: usize = 8;

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    frame: Frame,
    season: i16,
    forecast: Option<Card>,
    next: Option<Next>,
    latest: Vec<Latest>,
}

struct Card {
    over: &'static str,
    title: String,
    lede: Lede,
    seal: String,
    seal_class: &'static str,
    facts: Vec<String>,
    decided: bool,
    cars: Vec<CardCar>,
    href: String,
    race_href: String,
}

struct CardCar {
    who: Who,
    grid: String,
    win: Chance,
    podium: Chance,
    finish: String,
}

struct Next {
    href: String,
    name: String,
    place: String,
    sprint: bool,
    when: String,
    forecast: bool,
    sessions: Vec<SessionTime>,
}

pub(crate) struct SessionTime {
    pub(crate) name: &'static str,
    pub(crate) when: String,
}

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
    let frame = frame(&api, Part::Home).await?;
    let Some(season) = frame.season else {
        return Ok(Page(HomePage {
            frame,
            season: 0,
            forecast: None,
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
        Some(forecast) => Some(("The next forecast", forecast)),
        None => last_decided(&api, &predictions)
            .await?
            .map(|forecast| ("The last forecast", forecast)),
    };
    let next = next_race(&api, &races, shown.as_ref().map(|(_, forecast)| forecast)).await?;
    Ok(Page(HomePage {
        frame,
        season,
        forecast: shown.map(|(over, forecast)| card(over, &forecast)),
        next,
        latest: predictions
            .iter()
            .rev()
            .filter_map(latest)
            .take(LATEST)
            .collect(),
    }))
}

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
    let sessions = detail.sessions.iter().map(|session| SessionTime {
        name: super::races::session_name(session.session),
        when: words::when(
            session.date,
            session.starts_at,
            &race.circuit.time_zone,
            race.year,
        ),
    });
    Ok(Some(Next {
        href: format!("/seasons/{}/races/{}", race.year, race.round),
        name: race.name.clone(),
        place: format!("{}, {}", race.circuit.name, race.circuit.country),
        sprint: race.has_sprint(),
        when: format!(
            "{}.",
            words::when(
                race.date,
                race.starts_at,
                &race.circuit.time_zone,
                race.year
            )
        ),
        forecast: shown.is_some_and(|forecast| {
            forecast.race.round == race.round && forecast.race.year == race.year
        }),
        sessions: sessions.collect(),
    }))
}

fn card(over: &'static str, shown: &Prediction) -> Card {
    let Head {
        title,
        lede,
        seal,
        seal_class,
        facts,
        decided,
        href,
        race_href,
        ..
    } = Head::new(shown);
    let cars = shown.drivers.iter().take(5).map(|car| CardCar {
        who: Who::new(&car.driver, Some(&car.team)),
        grid: forecast::place(car, shown.moment),
        win: Chance::new(car.win),
        podium: Chance::new(car.podium),
        finish: car
            .result
            .as_ref()
            .map(|finish| finish.text.clone())
            .unwrap_or_default(),
    });
    Card {
        over,
        title,
        lede,
        seal,
        seal_class,
        facts,
        decided,
        cars: cars.collect(),
        href,
        race_href,
    }
}

fn latest(row: &PredictionSummary) -> Option<Latest> {
    let outcome = row.outcome.as_ref()?;
    Some(Latest {
        href: format!(
            "/seasons/{}/races/{}/{}",
            row.race.year,
            row.race.round,
            forecast::part(row.contest)
        ),
        race: Title::new(&row.race.name, row.contest),
        favourite: Who::new(&row.favourite.driver, Some(&row.favourite.team)),
        percent: words::percent(row.favourite_win),
        winner: row
            .winner
            .as_ref()
            .map(|winner| Who::new(&winner.driver, Some(&winner.team)))?,
        hit: outcome.favourite_won,
    })
}
