//! Chances against what came of them.

use askama::{Template, filters::HtmlSafe};
use client::accuracy::Bin;

use super::coordinate;
use crate::words;

/// Radius in pixels of a dot that stands for one chance; its area grows with their number.
const OF_ONE: f64 = 0.45;
/// Smaller dots could not be seen.
const SMALLEST: f64 = 3.0;
/// Larger ones would cover their neighbours.
const LARGEST: f64 = 11.0;

/// A square: given chance across, share that came true upwards, the diagonal where both agree.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/reliability.html")]
pub(crate) struct Reliability {
    pub(crate) heading: &'static str,
    count: String,
    description: String,
    ticks: [Tick; 3],
    dots: Vec<Dot>,
}

#[derive(Debug, Clone)]
struct Tick {
    x: u8,
    y: u8,
}

#[derive(Debug, Clone)]
struct Dot {
    x: String,
    y: String,
    low: String,
    high: String,
    radius: String,
    title: String,
}

impl Reliability {
    /// The bins of one kind of event.
    pub(crate) fn new(heading: &'static str, bins: &[Bin]) -> Self {
        let up = |share: f64| coordinate(100.0 - 100.0 * share);
        let dot = |bin: &Bin| Dot {
            x: coordinate(100.0 * bin.predicted),
            y: up(bin.observed),
            low: up(bin.interval[0]),
            high: up(bin.interval[1]),
            radius: coordinate(
                (OF_ONE * f64::from(bin.predictions).sqrt()).clamp(SMALLEST, LARGEST),
            ),
            title: format!(
                "given {} %, came true {} % of {} times",
                words::percent(bin.predicted),
                words::percent(bin.observed),
                bin.predictions
            ),
        };
        // Large dots first: small ones stay visible on top.
        let mut sorted: Vec<&Bin> = bins.iter().collect();
        sorted.sort_by_key(|bin| std::cmp::Reverse(bin.predictions));
        let held = bins.iter().filter(|bin| holds(bin)).count();
        Self {
            heading,
            count: words::thousands(bins.iter().map(|bin| i64::from(bin.predictions)).sum()),
            description: format!(
                "Dots near the diagonal mean that chances came true as often as they said; the interval of {held} of {} reaches it.",
                bins.len()
            ),
            ticks: [0, 50, 100].map(|x| Tick { x, y: 100 - x }),
            dots: sorted.into_iter().map(dot).collect(),
        }
    }
}

/// Whether what happened agrees with what was said, within the interval.
pub(crate) fn holds(bin: &Bin) -> bool {
    (bin.interval[0]..=bin.interval[1]).contains(&bin.predicted)
}

// Renders SVG and escapes what it is given.
impl HtmlSafe for Reliability {}
