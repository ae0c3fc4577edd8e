//! The pace of teams and drivers: one Kalman filter over all of them.
//!
//! Each team lineage and each driver has three states, in per cent of lap time, lower is faster: the lasting pace, the
//! difference between race pace and one-lap pace, and a deviation of this weekend only. A filter may have one more for
//! each driver in each team's car. A car's pace is the sum over its team and its driver. The cars of a session are
//! observed as one block with a free intercept: only differences between them count.

mod entity;
mod outlook;
mod parameters;
#[cfg(test)]
mod tests;
mod update;

use std::collections::{HashMap, HashSet};

use nalgebra::{DMatrix, DVector};

use self::entity::{CarStates, Entity, STATES, Slot};
pub use self::outlook::QualifyingOutlook;
pub(crate) use self::parameters::{OPEN, Parameters, STEADY};
use crate::{median::median, weekend::Entrant};

/// Seasons after which a team or driver that does not race is dropped.
const SEASONS_REMEMBERED: i16 = 2;

/// The kinds of session that the filter distinguishes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum SessionKind {
    /// A practice session.
    Practice,
    /// Sprint qualifying before qualifying.
    SprintQualifying,
    /// The session that sets the grid.
    Qualifying {
        /// Whether the track was much slower than in practice: the order then says less about pace.
        wet: bool,
    },
    /// The race.
    Race,
}

impl SessionKind {
    const fn observation(self) -> Observation {
        let (min_cars, reference_cars, variance) = match self {
            Self::Practice => (8, Some(3), 0.3),
            Self::SprintQualifying => (8, None, 0.15),
            Self::Qualifying { wet: false } => (5, None, 0.075),
            Self::Qualifying { wet: true } => (5, None, 0.6),
            Self::Race => (6, Some(5), 0.15),
        };
        Observation {
            min_cars,
            reference_cars,
            variance,
        }
    }
}

/// How a session is observed.
struct Observation {
    /// Sessions with fewer cars than this are ignored.
    min_cars: usize,
    /// Gaps are measured from the mean of this many of the quickest; from the best if `None`.
    reference_cars: Option<usize>,
    /// Noise variance of one car's gap, per cent squared.
    variance: f64,
}

/// The estimated pace of a car, in per cent of lap time, lower is faster.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct PaceEstimate {
    /// The team's part of the race pace.
    pub car: f64,
    /// The driver's part of the race pace.
    pub driver: f64,
    /// Variance of the race pace.
    pub variance: f64,
    /// The team's part of the one-lap pace.
    pub one_lap_car: f64,
    /// The driver's part of the one-lap pace.
    pub one_lap_driver: f64,
    /// The driver's lasting pace alone.
    pub driver_lasting: f64,
}

impl PaceEstimate {
    /// Race pace of car and driver together.
    #[must_use]
    pub fn race(&self) -> f64 {
        self.car + self.driver
    }
}

/// The joint normal distribution of the states of every team and driver.
#[derive(Debug, Clone)]
pub(crate) struct PaceFilter {
    parameters: &'static Parameters,
    /// In the order of their states.
    slots: Vec<Slot>,
    /// Position of each entity in `slots`.
    index: HashMap<Entity, usize>,
    mean: DVector<f64>,
    covariance: DMatrix<f64>,
}

impl PaceFilter {
    /// A filter that knows nobody.
    pub(crate) fn new(parameters: &'static Parameters) -> Self {
        Self {
            parameters,
            slots: Vec::new(),
            index: HashMap::new(),
            mean: DVector::zeros(0),
            covariance: DMatrix::zeros(0, 0),
        }
    }

    /// Moves to the first race of `year`; the last race was in the season `previous`.
    pub(crate) fn start_season(&mut self, year: i16, previous: i16) {
        let level = self.level(previous);
        self.forget(year - SEASONS_REMEMBERED);
        for slot in &self.slots {
            let (winter, towards) = match slot.entity {
                Entity::Team(_) => (self.parameters.team.winter(year), level),
                Entity::Driver(_) => (self.parameters.driver.winter(year), 0.0),
                Entity::DriverInCar(..) => continue,
            };
            let state = slot.first;
            self.mean[state] = towards + winter.keep * (self.mean[state] - towards);
            self.covariance.row_mut(state).scale_mut(winter.keep);
            self.covariance.column_mut(state).scale_mut(winter.keep);
            self.covariance[(state, state)] += winter.added;
        }
    }

    /// Median lasting pace of the teams of a season.
    fn level(&self, season: i16) -> f64 {
        let mut paces: Vec<f64> = self
            .slots
            .iter()
            .filter(|slot| matches!(slot.entity, Entity::Team(_)) && slot.seen == season)
            .map(|slot| self.mean[slot.first])
            .collect();
        median(&mut paces).unwrap_or(0.0)
    }

    /// Drops teams and drivers that last raced before season `before`, and what drivers gained in the cars of last season.
    fn forget(&mut self, before: i16) {
        let lasts =
            |slot: &&Slot| slot.seen >= before && !matches!(slot.entity, Entity::DriverInCar(..));
        let kept: Vec<Slot> = self.slots.iter().filter(lasts).copied().collect();
        if kept.len() == self.slots.len() {
            return;
        }
        let states: Vec<usize> = kept
            .iter()
            .flat_map(|slot| slot.first..slot.first + slot.entity.states())
            .collect();
        self.mean = self.mean.select_rows(&states);
        self.covariance = self.covariance.select_rows(&states).select_columns(&states);
        self.slots.clear();
        self.index.clear();
        for slot in kept {
            self.push(slot.entity, slot.seen);
        }
    }

    /// Appends an entity; its states follow those of the entities before it.
    fn push(&mut self, entity: Entity, seen: i16) {
        let first = self.states_of_slots();
        self.index.insert(entity, self.slots.len());
        self.slots.push(Slot {
            entity,
            seen,
            first,
        });
    }

    fn states_of_slots(&self) -> usize {
        self.slots
            .last()
            .map_or(0, |slot| slot.first + slot.entity.states())
    }

    /// Moves to a weekend of `year`: adds new teams and drivers of `field`, and increases the variance of all states by what
    /// may have changed since the last race.
    pub(crate) fn start_weekend(&mut self, field: &[Entrant], year: i16) {
        let teams = field.iter().map(|car| Entity::Team(car.team));
        let drivers = field.iter().map(|car| Entity::Driver(car.driver));
        let in_cars = field
            .iter()
            .filter(|_| self.parameters.driver_in_car.is_some())
            .map(|car| Entity::DriverInCar(car.driver, car.team));
        self.add_entities(teams.chain(drivers).chain(in_cars), year);
        for slot in &self.slots {
            let prior = match slot.entity {
                Entity::Team(_) => &self.parameters.team,
                Entity::Driver(_) => &self.parameters.driver,
                Entity::DriverInCar(..) => continue,
            };
            for (part, added) in prior.per_race.into_iter().enumerate() {
                self.covariance[(slot.first + part, slot.first + part)] += added;
            }
            let weekend = slot.first + STATES - 1;
            self.mean[weekend] = 0.0;
            self.covariance.row_mut(weekend).fill(0.0);
            self.covariance.column_mut(weekend).fill(0.0);
            self.covariance[(weekend, weekend)] = prior.weekend;
        }
    }

    /// Adds those of `entities` that are new, with their priors, and marks all of them as racing in `year`.
    fn add_entities(&mut self, entities: impl Iterator<Item = Entity>, year: i16) {
        let known = self.slots.len();
        for entity in entities {
            match self.index.get(&entity) {
                Some(slot) => self.slots[*slot].seen = year,
                None => self.push(entity, year),
            }
        }
        let states = self.states_of_slots();
        self.mean.resize_vertically_mut(states, 0.0);
        self.covariance.resize_mut(states, states, 0.0);
        for slot in &self.slots[known..] {
            let prior = match slot.entity {
                Entity::Team(_) => &self.parameters.team,
                Entity::Driver(_) => &self.parameters.driver,
                Entity::DriverInCar(..) => {
                    let variance = self.parameters.driver_in_car.unwrap_or_default();
                    self.covariance[(slot.first, slot.first)] = variance;
                    continue;
                }
            };
            self.mean[slot.first] = prior.mean;
            for (part, variance) in prior.variance.into_iter().enumerate() {
                self.covariance[(slot.first + part, slot.first + part)] = variance;
            }
        }
    }

    /// Updates the states with the gaps of a session, in per cent of lap time behind the best. Cars outside the field are
    /// ignored, and so are sessions with too few cars.
    pub(crate) fn observe(&mut self, session: SessionKind, gaps: &[(Entrant, f64)]) {
        let observation = session.observation();
        let mut cars = HashSet::new();
        let known: Vec<(CarStates, f64)> = gaps
            .iter()
            .filter(|(entrant, gap)| gap.is_finite() && cars.insert(*entrant))
            .filter_map(|(entrant, gap)| Some((self.states(*entrant)?, *gap)))
            .collect();
        if known.len() < observation.min_cars {
            return;
        }
        let level = observation.reference_cars.map_or(0.0, |count| {
            let mut sorted: Vec<f64> = known.iter().map(|(_, gap)| *gap).collect();
            sorted.sort_by(f64::total_cmp);
            sorted[..count].iter().sum::<f64>() / count as f64
        });
        let rows: Vec<(&[usize], f64)> = known
            .iter()
            .map(|(car, gap)| {
                let states = match session {
                    SessionKind::Race => car.race(),
                    _ => car.one_lap(),
                };
                (states, (gap - level).min(self.parameters.max_gap))
            })
            .collect();
        self.update(&rows, observation.variance);
    }

    /// The states of a car; `None` if its team or driver is unknown.
    fn states(&self, car: Entrant) -> Option<CarStates> {
        let first = |entity| Some(self.slots[*self.index.get(&entity)?].first);
        Some(CarStates::new(
            first(Entity::Team(car.team))?,
            first(Entity::Driver(car.driver))?,
            first(Entity::DriverInCar(car.driver, car.team)),
        ))
    }

    /// The estimated pace of a car; `None` if its team or driver is unknown.
    pub(crate) fn estimate(&self, entrant: Entrant) -> Option<PaceEstimate> {
        let states = self.states(entrant)?;
        let sum = |of: &[usize]| -> f64 { of.iter().map(|state| self.mean[*state]).sum() };
        let CarStates { team, driver, .. } = states;
        let in_car = states.in_car.map_or(0.0, |state| self.mean[state]);
        Some(PaceEstimate {
            car: sum(&[team, team + 2, team + 1]),
            driver: sum(&[driver, driver + 2, driver + 1]) + in_car,
            variance: self.variance(states.race()).max(0.0),
            one_lap_car: sum(&[team, team + 2]),
            one_lap_driver: sum(&[driver, driver + 2]) + in_car,
            driver_lasting: self.mean[driver],
        })
    }

    /// Standard deviation of each car's race pace relative to the mean of `field`; 0 for a car whose team or driver is
    /// unknown.
    pub(crate) fn deviations(&self, field: &[Entrant]) -> Vec<f64> {
        let known: Vec<(usize, CarStates)> = field
            .iter()
            .enumerate()
            .filter_map(|(place, entrant)| Some((place, self.states(*entrant)?)))
            .collect();
        let n = known.len() as f64;
        let mut mean = DVector::<f64>::zeros(self.mean.len());
        for state in known.iter().flat_map(|(_, states)| states.race()) {
            mean[*state] += 1.0 / n;
        }
        let spread = &self.covariance * &mean;
        let of_mean = mean.dot(&spread);
        let mut deviations = vec![0.0; field.len()];
        for (place, states) in known {
            let with_mean: f64 = states.race().iter().map(|state| spread[*state]).sum();
            let own = self.variance(states.race());
            deviations[place] = (own - 2.0 * with_mean + of_mean).max(0.0).sqrt();
        }
        deviations
    }

    /// Variance of the sum of some states.
    fn variance(&self, states: &[usize]) -> f64 {
        let pairs = states
            .iter()
            .flat_map(|a| states.iter().map(move |b| (*a, *b)));
        pairs.map(|at| self.covariance[at]).sum()
    }
}
