//! Reliability diagrams: chances against how often they came true.

use askama::{Template, filters::HtmlSafe};
use client::accuracy::Bin;

use super::coordinate;
use crate::words;

/// Radius in pixels of a dot that stands for one chance; its area grows with their number.
const OF_ONE: f64 = 0.45;
/// Smallest radius that can be seen.
const SMALLEST: f64 = 3.0;
/// Largest radius that does not cover the neighbours.
const LARGEST: f64 = 11.0;

/// A square: the given chance across, the share that came true upwards, and the diagonal where both agree.
#[derive(Debug, Clone, Template)]
#[template(path = "chart/reliability.html")]
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
                "given {}%, came true in {}% of {}",
                words::percent(bin.predicted),
                words::percent(bin.observed),
                words::count(bin.predictions, "case", "cases")
            ),
        };
        // Large dots first: small ones stay visible on top.
        let mut sorted: Vec<&Bin> = bins.iter().collect();
        sorted.sort_by_key(|bin| std::cmp::Reverse(bin.predictions));
        let agreeing = bins.iter().filter(|bin| agrees(bin)).count();
        Self {
            heading,
            count: words::thousands(
                bins.iter()
                    .map(|bin| i64::from(bin.predictions))
                    .sum::<i64>(),
            ),
            description: format!(
                "On the diagonal, chances come true as often as given. The interval of {agreeing} of {} dots reaches it.",
                bins.len()
            ),
            ticks: [0, 50, 100].map(|x| Tick { x, y: 100 - x }),
            dots: sorted.into_iter().map(dot).collect(),
        }
    }
}

/// Whether the given chance lies within the interval of the observed share.
pub(crate) fn agrees(bin: &Bin) -> bool {
    (bin.interval[0]..=bin.interval[1]).contains(&bin.predicted)
}

// This template escapes its values.
impl HtmlSafe for Reliability {}
