//! What moved since the forecast before this one.

use askama::{Template, filters::HtmlSafe};
use client::{
    predictions::{Prediction, PredictionDriver},
    vocabulary::PredictionKind,
};

use crate::{pages::forecast, parts::Who, words};

/// Movers that are shown.
const SHOWN: usize = 6;

/// The chances to win that moved most.
#[derive(Template)]
#[template(path = "prediction/changes.html")]
pub(super) struct Changes {
    sentence: String,
    rows: Vec<Mover>,
}

struct Mover {
    who: Who,
    before: String,
    now: String,
    change: String,
    more: bool,
}

impl Changes {
    /// `None` for the first forecast of a race.
    pub(super) fn new(prediction: &Prediction) -> Option<Self> {
        let previous = prediction.previous.as_ref()?;
        let when = match prediction.kind {
            PredictionKind::Live => {
                format!(" of {}", previous.made_at.format("%-d %b, %H:%M UTC"))
            }
            // Made in one go with this one: the time would say nothing.
            PredictionKind::Retrospective => String::new(),
        };
        let since = format!(
            "Since the forecast {}{when}",
            forecast::moment_within(previous.moment)
        );
        // Between the numbers as shown, so that a reader who subtracts finds the same.
        let shown = |chance: f64| (100.0 * chance).round() / 100.0;
        let change =
            |car: &PredictionDriver| shown(car.win) - shown(car.previous_win.unwrap_or(car.win));
        let mut movers: Vec<&PredictionDriver> = prediction
            .drivers
            .iter()
            .filter(|car| change(car).abs() > 0.005)
            .collect();
        movers.sort_by(|a, b| change(b).abs().total_cmp(&change(a).abs()));
        let told: Vec<String> = movers
            .iter()
            .take(2)
            .map(|car| {
                let verb = if change(car) > 0.0 { "gained" } else { "lost" };
                let points = format!("{:.0}", 100.0 * change(car).abs());
                let unit = if points == "1" { "point" } else { "points" };
                format!("{} {verb} {points} {unit}", car.driver.family_name)
            })
            .collect();
        let sentence = if told.is_empty() {
            format!("{since} no chance to win moved by a point or more.")
        } else {
            format!("{since}, {}.", words::list(&told))
        };
        let row = |car: &&PredictionDriver| Mover {
            who: Who::new(&car.driver, Some(&car.team)),
            before: car.previous_win.map(words::percent).unwrap_or_default(),
            now: words::percent(car.win),
            change: words::moved(change(car)),
            more: change(car) > 0.0,
        };
        Some(Self {
            sentence,
            rows: movers.iter().take(SHOWN).map(row).collect(),
        })
    }
}

// Renders HTML and escapes what it is given.
impl HtmlSafe for Changes {}
