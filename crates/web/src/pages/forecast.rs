//! What every view of a forecast says of it: the sentence, the seal, what it knew.

use client::{
    predictions::{Prediction, PredictionDriver},
    vocabulary::{Contest, Moment, PredictionInput, PredictionKind},
};

use crate::{parts::Lede, words};

/// The head of a forecast.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    pub(crate) year: i16,
    pub(crate) round: i16,
    pub(crate) circuit: String,
    pub(crate) title: String,
    pub(crate) lede: Lede,
    pub(crate) seal: String,
    pub(crate) seal_class: &'static str,
    pub(crate) facts: Vec<String>,
    pub(crate) decided: bool,
    pub(crate) href: String,
    pub(crate) race_href: String,
}

impl Head {
    pub(crate) fn new(forecast: &Prediction) -> Self {
        let race = &forecast.race;
        let race_href = format!("/seasons/{}/races/{}", race.year, race.round);
        let decided = forecast.drivers.iter().any(|car| car.result.is_some());
        let sprint = if forecast.contest == Contest::Sprint {
            " sprint"
        } else {
            ""
        };
        let question = if decided {
            "the forecast, opened"
        } else {
            "who wins?"
        };
        let (seal, seal_class) = seal(forecast);
        let model = &forecast.model;
        Self {
            year: race.year,
            round: race.round,
            circuit: race.circuit.name.clone(),
            title: format!("{}{sprint}: {question}", race.name),
            lede: lede(forecast),
            seal,
            seal_class,
            facts: vec![
                knew(forecast),
                format!(
                    "Model {} {}, fitted on {} races",
                    model.name, model.version, model.races
                ),
            ],
            decided,
            href: format!("{race_href}/{}", part(forecast.contest)),
            race_href,
        }
    }
}

/// The last part of a forecast's address.
pub(crate) const fn part(contest: Contest) -> &'static str {
    match contest {
        Contest::GrandPrix => "prediction",
        Contest::Sprint => "sprint-prediction",
    }
}

/// What a moment is called.
pub(crate) const fn moment(moment: Moment) -> &'static str {
    match moment {
        Moment::BeforeWeekend => "Before the weekend",
        Moment::BeforeQualifying => "Before qualifying",
        Moment::QualifyingOrder => "After qualifying",
        Moment::OfficialGrid => "With the official grid",
    }
}

/// The same within a sentence.
pub(crate) const fn moment_within(moment: Moment) -> &'static str {
    match moment {
        Moment::BeforeWeekend => "before the weekend",
        Moment::BeforeQualifying => "before qualifying",
        Moment::QualifyingOrder => "after qualifying",
        Moment::OfficialGrid => "with the official grid",
    }
}

fn seal(forecast: &Prediction) -> (String, &'static str) {
    let made = forecast.made_at.format("%-d %b %Y, %H:%M UTC");
    match forecast.kind {
        PredictionKind::Live => {
            let early =
                words::duration((forecast.cutoff.scheduled_start - forecast.made_at).num_seconds());
            (format!("Sealed {made}, {early} before the start"), "sealed")
        }
        PredictionKind::Retrospective => {
            let late = words::duration(forecast.cutoff.late_s.unwrap_or(0));
            (
                format!(
                    "Retrospective: made {made}, {late} after the start, from what was known before it"
                ),
                "late",
            )
        }
    }
}

/// What a forecast was told and what it lacked, in words.
fn knew(forecast: &Prediction) -> String {
    let used = inputs(&forecast.inputs.used);
    let missing = inputs(&forecast.inputs.missing);
    let used = if used.is_empty() {
        "Knew nothing of the weekend, only earlier races".to_owned()
    } else {
        format!("Knew: {}", used.join(", "))
    };
    if missing.is_empty() {
        used
    } else {
        format!("{used}; lacked: {}", missing.join(", "))
    }
}

fn inputs(inputs: &[PredictionInput]) -> Vec<&'static str> {
    let has = |input| inputs.contains(&input);
    let practice = match (
        has(PredictionInput::Practice1),
        has(PredictionInput::Practice2),
        has(PredictionInput::Practice3),
    ) {
        (false, false, false) => None,
        (true, false, false) => Some("first practice"),
        (false, true, false) => Some("second practice"),
        (false, false, true) => Some("third practice"),
        (true, true, false) => Some("first and second practice"),
        (true, false, true) => Some("first and third practice"),
        (false, true, true) => Some("second and third practice"),
        (true, true, true) => Some("three practices"),
    };
    let others = [
        (PredictionInput::SprintResult, "the sprint’s result"),
        (PredictionInput::QualifyingOrder, "qualifying order"),
        (PredictionInput::QualifyingTimes, "qualifying times"),
        (PredictionInput::OfficialGrid, "official grid"),
    ];
    let others = others
        .into_iter()
        .filter(|(input, _)| has(*input))
        .map(|(_, name)| name);
    practice.into_iter().chain(others).collect()
}

fn lede(forecast: &Prediction) -> Lede {
    let [favourite, others @ ..] = forecast.drivers.as_slice() else {
        return Lede::default();
    };
    let decided = forecast.drivers.iter().any(|car| car.result.is_some());
    let verb = if decided { "was to win" } else { "wins" };
    let strong = format!(
        "{} {verb} {}",
        &favourite.driver.family_name,
        words::frequency(favourite.win)
    );
    let mut rest = format!(" {}", from(favourite, forecast.moment));
    let rivals: Vec<&PredictionDriver> =
        others.iter().filter(|car| car.win >= 0.1).take(2).collect();
    for (index, rival) in rivals.iter().enumerate() {
        let joint = if index == 0 { "; " } else { ", " };
        let name = &rival.driver.family_name;
        rest.extend([joint, name, " ", &words::frequency(rival.win)]);
    }
    rest.push('.');
    let contenders = forecast
        .drivers
        .iter()
        .filter(|car| car.win >= 0.01)
        .count();
    if contenders < forecast.drivers.len() {
        let reaches = if decided { "reached" } else { "reaches" };
        let front = words::number(contenders);
        rest.extend([
            " Beyond the front ",
            &front,
            " nobody ",
            reaches,
            " one in a hundred.",
        ]);
    }
    if let Some(winner) = forecast
        .drivers
        .iter()
        .find(|car| car.result.as_ref().is_some_and(|finish| finish.place == 1))
    {
        let name = &winner.driver.family_name;
        rest.extend([" ", name, " won"]);
        if winner.driver.key == favourite.driver.key {
            rest.push('.');
        } else {
            rest.extend([", who had been given ", &words::percent(winner.win), " %."]);
        }
    }
    Lede { strong, rest }
}

/// Where a car starts, as far as the forecast knew, for a sentence.
fn from(car: &PredictionDriver, moment: Moment) -> String {
    match (car.grid, moment) {
        (Some(1), Moment::OfficialGrid) => "from pole".to_owned(),
        (Some(place), Moment::OfficialGrid) => {
            format!("from {} on the grid", words::ordinal(place.into()))
        }
        (None, Moment::OfficialGrid) => "from the pit lane".to_owned(),
        (Some(1), _) => "after the fastest lap in qualifying".to_owned(),
        (Some(place), _) => format!("from {} in qualifying", words::ordinal(place.into())),
        (None, Moment::BeforeQualifying) => "with qualifying still to come".to_owned(),
        (None, Moment::BeforeWeekend) => "with the weekend still to come".to_owned(),
        (None, Moment::QualifyingOrder) => "without a place in qualifying".to_owned(),
    }
}

/// The same for a table.
pub(crate) fn place(car: &PredictionDriver, moment: Moment) -> String {
    match (car.grid, moment) {
        (Some(place), _) => place.to_string(),
        (None, Moment::OfficialGrid) => "pit".to_owned(),
        (None, _) => "–".to_owned(),
    }
}
