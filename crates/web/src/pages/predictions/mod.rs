//! A forecast, and the forecasts of a season.

use std::collections::BTreeSet;

use askama::Template;
use axum::response::IntoResponse;
use client::{
    predictions::Prediction,
    words::{Contest, Moment, PredictionKind},
};

use super::{
    RacePath, SeasonQuery,
    forecast::{self, Head},
    frame,
};
use crate::{
    error::Error,
    extract::{Api, Path, Query},
    page::{Frame, Page, Part, Result},
    parts::{Chance, Choice, Heat, Lede, Link, Picker, Tick, Title, Who, ticks},
    words,
};

/// Drivers whose reasons are shown.
const EXPLAINED: usize = 10;

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
    grid_heading: &'static str,
    cars: Vec<Car>,
    scale_width: usize,
    ticks: Vec<Tick>,
    groups: Vec<String>,
    why: Vec<Why>,
    moments: Vec<Link>,
    other: Option<Link>,
    dnf: String,
    honesty: &'static str,
}

struct Car {
    who: Who,
    grid: String,
    win: Chance,
    podium: Chance,
    points: Chance,
    expected: String,
    heat: Heat,
    finish: String,
}

struct Why {
    who: Who,
    values: Vec<String>,
    total: String,
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
    let (frame, prediction) = tokio::join!(frame(api, Part::Forecasts), async {
        api.prediction(path.year, path.round, contest, moment)
            .await
            .map_err(Error::from)
    });
    let (frame, prediction) = (frame?, prediction?);
    let head = Head::new(&prediction);
    let (scale_width, ticks) = ticks(prediction.drivers.len());
    let moments = prediction.moments.iter().map(|moment| Link {
        here: *moment == prediction.moment,
        ..Link::new(
            format!("{}?moment={moment}", head.href),
            forecast::moment(*moment),
        )
    });
    let other = prediction.race.has_sprint().then(|| match contest {
        Contest::GrandPrix => Link::new(
            format!("{}/sprint-prediction", head.race_href),
            "The sprint’s forecast",
        ),
        Contest::Sprint => Link::new(
            format!("{}/prediction", head.race_href),
            "The Grand Prix’s forecast",
        ),
    });
    let (groups, why) = reasons(&prediction);
    let dnf = prediction.drivers.first().map_or(0.0, |car| car.dnf);
    Ok(Page(PredictionPage {
        frame,
        grid_heading: if prediction.moment == Moment::QualifyingOrder {
            "Qualified"
        } else {
            "Grid"
        },
        cars: prediction
            .drivers
            .iter()
            .map(|row| car(row, prediction.moment))
            .collect(),
        scale_width,
        ticks,
        groups,
        why,
        moments: moments.collect(),
        other,
        dnf: words::percent(dnf),
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

fn car(car: &client::predictions::PredictionDriver, moment: Moment) -> Car {
    let finish = car.result.as_ref();
    Car {
        who: Who::new(&car.driver, Some(&car.team)),
        grid: forecast::place(car, moment),
        win: Chance::new(car.win),
        podium: Chance::new(car.podium),
        points: Chance::new(car.points),
        expected: format!("{:.1}", car.expected_position),
        heat: Heat::new(
            &car.driver.name,
            &car.positions,
            finish.map(|finish| finish.place),
        ),
        finish: finish.map(|finish| finish.text.clone()).unwrap_or_default(),
    }
}

fn reasons(prediction: &Prediction) -> (Vec<String>, Vec<Why>) {
    let groups: BTreeSet<&String> = prediction
        .drivers
        .iter()
        .flat_map(|car| car.contributions.keys())
        .collect();
    let row = |car: &client::predictions::PredictionDriver| Why {
        who: Who::new(&car.driver, Some(&car.team)),
        values: groups
            .iter()
            .map(|group| words::signed(car.contributions.get(*group).copied().unwrap_or(0.0)))
            .collect(),
        total: words::signed(car.contributions.values().sum()),
    };
    let why = prediction.drivers.iter().take(EXPLAINED).map(row).collect();
    let title = |group: &&String| {
        let mut letters = group.chars();
        letters
            .next()
            .map(|first| first.to_uppercase().collect::<String>() + letters.as_str())
            .unwrap_or_default()
    };
    (groups.iter().map(title).collect(), why)
}

#[derive(Template)]
#[template(path = "predictions.html")]
struct PredictionsPage {
    frame: Frame,
    season: i16,
    lede: Lede,
    picker: Picker,
    rows: Vec<ForecastRow>,
}

struct ForecastRow {
    href: String,
    race: Title,
    favourite: Who,
    chance: Chance,
    winner: Option<Who>,
    hit: bool,
    given: String,
    log_score: String,
    made: String,
}

/// `GET /predictions?season=`
pub(crate) async fn list(
    Api(api): Api,
    Query(query): Query<SeasonQuery>,
) -> std::result::Result<impl IntoResponse, Error> {
    let (frame, seasons) = tokio::join!(frame(&api, Part::Forecasts), api.seasons());
    let (frame, seasons) = (frame?, seasons?.seasons);
    let season = query.season.or(frame.season).unwrap_or_default();
    let predictions = match super::if_found(api.predictions(season).await)? {
        Some(list) => list.predictions,
        None if query.season.is_none() => Vec::new(),
        None => return Err(Error::NotFound { near: Vec::new() }),
    };
    let outcomes: Vec<_> = predictions
        .iter()
        .filter_map(|row| row.outcome.as_ref())
        .collect();
    let hits = outcomes
        .iter()
        .filter(|outcome| outcome.favourite_won)
        .count();
    let mean = outcomes
        .iter()
        .map(|outcome| outcome.log_score)
        .sum::<f64>()
        / outcomes.len().max(1) as f64;
    let lede = if predictions.is_empty() {
        Lede {
            strong: format!("There are no forecasts of {season}."),
            rest: String::new(),
        }
    } else if outcomes.is_empty() {
        Lede {
            strong: format!("No forecast of {season} has come due yet."),
            rest: String::new(),
        }
    } else {
        Lede {
            strong: format!("The favourite won {hits} of {} times.", outcomes.len()),
            rest: format!(
                " The winner had been given a chance of {} on average (geometric mean; log score {mean:.2}, lower is better).",
                words::percent((-mean).exp()) + " %"
            ),
        }
    };
    let forecast = seasons.iter().filter(|row| row.forecasts > 0);
    let options = forecast.map(|row| Choice {
        value: row.year.to_string(),
        text: row.year.to_string(),
        chosen: row.year == season,
    });
    let picker = Picker {
        action: "/predictions".to_owned(),
        label: "Season",
        name: "season",
        options: options.collect(),
    };
    let rows = predictions
        .into_iter()
        .map(|row| {
            let outcome = row.outcome.as_ref();
            let kind = if row.kind == PredictionKind::Retrospective {
                "retrospective"
            } else {
                "live"
            };
            ForecastRow {
                href: format!(
                    "/seasons/{}/races/{}/{}",
                    row.race.year,
                    row.race.round,
                    forecast::part(row.contest)
                ),
                race: Title::new(&row.race.name, row.contest),
                favourite: Who::new(&row.favourite.driver, Some(&row.favourite.team)),
                chance: Chance::new(row.favourite_win),
                winner: row
                    .winner
                    .map(|winner| Who::new(&winner.driver, Some(&winner.team))),
                hit: outcome.is_some_and(|outcome| outcome.favourite_won),
                given: outcome
                    .map(|outcome| words::percent(outcome.winner_chance) + " %")
                    .unwrap_or_default(),
                log_score: outcome
                    .map(|outcome| format!("{:.2}", outcome.log_score))
                    .unwrap_or_default(),
                made: format!("{kind} · {}", row.moment.as_str().replace('_', " ")),
            }
        })
        .collect();
    Ok(Page(PredictionsPage {
        frame,
        season,
        lede,
        picker,
        rows,
    }))
}
