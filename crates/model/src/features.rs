//! What the model is told of a car, and the terms of the linear predictor made of it.

/// A qualifying gap above this (4 %) says no more than this much.
const LARGEST_GAP: f64 = 0.04;
/// Stands for a missing gap; its own term absorbs what missing means.
const MISSING_GAP: f64 = 0.02;

/// Named inputs of one car, from what was known at the moment of the forecast.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Features {
    /// Place among the field, 1 to n, pit-lane starters last.
    pub place: u16,
    /// Starts from the pit lane.
    pub pit_lane: bool,
    /// Log gap to the best qualifying time ([`crate::qualifying::gaps`]); `None` without a time.
    pub qualifying_gap: Option<f64>,
}

impl Features {
    /// Minus the logarithm of the place.
    #[must_use]
    pub fn log_grid(&self) -> f64 {
        -f64::from(self.place).ln()
    }

    /// Minus the places behind the first, in tens.
    #[must_use]
    pub fn grid_place(&self) -> f64 {
        -(f64::from(self.place) - 1.0) / 10.0
    }
}

/// A term of the linear predictor: each is larger for the stronger car, so coefficients are mostly positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Term {
    /// Minus the logarithm of the place on the grid.
    LogGrid,
    /// Minus tenths of the places behind the first.
    GridPlace,
    /// First on the grid.
    Pole,
    /// Starts from the pit lane.
    PitLane,
    /// Minus the qualifying gap in per cent, capped at 4.
    QualifyingGap,
    /// Set no qualifying time.
    NoQualifyingTime,
}

/// Terms that a reader understands together; features are correlated, so single coefficients mislead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Where the car starts.
    Grid,
    /// How fast it was in qualifying.
    Qualifying,
}

impl Group {
    /// Its name in stored contributions and in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Grid => "grid",
            Self::Qualifying => "qualifying",
        }
    }
}

impl Term {
    /// Its name in stored fits.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LogGrid => "log_grid",
            Self::GridPlace => "grid_place",
            Self::Pole => "pole",
            Self::PitLane => "pit_lane",
            Self::QualifyingGap => "qualifying_gap",
            Self::NoQualifyingTime => "no_qualifying_time",
        }
    }

    /// The group it is explained in.
    #[must_use]
    pub const fn group(self) -> Group {
        match self {
            Self::LogGrid | Self::GridPlace | Self::Pole | Self::PitLane => Group::Grid,
            Self::QualifyingGap | Self::NoQualifyingTime => Group::Qualifying,
        }
    }

    /// Its value for a car.
    #[must_use]
    pub fn value(self, car: &Features) -> f64 {
        match self {
            Self::LogGrid => car.log_grid(),
            Self::GridPlace => car.grid_place(),
            Self::Pole => f64::from(u8::from(car.place == 1)),
            Self::PitLane => f64::from(u8::from(car.pit_lane)),
            Self::QualifyingGap => {
                -100.0 * car.qualifying_gap.unwrap_or(MISSING_GAP).min(LARGEST_GAP)
            }
            Self::NoQualifyingTime => f64::from(u8::from(car.qualifying_gap.is_none())),
        }
    }
}
