//! The models of this crate, as data.

use crate::terms::Term;

/// A component of the final mixture: the same strengths at another scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Component {
    /// Its weight; the weights of a mixture sum to one.
    pub weight: f64,
    /// Factor on the strengths. Above 1 the race follows them more closely, below 1 it is more chaotic.
    pub scale: f64,
}

/// A model: its terms, the weighting of past races, and how strengths become a distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Specification {
    /// The name in the database, the API and the backtest.
    pub name: &'static str,
    /// Changes whenever the forecasts would.
    pub version: &'static str,
    /// The linear predictor: each term with the coefficient that Newton's method starts from. The optimum does not depend
    /// on the start; one nearby saves steps.
    pub terms: &'static [(Term, f64)],
    /// A race this many years back has half the weight.
    pub half_life_years: f64,
    /// Ridge penalty: the log-likelihood is reduced by half of this times the sum of the squared coefficients.
    pub ridge: f64,
    /// First season of the training data.
    pub first_season: i16,
    /// The mixture of a Grand Prix. A sprint has no mixture, but a scale of its own.
    pub mixture: &'static [Component],
}

/// A mixture in which most races are more orderly than the likelihood says and some are chaotic.
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

/// The model in service, after qualifying: worst-first Plackett–Luce on the grid, the estimated pace of car and driver,
/// ratings, form and practice.
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

/// The race model of a two-stage forecast: that of [`R2`], fitted to the pace of the open filter and applied to simulated
/// grids.
pub const TWO_STAGE: Specification = Specification {
    name: "two_stage",
    ..R2
};

/// The model in service before qualifying: practice is known, the grid is not.
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

/// The model in service before the weekend: only earlier races are known.
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

/// Baseline: the same likelihood on the grid place and the qualifying gap.
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

/// Baseline: the same likelihood on the grid place alone.
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

/// Baseline: Elo ratings of the drivers, with a fitted coefficient.
pub const ELO: Specification = Specification {
    name: "elo",
    version: "1",
    terms: &[(Term::Elo, 0.5)],
    ..GRID_AND_GAP
};
