//! All forecasts of a race side by side: what was thought when.

use askama::{Template, filters::HtmlSafe};
use client::{
    predictions::{PastPrediction, Prediction, PredictionHistory},
    vocabulary::PredictionKind,
};

use crate::{pages::forecast, parts::Who, words};

/// Drivers that are followed.
const FOLLOWED: usize = 6;
/// Forecasts side by side, the newest.
const SHOWN: usize = 8;

/// Chances to win over the forecasts of a race.
#[derive(Template)]
#[template(path = "prediction/history.html")]
pub(super) struct History {
    left_out: usize,
    columns: Vec<Column>,
    rows: Vec<Row>,
}

struct Column {
    moment: &'static str,
    made: String,
    /// Drops on narrow screens, the oldest first.
    class: &'static str,
    /// The one on this page.
    here: bool,
}

struct Row {
    who: Who,
    cells: Vec<Cell>,
}

struct Cell {
    class: &'static str,
    here: bool,
    chance: Option<String>,
}

impl History {
    /// `None` where this is the only forecast.
    pub(super) fn new(history: &PredictionHistory, shown: &Prediction) -> Option<Self> {
        let left_out = history.predictions.len().saturating_sub(SHOWN);
        let forecasts = history.predictions.get(left_out..)?;
        if forecasts.len() < 2 {
            return None;
        }
        let newest_first = |index: usize| match forecasts.len() - index {
            ..=3 => "",
            4..=5 => "d2",
            _ => "d3",
        };
        let here = |past: &PastPrediction| {
            past.made_at == shown.made_at
                && past.moment == shown.moment
                && past.model.fit_id == shown.model.fit_id
        };
        let one_model = forecasts
            .iter()
            .all(|past| past.model.name == shown.model.name);
        let column = |(index, past): (usize, &PastPrediction)| {
            let made = match past.kind {
                PredictionKind::Live => past.made_at.format("%-d %b, %H:%M").to_string(),
                PredictionKind::Retrospective => "retrospective".to_owned(),
            };
            Column {
                moment: forecast::moment(past.moment),
                made: if one_model {
                    made
                } else {
                    format!("{made}, model {}", past.model.name)
                },
                class: newest_first(index),
                here: here(past),
            }
        };
        let row = |car: &client::predictions::PredictionDriver| Row {
            who: Who::new(&car.driver, Some(&car.team)),
            cells: forecasts
                .iter()
                .enumerate()
                .map(|(index, past)| Cell {
                    class: newest_first(index),
                    here: here(past),
                    chance: past
                        .drivers
                        .iter()
                        .find(|other| other.driver.key == car.driver.key)
                        .map(|other| words::percent(other.win)),
                })
                .collect(),
        };
        Some(Self {
            left_out,
            columns: forecasts.iter().enumerate().map(column).collect(),
            rows: shown.drivers.iter().take(FOLLOWED).map(row).collect(),
        })
    }
}

// Renders HTML and escapes what it is given.
impl HtmlSafe for History {}
