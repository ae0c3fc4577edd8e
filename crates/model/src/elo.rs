//! Elo ratings of drivers, as a baseline: every race is a tournament of all pairs.

use std::collections::HashMap;

use crate::weekend::Driver;

/// Ratings start and fall back to this.
const START: f64 = 1500.0;
/// Points for a race won against an equal field, shared over its pairs.
const K: f64 = 24.0;
/// This many points more are ten times the odds.
const SCALE: f64 = 400.0;
/// Share of its distance to the start that a rating keeps over the winter.
const KEPT: f64 = 0.85;

/// The ratings.
#[derive(Debug, Clone, Default)]
pub(crate) struct Elo {
    drivers: HashMap<Driver, f64>,
}

impl Elo {
    /// Hundreds of points above the start.
    pub(crate) fn rating(&self, driver: Driver) -> f64 {
        (self.points(driver) - START) / 100.0
    }

    fn points(&self, driver: Driver) -> f64 {
        self.drivers.get(&driver).copied().unwrap_or(START)
    }

    pub(crate) fn winter(&mut self) {
        for points in self.drivers.values_mut() {
            *points = START + KEPT * (*points - START);
        }
    }

    /// Learns from all cars of a race, in the published order.
    pub(crate) fn learn(&mut self, order: &[Driver]) {
        let points: Vec<f64> = order.iter().map(|driver| self.points(*driver)).collect();
        for (place, driver) in order.iter().enumerate() {
            let surplus: f64 = (0..order.len())
                .filter(|other| *other != place)
                .map(|other| {
                    let expected =
                        1.0 / (1.0 + 10_f64.powf((points[other] - points[place]) / SCALE));
                    f64::from(u8::from(place < other)) - expected
                })
                .sum();
            let others = order.len().saturating_sub(1).max(1) as f64;
            *self.drivers.entry(*driver).or_insert(START) += 2.0 * K * surplus / others;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_only_moved_between_drivers() {
        let order = [Driver(3), Driver(1), Driver(2)];
        let mut elo = Elo::default();
        elo.learn(&order);
        elo.learn(&[Driver(1), Driver(3), Driver(2)]);
        let sum: f64 = order.iter().map(|driver| elo.rating(*driver)).sum();
        assert!(sum.abs() < 1e-12);
        assert!(elo.rating(Driver(3)) > elo.rating(Driver(2)));
        assert!(
            elo.rating(Driver(9)).abs() < 1e-12,
            "nobody has heard of him"
        );
    }
}
