//! The estimated pace behind a forecast, split into car and driver, with its uncertainty.

use askama::{Template, filters::HtmlSafe};
use client::predictions::{Pace, PredictionDriver};

use crate::{
    chart::Whisker,
    parts::Who,
    words::{self, DriverNames},
};

/// Gaps below this, in per cent of a lap, count as level.
const LEVEL: f64 = 0.05;

/// Every car's pace behind the quickest of the field.
#[derive(Template)]
#[template(path = "prediction/pace.html")]
pub(super) struct PaceTable {
    sentence: String,
    rows: Vec<Row>,
}

struct Row {
    who: Who,
    behind: String,
    deviation: String,
    car: String,
    driver: String,
    whisker: Whisker,
}

impl PaceTable {
    /// The paces; `None` for models that estimate none.
    pub(super) fn new(cars: &[PredictionDriver]) -> Option<Self> {
        let mut paced: Vec<(&PredictionDriver, &Pace)> = cars
            .iter()
            .filter_map(|car| Some((car, car.pace.as_ref()?)))
            .collect();
        paced.sort_by(|a, b| total(a.1).total_cmp(&total(b.1)));
        let (_, best) = *paced.first()?;
        let behind = |pace: &Pace| total(pace) - total(best);
        let reach = |sign: f64| move |pace: &Pace| behind(pace) + sign * pace.deviation;
        let range = (
            paced
                .iter()
                .map(|(_, pace)| reach(-1.0)(pace))
                .fold(0.0, f64::min),
            paced
                .iter()
                .map(|(_, pace)| reach(1.0)(pace))
                .fold(0.0, f64::max),
        );
        let row = |(car, pace): &(&PredictionDriver, &Pace)| {
            let value = behind(pace);
            Row {
                who: Who::new(&car.driver, Some(&car.team)),
                behind: difference(value),
                deviation: format!("{:.2}", pace.deviation),
                car: difference(pace.car - best.car),
                driver: difference(pace.driver - best.driver),
                whisker: Whisker::new(
                    format!(
                        "{}: {value:.2}% behind, give or take {:.2}",
                        car.driver.name, pace.deviation
                    ),
                    value,
                    pace.deviation,
                    range,
                ),
            }
        };
        Some(Self {
            sentence: sentence(&paced)?,
            rows: paced.iter().map(row).collect(),
        })
    }
}

/// The quickest, and how far behind the next one is.
fn sentence(paced: &[(&PredictionDriver, &Pace)]) -> Option<String> {
    let names = DriverNames::new(paced.iter().map(|(car, _)| &car.driver));
    let (quickest, best) = paced.first()?;
    let name = names.of(&quickest.driver);
    let first = format!("{name} has the best estimated pace of car and driver together.");
    let Some((car, pace)) = paced.get(1) else {
        return Some(first);
    };
    let other = names.of(&car.driver);
    let gap = total(pace) - total(best);
    if gap < LEVEL {
        return Some(format!("{first} {other} is as good as level."));
    }
    // Treating the two estimates as independent is good enough for this statement.
    let uncertainty = pace.deviation.hypot(best.deviation);
    let comparison = if gap > 2.0 * uncertainty {
        "more than the uncertainty of either estimate"
    } else {
        "less than the uncertainty of these estimates"
    };
    Some(format!(
        "{first} {other} is {gap:.2}% of a lap slower, {:.2} seconds in a lap of a minute and a half: {comparison}.",
        0.9 * gap
    ))
}

/// A difference to the quickest; the quickest itself has no sign.
fn difference(difference: f64) -> String {
    if difference == 0.0 {
        "0.00".to_owned()
    } else {
        words::signed(difference)
    }
}

fn total(pace: &Pace) -> f64 {
    pace.car + pace.driver
}

// This template escapes its values.
impl HtmlSafe for PaceTable {}
