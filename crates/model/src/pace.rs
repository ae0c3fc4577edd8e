//! The pace of teams and drivers: one Kalman filter over all of them.
//!
//! Each team lineage and each driver has three parts, in per cent of lap time, lower is faster: what lasts, how much
//! more or less of it there is in the race than over one lap, and what is of this weekend only. A car's pace is the sum
//! over its team and its driver. Sessions are observed as a block, with a free intercept: only differences count.

use std::collections::{HashMap, HashSet};

use nalgebra::{Cholesky, DMatrix, DVector};

use crate::weekend::{Driver, Entrant, Team, rules_changed};

/// States of an entity: lasting pace, race minus one lap, this weekend.
const PARTS: usize = 3;
/// States of a car that count over one lap: the lasting ones and those of this weekend.
const ONE_LAP: usize = 4;
/// A gap above this, per cent, says no more than this much.
const LARGEST_GAP: f64 = 6.0;
/// Variance of the free intercept of a session.
const INTERCEPT: f64 = 25.0;
/// An observation this many standard deviations off is trusted less.
const OUTLIER: f64 = 2.5;
/// Seasons an entity is remembered without being seen.
const REMEMBERED: i16 = 2;

/// What the filter believes of one kind of entity before it has seen it, and how fast that may change.
struct Prior {
    /// Mean of the lasting part.
    mean: f64,
    /// Variances of the lasting part and of race minus one lap.
    variance: [f64; 2],
    /// Added to both before every race.
    per_race: [f64; 2],
    /// Variance of the part that is of one weekend.
    weekend: f64,
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

/// A session, as far as the filter tells them apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Session {
    /// A practice session.
    Practice,
    /// The session that sets the grid.
    Qualifying {
        /// On a track much slower than in practice: its order says less.
        wet: bool,
    },
    /// The race.
    Race,
}

impl Session {
    /// Fewest cars that say something, how many of the quickest set the level, variance of one car's gap.
    const fn observation(self) -> (usize, Option<usize>, f64) {
        match self {
            Self::Practice => (8, Some(3), 0.3),
            Self::Qualifying { wet: false } => (5, None, 0.075),
            Self::Qualifying { wet: true } => (5, None, 0.6),
            Self::Race => (6, Some(5), 0.15),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Entity {
    Team(Team),
    Driver(Driver),
}

impl Entity {
    const fn prior(self) -> &'static Prior {
        match self {
            Self::Team(_) => &TEAM,
            Self::Driver(_) => &DRIVER,
        }
    }

    /// At the first race of a season: the share of its distance to the level that an entity keeps, and the variance
    /// that the winter adds.
    const fn winter(self, year: i16) -> (f64, f64) {
        match (self, rules_changed(year)) {
            (Self::Team(_), true) => (0.8, 1.0),
            (Self::Team(_), false) => (0.9, 0.2),
            (Self::Driver(_), _) => (0.9, 0.005),
        }
    }
}

/// What the filter believes of a car.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The team's part of the race pace, per cent of lap time, lower is faster.
    pub car: f64,
    /// The driver's part.
    pub driver: f64,
    /// Variance of their sum.
    pub variance: f64,
    /// The team's part of the pace over one lap.
    pub one_lap_car: f64,
    /// The driver's part of it.
    pub one_lap_driver: f64,
    /// The driver's lasting part alone.
    pub driver_lasting: f64,
}

impl Estimate {
    /// Race pace of car and driver, per cent of lap time, lower is faster.
    #[must_use]
    pub fn race(&self) -> f64 {
        self.car + self.driver
    }
}

/// The joint belief over every team and driver.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    /// In the order of their states, with the season each was last seen.
    entities: Vec<(Entity, i16)>,
    index: HashMap<Entity, usize>,
    mean: DVector<f64>,
    covariance: DMatrix<f64>,
}

impl Filter {
    /// The first race of `year` is ahead; the race before was in `previous`.
    pub(crate) fn winter(&mut self, year: i16, previous: i16) {
        let level = self.level(previous);
        self.forget(year - REMEMBERED);
        for (slot, (entity, _)) in self.entities.iter().enumerate() {
            let (keep, added) = entity.winter(year);
            let towards = match entity {
                Entity::Team(_) => level,
                Entity::Driver(_) => 0.0,
            };
            let state = slot * PARTS;
            self.mean[state] = towards + keep * (self.mean[state] - towards);
            self.covariance.row_mut(state).scale_mut(keep);
            self.covariance.column_mut(state).scale_mut(keep);
            self.covariance[(state, state)] += added;
        }
    }

    /// The median lasting pace of the teams of a season.
    fn level(&self, season: i16) -> f64 {
        let mut paces: Vec<f64> = self
            .entities
            .iter()
            .enumerate()
            .filter(|(_, (entity, seen))| matches!(entity, Entity::Team(_)) && *seen == season)
            .map(|(slot, _)| self.mean[slot * PARTS])
            .collect();
        median(&mut paces).unwrap_or(0.0)
    }

    fn forget(&mut self, before: i16) {
        let kept: Vec<usize> = (0..self.entities.len())
            .filter(|slot| self.entities[*slot].1 >= before)
            .collect();
        if kept.len() == self.entities.len() {
            return;
        }
        let states: Vec<usize> = kept
            .iter()
            .flat_map(|slot| slot * PARTS..(slot + 1) * PARTS)
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

    /// A weekend of `year` begins for `field`: newcomers are added, all may have changed since the last race.
    pub(crate) fn open(&mut self, field: &[Entrant], year: i16) {
        let teams = field.iter().map(|entrant| Entity::Team(entrant.team));
        let drivers = field.iter().map(|entrant| Entity::Driver(entrant.driver));
        self.admit(teams.chain(drivers), year);
        for (slot, (entity, _)) in self.entities.iter().enumerate() {
            let prior = entity.prior();
            let state = slot * PARTS;
            for (part, added) in prior.per_race.into_iter().enumerate() {
                self.covariance[(state + part, state + part)] += added;
            }
            let weekend = state + PARTS - 1;
            self.mean[weekend] = 0.0;
            self.covariance.row_mut(weekend).fill(0.0);
            self.covariance.column_mut(weekend).fill(0.0);
            self.covariance[(weekend, weekend)] = prior.weekend;
        }
    }

    fn admit(&mut self, entities: impl Iterator<Item = Entity>, year: i16) {
        let known = self.entities.len();
        for entity in entities {
            let slot = *self.index.entry(entity).or_insert(self.entities.len());
            match self.entities.get_mut(slot) {
                Some((_, seen)) => *seen = year,
                None => self.entities.push((entity, year)),
            }
        }
        let states = self.entities.len() * PARTS;
        self.mean.resize_vertically_mut(states, 0.0);
        self.covariance.resize_mut(states, states, 0.0);
        for (slot, (entity, _)) in self.entities.iter().enumerate().skip(known) {
            let prior = entity.prior();
            let state = slot * PARTS;
            self.mean[state] = prior.mean;
            for (part, variance) in prior.variance.into_iter().enumerate() {
                self.covariance[(state + part, state + part)] = variance;
            }
        }
    }

    /// Learns from the gaps of a session, each in per cent of lap time behind the best; too few cars say nothing, and
    /// of cars that are not in the field nothing is believed.
    pub(crate) fn observe(&mut self, session: Session, gaps: &[(Entrant, f64)]) {
        let (fewest, quickest, variance) = session.observation();
        let parts = match session {
            Session::Race => 2 * PARTS,
            Session::Practice | Session::Qualifying { .. } => ONE_LAP,
        };
        let mut cars = HashSet::new();
        let known: Vec<([usize; 2 * PARTS], f64)> = gaps
            .iter()
            .filter(|(entrant, gap)| gap.is_finite() && cars.insert(*entrant))
            .filter_map(|(entrant, gap)| Some((self.states(*entrant)?, *gap)))
            .collect();
        if known.len() < fewest {
            return;
        }
        let level = quickest.map_or(0.0, |count| {
            let mut sorted: Vec<f64> = known.iter().map(|(_, gap)| *gap).collect();
            sorted.sort_by(f64::total_cmp);
            sorted[..count].iter().sum::<f64>() / count as f64
        });
        let rows: Vec<(&[usize], f64)> = known
            .iter()
            .map(|(states, gap)| (&states[..parts], (gap - level).min(LARGEST_GAP)))
            .collect();
        self.update(&rows, variance);
    }

    /// The states that sum to a car's race pace; the first [`ONE_LAP`] sum to its pace over one lap.
    fn states(&self, entrant: Entrant) -> Option<[usize; 2 * PARTS]> {
        let team = self.index.get(&Entity::Team(entrant.team))? * PARTS;
        let driver = self.index.get(&Entity::Driver(entrant.driver))? * PARTS;
        Some([team, driver, team + 2, driver + 2, team + 1, driver + 1])
    }

    /// One block update: each row sums some states to an observed value.
    fn update(&mut self, rows: &[(&[usize], f64)], variance: f64) {
        let (states, cars) = (self.mean.len(), rows.len());
        // Columns of `P A'`; `P` is symmetric, so its columns are its rows.
        let mut spread = DMatrix::zeros(states, cars);
        for (car, (row, _)) in rows.iter().enumerate() {
            let mut column = spread.column_mut(car);
            for state in *row {
                column += self.covariance.column(*state);
            }
        }
        let innovation = DVector::from_iterator(
            cars,
            rows.iter()
                .map(|(row, value)| value - row.iter().map(|state| self.mean[*state]).sum::<f64>()),
        );
        let mut system = DMatrix::from_fn(cars, cars, |a, b| {
            rows[a]
                .0
                .iter()
                .map(|state| spread[(*state, b)])
                .sum::<f64>()
        });
        let centre = median(&mut innovation.iter().copied().collect::<Vec<_>>()).unwrap_or(0.0);
        for car in 0..cars {
            let off = (innovation[car] - centre).abs() / (system[(car, car)] + variance).sqrt();
            let doubt = if off > OUTLIER {
                1.5 * (off / OUTLIER).powi(2)
            } else {
                1.0
            };
            system[(car, car)] += variance * doubt;
        }
        system.add_scalar_mut(INTERCEPT);
        // `S = A P A' + R + 25` is positive definite as long as all is finite; otherwise nothing is learned.
        let Some(factor) = Cholesky::new(system) else {
            return;
        };
        let lower = factor.l();
        let mut weighted = innovation;
        if !lower.solve_lower_triangular_mut(&mut weighted) {
            return;
        }
        // Rows of `L^-1 A P`, as columns.
        let mut reduced = spread;
        for car in 0..cars {
            let (done, rest) = reduced.as_mut_slice().split_at_mut(car * states);
            let column = &mut rest[..states];
            for (earlier, solved) in done.chunks_exact(states).enumerate() {
                let share = lower[(car, earlier)];
                for (value, other) in column.iter_mut().zip(solved) {
                    *value -= share * other;
                }
            }
            for value in column {
                *value /= lower[(car, car)];
            }
        }
        self.mean += &reduced * weighted;
        self.reduce(&reduced);
    }

    /// `P -= W W'`, the lower half computed and the upper half copied, so that `P` stays symmetric.
    fn reduce(&mut self, reduced: &DMatrix<f64>) {
        let states = self.mean.len();
        let covariance = self.covariance.as_mut_slice();
        for (column, target) in covariance.chunks_exact_mut(states).enumerate() {
            for car in reduced.as_slice().chunks_exact(states) {
                let factor = car[column];
                for (value, share) in target[column..].iter_mut().zip(&car[column..]) {
                    *value -= factor * share;
                }
            }
        }
        self.covariance.fill_upper_triangle_with_lower_triangle();
    }

    /// What is believed of a car; `None` if it is not of the field that the weekend was opened for.
    pub(crate) fn estimate(&self, entrant: Entrant) -> Option<Estimate> {
        let states = self.states(entrant)?;
        let sum = |of: &[usize]| -> f64 { of.iter().map(|at| self.mean[states[*at]]).sum() };
        Some(Estimate {
            car: sum(&[0, 2, 4]),
            driver: sum(&[1, 3, 5]),
            variance: self.variance(&states).max(0.0),
            one_lap_car: sum(&[0, 2]),
            one_lap_driver: sum(&[1, 3]),
            driver_lasting: sum(&[1]),
        })
    }

    /// Standard deviation of each car's race pace relative to the mean of `field`; 0 for a car of which nothing is
    /// believed.
    pub(crate) fn deviations(&self, field: &[Entrant]) -> Vec<f64> {
        let known: Vec<(usize, [usize; 2 * PARTS])> = field
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

    fn variance(&self, states: &[usize]) -> f64 {
        let pairs = states
            .iter()
            .flat_map(|a| states.iter().map(move |b| (*a, *b)));
        pairs.map(|at| self.covariance[at]).sum()
    }
}

/// The middle value, or the mean of the two in the middle.
pub(crate) fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    if values.len() % 2 == 1 {
        return Some(upper);
    }
    Some(f64::midpoint(values[values.len() / 2 - 1], upper))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field() -> [Entrant; 4] {
        [(1, 10), (2, 10), (3, 11), (4, 11)].map(|(driver, team)| Entrant {
            driver: Driver(driver),
            team: Team(team),
        })
    }

    fn assert_close(found: &[f64], expected: &[f64]) {
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-4, "{found} is not {expected}");
        }
    }

    /// Reads a block update with the smallest field, which `observe` would not take.
    fn learn(filter: &mut Filter, values: [f64; 4], parts: usize, variance: f64) {
        let states = field().map(|entrant| filter.states(entrant).unwrap());
        let rows: Vec<(&[usize], f64)> = states
            .iter()
            .zip(values)
            .map(|(states, value)| (&states[..parts], value))
            .collect();
        filter.update(&rows, variance);
    }

    #[test]
    fn two_new_teams_are_learned_from_qualifying_and_race() {
        let mut filter = Filter::default();
        filter.open(&field(), 2020);
        learn(&mut filter, [0.0, 0.2, 0.5, 0.6], ONE_LAP, 0.075);
        let estimates = field().map(|entrant| filter.estimate(entrant).unwrap());
        assert_close(
            &estimates.map(|car| car.race()),
            &[1.89701, 1.95820, 2.32610, 2.35670],
        );
        assert_close(&estimates.map(|car| car.variance), &[0.25554; 4]);
        assert_close(
            &estimates.map(|car| car.driver_lasting),
            &[0.14637, 0.15204, 0.14927, 0.15210],
        );
        learn(&mut filter, [0.0, 0.1, 0.9, 3.0], 2 * PARTS, 0.15);
        let paces = field().map(|entrant| filter.estimate(entrant).unwrap().race());
        assert_close(&paces, &[1.72502, 1.79356, 2.39250, 2.57724]);
        let team = |team| filter.index[&Entity::Team(Team(team))] * PARTS;
        assert_close(
            &[filter.mean[team(10)], filter.mean[team(11)]],
            &[1.66212, 2.28595],
        );
        assert_close(
            &[filter.mean[team(10) + 1], filter.mean[team(11) + 1]],
            &[-0.00826, 0.00813],
        );
    }

    #[test]
    fn a_level_shift_of_a_session_changes_nothing_but_the_level() {
        let gaps = |level: f64| -> Vec<(Entrant, f64)> {
            let more = (5..9).map(|n| Entrant {
                driver: Driver(n),
                team: Team(n / 2),
            });
            field()
                .into_iter()
                .chain(more)
                .enumerate()
                .map(|(place, entrant)| (entrant, level + 0.1 * place as f64))
                .collect()
        };
        let learned = |level: f64| {
            let cars: Vec<Entrant> = gaps(0.0).iter().map(|(entrant, _)| *entrant).collect();
            let mut filter = Filter::default();
            filter.open(&cars, 2020);
            filter.observe(Session::Practice, &gaps(level));
            cars.iter()
                .map(|car| filter.estimate(*car).unwrap().race())
                .collect::<Vec<_>>()
        };
        assert_close(&learned(3.0), &learned(0.0));
    }

    #[test]
    fn too_few_cars_and_strangers_say_nothing() {
        let mut filter = Filter::default();
        filter.open(&field(), 2020);
        let before = filter.mean.clone();
        let stranger = Entrant {
            driver: Driver(99),
            team: Team(99),
        };
        let gaps: Vec<(Entrant, f64)> = field().map(|entrant| (entrant, 0.5)).to_vec();
        filter.observe(Session::Practice, &gaps);
        filter.observe(Session::Practice, &[(stranger, 0.1); 9]);
        filter.observe(Session::Race, &[(field()[0], f64::NAN); 9]);
        assert_eq!(filter.mean, before);
        assert_eq!(filter.estimate(stranger), None);
    }
}
