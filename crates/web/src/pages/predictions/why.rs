//! Why: what moves each car, in groups that a reader understands.

use askama::{Template, filters::HtmlSafe};
use client::predictions::{Prediction, PredictionDriver};

use crate::{chart::Diverging, parts::Who, words};

/// Drivers whose reasons are shown.
const EXPLAINED: usize = 10;
/// Groups that narrow screens show one by one; the others are added up there.
const ALWAYS: usize = 3;
/// Log-odds too small to speak of.
const NOTHING: f64 = 0.05;

/// Groups in the order they are shown: name in JSON, heading, within a sentence.
const GROUPS: [(&str, &str, &str); 7] = [
    ("grid", "Grid", "the place at the start"),
    ("qualifying", "Qualifying", "the time in qualifying"),
    ("car", "Car", "the car"),
    ("driver", "Driver", "the driver"),
    ("practice", "Practice", "practice"),
    ("recent_races", "Recent races", "the last races"),
    ("sprint", "Sprint", "the sprint"),
];

/// The reasons of the front cars.
#[derive(Template)]
#[template(path = "prediction/why.html")]
pub(super) struct Why {
    sentence: String,
    shown: usize,
    groups: Vec<Group>,
    /// Some groups are added up on narrow screens.
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
    /// `None` where the model gives no reasons.
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
        let mut sentence = ahead(favourite, &groups);
        if let Some(rival) = rival {
            sentence.push_str(&against(favourite, rival, &groups));
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

/// What the column of a group does on narrow screens.
const fn class(index: usize) -> &'static str {
    if index < ALWAYS { "" } else { "d2" }
}

/// The groups that occur, in their order; unknown ones last.
fn groups<'a>(cars: &[&'a PredictionDriver]) -> Vec<&'a str> {
    let occurs = |group: &str| cars.iter().any(|car| part(car, group).abs() >= 0.005);
    let known = GROUPS.iter().map(|(group, ..)| *group);
    let mut unknown: Vec<&str> = cars
        .iter()
        .flat_map(|car| car.contributions.keys())
        .map(String::as_str)
        .filter(|group| !GROUPS.iter().any(|(known, ..)| known == group))
        .collect();
    unknown.sort_unstable();
    unknown.dedup();
    known.chain(unknown).filter(|group| occurs(group)).collect()
}

fn part(car: &PredictionDriver, group: &str) -> f64 {
    car.contributions.get(group).copied().unwrap_or(0.0)
}

fn heading(group: &str) -> String {
    let known = GROUPS.iter().find(|(known, ..)| *known == group);
    known.map_or_else(
        || words::sentence(&group.replace('_', " ")),
        |(_, heading, _)| (*heading).to_owned(),
    )
}

fn within(group: &str) -> String {
    let known = GROUPS.iter().find(|(known, ..)| *known == group);
    known.map_or_else(
        || group.replace('_', " "),
        |(.., phrase)| (*phrase).to_owned(),
    )
}

/// What puts the favourite ahead of an average car.
fn ahead(favourite: &PredictionDriver, groups: &[&str]) -> String {
    let name = &favourite.driver.family_name;
    let mut good: Vec<(&str, f64)> = groups
        .iter()
        .map(|group| (*group, part(favourite, group)))
        .filter(|(_, value)| *value > NOTHING)
        .collect();
    good.sort_by(|a, b| b.1.total_cmp(&a.1));
    let all: f64 = good.iter().map(|(_, value)| value).sum();
    let mut told = 0.0;
    let most: Vec<String> = good
        .iter()
        .take_while(|(_, value)| {
            let wanted = told < 0.6 * all;
            told += value;
            wanted
        })
        .map(|(group, _)| within(group))
        .collect();
    if most.is_empty() {
        format!("Little sets {name} apart from an average car of this field.")
    } else {
        format!("{name} is ahead mostly because of {}.", words::list(&most))
    }
}

/// What speaks for the favourite, and what against, next to the car that comes closest.
fn against(favourite: &PredictionDriver, rival: &PredictionDriver, groups: &[&str]) -> String {
    let differences = || {
        groups
            .iter()
            .map(|group| (*group, part(favourite, group) - part(rival, group)))
    };
    let most = differences().max_by(|a, b| a.1.total_cmp(&b.1));
    let least = differences().min_by(|a, b| a.1.total_cmp(&b.1));
    let [name, other] = [favourite, rival].map(|car| &car.driver.family_name);
    match (most, least) {
        (Some((good, more)), Some((bad, less))) if more > NOTHING && less < -NOTHING => format!(
            " Next to {other}, {} speaks most for {name} ({}) and {} for {other} ({}).",
            within(good),
            words::signed(more),
            within(bad),
            words::signed(-less)
        ),
        (Some((good, more)), _) if more > NOTHING => format!(
            " Next to {other}, {} speaks most for {name} ({}), and nothing much for {other}.",
            within(good),
            words::signed(more)
        ),
        _ => format!(" Next to {other} hardly anything tells them apart."),
    }
}

// Renders HTML and escapes what it is given.
impl HtmlSafe for Why {}
