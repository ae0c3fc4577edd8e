//! How good the forecasts were: chances against what came of them, and against simpler forecasts.

mod claims;
mod forecasters;
mod record;
mod scores;
mod seasons;

use askama::Template;
use axum::response::IntoResponse;
use client::{
    accuracy::{Accuracy, MeanScore, Period, Record},
    vocabulary::{Contest, Moment, PredictionKind, Score},
};

use self::record::{RecordView, view};
use super::{forecast, frame, if_found};
use crate::{
    error::Error,
    extract::{Api, Query},
    page::{Frame, Page, Part},
    parts::{Lede, Link},
    words,
};

/// The last season on which choices about the model were made.
const TUNED_TO: i16 = 2017;

/// Which forecasts.
#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct RecordQuery {
    contest: Option<Contest>,
    moment: Option<Moment>,
    kind: Option<PredictionKind>,
}

#[derive(Template)]
#[template(path = "accuracy.html")]
struct AccuracyPage {
    frame: Frame,
    lede: Lede,
    live: Vec<LiveRow>,
    choices: Vec<Choices>,
    record: Option<RecordView>,
}

/// Forecasts that were published before the start.
struct LiveRow {
    href: String,
    what: String,
    races: i32,
    given: String,
    hits: String,
}

/// The records of one contest, as links.
struct Choices {
    contest: &'static str,
    links: Vec<Link>,
}

/// `GET /accuracy`
pub(crate) async fn show(
    Api(api): Api,
    Query(query): Query<RecordQuery>,
) -> Result<impl IntoResponse, Error> {
    let (frame, accuracy) = tokio::join!(frame(&api, Part::Accuracy), api.accuracy());
    let (frame, accuracy) = (frame?, if_found(accuracy)?);
    let accuracy = accuracy.unwrap_or(Accuracy {
        forecaster: None,
        records: Vec::new(),
    });
    let model = accuracy.forecaster.clone().unwrap_or_default();
    let chosen = chosen(&accuracy.records, &query);
    let asked = query.contest.is_some() || query.moment.is_some() || query.kind.is_some();
    if chosen.is_none() && asked {
        return Err(Error::NotFound { near: Vec::new() });
    }
    Ok(Page(AccuracyPage {
        frame,
        lede: lede(chosen, &model),
        live: accuracy
            .records
            .iter()
            .filter(|record| record.kind == PredictionKind::Live)
            .filter_map(|record| live(record, &model))
            .collect(),
        choices: choices(&accuracy.records, chosen),
        record: chosen.map(|record| view(record, &model)),
    }))
}

/// The first record asked for; unless asked otherwise, the long one of retrospective forecasts.
fn chosen<'a>(records: &'a [Record], query: &RecordQuery) -> Option<&'a Record> {
    let asked = |record: &&Record| {
        query
            .contest
            .is_none_or(|contest| contest == record.contest)
            && query.moment.is_none_or(|moment| moment == record.moment)
            && query.kind.is_none_or(|kind| kind == record.kind)
    };
    let retrospective = |record: &&Record| record.kind == PredictionKind::Retrospective;
    let matching = || records.iter().filter(asked);
    matching().find(retrospective).or_else(|| matching().next())
}

fn address(record: &Record) -> String {
    format!(
        "/accuracy?contest={}&moment={}&kind={}",
        record.contest, record.moment, record.kind
    )
}

const fn races_of(contest: Contest) -> &'static str {
    match contest {
        Contest::GrandPrix => "Grands Prix",
        Contest::Sprint => "Sprints",
    }
}

fn choices(records: &[Record], chosen: Option<&Record>) -> Vec<Choices> {
    let link = |record: &Record| {
        let live = match record.kind {
            PredictionKind::Live => ", live",
            PredictionKind::Retrospective => "",
        };
        Link {
            here: chosen.is_some_and(|chosen| std::ptr::eq(chosen, record)),
            ..Link::new(
                address(record),
                format!("{}{live}", forecast::moment(record.moment)),
            )
        }
    };
    [Contest::GrandPrix, Contest::Sprint]
        .into_iter()
        .map(|contest| Choices {
            contest: races_of(contest),
            links: records
                .iter()
                .filter(|record| record.contest == contest)
                .map(link)
                .collect(),
        })
        .filter(|row| !row.links.is_empty())
        .collect()
}

/// The mean of one score of one forecaster.
fn mean<'a>(period: &'a Period, forecaster: &str, score: Score) -> Option<&'a MeanScore> {
    period.forecasters.get(forecaster)?.get(&score)
}

/// What the winner had been given, as a geometric mean.
fn given(period: &Period, forecaster: &str) -> Option<f64> {
    mean(period, forecaster, Score::WinLogScore).map(|score| (-score.mean).exp())
}

fn span(period: &Period) -> String {
    if period.first_season == period.last_season {
        period.first_season.to_string()
    } else {
        format!("{}–{}", period.first_season, period.last_season)
    }
}

fn lede(record: Option<&Record>, model: &str) -> Lede {
    let told = record.and_then(|record| {
        let period = record.periods.first()?;
        Some((record, period, given(period, model)?))
    });
    let Some((record, period, chance)) = told else {
        return Lede {
            strong: "No forecast has been scored yet.".to_owned(),
            rest: " Scores appear when the first race is over that had one.".to_owned(),
        };
    };
    let compared: Vec<String> = [
        ("grid_and_gap", "The grid and the gaps in qualifying alone"),
        ("uniform", "the belief that everyone is equally likely"),
    ]
    .into_iter()
    .filter_map(|(forecaster, text)| {
        let chance = words::percent(given(period, forecaster)?);
        Some(format!("{text} would have made that {chance} %"))
    })
    .collect();
    let compared = if compared.is_empty() {
        String::new()
    } else {
        format!(" {}.", words::sentence(&words::list(&compared)))
    };
    Lede {
        strong: format!(
            "On average the winner had been expected to win {}",
            words::frequency(chance)
        ),
        rest: format!(
            " {}: {} % is the geometric mean over {} {} of {}.{compared}",
            forecast::moment_within(record.moment),
            words::percent(chance),
            period.races,
            races_of(record.contest),
            span(period)
        ),
    }
}

fn live(record: &Record, model: &str) -> Option<LiveRow> {
    let period = record.periods.first()?;
    let hits = mean(period, model, Score::Top1)?.mean * f64::from(period.races);
    Some(LiveRow {
        href: address(record),
        what: format!(
            "{}, {}",
            races_of(record.contest),
            forecast::moment_within(record.moment)
        ),
        races: period.races,
        given: words::percent(given(period, model)?),
        hits: format!("{hits:.0}"),
    })
}
