//! How good the forecasts were: chances against results, and the model against simpler forecasters.

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
use super::{frame, if_found};
use crate::{
    error::Error,
    extract::{Api, FromParameters, Parameters, Query},
    page::{Frame, Page, Section},
    parts::{Lede, Link},
    words,
};

/// The last season on which choices about the model were made.
const TUNED_TO: i16 = 2017;

/// The forecasts that the page is about; `None` for any.
pub(crate) struct RecordQuery {
    contest: Option<Contest>,
    moment: Option<Moment>,
    kind: Option<PredictionKind>,
}

impl FromParameters for RecordQuery {
    fn from_parameters(parameters: &Parameters) -> Result<Self, Error> {
        Ok(Self {
            contest: parameters.get("contest", "a contest")?,
            moment: parameters.get("moment", "a moment of a forecast")?,
            kind: parameters.get("kind", "a kind of forecast")?,
        })
    }
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

/// A row of forecasts that were stored before the start.
struct LiveRow {
    href: String,
    what: String,
    races: i32,
    winner_chance: String,
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
    let (frame, accuracy) = tokio::join!(frame(&api, Section::Accuracy), api.accuracy());
    let (frame, accuracy) = (frame?, if_found(accuracy)?);
    let accuracy = accuracy.unwrap_or(Accuracy {
        forecaster: None,
        records: Vec::new(),
    });
    let model = accuracy.forecaster.clone().unwrap_or_default();
    let chosen = chosen(&accuracy.records, &query);
    let asked = query.contest.is_some() || query.moment.is_some() || query.kind.is_some();
    if chosen.is_none() && asked {
        return Err(Error::not_found());
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

/// The first record that the query matches; retrospective records, which are longer, come first.
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

/// The address of the page about a record.
fn address(record: &Record) -> String {
    format!(
        "/accuracy?contest={}&moment={}&kind={}",
        record.contest, record.moment, record.kind
    )
}

/// What a contest's races are called.
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
                format!("{}{live}", words::moment(record.moment)),
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

/// The geometric mean of the chances that the winners were given.
fn winner_chance(period: &Period, forecaster: &str) -> Option<f64> {
    mean(period, forecaster, Score::WinLogScore).map(|score| (-score.mean).exp())
}

fn span(period: &Period) -> String {
    words::years(period.first_season, period.last_season)
}

/// The winners' mean chance, next to that of two simple forecasters.
fn lede(record: Option<&Record>, model: &str) -> Lede {
    let scored = record.and_then(|record| {
        let period = record.periods.first()?;
        Some((record, period, winner_chance(period, model)?))
    });
    let Some((record, period, chance)) = scored else {
        return Lede {
            strong: "No forecast has been scored yet.".to_owned(),
            rest: " Scores appear after the first race with a forecast.".to_owned(),
        };
    };
    let comparisons = [
        (
            "grid_and_gap",
            "The grid and the qualifying gaps alone would give",
        ),
        ("uniform", "Picking at random would give"),
    ];
    let compared: String = comparisons
        .into_iter()
        .filter_map(|(forecaster, would_give)| {
            let chance = words::percent(winner_chance(period, forecaster)?);
            Some(format!(" {would_give} {chance}%."))
        })
        .collect();
    let one = match record.contest {
        Contest::GrandPrix => "Grand Prix",
        Contest::Sprint => "Sprint",
    };
    Lede {
        strong: format!("On average we gave the winner {}", words::chances(chance)),
        rest: format!(
            " {}: {}%, the geometric mean over {} of {}.{compared}",
            words::moment_in_sentence(record.moment),
            words::percent(chance),
            words::count(period.races, one, races_of(record.contest)),
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
            words::moment_in_sentence(record.moment)
        ),
        races: period.races,
        winner_chance: words::percent(winner_chance(period, model)?),
        hits: format!("{hits:.0}"),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn record(races: i32, chances: &[(&str, f64)]) -> Record {
        let score = |(name, chance): &(&str, f64)| {
            let mean = MeanScore {
                mean: -chance.ln(),
                interval: [0.0, 1.0],
                difference: None,
                difference_interval: None,
            };
            (
                (*name).to_owned(),
                BTreeMap::from([(Score::WinLogScore, mean)]),
            )
        };
        Record {
            contest: Contest::GrandPrix,
            moment: Moment::OfficialGrid,
            kind: PredictionKind::Retrospective,
            periods: vec![Period {
                first_season: 2018,
                last_season: 2025,
                races,
                forecasters: chances.iter().map(score).collect(),
                calibration: BTreeMap::new(),
            }],
            seasons: Vec::new(),
            surprises: Vec::new(),
        }
    }

    fn text(record: Option<&Record>) -> String {
        let Lede { strong, rest } = lede(record, "mine");
        strong + &rest
    }

    #[test]
    fn the_page_opens_with_the_mean_chance_of_the_winner() {
        let compared = record(
            1173,
            &[("mine", 0.33), ("grid_and_gap", 0.25), ("uniform", 0.05)],
        );
        assert_eq!(
            text(Some(&compared)),
            "On average we gave the winner about one chance in three with the official grid: \
             33%, the geometric mean over 1,173 Grands Prix of 2018–2025. \
             The grid and the qualifying gaps alone would give 25%. Picking at random would give 5%."
        );
        assert_eq!(
            text(Some(&record(1, &[("mine", 0.1)]))),
            "On average we gave the winner about one chance in ten with the official grid: \
             10%, the geometric mean over 1 Grand Prix of 2018–2025."
        );
        assert_eq!(
            text(None),
            "No forecast has been scored yet. Scores appear after the first race with a forecast."
        );
    }
}
