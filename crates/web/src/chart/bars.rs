//! Pictures in table cells, beside the number that they show.

use askama::{Template, filters::HtmlSafe};

use super::coordinate;

/// A bar from a middle line: to the right for a positive value, to the left for a negative one.
#[derive(Debug, Clone, Template)]
#[template(path = "chart/diverging.html")]
pub(crate) struct Diverging {
    x: String,
    width: String,
    less: bool,
}

impl Diverging {
    /// A bar for `value`; `scale` is the largest absolute value that has to fit.
    pub(crate) fn new(value: f64, scale: f64) -> Self {
        let length = if scale > 0.0 {
            50.0 * (value.abs() / scale).min(1.0)
        } else {
            0.0
        };
        Self {
            x: coordinate(if value < 0.0 { 50.0 - length } else { 50.0 }),
            width: coordinate(length),
            less: value < 0.0,
        }
    }
}

/// A dot with a line through it: an estimate and its uncertainty.
#[derive(Debug, Clone, Template)]
#[template(path = "chart/whisker.html")]
pub(crate) struct Whisker {
    label: String,
    zero: String,
    from: String,
    to: String,
    at: String,
}

impl Whisker {
    /// `value` ± `deviation` on a line from `range.0` to `range.1`, with a tick at zero.
    pub(crate) fn new(label: String, value: f64, deviation: f64, range: (f64, f64)) -> Self {
        let width = (range.1 - range.0).max(f64::EPSILON);
        let place = |value: f64| coordinate(100.0 * ((value - range.0) / width).clamp(0.0, 1.0));
        Self {
            label,
            zero: place(0.0),
            from: place(value - deviation),
            to: place(value + deviation),
            at: place(value),
        }
    }
}

// These templates escape their values.
impl HtmlSafe for Diverging {}
impl HtmlSafe for Whisker {}
