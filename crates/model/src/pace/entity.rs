//! Teams and drivers as the filter models them: priors of their states, and how fast these may change.

use crate::weekend::{Driver, Team, rules_changed};

/// Prior of the states of one kind of entity, and the variances of their random walks. In per cent of lap time and per
/// cent squared.
pub(super) struct Prior {
    /// Mean of the lasting pace.
    pub(super) mean: f64,
    /// Variances of the lasting pace and of race minus one-lap pace.
    pub(super) variance: [f64; 2],
    /// Added to both variances before every race.
    pub(super) per_race: [f64; 2],
    /// Variance of the deviation of one weekend.
    pub(super) weekend: f64,
}

const TEAM: Prior = Prior {
    mean: 2.0,
    variance: [0.4, 0.0015],
    per_race: [0.002, 0.00075],
    weekend: 0.01,
};
const DRIVER: Prior = Prior {
    mean: 0.15,
    variance: [0.003, 0.012],
    per_race: [0.00006, 0.00013],
    weekend: 0.03,
};

/// A team lineage or a driver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Entity {
    Team(Team),
    Driver(Driver),
}

impl Entity {
    pub(super) const fn prior(self) -> &'static Prior {
        match self {
            Self::Team(_) => &TEAM,
            Self::Driver(_) => &DRIVER,
        }
    }

    /// Before the first race of season `year`: the share of its distance to the level that the lasting pace keeps, and the
    /// variance that is added to it.
    pub(super) const fn winter(self, year: i16) -> (f64, f64) {
        match (self, rules_changed(year)) {
            (Self::Team(_), true) => (0.8, 1.0),
            (Self::Team(_), false) => (0.9, 0.2),
            (Self::Driver(_), _) => (0.9, 0.005),
        }
    }
}
