//! Charts drawn on the server in one style: hairline axes, few ticks, direct labels, text that never scales.
//!
//! Horizontal coordinates are per cent of the width, so a chart fits any screen; vertical ones are pixels.

mod bars;
mod lines;
mod reliability;

pub(crate) use bars::{Diverging, Whisker};
pub(crate) use lines::{Axis, Chart, Lines, Series, Style};
pub(crate) use reliability::{Reliability, agrees};

/// A coordinate for SVG.
fn coordinate(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}
