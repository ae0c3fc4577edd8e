//! The forecasts of a season, with the results.

use askama::Template;
use axum::response::IntoResponse;
use client::{
    predictions::{Outcome, PredictionSummary},
    vocabulary::PredictionKind,
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
    /// None before any season is known.
    season: Option<i16>,
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
    let season = query.season.or(frame.season);
    let list = match season {
        Some(season) => if_found(api.predictions(season).await)?,
        None => None,
    };
    let predictions = match list {
        Some(list) => list.predictions,
        None if query.season.is_none() => Vec::new(),
        None => return Err(Error::not_found()),
    };
    let options = seasons
        .iter()
        .filter(|row| row.predictions > 0)
        .map(|row| Choice {
            value: row.year.to_string(),
            text: row.year.to_string(),
            chosen: Some(row.year) == season,
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
fn lede(season: Option<i16>, predictions: &[PredictionSummary]) -> Lede {
    let outcomes: Vec<&Outcome> = predictions
        .iter()
        .filter_map(|row| row.outcome.as_ref())
        .collect();
    if outcomes.is_empty() {
        let strong = match season {
            None => "There are no forecasts yet.".to_owned(),
            Some(season) if predictions.is_empty() => {
                format!("There are no forecasts for {season}.")
            }
            Some(season) => format!("No race of {season} with a forecast has been run yet."),
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

#[cfg(test)]
mod tests {
    use client::{
        races::Entrant,
        vocabulary::{Contest, Moment, RaceStatus},
    };

    use super::*;
    use crate::fixtures;

    /// A forecast; `outcome` is whether the favourite won, and the winner's chance.
    fn summary(outcome: Option<(bool, f64)>) -> PredictionSummary {
        PredictionSummary {
            race: fixtures::race(RaceStatus::Completed),
            contest: Contest::GrandPrix,
            moment: Moment::OfficialGrid,
            kind: PredictionKind::Live,
            made_at: chrono::DateTime::default(),
            favourite: Entrant {
                driver: fixtures::driver("Ann"),
                team: fixtures::team(),
            },
            favourite_win: 0.5,
            winner: None,
            outcome: outcome.map(|(favourite_won, winner_chance)| Outcome {
                favourite_won,
                winner_chance,
                winner_rank: None,
                log_score: -f64::ln(winner_chance),
            }),
        }
    }

    #[test]
    fn a_season_opens_with_how_often_the_favourite_won() {
        let text = |outcomes: &[Option<(bool, f64)>]| {
            let predictions: Vec<_> = outcomes.iter().map(|outcome| summary(*outcome)).collect();
            let Lede { strong, rest } = lede(Some(2026), &predictions);
            strong + &rest
        };
        assert_eq!(
            text(&[Some((true, 0.5)), Some((false, 0.02)), None]),
            "The favourite won 1 of 2 races. On average we gave the winner 10% \
             (geometric mean; log score 2.30, lower is better)."
        );
        assert!(text(&[Some((false, 0.3))]).starts_with("The favourite won 0 of 1 race. "));
        assert_eq!(
            text(&[None]),
            "No race of 2026 with a forecast has been run yet."
        );
        assert_eq!(text(&[]), "There are no forecasts for 2026.");
    }
}
