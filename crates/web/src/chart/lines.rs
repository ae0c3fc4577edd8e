//! Lines over rounds or seasons, each with its name at its end.

use askama::{Template, filters::HtmlSafe};

use super::coordinate;

/// Height of the plotted area in pixels.
const HEIGHT: f64 = 280.0;
/// Width of the plotted area in its own units; it is stretched to the available width.
const WIDTH: f64 = 1000.0;
/// Smallest distance between labels, in pixels.
const LABEL_GAP: f64 = 18.0;

/// The values of a chart.
pub(crate) struct Chart {
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) x: Axis,
    pub(crate) y: Axis,
    /// In drawing order: faint lines first, so that the others lie on top.
    pub(crate) series: Vec<Series>,
    /// A vertical line, with the labels to its left and to its right.
    pub(crate) split: Option<(f64, &'static str, &'static str)>,
}

/// An axis with its labelled values.
pub(crate) struct Axis {
    pub(crate) from: f64,
    pub(crate) to: f64,
    pub(crate) ticks: Vec<(f64, String)>,
}

impl Axis {
    fn share(&self, value: f64) -> f64 {
        (value - self.from) / (self.to - self.from).max(f64::EPSILON)
    }
}

/// A line.
pub(crate) struct Series {
    pub(crate) long: String,
    /// The name on narrow screens.
    pub(crate) short: String,
    pub(crate) points: Vec<(f64, f64)>,
    pub(crate) style: Style,
}

/// How a line looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Style {
    /// The line that matters.
    Accent,
    /// A line for comparison.
    Grey,
    /// One of many, without a label.
    Faint,
    /// A line in a team's colour, thinner for the second of a team.
    Team { colour: String, second: bool },
}

/// A chart ready to print.
#[derive(Debug, Clone, Template)]
#[template(path = "chart/lines.html")]
pub(crate) struct Lines {
    title: String,
    description: String,
    /// Reserves room for the names.
    class: &'static str,
    height: f64,
    width: f64,
    x: Vec<Tick>,
    y: Vec<Tick>,
    split: Option<Split>,
    drawn: Vec<Line>,
    ends: Vec<End>,
}

#[derive(Debug, Clone)]
struct Tick {
    at: String,
    label: String,
}

#[derive(Debug, Clone)]
struct Split {
    at: String,
    before: &'static str,
    after: &'static str,
}

#[derive(Debug, Clone)]
struct Line {
    class: &'static str,
    colour: Option<String>,
    points: String,
}

/// The end of a line with its name.
#[derive(Debug, Clone)]
struct End {
    class: &'static str,
    colour: Option<String>,
    x: String,
    y: String,
    label_y: String,
    long: String,
    short: String,
}

impl From<Chart> for Lines {
    fn from(chart: Chart) -> Self {
        let Chart {
            title,
            description,
            x,
            y,
            series,
            split,
        } = chart;
        let across = |value: f64| coordinate(100.0 * x.share(value));
        let down = |value: f64| HEIGHT * (1.0 - y.share(value));
        let ticks = |axis: &Axis, place: &dyn Fn(f64) -> String| -> Vec<Tick> {
            let tick = |(value, label): &(f64, String)| Tick {
                at: place(*value),
                label: label.clone(),
            };
            axis.ticks.iter().map(tick).collect()
        };
        let lines = series.iter().map(|series| Line {
            class: series.style.class(),
            colour: series.style.colour(),
            points: series
                .points
                .iter()
                .map(|(at, value)| {
                    let left = coordinate(WIDTH * x.share(*at));
                    format!("{left},{}", coordinate(down(*value)))
                })
                .collect::<Vec<_>>()
                .join(" "),
        });
        let named: Vec<(&Series, (f64, f64))> = series
            .iter()
            .filter(|series| series.style != Style::Faint)
            .filter_map(|series| Some((series, *series.points.last()?)))
            .collect();
        let wanted: Vec<f64> = named.iter().map(|(_, (_, value))| down(*value)).collect();
        let ends = named
            .iter()
            .zip(apart(&wanted))
            .map(|((series, (at, value)), label_y)| End {
                class: series.style.class(),
                colour: series.style.colour(),
                x: across(*at),
                y: coordinate(down(*value)),
                label_y: coordinate(label_y),
                long: series.long.clone(),
                short: series.short.clone(),
            });
        let longest = |name: fn(&Series) -> &String| {
            named
                .iter()
                .map(|(series, _)| name(series).chars().count())
                .max()
                .unwrap_or(0)
        };
        let class = match (
            longest(|series| &series.long),
            longest(|series| &series.short),
        ) {
            (..=14, ..=4) => "names codes",
            (..=14, _) => "names",
            _ => "",
        };
        Self {
            class,
            height: HEIGHT,
            width: WIDTH,
            x: ticks(&x, &across),
            y: ticks(&y, &|value| coordinate(down(value))),
            split: split.map(|(at, before, after)| Split {
                at: across(at),
                before,
                after,
            }),
            drawn: lines.collect(),
            ends: ends.collect(),
            title,
            description,
        }
    }
}

impl Style {
    const fn class(&self) -> &'static str {
        match self {
            Self::Accent => "accent",
            Self::Grey => "other",
            Self::Faint => "faint",
            Self::Team { second: false, .. } => "team",
            Self::Team { second: true, .. } => "team second",
        }
    }

    fn colour(&self) -> Option<String> {
        match self {
            Self::Team { colour, .. } => Some(colour.clone()),
            _ => None,
        }
    }
}

/// The places of labels that belong at `wanted`: in the same order, apart, inside the chart, and moved as little as possible.
fn apart(wanted: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|a, b| wanted[*a].total_cmp(&wanted[*b]));
    // Labels that touch form blocks; a block is placed at the mean of its members' wanted places.
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    for (rank, index) in order.iter().enumerate() {
        let mut block = (wanted[*index] - rank as f64 * LABEL_GAP, 1);
        while let Some((mean, count)) = blocks.pop_if(|(mean, _)| *mean > block.0) {
            let all = count + block.1;
            block.0 = (mean * count as f64 + block.0 * block.1 as f64) / all as f64;
            block.1 = all;
        }
        blocks.push(block);
    }
    let lowest = HEIGHT - wanted.len().saturating_sub(1) as f64 * LABEL_GAP;
    let mut placed = vec![0.0; wanted.len()];
    let free = blocks
        .iter()
        .flat_map(|(at, count)| std::iter::repeat_n(at.clamp(0.0, lowest.max(0.0)), *count));
    for (rank, (index, at)) in order.iter().zip(free).enumerate() {
        placed[*index] = at + rank as f64 * LABEL_GAP;
    }
    placed
}

// This template escapes its values.
impl HtmlSafe for Lines {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_stay_apart_in_order_and_inside() {
        assert_eq!(apart(&[10.0, 200.0]), [10.0, 200.0], "as wanted");
        assert_eq!(apart(&[100.0, 100.0]), [91.0, 109.0]);
        let bottom = apart(&[280.0, 279.0, 280.0, 5.0]);
        assert!((bottom[3] - 5.0).abs() < 1e-9);
        assert!(
            bottom.iter().all(|at| (0.0..=HEIGHT).contains(at)),
            "{bottom:?}"
        );
        let mut sorted = bottom.clone();
        sorted.sort_by(f64::total_cmp);
        assert!(
            sorted
                .windows(2)
                .all(|pair| pair[1] - pair[0] >= LABEL_GAP - 1e-9)
        );
        assert!(apart(&[]).is_empty());
    }

    #[test]
    fn text_is_escaped_and_the_last_point_is_named() {
        let axis = |to: f64| Axis {
            from: 0.0,
            to,
            ticks: vec![(0.0, "0".to_owned())],
        };
        let chart = Chart {
            title: "A < B".to_owned(),
            description: String::new(),
            x: axis(4.0),
            y: axis(1.0),
            series: vec![Series {
                long: "Somebody".to_owned(),
                short: "SOM".to_owned(),
                points: vec![(0.0, 0.0), (1.0, 0.5)],
                style: Style::Accent,
            }],
            split: None,
        };
        let svg = Lines::from(chart).to_string();
        assert!(svg.contains("A &#60; B"), "{svg}");
        assert!(
            svg.contains("points=\"0,280 250,140\"") && svg.contains("x=\"25%\""),
            "{svg}"
        );
        assert!(svg.contains("role=\"img\"") && svg.contains("Somebody"));
    }
}
