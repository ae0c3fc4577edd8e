//! Elo ratings of drivers (Elo 1978), for a baseline: every race counts as a round robin of all pairs.

use std::collections::HashMap;

use crate::weekend::Driver;

/// Initial rating, and the one that ratings regress to over the winter.
const START: f64 = 1500.0;
/// Rating points for winning a race against an equal field, spread over its pairs.
const K_FACTOR: f64 = 24.0;
/// A lead of this many points means odds of ten to one.
const SCALE: f64 = 400.0;
/// Share of its distance to [`START`] that a rating keeps over the winter.
const WINTER_CARRYOVER: f64 = 0.85;

/// Ratings by driver; a driver without a race has [`START`].
#[derive(Debug, Clone, Default)]
pub(crate) struct Elo {
    drivers: HashMap<Driver, f64>,
}

impl Elo {
    /// The rating in hundreds of points above [`START`].
    pub(crate) fn rating(&self, driver: Driver) -> f64 {
        (self.points(driver) - START) / 100.0
    }

    fn points(&self, driver: Driver) -> f64 {
        self.drivers.get(&driver).copied().unwrap_or(START)
    }

    pub(crate) fn start_season(&mut self) {
        for points in self.drivers.values_mut() {
            *points = START + WINTER_CARRYOVER * (*points - START);
        }
    }

    /// Updates the ratings with all cars of a race, in the published order.
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
            *self.drivers.entry(*driver).or_insert(START) += 2.0 * K_FACTOR * surplus / others;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_race_only_moves_points_between_drivers() {
        let order = [Driver(3), Driver(1), Driver(2)];
        let mut elo = Elo::default();
        elo.learn(&order);
        elo.learn(&[Driver(1), Driver(3), Driver(2)]);
        let sum: f64 = order.iter().map(|driver| elo.rating(*driver)).sum();
        assert!(sum.abs() < 1e-12);
        assert!(elo.rating(Driver(3)) > elo.rating(Driver(2)));
        assert!(elo.rating(Driver(9)).abs() < 1e-12, "an unknown driver");
    }
}
