//! The reasons of a forecast: what moves each car, in groups of features.

use askama::{Template, filters::HtmlSafe};
use client::predictions::{Prediction, PredictionDriver};

use crate::{
    chart::Diverging,
    parts::Who,
    words::{self, DriverNames},
};

/// Drivers whose reasons are shown.
const EXPLAINED: usize = 10;
/// Groups that narrow screens show one by one; they add up the others.
const ALWAYS: usize = 3;
/// Log-odds up to this are too small for a sentence.
const NOTHING: f64 = 0.05;

/// A group of features in the words of headings and sentences.
struct Phrases {
    /// Name in the API.
    key: &'static str,
    heading: &'static str,
    /// After "because of".
    cause: &'static str,
    /// After "Verstappen’s".
    asset: &'static str,
    /// After "Norris".
    edge: &'static str,
}

/// The groups in the order of their columns.
const GROUPS: [Phrases; 7] = [
    Phrases {
        key: "grid",
        heading: "Grid",
        cause: "the starting place",
        asset: "starting place",
        edge: "has the better starting place",
    },
    Phrases {
        key: "qualifying",
        heading: "Qualifying",
        cause: "the qualifying time",
        asset: "qualifying time",
        edge: "has the better qualifying time",
    },
    Phrases {
        key: "car",
        heading: "Car",
        cause: "the car",
        asset: "car",
        edge: "has the better car",
    },
    Phrases {
        key: "driver",
        heading: "Driver",
        cause: "the driver’s own pace",
        asset: "own pace",
        edge: "is the quicker driver",
    },
    Phrases {
        key: "practice",
        heading: "Practice",
        cause: "practice",
        asset: "practice pace",
        edge: "was better in practice",
    },
    Phrases {
        key: "recent_races",
        heading: "Recent races",
        cause: "recent races",
        asset: "recent form",
        edge: "has the better recent form",
    },
    Phrases {
        key: "sprint",
        heading: "Sprint",
        cause: "the sprint",
        asset: "sprint result",
        edge: "has the better sprint result",
    },
];

/// The reasons of the front cars.
#[derive(Template)]
#[template(path = "prediction/why.html")]
pub(super) struct Why {
    sentence: String,
    shown: usize,
    groups: Vec<Group>,
    /// Narrow screens add up some groups.
    rest: bool,
    rows: Vec<Row>,
}

struct Row {
    who: Who,
    parts: Vec<Part>,
    rest: String,
    total: String,
}

struct Group {
    heading: String,
    class: &'static str,
}

struct Part {
    class: &'static str,
    value: String,
    bar: Diverging,
}

impl Why {
    /// The reasons; `None` where the model gives none.
    pub(super) fn new(prediction: &Prediction) -> Option<Self> {
        let front: Vec<&PredictionDriver> = prediction.drivers.iter().take(EXPLAINED).collect();
        let groups = groups(&front);
        let (favourite, rival) = (front.first()?, front.get(1));
        if groups.is_empty() {
            return None;
        }
        let scale = front
            .iter()
            .flat_map(|car| groups.iter().map(|group| part(car, group).abs()))
            .fold(0.0, f64::max);
        let row = |car: &&PredictionDriver| Row {
            who: Who::new(&car.driver, Some(&car.team)),
            parts: groups
                .iter()
                .enumerate()
                .map(|(index, group)| Part {
                    class: class(index),
                    value: words::signed(part(car, group)),
                    bar: Diverging::new(part(car, group), scale),
                })
                .collect(),
            rest: words::signed(
                groups
                    .iter()
                    .skip(ALWAYS)
                    .map(|group| part(car, group))
                    .sum(),
            ),
            total: words::signed(car.contributions.values().sum()),
        };
        let names = DriverNames::new(front.iter().map(|car| &car.driver));
        let mut sentence = ahead(favourite, &names, &groups);
        if let Some(rival) = rival {
            sentence.push_str(&against(favourite, rival, &names, &groups));
        }
        Some(Self {
            sentence,
            shown: front.len(),
            rest: groups.len() > ALWAYS,
            rows: front.iter().map(row).collect(),
            groups: groups
                .into_iter()
                .enumerate()
                .map(|(index, group)| Group {
                    heading: heading(group),
                    class: class(index),
                })
                .collect(),
        })
    }
}

/// The class that drops the column of a group on narrow screens.
const fn class(index: usize) -> &'static str {
    if index < ALWAYS { "" } else { "d2" }
}

/// The groups that occur, in the order of their columns; unknown groups last.
fn groups<'a>(cars: &[&'a PredictionDriver]) -> Vec<&'a str> {
    let occurs = |group: &str| cars.iter().any(|car| part(car, group).abs() >= 0.005);
    let known = GROUPS.iter().map(|group| group.key);
    let mut unknown: Vec<&str> = cars
        .iter()
        .flat_map(|car| car.contributions.keys())
        .map(String::as_str)
        .filter(|group| phrases(group).is_none())
        .collect();
    unknown.sort_unstable();
    unknown.dedup();
    known.chain(unknown).filter(|group| occurs(group)).collect()
}

fn phrases(group: &str) -> Option<&'static Phrases> {
    GROUPS.iter().find(|known| known.key == group)
}

/// The part of a group in the strength of a car, in log-odds.
fn part(car: &PredictionDriver, group: &str) -> f64 {
    car.contributions.get(group).copied().unwrap_or(0.0)
}

fn heading(group: &str) -> String {
    phrases(group).map_or_else(
        || words::capitalised(&plain(group)),
        |known| known.heading.to_owned(),
    )
}

/// A group without phrases: its name with spaces.
fn plain(group: &str) -> String {
    group.replace('_', " ")
}

/// What puts the favourite ahead of an average car.
fn ahead(favourite: &PredictionDriver, names: &DriverNames, groups: &[&str]) -> String {
    let name = names.of(&favourite.driver);
    let mut good: Vec<(&str, f64)> = groups
        .iter()
        .map(|group| (*group, part(favourite, group)))
        .filter(|(_, value)| *value > NOTHING)
        .collect();
    good.sort_by(|a, b| b.1.total_cmp(&a.1));
    let all: f64 = good.iter().map(|(_, value)| value).sum();
    let mut named = 0.0;
    let most: Vec<String> = good
        .iter()
        .take_while(|(_, value)| {
            let wanted = named < 0.6 * all;
            named += value;
            wanted
        })
        .map(|(group, _)| {
            phrases(group).map_or_else(|| plain(group), |known| known.cause.to_owned())
        })
        .collect();
    if most.is_empty() {
        format!("Little sets {name} apart from an average car of this field.")
    } else {
        format!("{name} is ahead mostly because of {}.", words::list(&most))
    }
}

/// What counts for the favourite and what for the closest rival.
fn against(
    favourite: &PredictionDriver,
    rival: &PredictionDriver,
    names: &DriverNames,
    groups: &[&str],
) -> String {
    let differences = || {
        groups
            .iter()
            .map(|group| (*group, part(favourite, group) - part(rival, group)))
    };
    let most = differences()
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .filter(|(_, more)| *more > NOTHING);
    let least = differences()
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .filter(|(_, less)| *less < -NOTHING);
    let (name, other) = (names.of(&favourite.driver), names.of(&rival.driver));
    let asset =
        |group: &str| phrases(group).map_or_else(|| plain(group), |known| known.asset.to_owned());
    let edge = |group: &str| {
        phrases(group).map_or_else(
            || format!("has the better {}", plain(group)),
            |known| known.edge.to_owned(),
        )
    };
    match (most, least) {
        (Some((good, more)), Some((bad, less))) => format!(
            " Against {other}, {name}’s {} counts most ({}); {other} {} ({}).",
            asset(good),
            words::signed(more),
            edge(bad),
            words::signed(-less)
        ),
        (Some((good, more)), None) => format!(
            " Against {other}, {name}’s {} counts most ({}); {other} has no clear advantage.",
            asset(good),
            words::signed(more)
        ),
        (None, Some((bad, less))) => format!(
            " Against {other}, nothing counts for {name}; {other} {} ({}).",
            edge(bad),
            words::signed(-less)
        ),
        (None, None) => words::ended(format!(" Hardly anything separates {name} from {other}")),
    }
}

// This template escapes its values.
impl HtmlSafe for Why {}
