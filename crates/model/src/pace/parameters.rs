//! The constants of the filter: priors of its states, and how fast these may change. In per cent of lap time and per cent
//! squared.

use crate::weekend::rules_changed;

/// The prior of the states of a team or a driver, and the variances of their random walks.
#[derive(Debug)]
pub(super) struct Prior {
    /// Mean of the lasting pace.
    pub(super) mean: f64,
    /// Variances of the lasting pace and of race minus one-lap pace.
    pub(super) variance: [f64; 2],
    /// Added to both variances before every race.
    pub(super) per_race: [f64; 2],
    /// Variance of the deviation of one weekend.
    pub(super) weekend: f64,
    /// What a winter does.
    pub(super) winter: Winter,
    /// What a winter does after which the rules are new.
    pub(super) rule_change: Winter,
}

/// What happens to the lasting pace before the first race of a season.
#[derive(Debug, Clone, Copy)]
pub(super) struct Winter {
    /// The share of its distance to the level that it keeps.
    pub(super) keep: f64,
    /// The variance that is added to it.
    pub(super) added: f64,
}

impl Prior {
    /// The winter before season `year`.
    pub(super) const fn winter(&self, year: i16) -> Winter {
        if rules_changed(year) {
            self.rule_change
        } else {
            self.winter
        }
    }
}

/// The constants of a filter.
#[derive(Debug)]
pub(crate) struct Parameters {
    pub(super) team: Prior,
    pub(super) driver: Prior,
    /// Variance of what a driver gains in one team's car and in no other, new every season; `None` for a filter without.
    pub(super) driver_in_car: Option<f64>,
    /// Gaps are capped at this.
    pub(super) max_gap: f64,
    /// Observations further off than this many standard deviations have their noise variance increased.
    pub(super) outlier_deviations: f64,
}

const TEAM: Prior = Prior {
    mean: 2.0,
    variance: [0.4, 0.0015],
    per_race: [0.002, 0.00075],
    weekend: 0.01,
    winter: Winter {
        keep: 0.9,
        added: 0.2,
    },
    rule_change: Winter {
        keep: 0.8,
        added: 1.0,
    },
};
const DRIVER: Prior = Prior {
    mean: 0.15,
    variance: [0.003, 0.012],
    per_race: [0.00006, 0.00013],
    weekend: 0.03,
    winter: Winter {
        keep: 0.9,
        added: 0.005,
    },
    rule_change: Winter {
        keep: 0.9,
        added: 0.005,
    },
};
const OPEN_WINTER: Winter = Winter {
    keep: 0.8,
    added: 0.015,
};

/// The filter of the race model: pace changes slowly.
pub(crate) static STEADY: Parameters = Parameters {
    team: TEAM,
    driver: DRIVER,
    driver_in_car: None,
    max_gap: 6.0,
    outlier_deviations: 2.5,
};

/// The filter of the forecasts before qualifying: less sure of drivers and of seasons to come, and quick to learn that a
/// driver gets on better or worse with a new car.
pub(crate) static OPEN: Parameters = Parameters {
    team: Prior {
        rule_change: Winter {
            keep: 0.6,
            added: 1.0,
        },
        ..TEAM
    },
    driver: Prior {
        variance: [0.03, 0.012],
        per_race: [0.0003, 0.00013],
        weekend: 0.015,
        winter: OPEN_WINTER,
        rule_change: OPEN_WINTER,
        ..DRIVER
    },
    driver_in_car: Some(0.02),
    max_gap: 4.0,
    outlier_deviations: 2.0,
};
