//! Features in, forecast out.
//!
//! Pure functions of data and a seed: no I/O, no clock. [`State`] is what is known between two races, [`Weekend`] a
//! weekend under way, [`features::of_field`] turns both into [`Features`]; [`History`] holds past races as a design
//! matrix, [`History::fit`] gives a [`Fit`], [`Fit::predict`] a [`Forecast`], [`evaluate::score`] says how good it was,
//! [`title`] plays the rest of a season.

pub mod baselines;
pub mod distribution;
mod elo;
pub mod evaluate;
pub mod features;
pub mod fit;
mod form;
pub mod history;
pub mod pace;
pub mod predict;
pub mod qualifying;
mod ratings;
pub mod retirement;
pub mod specification;
pub mod state;
pub mod terms;
pub mod title;
pub mod weekend;

pub use features::{Features, Starter};
pub use fit::{Fit, FitError};
pub use history::{Car, History, PastRace};
pub use pace::Estimate;
pub use predict::{CarForecast, Distance, Forecast, PredictError, RaceShape};
pub use specification::Specification;
pub use state::{State, Weekend};
pub use terms::{Group, Term};
pub use weekend::{Circuit, Driver, Ending, Entrant, Finisher, Team};
