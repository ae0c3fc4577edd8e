//! Ratings of drivers and teams from finishing orders: one gradient step of the worst-first Plackett–Luce likelihood
//! after every race.

use std::collections::HashMap;

use crate::weekend::{Driver, Entrant, Team, rules_changed};

/// Fewer classified cars than this say nothing about order.
const FEWEST: usize = 5;
/// Step of a driver's rating.
const DRIVER_STEP: f64 = 0.05;
/// Step of a team's rating late in a season.
const TEAM_STEP: f64 = 0.1;
/// A team's step is larger early in a season and falls by e in this many races.
const EARLY_RACES: f64 = 6.0;

/// Log-odds of being outlasted, of drivers and of team lineages; unknown is 0.
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

    /// A new season: the past counts less, after a change of the rules much less.
    pub(crate) fn winter(&mut self, year: i16) {
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

    /// Learns from the classified cars of a race, in order; `round` counts the races of the season from one.
    pub(crate) fn learn(&mut self, classified: &[Entrant], year: i16, round: u16) {
        if classified.len() < FEWEST {
            return;
        }
        let strengths: Vec<f64> = classified
            .iter()
            .map(|car| self.driver(car.driver) + self.team(car.team))
            .collect();
        let boost = if rules_changed(year) { 3.0 } else { 1.0 };
        let early = (-(f64::from(round) - 1.0) / EARLY_RACES).exp();
        let team_step = TEAM_STEP * (1.0 + boost * early);
        for (car, gradient) in classified.iter().zip(gradient(&strengths)) {
            *self.drivers.entry(car.driver).or_default() += DRIVER_STEP * gradient;
            *self.teams.entry(car.team).or_default() += team_step * gradient;
        }
    }
}

/// Derivative of the worst-first log-likelihood by each strength, cars in finishing order:
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
    fn who_finishes_first_gains_and_few_finishers_say_nothing() {
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
        ratings.winter(2022);
        assert!((ratings.team(Team(0)) - 0.45 * before).abs() < 1e-12);
    }
}
