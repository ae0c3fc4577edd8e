//! All forecasts of a race side by side.

use askama::{Template, filters::HtmlSafe};
use client::{
    predictions::{PastPrediction, Prediction, PredictionDriver, PredictionHistory},
    vocabulary::PredictionKind,
};

use crate::{parts::Who, words};

/// Drivers in the table.
const FOLLOWED: usize = 6;
/// Forecasts in the table: the newest.
const SHOWN: usize = 8;

/// Chances to win over the forecasts of a race.
#[derive(Template)]
#[template(path = "prediction/history.html")]
pub(super) struct History {
    caption: String,
    columns: Vec<Column>,
    rows: Vec<Row>,
}

struct Column {
    moment: &'static str,
    made: String,
    /// Narrow screens drop the oldest first.
    class: &'static str,
    /// The forecast of this page.
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
    /// The history; `None` where this is the only forecast.
    pub(super) fn new(history: &PredictionHistory, shown: &Prediction) -> Option<Self> {
        let left_out = history.predictions.len().saturating_sub(SHOWN);
        let predictions = history.predictions.get(left_out..)?;
        if predictions.len() < 2 {
            return None;
        }
        let class = |index: usize| match predictions.len() - index {
            ..=3 => "",
            4..=5 => "d2",
            _ => "d3",
        };
        let here = |past: &PastPrediction| {
            past.made_at == shown.made_at
                && past.moment == shown.moment
                && past.model.fit_id == shown.model.fit_id
        };
        let one_model = predictions
            .iter()
            .all(|past| past.model.name == shown.model.name);
        let column = |(index, past): (usize, &PastPrediction)| {
            let made = match past.kind {
                PredictionKind::Live => past.made_at.format("%-d %b, %H:%M").to_string(),
                PredictionKind::Retrospective => "retrospective".to_owned(),
            };
            Column {
                moment: words::moment(past.moment),
                made: if one_model {
                    made
                } else {
                    format!("{made}, model {}", words::capitalised(&past.model.name))
                },
                class: class(index),
                here: here(past),
            }
        };
        let row = |car: &PredictionDriver| Row {
            who: Who::new(&car.driver, Some(&car.team)),
            cells: predictions
                .iter()
                .enumerate()
                .map(|(index, past)| Cell {
                    class: class(index),
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
            caption: caption(left_out),
            columns: predictions.iter().enumerate().map(column).collect(),
            rows: shown.drivers.iter().take(FOLLOWED).map(row).collect(),
        })
    }
}

fn caption(left_out: usize) -> String {
    let earlier = match left_out {
        0 => String::new(),
        1 => "; 1 earlier forecast is left out".to_owned(),
        several => format!("; {several} earlier forecasts are left out"),
    };
    format!(
        "The chance to win, in per cent, as the weekend went on{earlier}. The forecast of this page is in bold."
    )
}

// This template escapes its values.
impl HtmlSafe for History {}
