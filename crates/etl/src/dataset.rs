//! The weekends that forecasts are made from, past and future, with the results of each session.

mod read;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use model::qualifying::SegmentTimes;
use schema::{CircuitId, Contest, DriverId, EventFormat, LineageId, RaceId, ResultStatus, TeamId};

pub use self::read::read;

/// A car's place in a published list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ListedPlace {
    /// Position in the list as published, from one.
    pub order: i16,
    /// Published place; `None` from the pit lane or if unclassified.
    pub position: Option<i16>,
}

/// A car in qualifying.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Qualifying {
    /// Place in the classification.
    pub place: ListedPlace,
    /// Best times of Q1, Q2 and Q3, ms. Formats with one time have it first.
    pub segments: SegmentTimes,
}

/// A car's result.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Finish {
    /// Position in the result as published, from one for the winner.
    pub order: i16,
    /// Whether the car is classified.
    pub classified: bool,
    /// How the race ended for the car.
    pub status: ResultStatus,
    /// Whether a reason for retiring was published.
    pub broke_down: bool,
    /// Championship points scored.
    pub points: f64,
    /// Gap to the winner as a share of the race; `None` if unknown or not classified.
    pub gap: Option<f64>,
    /// Log gap of its fastest lap to the fastest lap of the race; `None` if unknown.
    pub fastest_lap_gap: Option<f64>,
}

/// A car of a contest, with its results in each session.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Car {
    /// The driver.
    pub driver: DriverId,
    /// Alphabetical rank of the driver's key: an order independent of the weekend.
    pub rank: i32,
    /// The team.
    pub team: TeamId,
    /// The lineage of the team, which stays the same when the team changes its name.
    pub lineage: LineageId,
    /// The result of the session that set the grid.
    pub qualifying: Option<Qualifying>,
    /// Place in the sprint of the weekend.
    pub sprint_place: Option<i16>,
    /// Place on the official starting grid.
    pub grid: Option<ListedPlace>,
    /// The result of the race.
    pub finish: Option<Finish>,
}

/// The times of a practice session.
#[derive(Debug, Clone, Default)]
pub struct Practice {
    /// Log gap of each driver to the fastest lap, reserve drivers included; empty if the session did not take place.
    pub gaps: HashMap<DriverId, f64>,
    /// The cars that set a time.
    pub cars: Vec<Car>,
    /// The fastest lap, ms.
    pub best_ms: Option<f64>,
}

/// A weekend of the calendar.
#[derive(Debug, Clone)]
pub struct Weekend {
    /// The id of the Grand Prix.
    pub race: RaceId,
    /// Season.
    pub year: i16,
    /// Round.
    pub round: i16,
    /// The circuit.
    pub circuit: CircuitId,
    /// The event format, which determines the order of sessions.
    pub format: EventFormat,
    /// Scheduled start of the Grand Prix; midnight UTC if only the day is known.
    pub starts_at: DateTime<Utc>,
    /// Scheduled start of the sprint; `None` without a sprint.
    pub sprint_starts_at: Option<DateTime<Utc>>,
    /// The practice sessions.
    pub practice: [Practice; 3],
    /// The season's entries without test drivers, in a season that has no result yet; else empty.
    pub entered: Vec<Car>,
    /// The cars of the Grand Prix.
    pub grand_prix: Vec<Car>,
    /// The cars of the sprint.
    pub sprint: Vec<Car>,
}

impl Weekend {
    /// The cars of one contest.
    #[must_use]
    pub fn cars(&self, contest: Contest) -> &[Car] {
        match contest {
            Contest::GrandPrix => &self.grand_prix,
            Contest::Sprint => &self.sprint,
        }
    }

    /// The cars in the result of one contest, in the published order; empty before the race.
    #[must_use]
    pub fn result(&self, contest: Contest) -> Vec<(&Car, Finish)> {
        let mut result: Vec<_> = self
            .cars(contest)
            .iter()
            .filter_map(|car| Some((car, car.finish?)))
            .collect();
        result.sort_by_key(|(_, finish)| finish.order);
        result
    }

    /// The scheduled start of one contest; `None` for the sprint of a weekend without one.
    #[must_use]
    pub const fn start(&self, contest: Contest) -> Option<DateTime<Utc>> {
        match contest {
            Contest::GrandPrix => Some(self.starts_at),
            Contest::Sprint => self.sprint_starts_at,
        }
    }
}
