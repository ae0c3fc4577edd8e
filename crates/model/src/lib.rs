//! Features in, forecast out.
//!
//! Pure functions of data: no I/O, no clock, no randomness. [`History`] holds past races as a design matrix,
//! [`History::fit`] gives a [`Fit`], [`Fit::predict`] a [`Forecast`], [`evaluate::score`] says how good it was.
//! The file names are the pipeline.

pub mod distribution;
pub mod evaluate;
pub mod features;
pub mod fit;
pub mod history;
pub mod predict;
pub mod qualifying;
pub mod specification;

pub use features::{Features, Group, Term};
pub use fit::{Fit, FitError};
pub use history::{Car, Ending, History, PastRace};
pub use predict::{CarForecast, Forecast, PredictError, RaceShape};
pub use specification::{GRID, GRID_AND_GAP, Specification};
