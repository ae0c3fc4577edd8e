//! Who takes part in a race and how it ended: the input that the state of the model learns from.

/// A driver, identified by any stable number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Driver(pub i32);

/// A team lineage, identified by any stable number. A team that changes its name keeps its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Team(pub i32);

/// A circuit, identified by any stable number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Circuit(pub i32);

/// A driver in the car of a team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entrant {
    /// The driver.
    pub driver: Driver,
    /// The team.
    pub team: Team,
}

/// How a race ended for a car.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CarOutcome {
    /// Has a place in the classification.
    Classified,
    /// Stopped, or finished too far behind to be classified.
    Retired,
    /// On the grid, but did not start.
    NotStarted,
    /// Removed from the classification. Counts neither for strength nor for reliability.
    Disqualified,
}

/// A car in the result of a race.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CarResult {
    /// The car.
    pub entrant: Entrant,
    /// How the race ended for it.
    pub outcome: CarOutcome,
    /// Whether a reason for retiring was published; the car may be classified all the same.
    pub broke_down: bool,
    /// Gap to the winner as a share of the winner's race time; `None` if unknown or not classified.
    pub gap: Option<f64>,
    /// Log gap of its fastest lap to the fastest lap of the race; `None` if unknown.
    pub fastest_lap_gap: Option<f64>,
}

/// Whether the technical rules of a season changed so much that the order of the teams was open again.
pub(crate) const fn rules_changed(year: i16) -> bool {
    matches!(year, 1998 | 2005 | 2009 | 2014 | 2017 | 2022 | 2026)
}
