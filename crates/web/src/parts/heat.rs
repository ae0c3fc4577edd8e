//! The heat map of finishing positions, row by row.

use askama::{Template, filters::HtmlSafe};

use crate::words;

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
/// The chance from which on a cell is as dark as it gets.
const DARKEST: f64 = 0.6;

impl Heat {
    /// The chances of every place, with a ring at the place that came true.
    pub(crate) fn new(name: &str, positions: &[f64], finished: Option<i16>) -> Self {
        let places = || (1_u16..).zip(positions);
        let cell = |(place, chance): (u16, &f64)| HeatCell {
            x: left(place),
            // The root makes equal steps of chance look like equal steps of darkness at the low end.
            opacity: format!("{:.2}", 0.05 + 0.95 * (chance / DARKEST).sqrt().min(1.0)),
            title: format!("{}: {}%", words::ordinal(place), words::percent(*chance)),
        };
        let likeliest = places()
            .max_by(|a, b| a.1.total_cmp(b.1))
            .map_or(1, |(place, _)| place);
        let outcome = finished
            .map(|place| format!("; finished {}", words::ordinal(place)))
            .unwrap_or_default();
        let on_the_map = |place: &u16| usize::from(*place) <= positions.len();
        let ring = finished
            .and_then(|place| u16::try_from(place).ok())
            .filter(on_the_map);
        Self {
            width: positions.len() * CELL,
            label: format!("{name}: likeliest {}{outcome}", words::ordinal(likeliest)),
            cells: places().map(cell).collect(),
            ring: ring.map(middle),
        }
    }
}

/// The left edge of the cell of a place.
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

// This template escapes its values.
impl HtmlSafe for Heat {}
