//! Features in, forecast out.
//!
//! Pure functions of data and a seed: no I/O, no clock. The same inputs give the same bits.
//!
//! [`State`] is what is known between two races and [`WeekendState`] what is known during a weekend;
//! [`features::of_field`] turns both into [`Features`]. A [`TrainingSet`] is the design matrix of past races.
//! [`TrainingSet::fit`] gives a [`Fit`], [`Fit::predict`] a [`Prediction`], and [`evaluate::score`] scores it.
//! [`title`] simulates the rest of a season.

pub mod baselines;
pub mod before_qualifying;
mod decaying_mean;
pub mod distribution;
mod elo;
pub mod evaluate;
pub mod features;
pub mod fit;
mod median;
pub mod pace;
pub mod predict;
pub mod qualifying;
mod ratings;
pub mod retirement;
pub mod specification;
pub mod state;
pub mod terms;
pub mod title;
pub mod training_set;
pub mod weekend;

pub use before_qualifying::{EarlyPrediction, ExpectedGrid};
pub use features::{Features, Starter};
pub use fit::{Fit, FitError};
pub use pace::{PaceEstimate, QualifyingOutlook};
pub use predict::{CarPrediction, Distance, PredictError, Prediction, RaceShape};
pub use specification::Specification;
pub use state::{Filter, State, WeekendState};
pub use terms::{Group, Term};
pub use training_set::{PastCar, PastRace, TrainingSet};
pub use weekend::{CarOutcome, CarResult, Circuit, Driver, Entrant, Team};
