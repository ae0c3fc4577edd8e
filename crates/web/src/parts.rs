//! Small pieces of pages, each a template of its own: a driver, a team, a chance, the heat map of a row.

use askama::{Template, filters::HtmlSafe};
use client::{
    races::{DriverRef, TeamRef},
    vocabulary::Contest,
};

use crate::words;

/// A driver's name with the team below and its colour as a chip.
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

/// A race's title; where room is short "Grand Prix" goes without saying.
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

    /// A chance that arithmetic has settled.
    pub(crate) fn settled(happens: bool) -> Self {
        let percent = if happens { "100" } else { "0" };
        Self {
            percent: percent.to_owned(),
            width: percent.to_owned(),
        }
    }
}

/// One row of the position heat map.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/heat.html")]
pub(crate) struct Heat {
    width: usize,
    label: String,
    cells: Vec<HeatCell>,
    ring: Option<String>,
}

#[derive(Debug, Clone)]
struct HeatCell {
    x: usize,
    opacity: String,
    title: String,
}

/// Units of the viewBox per place.
const CELL: usize = 10;
/// From this chance on a cell is as dark as it gets.
const DARKEST: f64 = 0.6;

impl Heat {
    /// The chances of every place, and the place that came true.
    pub(crate) fn new(name: &str, positions: &[f64], finished: Option<i16>) -> Self {
        let places = || (1_u16..).zip(positions);
        let cell = |(place, chance): (u16, &f64)| HeatCell {
            x: left(place),
            // The root makes equal steps of chance look like equal steps of darkness at the low end.
            opacity: format!("{:.2}", 0.05 + 0.95 * (chance / DARKEST).sqrt().min(1.0)),
            title: format!(
                "{}: {} %",
                words::ordinal(place.into()),
                words::percent(*chance)
            ),
        };
        let likeliest = places()
            .max_by(|a, b| a.1.total_cmp(b.1))
            .map_or(1, |(place, _)| place);
        let outcome = finished
            .map(|place| format!("; finished {}", words::ordinal(place.into())))
            .unwrap_or_default();
        let held = |place: &u16| usize::from(*place) <= positions.len();
        let ring = finished
            .and_then(|place| u16::try_from(place).ok())
            .filter(held);
        Self {
            width: positions.len() * CELL,
            label: format!(
                "{name}: likeliest {}{outcome}",
                words::ordinal(likeliest.into())
            ),
            cells: places().map(cell).collect(),
            ring: ring.map(middle),
        }
    }
}

/// Where the cell of a place begins.
fn left(place: u16) -> usize {
    usize::from(place.max(1) - 1) * CELL
}

/// The middle of the cell of a place.
fn middle(place: u16) -> String {
    format!("{:.1}", left(place) as f64 + 4.5)
}

/// A label on the scale above the heat map.
#[derive(Debug, Clone)]
pub(crate) struct Tick {
    pub(crate) x: String,
    pub(crate) label: u16,
}

/// The scale of a heat map of `places`: 1, 5, 10, ... and its width.
pub(crate) fn ticks(places: usize) -> (usize, Vec<Tick>) {
    let shown = (1_u16..)
        .take(places)
        .filter(|place| *place == 1 || place % 5 == 0);
    let tick = |place| Tick {
        x: middle(place),
        label: place,
    };
    (places * CELL, shown.map(tick).collect())
}

/// A choice in a GET form.
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

/// The sentence a page opens with: what matters in bold, then the rest.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lede {
    pub(crate) strong: String,
    pub(crate) rest: String,
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

// These render HTML and escape what they are given.
impl HtmlSafe for Who {}
impl HtmlSafe for Title {}
impl HtmlSafe for TeamName {}
impl HtmlSafe for Chance {}
impl HtmlSafe for Heat {}
impl HtmlSafe for Picker {}
