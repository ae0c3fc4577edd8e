//! Pieces that several pages show: a driver, a team, a chance, the head of a forecast, a correction.

mod correction;
mod heat;
mod prediction_head;

use askama::{Template, filters::HtmlSafe};
use client::{
    races::{DriverRef, Session, TeamRef},
    vocabulary::{Contest, EventFormat, SessionKind},
};

pub(crate) use self::{
    correction::CorrectionRow,
    heat::{Heat, Tick, ticks},
    prediction_head::{PredictionHead, grid_place},
};
use crate::words;

/// A driver's name, with the team below and its colour as a chip.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/who.html")]
pub(crate) struct Who {
    key: String,
    first: String,
    last: String,
    code: String,
    team: String,
    colour: Option<String>,
}

impl Who {
    pub(crate) fn new(driver: &DriverRef, team: Option<&TeamRef>) -> Self {
        let first = driver
            .name
            .strip_suffix(&driver.family_name)
            .unwrap_or_default();
        Self {
            key: driver.key.clone(),
            first: first.trim_end().to_owned(),
            last: if first.is_empty() {
                driver.name.clone()
            } else {
                driver.family_name.clone()
            },
            code: driver.code.clone(),
            team: team.map(|team| team.name.clone()).unwrap_or_default(),
            colour: team.and_then(|team| team.colour.clone()),
        }
    }
}

/// A race's title; narrow screens leave out "Grand Prix".
#[derive(Debug, Clone, Template)]
#[template(path = "parts/title.html")]
pub(crate) struct Title {
    name: String,
    grand_prix: bool,
    sprint: bool,
}

impl Title {
    pub(crate) fn new(name: &str, contest: Contest) -> Self {
        let short = name.strip_suffix(" Grand Prix");
        let sprint = contest == Contest::Sprint;
        Self {
            name: short.unwrap_or(name).to_owned(),
            grand_prix: short.is_some(),
            sprint,
        }
    }
}

/// A team's name with its colour as a chip.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/team.html")]
pub(crate) struct TeamName {
    key: String,
    name: String,
    colour: Option<String>,
}

impl From<&TeamRef> for TeamName {
    fn from(team: &TeamRef) -> Self {
        Self {
            key: team.key.clone(),
            name: team.name.clone(),
            colour: team.colour.clone(),
        }
    }
}

/// A chance in per cent with a bar under it.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/chance.html")]
pub(crate) struct Chance {
    percent: String,
    width: String,
}

impl Chance {
    pub(crate) fn new(chance: f64) -> Self {
        Self {
            percent: words::percent(chance),
            width: format!("{:.1}", 100.0 * chance),
        }
    }

    /// A chance that arithmetic has decided.
    pub(crate) fn decided(happens: bool) -> Self {
        let percent = if happens { "100" } else { "0" };
        Self {
            percent: percent.to_owned(),
            width: percent.to_owned(),
        }
    }
}

/// A form with one choice, sent by GET.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/picker.html")]
pub(crate) struct Picker {
    pub(crate) action: String,
    pub(crate) label: &'static str,
    pub(crate) name: &'static str,
    pub(crate) options: Vec<Choice>,
}

/// An option of a [`Picker`].
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) text: String,
    pub(crate) chosen: bool,
}

/// The sentences that a page opens with: what matters in bold, then the rest.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lede {
    pub(crate) strong: String,
    pub(crate) rest: String,
}

/// A session with its start.
pub(crate) struct SessionTime {
    pub(crate) name: &'static str,
    pub(crate) when: String,
}

impl SessionTime {
    /// The start by UTC and by the clock of `time_zone`; the year is left out where it is `year`.
    pub(crate) fn new(session: &Session, format: EventFormat, time_zone: &str, year: i16) -> Self {
        Self {
            name: match (session.session, format) {
                (SessionKind::SprintQualifying, EventFormat::SprintShootout) => "Sprint shootout",
                (kind, _) => words::session_name(kind),
            },
            when: words::when(session.date, session.starts_at, time_zone, year),
        }
    }
}

/// A link.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub(crate) href: String,
    pub(crate) text: String,
    pub(crate) here: bool,
}

impl Link {
    pub(crate) fn new(href: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            href: href.into(),
            text: text.into(),
            here: false,
        }
    }
}

// These templates escape their values.
impl HtmlSafe for Who {}
impl HtmlSafe for Title {}
impl HtmlSafe for TeamName {}
impl HtmlSafe for Chance {}
impl HtmlSafe for Picker {}
