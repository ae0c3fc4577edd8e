//! The models this crate knows, as data.

use crate::features::Term;

/// A part of the final distribution: the same strengths at another scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Component {
    /// Its share; the shares of a mixture sum to one.
    pub weight: f64,
    /// What strengths are multiplied with: above one a more orderly race, below one a chaotic one.
    pub scale: f64,
}

/// A model: which terms, how the past is weighted, how strengths become a distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Specification {
    /// Its name in the database, the API and the backtest.
    pub name: &'static str,
    /// Changes whenever its forecasts would.
    pub version: &'static str,
    /// The linear predictor.
    pub terms: &'static [Term],
    /// A race this many years back weighs half.
    pub half_life_years: f64,
    /// Ridge penalty on every coefficient.
    pub ridge: f64,
    /// The first season of the training data.
    pub first_season: i16,
    /// The mixture.
    pub mixture: &'static [Component],
}

const PLAIN: &[Component] = &[Component {
    weight: 1.0,
    scale: 1.0,
}];

/// Worst-first Plackett–Luce on the grid and the qualifying gap, with a constant retirement rate: the first honest
/// model, and the baseline that later ones have to beat.
pub const GRID_AND_GAP: Specification = Specification {
    name: "grid-and-gap",
    version: "1",
    terms: &[
        Term::LogGrid,
        Term::GridPlace,
        Term::Pole,
        Term::PitLane,
        Term::QualifyingGap,
        Term::NoQualifyingTime,
    ],
    half_life_years: 8.0,
    ridge: 20.0,
    first_season: 1998,
    mixture: PLAIN,
};

/// The same on the grid alone: what "pole wins" is worth as probabilities.
pub const GRID: Specification = Specification {
    name: "grid",
    terms: &[Term::LogGrid, Term::GridPlace, Term::Pole, Term::PitLane],
    ..GRID_AND_GAP
};
