//! The forecasts of a season, with the results.

use askama::Template;
use axum::response::IntoResponse;
use client::{
    predictions::{Outcome, PredictionSummary},
    words::PredictionKind,
};

use super::{frame, if_found};
use crate::{
    address,
    error::Error,
    extract::{Api, FromParameters, Parameters, Query},
    page::{Frame, Page, Section},
    parts::{Chance, Choice, Lede, Picker, Title, Who},
    words,
};

/// The season of the forecasts; `None` for the current one.
pub(crate) struct SeasonQuery {
    season: Option<i16>,
}

impl FromParameters for SeasonQuery {
    fn from_parameters(parameters: &Parameters) -> Result<Self, Error> {
        Ok(Self {
            season: parameters.get("season", "a year")?,
        })
    }
}

#[derive(Template)]
#[template(path = "predictions.html")]
struct PredictionsPage {
    frame: Frame,
    season: i16,
    lede: Lede,
    picker: Picker,
    rows: Vec<Row>,
}

struct Row {
    href: String,
    race: Title,
    favourite: Who,
    chance: Chance,
    winner: Option<Who>,
    hit: bool,
    winner_chance: String,
    log_score: String,
    made: String,
}

/// `GET /predictions?season=`
pub(crate) async fn show(
    Api(api): Api,
    Query(query): Query<SeasonQuery>,
) -> Result<impl IntoResponse, Error> {
    let (frame, seasons) = tokio::join!(frame(&api, Section::Predictions), api.seasons());
    let (frame, seasons) = (frame?, seasons?.seasons);
    let season = query.season.or(frame.season).unwrap_or_default();
    let predictions = match if_found(api.predictions(season).await)? {
        Some(list) => list.predictions,
        None if query.season.is_none() => Vec::new(),
        None => return Err(Error::not_found()),
    };
    let options = seasons
        .iter()
        .filter(|row| row.forecasts > 0)
        .map(|row| Choice {
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
    Ok(Page(PredictionsPage {
        frame,
        season,
        lede: lede(season, &predictions),
        picker,
        rows: predictions.into_iter().map(row).collect(),
    }))
}

/// How often the favourite won, and the winner's mean chance.
fn lede(season: i16, predictions: &[PredictionSummary]) -> Lede {
    let outcomes: Vec<&Outcome> = predictions
        .iter()
        .filter_map(|row| row.outcome.as_ref())
        .collect();
    if outcomes.is_empty() {
        let strong = if predictions.is_empty() {
            format!("There are no forecasts for {season}.")
        } else {
            format!("No race of {season} with a forecast has been run yet.")
        };
        return Lede {
            strong,
            rest: String::new(),
        };
    }
    let hits = outcomes
        .iter()
        .filter(|outcome| outcome.favourite_won)
        .count();
    let scores = outcomes.iter().map(|outcome| outcome.log_score);
    let mean = scores.sum::<f64>() / outcomes.len() as f64;
    Lede {
        strong: format!(
            "The favourite won {hits} of {}.",
            words::count(outcomes.len(), "race", "races")
        ),
        rest: format!(
            " On average we gave the winner {}% (geometric mean; log score {mean:.2}, lower is better).",
            words::percent((-mean).exp())
        ),
    }
}

fn row(row: PredictionSummary) -> Row {
    let outcome = row.outcome.as_ref();
    let kind = match row.kind {
        PredictionKind::Retrospective => "retrospective",
        PredictionKind::Live => "live",
    };
    Row {
        href: address::prediction(row.race.year, row.race.round, row.contest),
        race: Title::new(&row.race.name, row.contest),
        favourite: Who::new(&row.favourite.driver, Some(&row.favourite.team)),
        chance: Chance::new(row.favourite_win),
        hit: outcome.is_some_and(|outcome| outcome.favourite_won),
        winner_chance: words::or_empty(
            outcome.map(|outcome| words::percent(outcome.winner_chance) + "%"),
        ),
        log_score: words::or_empty(outcome.map(|outcome| format!("{:.2}", outcome.log_score))),
        made: format!("{kind} · {}", words::moment_in_sentence(row.moment)),
        winner: row
            .winner
            .map(|winner| Who::new(&winner.driver, Some(&winner.team))),
    }
}
