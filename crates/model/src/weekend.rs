//! Who takes part, and how a race went: what the state of the model is told.

/// A driver, by any stable number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Driver(pub i32);

/// A team lineage, by any stable number: a team that changes its name stays the same team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Team(pub i32);

/// A circuit, by any stable number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Circuit(pub i32);

/// A driver in the car of a team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entrant {
    /// Who.
    pub driver: Driver,
    /// For whom.
    pub team: Team,
}

/// How a race ended for a car.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// In the classification.
    Classified,
    /// Stopped or too far behind.
    Retired,
    /// Was on the grid and did not start.
    NotStarted,
    /// Taken out of the classification: says nothing about strength or reliability.
    Disqualified,
}

/// A car in the result of a race.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Finisher {
    /// Which car.
    pub entrant: Entrant,
    /// What became of it.
    pub ending: Ending,
    /// A reason to retire was published, though the car may have been classified.
    pub broke_down: bool,
    /// Behind the winner, as a share of the race; `None` where unknown or not classified.
    pub gap: Option<f64>,
    /// Log gap of its fastest lap to the fastest of the race.
    pub fastest_lap_gap: Option<f64>,
}

/// Seasons in which the technical rules changed so much that the order of teams was open again.
pub(crate) const fn rules_changed(year: i16) -> bool {
    matches!(year, 1998 | 2005 | 2009 | 2014 | 2017 | 2022 | 2026)
}
