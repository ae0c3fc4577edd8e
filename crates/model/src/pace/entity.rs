//! What the filter has states of.

use crate::weekend::{Driver, Team};

/// States of a team or a driver: lasting pace, race minus one-lap pace, deviation of this weekend.
pub(super) const STATES: usize = 3;

/// A team lineage, a driver, or a driver in the car of a team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Entity {
    Team(Team),
    Driver(Driver),
    DriverInCar(Driver, Team),
}

impl Entity {
    /// Number of states. A driver in a car has one, what the driver gains in this car.
    pub(super) const fn states(self) -> usize {
        match self {
            Self::Team(_) | Self::Driver(_) => STATES,
            Self::DriverInCar(..) => 1,
        }
    }
}

/// An entity in the filter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    pub(super) entity: Entity,
    /// The season it last raced in.
    pub(super) seen: i16,
    /// The index of its first state.
    pub(super) first: usize,
}

/// The indices of the states of which a car's pace is the sum.
#[derive(Debug, Clone, Copy)]
pub(super) struct CarStates {
    /// The first state of the team.
    pub(super) team: usize,
    /// The first state of the driver.
    pub(super) driver: usize,
    /// The state of the driver in this car, if the filter has one.
    pub(super) in_car: Option<usize>,
    /// Those of the one-lap pace, then those of the difference to race pace.
    all: [usize; 7],
}

impl CarStates {
    pub(super) fn new(team: usize, driver: usize, in_car: Option<usize>) -> Self {
        let mut all = [team, driver, team + 2, driver + 2, team + 1, driver + 1, 0];
        if let Some(in_car) = in_car {
            all[4..].copy_from_slice(&[in_car, team + 1, driver + 1]);
        }
        Self {
            team,
            driver,
            in_car,
            all,
        }
    }

    /// The states of the one-lap pace.
    pub(super) fn one_lap(&self) -> &[usize] {
        &self.all[..4 + usize::from(self.in_car.is_some())]
    }

    /// The states of the race pace.
    pub(super) fn race(&self) -> &[usize] {
        &self.all[..6 + usize::from(self.in_car.is_some())]
    }
}
