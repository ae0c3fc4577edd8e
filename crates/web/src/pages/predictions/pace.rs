//! The estimated pace behind a forecast: the car's part, the driver's part, how far off it may be.

use askama::{Template, filters::HtmlSafe};
use client::predictions::{Pace, PredictionDriver};

use crate::{chart::Whisker, parts::Who, words};

/// Every car's pace next to the quickest of the field.
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
    /// `None` for models that estimate no pace.
    pub(super) fn new(cars: &[PredictionDriver]) -> Option<Self> {
        let mut paced: Vec<(&PredictionDriver, &Pace)> = cars
            .iter()
            .filter_map(|car| Some((car, car.pace.as_ref()?)))
            .collect();
        paced.sort_by(|a, b| total(a.1).total_cmp(&total(b.1)));
        let (quickest, best) = *paced.first()?;
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
        let name = &quickest.driver.family_name;
        let second = paced.get(1).map_or_else(String::new, |(car, pace)| {
            let gap = behind(pace);
            let other = &car.driver.family_name;
            if gap < 0.05 {
                return format!(" {other} is as good as level.");
            }
            // Taken as independent, which is enough for a plain statement of doubt.
            let doubt = pace.deviation.hypot(best.deviation);
            let sure = if gap > 2.0 * doubt {
                "more than the doubt in either number"
            } else {
                "less than the doubt in these numbers"
            };
            format!(
                " {other} follows at {gap:.2} % of a lap, {:.2} seconds in a lap of a minute and a half: {sure}.",
                0.9 * gap
            )
        });
        let row = |(car, pace): &(&PredictionDriver, &Pace)| {
            let value = behind(pace);
            Row {
                who: Who::new(&car.driver, Some(&car.team)),
                behind: part(value),
                deviation: format!("{:.2}", pace.deviation),
                car: part(pace.car - best.car),
                driver: part(pace.driver - best.driver),
                whisker: Whisker::new(
                    format!(
                        "{}: {value:.2} per cent behind, give or take {:.2}",
                        car.driver.name, pace.deviation
                    ),
                    value,
                    pace.deviation,
                    range,
                ),
            }
        };
        Some(Self {
            sentence: format!(
                "{name} is estimated to have the quickest car and driver together.{second}"
            ),
            rows: paced.iter().map(row).collect(),
        })
    }
}

/// A difference to the quickest, for whom it is plain nothing.
fn part(difference: f64) -> String {
    if difference == 0.0 {
        "0.00".to_owned()
    } else {
        words::signed(difference)
    }
}

fn total(pace: &Pace) -> f64 {
    pace.car + pace.driver
}

// Renders HTML and escapes what it is given.
impl HtmlSafe for PaceTable {}
