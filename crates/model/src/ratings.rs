//! Ratings of drivers and teams from finishing orders: after every race, one gradient step on the log-likelihood of
//! worst-first Plackett–Luce (Powell 2023; see [`crate::fit`]).

use std::collections::HashMap;

use crate::weekend::{Driver, Entrant, Team, rules_changed};

/// A race with fewer classified cars than this does not change the ratings.
const MIN_CLASSIFIED: usize = 5;
/// Step size of a driver's rating.
const DRIVER_STEP: f64 = 0.05;
/// Step size of a team's rating late in a season.
const TEAM_STEP: f64 = 0.1;
/// The extra step size of teams early in a season falls by a factor of e in this many races.
const EARLY_DECAY_RACES: f64 = 6.0;

/// Ratings of drivers and of team lineages, in log-odds of finishing ahead; 0 without a race.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ratings {
    drivers: HashMap<Driver, f64>,
    teams: HashMap<Team, f64>,
}

impl Ratings {
    pub(crate) fn driver(&self, driver: Driver) -> f64 {
        self.drivers.get(&driver).copied().unwrap_or(0.0)
    }

    pub(crate) fn team(&self, team: Team) -> f64 {
        self.teams.get(&team).copied().unwrap_or(0.0)
    }

    /// Shrinks the ratings towards 0 before the first race of `year`, further when the technical rules changed.
    pub(crate) fn start_season(&mut self, year: i16) {
        let (driver, team) = if rules_changed(year) {
            (0.6, 0.45)
        } else {
            (0.9, 0.8)
        };
        self.drivers
            .values_mut()
            .for_each(|rating| *rating *= driver);
        self.teams.values_mut().for_each(|rating| *rating *= team);
    }

    /// Updates the ratings with the classified cars of a race, in finishing order. `round` counts the races of the season
    /// from one.
    pub(crate) fn learn(&mut self, classified: &[Entrant], year: i16, round: u16) {
        if classified.len() < MIN_CLASSIFIED {
            return;
        }
        let strengths: Vec<f64> = classified
            .iter()
            .map(|car| self.driver(car.driver) + self.team(car.team))
            .collect();
        let boost = if rules_changed(year) { 3.0 } else { 1.0 };
        let early = (-(f64::from(round) - 1.0) / EARLY_DECAY_RACES).exp();
        let team_step = TEAM_STEP * (1.0 + boost * early);
        for (car, gradient) in classified.iter().zip(gradient(&strengths)) {
            *self.drivers.entry(car.driver).or_default() += DRIVER_STEP * gradient;
            *self.teams.entry(car.team).or_default() += team_step * gradient;
        }
    }
}

/// Derivative of the worst-first log-likelihood with respect to each strength, cars in finishing order:
/// `g_i = e_i sum_{k>=i} 1 / (e_1 + ... + e_k) - 1`, `e = exp(-strength)`.
fn gradient(strengths: &[f64]) -> Vec<f64> {
    let weakest = strengths.iter().copied().fold(f64::INFINITY, f64::min);
    let shares: Vec<f64> = strengths.iter().map(|eta| (weakest - eta).exp()).collect();
    let mut total = 0.0;
    let inverse: Vec<f64> = shares
        .iter()
        .map(|share| {
            total += share;
            1.0 / total
        })
        .collect();
    let mut rest = 0.0;
    let mut gradients: Vec<f64> = shares
        .iter()
        .zip(&inverse)
        .rev()
        .map(|(share, inverse)| {
            rest += inverse;
            share * rest - 1.0
        })
        .collect();
    gradients.reverse();
    gradients
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gradient_is_the_derivative_of_the_likelihood() {
        let strengths = [0.3, -0.2, 0.9, 0.0, -1.1];
        let likelihood = |strengths: &[f64]| -> f64 {
            (0..strengths.len())
                .map(|k| {
                    let total: f64 = strengths[..=k].iter().map(|eta| (-eta).exp()).sum();
                    -strengths[k] - total.ln()
                })
                .sum()
        };
        for (i, gradient) in gradient(&strengths).into_iter().enumerate() {
            let at = |step: f64| {
                let mut moved = strengths;
                moved[i] += step;
                likelihood(&moved)
            };
            let slope = (at(1e-5) - at(-1e-5)) / 2e-5;
            assert!((gradient - slope).abs() < 1e-8, "{gradient} is not {slope}");
        }
    }

    #[test]
    fn the_winner_gains_and_a_race_with_few_finishers_counts_nothing() {
        let cars: Vec<Entrant> = (0..6)
            .map(|n| Entrant {
                driver: Driver(n),
                team: Team(n / 2),
            })
            .collect();
        let mut ratings = Ratings::default();
        ratings.learn(&cars[..4], 2020, 1);
        assert!(ratings.drivers.is_empty());
        ratings.learn(&cars, 2020, 1);
        assert!(ratings.driver(Driver(0)) > 0.0 && ratings.driver(Driver(5)) < 0.0);
        assert!(ratings.team(Team(0)) > ratings.team(Team(2)));
        let before = ratings.team(Team(0));
        ratings.start_season(2022);
        assert!((ratings.team(Team(0)) - 0.45 * before).abs() < 1e-12);
    }
}
