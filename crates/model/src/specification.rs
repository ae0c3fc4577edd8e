//! The models this crate knows, as data.

use crate::terms::Term;

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
    /// The linear predictor: each term with the weight that the search for the best one starts from. The optimum does
    /// not depend on it; a start near it saves steps.
    pub terms: &'static [(Term, f64)],
    /// A race this many years back weighs half.
    pub half_life_years: f64,
    /// Ridge penalty on every coefficient.
    pub ridge: f64,
    /// The first season of the training data.
    pub first_season: i16,
    /// The mixture of a Grand Prix; a sprint is one orderly race with a scale of its own.
    pub mixture: &'static [Component],
}

/// Most races are more orderly than the likelihood says, some are chaotic.
const fn mostly_orderly(scale: f64) -> [Component; 2] {
    [
        Component {
            weight: 0.85,
            scale,
        },
        Component {
            weight: 0.15,
            scale: 0.5,
        },
    ]
}

/// The model in service, where qualifying is over: worst-first Plackett–Luce on the grid, the estimated pace of car and
/// driver, ratings, form and practice.
pub const R2: Specification = Specification {
    name: "r2",
    version: "1",
    terms: &[
        (Term::LogGrid, 0.9),
        (Term::DriverRating, 0.4),
        (Term::TeamRating, 0.3),
        (Term::FastestLapForm, 0.2),
        (Term::Practice1, 0.1),
        (Term::Practice2, 0.1),
        (Term::Practice3, 0.1),
        (Term::SprintPlace, 0.1),
        (Term::Pace, 0.8),
        (Term::SkillAtTheFront, 0.2),
    ],
    half_life_years: 8.0,
    ridge: 20.0,
    first_season: 1998,
    mixture: &mostly_orderly(1.25),
};

/// The same before qualifying: practice is known, the grid is not.
pub const R2_BEFORE_QUALIFYING: Specification = Specification {
    terms: &[
        (Term::DriverRating, 0.4),
        (Term::TeamRating, 0.3),
        (Term::FastestLapForm, 0.2),
        (Term::Pace, 0.8),
        (Term::SkillAtTheFront, 0.2),
        (Term::Practice1, 0.1),
        (Term::Practice2, 0.1),
        (Term::Practice3, 0.1),
    ],
    ..R2
};

/// The same before the weekend: form is all there is.
pub const R2_BEFORE_WEEKEND: Specification = Specification {
    terms: &[
        (Term::DriverRating, 0.4),
        (Term::TeamRating, 0.3),
        (Term::PointsForm, 0.1),
        (Term::FastestLapForm, 0.2),
        (Term::Pace, 0.4),
        (Term::OneLapPace, 0.4),
        (Term::SkillAtTheFront, 0.2),
    ],
    ..R2
};

/// Baseline: the same likelihood on the grid and the qualifying gap.
pub const GRID_AND_GAP: Specification = Specification {
    name: "grid_and_gap",
    version: "2",
    terms: &[
        (Term::LogGrid, 0.7),
        (Term::GridPlace, 0.3),
        (Term::Pole, 0.1),
        (Term::PitLane, 0.1),
        (Term::QualifyingGap, 0.5),
        (Term::NoQualifyingTime, 0.0),
    ],
    mixture: &mostly_orderly(1.15),
    ..R2
};

/// Baseline: the grid alone.
pub const GRID: Specification = Specification {
    name: "grid",
    terms: &[
        (Term::LogGrid, 1.0),
        (Term::GridPlace, 0.5),
        (Term::Pole, 0.1),
        (Term::PitLane, 0.1),
    ],
    ..GRID_AND_GAP
};

/// Baseline: Elo ratings of the drivers, their scale fitted.
pub const ELO: Specification = Specification {
    name: "elo",
    version: "1",
    terms: &[(Term::Elo, 0.5)],
    ..GRID_AND_GAP
};
