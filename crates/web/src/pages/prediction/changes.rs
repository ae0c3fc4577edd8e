//! How the chances to win moved since the previous forecast of the race.

use askama::{Template, filters::HtmlSafe};
use client::{
    predictions::{Prediction, PredictionDriver},
    vocabulary::PredictionKind,
};

use crate::{
    parts::Who,
    words::{self, DriverNames},
};

/// Drivers in the table.
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
    /// The changes; `None` for the first forecast of a race.
    pub(super) fn new(prediction: &Prediction) -> Option<Self> {
        let previous = prediction.previous.as_ref()?;
        let when = match prediction.kind {
            PredictionKind::Live => {
                format!(" ({})", previous.made_at.format("%-d %b, %H:%M UTC"))
            }
            // Computed together with this one, so the time says nothing.
            PredictionKind::Retrospective => String::new(),
        };
        let names = DriverNames::new(prediction.drivers.iter().map(|car| &car.driver));
        let mut movers: Vec<&PredictionDriver> = prediction
            .drivers
            .iter()
            .filter(|car| change(car).abs() > 0.005)
            .collect();
        movers.sort_by(|a, b| change(b).abs().total_cmp(&change(a).abs()));
        let largest: Vec<String> = movers
            .iter()
            .take(2)
            .map(|car| {
                let verb = if change(car) > 0.0 { "gained" } else { "lost" };
                let points = words::count_points(100.0 * change(car).abs());
                format!("{} {verb} {points}", names.of(&car.driver))
            })
            .collect();
        let result = if largest.is_empty() {
            "no chance to win moved by a point or more".to_owned()
        } else {
            words::list(&largest)
        };
        let sentence = format!(
            "Since the forecast {}{when}, {result}.",
            words::moment_in_sentence(previous.moment)
        );
        let row = |car: &&PredictionDriver| Mover {
            who: Who::new(&car.driver, Some(&car.team)),
            before: words::or_empty(car.previous_win.map(words::percent)),
            now: words::percent(car.win),
            change: words::signed_points(change(car)),
            more: change(car) > 0.0,
        };
        Some(Self {
            sentence,
            rows: movers.iter().take(SHOWN).map(row).collect(),
        })
    }
}

/// How far a driver's chance to win moved; 0 for a driver who is new.
fn change(car: &PredictionDriver) -> f64 {
    words::movement(car.previous_win.unwrap_or(car.win), car.win)
}

// This template escapes its values.
impl HtmlSafe for Changes {}
