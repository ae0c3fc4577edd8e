//! The head of a forecast: its title, its opening sentences, when it was made, what it used.

use client::{
    predictions::{Prediction, PredictionDriver},
    vocabulary::{Contest, Moment, PredictionKind},
};

use super::Lede;
use crate::{
    address,
    words::{self, DriverNames},
};

/// Rivals of the favourite are named from this chance on.
const RIVAL: f64 = 0.1;
/// Drivers below this chance are summed up in one sentence.
const CONTENDER: f64 = 0.01;

/// The head of a forecast.
#[derive(Debug, Clone)]
pub(crate) struct PredictionHead {
    pub(crate) year: i16,
    pub(crate) round: i16,
    pub(crate) circuit: String,
    pub(crate) title: String,
    pub(crate) lede: Lede,
    pub(crate) seal: String,
    pub(crate) seal_class: &'static str,
    pub(crate) facts: Vec<String>,
    /// The race has a result.
    pub(crate) decided: bool,
    pub(crate) href: String,
    pub(crate) race_href: String,
}

impl PredictionHead {
    /// The head of `prediction`, before or after its race.
    pub(crate) fn new(prediction: &Prediction) -> Self {
        let race = &prediction.race;
        let sprint = match prediction.contest {
            Contest::GrandPrix => "",
            Contest::Sprint => " sprint",
        };
        let decided = is_decided(prediction);
        let question = if decided {
            "the forecast and the result"
        } else {
            "who wins?"
        };
        let (seal, seal_class) = seal(prediction);
        let model = &prediction.model;
        Self {
            year: race.year,
            round: race.round,
            circuit: race.circuit.name.clone(),
            title: format!("{}{sprint}: {question}", race.name),
            lede: if decided {
                looking_back(prediction)
            } else {
                looking_ahead(prediction)
            },
            seal,
            seal_class,
            facts: vec![
                inputs(prediction),
                format!(
                    "Model {}, fitted on {}",
                    words::model_name(&model.name, &model.version),
                    words::count(model.races, "race", "races")
                ),
            ],
            decided,
            href: address::prediction(race.year, race.round, prediction.contest),
            race_href: address::race(race.year, race.round),
        }
    }
}

fn is_decided(prediction: &Prediction) -> bool {
    prediction.drivers.iter().any(|car| car.result.is_some())
}

/// When the forecast was made, and the class of that fact.
fn seal(prediction: &Prediction) -> (String, &'static str) {
    let made = prediction.made_at.format("%-d %b %Y, %H:%M UTC");
    match prediction.kind {
        PredictionKind::Live => {
            let lead = prediction.cutoff.scheduled_start - prediction.made_at;
            let lead = words::duration(lead.num_seconds());
            (format!("Sealed {made}, {lead} before the start"), "sealed")
        }
        PredictionKind::Retrospective => {
            let late = words::duration(prediction.cutoff.late_s.unwrap_or(0));
            (
                format!(
                    "Retrospective: computed {made}, {late} after the start, using only what was known before it"
                ),
                "late",
            )
        }
    }
}

/// What the forecast used and what it lacked.
fn inputs(prediction: &Prediction) -> String {
    let used = words::inputs(&prediction.inputs.used);
    let missing = words::inputs(&prediction.inputs.missing);
    let used = if used.is_empty() {
        "Known: earlier races, nothing of the weekend".to_owned()
    } else {
        format!("Known: {}", used.join(", "))
    };
    if missing.is_empty() {
        used
    } else {
        format!("{used}; missing: {}", missing.join(", "))
    }
}

/// The opening before the race.
fn looking_ahead(prediction: &Prediction) -> Lede {
    let [favourite, others @ ..] = prediction.drivers.as_slice() else {
        return Lede::default();
    };
    let names = DriverNames::new(prediction.drivers.iter().map(|car| &car.driver));
    let rivals = rivals(others, &names, words::frequency);
    let outsiders = outsiders(prediction, "reaches");
    Lede {
        strong: format!(
            "{} wins {}",
            names.of(&favourite.driver),
            words::frequency(favourite.win)
        ),
        rest: format!(
            " {}{rivals}.{outsiders}",
            start(favourite, prediction.moment)
        ),
    }
}

/// The opening after the race: the chances, then the winner.
fn looking_back(prediction: &Prediction) -> Lede {
    let [favourite, others @ ..] = prediction.drivers.as_slice() else {
        return Lede::default();
    };
    let names = DriverNames::new(prediction.drivers.iter().map(|car| &car.driver));
    let winners: Vec<&PredictionDriver> = prediction
        .drivers
        .iter()
        .filter(|car| car.result.as_ref().is_some_and(|finish| finish.place == 1))
        .collect();
    let start = format!(" {}", start(favourite, prediction.moment));
    let favourite_won =
        matches!(winners.as_slice(), [winner] if winner.driver.key == favourite.driver.key);
    // A favourite who won from a known place on the grid has the place in the sentence on the victory.
    let (given_from, won_from) = if favourite_won && prediction.moment == Moment::OfficialGrid {
        (String::new(), start)
    } else {
        (start, String::new())
    };
    let name = names.of(&favourite.driver);
    let result = if favourite_won {
        format!(" {name} won{won_from}.")
    } else {
        surprise(&winners, &names)
    };
    Lede {
        strong: format!("We gave {name} {}", words::chances(favourite.win)),
        rest: format!(
            "{given_from}{}.{}{result}",
            rivals(others, &names, words::chances),
            outsiders(prediction, "had")
        ),
    }
}

/// The sentence on winners other than the favourite alone, with their chances; empty where no car won.
fn surprise(winners: &[&PredictionDriver], names: &DriverNames) -> String {
    let drivers: Vec<String> = winners.iter().map(|car| names.of(&car.driver)).collect();
    let chances: Vec<String> = winners
        .iter()
        .map(|car| format!("{}%", words::percent(car.win)))
        .collect();
    let (drivers, chances) = (words::list(&drivers), words::list(&chances));
    match winners.len() {
        0 => String::new(),
        1 => format!(" {drivers} won; we had given {drivers} {chances}."),
        _ => format!(" {drivers} shared the win; we had given them {chances}."),
    }
}

/// The favourite's closest rivals with their chances, as the end of a sentence.
fn rivals(others: &[PredictionDriver], names: &DriverNames, in_words: fn(f64) -> String) -> String {
    let rivals: Vec<String> = others
        .iter()
        .filter(|car| car.win >= RIVAL)
        .take(2)
        .map(|car| format!("{} {}", names.of(&car.driver), in_words(car.win)))
        .collect();
    if rivals.is_empty() {
        String::new()
    } else {
        format!("; {}", rivals.join(", "))
    }
}

/// The sentence on the drivers without a chance worth naming; empty where everyone has one.
fn outsiders(prediction: &Prediction, verb: &str) -> String {
    let contenders = prediction
        .drivers
        .iter()
        .filter(|car| car.win >= CONTENDER)
        .count();
    if contenders == prediction.drivers.len() {
        return String::new();
    }
    let outside = match contenders {
        0 => "Nobody".to_owned(),
        1 => "Nobody else".to_owned(),
        front => format!("Nobody outside the front {}", words::number(front)),
    };
    format!(" {outside} {verb} one chance in a hundred.")
}

/// Where a car starts, as far as the forecast knew, for a sentence.
fn start(car: &PredictionDriver, moment: Moment) -> String {
    match (car.grid, moment) {
        (Some(1), Moment::OfficialGrid) => "from pole".to_owned(),
        (Some(place), Moment::OfficialGrid) => {
            format!("from {} on the grid", words::ordinal(place))
        }
        (None, Moment::OfficialGrid) => "from the pit lane".to_owned(),
        (Some(1), _) => "after the fastest lap in qualifying".to_owned(),
        (Some(place), _) => format!("after qualifying {}", words::ordinal(place)),
        (None, Moment::BeforeQualifying) => "with qualifying still to come".to_owned(),
        (None, Moment::BeforeWeekend) => "with the weekend still to come".to_owned(),
        (None, Moment::QualifyingOrder) => "without a place in qualifying".to_owned(),
    }
}

/// Where a car starts, as far as the forecast knew, for a table.
pub(crate) fn grid_place(car: &PredictionDriver, moment: Moment) -> String {
    match (car.grid, moment) {
        (Some(place), _) => place.to_string(),
        (None, Moment::OfficialGrid) => "pit".to_owned(),
        (None, _) => "–".to_owned(),
    }
}
