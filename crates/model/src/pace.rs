//! The pace of teams and drivers: one Kalman filter over all of them.
//!
//! Each team lineage and each driver has three states, in per cent of lap time, lower is faster: the lasting pace, the
//! difference between race pace and one-lap pace, and a deviation of this weekend only. A car's pace is the sum over its
//! team and its driver. The cars of a session are observed as one block with a free intercept: only differences between
//! them count.

mod entity;
#[cfg(test)]
mod tests;
mod update;

use std::collections::{HashMap, HashSet};

use nalgebra::{DMatrix, DVector};

use self::entity::Entity;
use crate::{median::median, weekend::Entrant};

/// States of an entity: lasting pace, race minus one-lap pace, deviation of this weekend.
const STATES_PER_ENTITY: usize = 3;
/// States that sum to a car's one-lap pace: the lasting pace and the deviation of this weekend, of team and driver.
const ONE_LAP_STATES: usize = 4;
/// Gaps (per cent) are capped at this.
const MAX_GAP: f64 = 6.0;
/// Seasons after which a team or driver that does not race is dropped.
const SEASONS_REMEMBERED: i16 = 2;

/// The kinds of session that the filter distinguishes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum SessionKind {
    /// A practice session.
    Practice,
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
#[derive(Debug, Clone, Default)]
pub(crate) struct PaceFilter {
    /// Teams and drivers in the order of their states, each with the season it last raced in.
    entities: Vec<(Entity, i16)>,
    /// Position of each team and driver in `entities`.
    index: HashMap<Entity, usize>,
    mean: DVector<f64>,
    covariance: DMatrix<f64>,
}

impl PaceFilter {
    /// Moves to the first race of `year`; the last race was in the season `previous`.
    pub(crate) fn start_season(&mut self, year: i16, previous: i16) {
        let level = self.level(previous);
        self.forget(year - SEASONS_REMEMBERED);
        for (slot, (entity, _)) in self.entities.iter().enumerate() {
            let (keep, added) = entity.winter(year);
            let towards = match entity {
                Entity::Team(_) => level,
                Entity::Driver(_) => 0.0,
            };
            let state = slot * STATES_PER_ENTITY;
            self.mean[state] = towards + keep * (self.mean[state] - towards);
            self.covariance.row_mut(state).scale_mut(keep);
            self.covariance.column_mut(state).scale_mut(keep);
            self.covariance[(state, state)] += added;
        }
    }

    /// Median lasting pace of the teams of a season.
    fn level(&self, season: i16) -> f64 {
        let mut paces: Vec<f64> = self
            .entities
            .iter()
            .enumerate()
            .filter(|(_, (entity, seen))| matches!(entity, Entity::Team(_)) && *seen == season)
            .map(|(slot, _)| self.mean[slot * STATES_PER_ENTITY])
            .collect();
        median(&mut paces).unwrap_or(0.0)
    }

    /// Drops teams and drivers that last raced before season `before`.
    fn forget(&mut self, before: i16) {
        let kept: Vec<usize> = (0..self.entities.len())
            .filter(|slot| self.entities[*slot].1 >= before)
            .collect();
        if kept.len() == self.entities.len() {
            return;
        }
        let states: Vec<usize> = kept
            .iter()
            .flat_map(|slot| slot * STATES_PER_ENTITY..(slot + 1) * STATES_PER_ENTITY)
            .collect();
        self.mean = self.mean.select_rows(&states);
        self.covariance = self.covariance.select_rows(&states).select_columns(&states);
        self.entities = kept.iter().map(|slot| self.entities[*slot]).collect();
        self.index = self
            .entities
            .iter()
            .enumerate()
            .map(|(slot, (entity, _))| (*entity, slot))
            .collect();
    }

    /// Moves to a weekend of `year`: adds new teams and drivers of `field`, and increases the variance of all states by what
    /// may have changed since the last race.
    pub(crate) fn start_weekend(&mut self, field: &[Entrant], year: i16) {
        let teams = field.iter().map(|entrant| Entity::Team(entrant.team));
        let drivers = field.iter().map(|entrant| Entity::Driver(entrant.driver));
        self.add_entities(teams.chain(drivers), year);
        for (slot, (entity, _)) in self.entities.iter().enumerate() {
            let prior = entity.prior();
            let state = slot * STATES_PER_ENTITY;
            for (part, added) in prior.per_race.into_iter().enumerate() {
                self.covariance[(state + part, state + part)] += added;
            }
            let weekend = state + STATES_PER_ENTITY - 1;
            self.mean[weekend] = 0.0;
            self.covariance.row_mut(weekend).fill(0.0);
            self.covariance.column_mut(weekend).fill(0.0);
            self.covariance[(weekend, weekend)] = prior.weekend;
        }
    }

    /// Adds those of `entities` that are new, with their priors, and marks all of them as racing in `year`.
    fn add_entities(&mut self, entities: impl Iterator<Item = Entity>, year: i16) {
        let known = self.entities.len();
        for entity in entities {
            let slot = *self.index.entry(entity).or_insert(self.entities.len());
            match self.entities.get_mut(slot) {
                Some((_, seen)) => *seen = year,
                None => self.entities.push((entity, year)),
            }
        }
        let states = self.entities.len() * STATES_PER_ENTITY;
        self.mean.resize_vertically_mut(states, 0.0);
        self.covariance.resize_mut(states, states, 0.0);
        for (slot, (entity, _)) in self.entities.iter().enumerate().skip(known) {
            let prior = entity.prior();
            let state = slot * STATES_PER_ENTITY;
            self.mean[state] = prior.mean;
            for (part, variance) in prior.variance.into_iter().enumerate() {
                self.covariance[(state + part, state + part)] = variance;
            }
        }
    }

    /// Updates the states with the gaps of a session, in per cent of lap time behind the best. Cars outside the field are
    /// ignored, and so are sessions with too few cars.
    pub(crate) fn observe(&mut self, session: SessionKind, gaps: &[(Entrant, f64)]) {
        let observation = session.observation();
        let parts = match session {
            SessionKind::Race => 2 * STATES_PER_ENTITY,
            SessionKind::Practice | SessionKind::Qualifying { .. } => ONE_LAP_STATES,
        };
        let mut cars = HashSet::new();
        let known: Vec<([usize; 2 * STATES_PER_ENTITY], f64)> = gaps
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
            .map(|(states, gap)| (&states[..parts], (gap - level).min(MAX_GAP)))
            .collect();
        self.update(&rows, observation.variance);
    }

    /// Indices of the states that sum to a car's race pace. The first [`ONE_LAP_STATES`] of them sum to its one-lap pace.
    fn states(&self, entrant: Entrant) -> Option<[usize; 2 * STATES_PER_ENTITY]> {
        let team = self.index.get(&Entity::Team(entrant.team))? * STATES_PER_ENTITY;
        let driver = self.index.get(&Entity::Driver(entrant.driver))? * STATES_PER_ENTITY;
        Some([team, driver, team + 2, driver + 2, team + 1, driver + 1])
    }

    /// The estimated pace of a car; `None` if its team or driver is unknown.
    pub(crate) fn estimate(&self, entrant: Entrant) -> Option<PaceEstimate> {
        let states = self.states(entrant)?;
        let sum = |of: &[usize]| -> f64 { of.iter().map(|at| self.mean[states[*at]]).sum() };
        Some(PaceEstimate {
            car: sum(&[0, 2, 4]),
            driver: sum(&[1, 3, 5]),
            variance: self.variance(&states).max(0.0),
            one_lap_car: sum(&[0, 2]),
            one_lap_driver: sum(&[1, 3]),
            driver_lasting: sum(&[1]),
        })
    }

    /// Standard deviation of each car's race pace relative to the mean of `field`; 0 for a car whose team or driver is
    /// unknown.
    pub(crate) fn deviations(&self, field: &[Entrant]) -> Vec<f64> {
        let known: Vec<(usize, [usize; 2 * STATES_PER_ENTITY])> = field
            .iter()
            .enumerate()
            .filter_map(|(place, entrant)| Some((place, self.states(*entrant)?)))
            .collect();
        let n = known.len() as f64;
        let mut mean = DVector::<f64>::zeros(self.mean.len());
        for state in known.iter().flat_map(|(_, states)| states) {
            mean[*state] += 1.0 / n;
        }
        let spread = &self.covariance * &mean;
        let of_mean = mean.dot(&spread);
        let mut deviations = vec![0.0; field.len()];
        for (place, states) in known {
            let with_mean: f64 = states.iter().map(|state| spread[*state]).sum();
            let own = self.variance(&states);
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
