//! The forecasts of a season with their outcomes.

use askama::Template;
use axum::response::IntoResponse;
use client::{predictions::PredictionSummary, vocabulary::PredictionKind};

use crate::{
    error::Error,
    extract::{Api, Query},
    page::{Frame, Page, Part},
    pages::{SeasonQuery, forecast, frame, if_found},
    parts::{Chance, Choice, Lede, Picker, Title, Who},
    words,
};

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
    let predictions = match if_found(api.predictions(season).await)? {
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
    let options = seasons
        .iter()
        .filter(|row| row.predictions > 0)
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
        lede,
        picker,
        rows: predictions.into_iter().map(row).collect(),
    }))
}

fn row(row: PredictionSummary) -> ForecastRow {
    let outcome = row.outcome.as_ref();
    let kind = match row.kind {
        PredictionKind::Retrospective => "retrospective",
        PredictionKind::Live => "live",
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
        hit: outcome.is_some_and(|outcome| outcome.favourite_won),
        given: outcome
            .map(|outcome| words::percent(outcome.winner_chance) + " %")
            .unwrap_or_default(),
        log_score: outcome
            .map(|outcome| format!("{:.2}", outcome.log_score))
            .unwrap_or_default(),
        made: format!("{kind} · {}", forecast::moment_within(row.moment)),
        winner: row
            .winner
            .map(|winner| Who::new(&winner.driver, Some(&winner.team))),
    }
}
