//! From strengths to the chance of every car in every place, exact up to quadrature, without simulation.
//!
//! A car's performance is `z = eta + ln E` with `E` exponential. Its survival function is `S(u) = exp(-e^u)`,
//! `u = z - eta`. Given the `z` of one car, every other car is ahead with chance `(1 - d) S(z - eta)`, independently, so
//! the number of cars ahead is Poisson-binomial. Gauss–Legendre quadrature integrates over `z`. Retired cars take the last
//! places in random order.

use std::sync::LazyLock;

use gauss_quad::GaussLegendre;

use crate::specification::Component;

/// Quadrature nodes per interval.
const NODES: usize = 96;
/// The range of integration starts this far below the weakest car and ends [`ABOVE`] the strongest one. Less than 1e-7
/// of the mass is outside.
const BELOW: f64 = 16.0;
const ABOVE: f64 = 4.5;
/// A range wider than this is split into equal intervals, so that no car's density falls between the nodes.
const WIDEST: f64 = 60.0;
/// Upper limit on the number of intervals; sensible strengths need far fewer.
const MAX_PARTS: usize = 100;

/// Nodes on [-1, 1] and their weights.
static QUADRATURE: LazyLock<Vec<(f64, f64)>> = LazyLock::new(|| {
    let degree = NODES.try_into().expect("96 is not zero");
    GaussLegendre::new(degree).as_node_weight_pairs().to_vec()
});

/// A square matrix of chances: a row per car, a column per place, both counted from zero.
#[derive(Debug, Clone, PartialEq)]
pub struct Positions {
    size: usize,
    chances: Vec<f64>,
}

impl Positions {
    /// The chances of one car, from first place to last.
    #[must_use]
    pub fn car(&self, index: usize) -> &[f64] {
        &self.chances[index * self.size..(index + 1) * self.size]
    }

    /// Number of cars and places.
    #[must_use]
    pub const fn size(&self) -> usize {
        self.size
    }

    /// The distribution in which every place is equally likely for every car.
    #[must_use]
    pub fn uniform(size: usize) -> Self {
        Self {
            size,
            chances: vec![1.0 / size as f64; size * size],
        }
    }

    /// Chances in proportion to positive weights, given row by row, scaled so that every row and column sums to one.
    pub(crate) fn from_weights(size: usize, weights: Vec<f64>) -> Self {
        let mut chances = weights;
        balance(size, &mut chances);
        Self { size, chances }
    }

    /// The mixture over `components` of the distributions of the centred strengths times each component's scale.
    #[must_use]
    pub fn mixture(strengths: &[f64], retirement: &[f64], components: &[Component]) -> Self {
        let size = strengths.len();
        let mean = strengths.iter().sum::<f64>() / size.max(1) as f64;
        let mut mixed = Self {
            size,
            chances: vec![0.0; size * size],
        };
        for component in components {
            let scaled: Vec<f64> = strengths
                .iter()
                .map(|eta| component.scale * (eta - mean))
                .collect();
            let part = Self::exact(&scaled, retirement);
            for (sum, chance) in mixed.chances.iter_mut().zip(part.chances) {
                *sum += component.weight * chance;
            }
        }
        mixed
    }

    /// The distribution for strengths `eta` and chances of retiring `d`.
    #[must_use]
    pub fn exact(eta: &[f64], d: &[f64]) -> Self {
        let size = eta.len();
        let mut chances = vec![0.0; size * size];
        integrate_finishers(eta, d, &mut chances);
        add_retired(d, &mut chances);
        balance(size, &mut chances);
        Self { size, chances }
    }
}

/// Adds the chances of finishing in each place.
fn integrate_finishers(eta: &[f64], d: &[f64], chances: &mut [f64]) {
    let size = eta.len();
    let low = eta.iter().copied().fold(f64::INFINITY, f64::min) - BELOW;
    let high = eta.iter().copied().fold(f64::NEG_INFINITY, f64::max) + ABOVE;
    let parts = (1..MAX_PARTS)
        .find(|parts| high - low <= *parts as f64 * WIDEST)
        .unwrap_or(MAX_PARTS);
    let half = (high - low) / parts as f64 / 2.0;
    let (mut ahead, mut density, mut mass) = (vec![0.0; size], vec![0.0; size], vec![0.0; size]);
    let mut count = vec![0.0; size];
    let nodes = (0..parts).flat_map(|part| {
        let middle = low + half * (2 * part + 1) as f64;
        QUADRATURE
            .iter()
            .map(move |(node, weight)| (middle + half * node, half * weight))
    });
    for (z, step) in nodes {
        for car in 0..size {
            let growth = (z - eta[car]).min(6.0).exp();
            let survival = (-growth).exp();
            ahead[car] = (1.0 - d[car]) * survival;
            density[car] = survival * growth * step;
            mass[car] += density[car];
        }
        for car in 0..size {
            if density[car] < 1e-14 {
                continue;
            }
            poisson_binomial(&ahead, car, &mut count);
            for (chance, places_ahead) in
                chances[car * size..(car + 1) * size].iter_mut().zip(&count)
            {
                *chance += density[car] * places_ahead;
            }
        }
    }
    for car in 0..size {
        for chance in &mut chances[car * size..(car + 1) * size] {
            *chance *= (1.0 - d[car]) / mass[car];
        }
    }
}

/// Adds the chances of retiring. Retired together with `m` others, a car takes each of the last `m + 1` places with equal
/// chance.
fn add_retired(d: &[f64], chances: &mut [f64]) {
    let size = d.len();
    let mut others = vec![0.0; size];
    for car in 0..size {
        poisson_binomial(d, car, &mut others);
        for (m, chance) in others.iter().enumerate() {
            for place in size - 1 - m..size {
                chances[car * size + place] += d[car] * chance / (m + 1) as f64;
            }
        }
    }
}

/// The distribution of the number of successes among all trials but `left_out`, written to `count`.
fn poisson_binomial(probabilities: &[f64], left_out: usize, count: &mut [f64]) {
    count.fill(0.0);
    count[0] = 1.0;
    let mut trials = 0;
    for (index, p) in probabilities.iter().enumerate() {
        if index == left_out {
            continue;
        }
        trials += 1;
        let mut one_fewer = 0.0;
        for chance in &mut count[..=trials] {
            let so_many = *chance;
            *chance = so_many * (1.0 - p) + one_fewer * p;
            one_fewer = so_many;
        }
    }
}

/// Removes the error of the quadrature (about 1e-7) by scaling rows and columns to sum to one (Sinkhorn 1964).
fn balance(size: usize, chances: &mut [f64]) {
    if size == 0 {
        return;
    }
    for _ in 0..500 {
        for place in 0..size {
            let sum: f64 = (0..size).map(|car| chances[car * size + place]).sum();
            for car in 0..size {
                chances[car * size + place] /= sum;
            }
        }
        let mut worst: f64 = 0.0;
        for row in chances.chunks_exact_mut(size) {
            let sum: f64 = row.iter().sum();
            worst = worst.max((sum - 1.0).abs());
            for chance in row {
                *chance /= sum;
            }
        }
        if worst < 1e-12 {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ETA: [f64; 5] = [2.0, 1.0, 0.5, 0.0, -1.0];
    const RETIREMENT: [f64; 5] = [0.1, 0.2, 0.05, 0.3, 0.15];

    fn assert_win(positions: &Positions, expected: &[f64]) {
        for (car, expected) in expected.iter().enumerate() {
            let win = positions.car(car)[0];
            assert!(
                (win - expected).abs() < 2e-4,
                "car {car}: {win} is not {expected}"
            );
        }
    }

    #[test]
    fn five_cars_with_retirements_have_the_known_chances() {
        assert_win(
            &Positions::exact(&ETA, &RETIREMENT),
            &[0.61822, 0.20023, 0.13172, 0.04168, 0.00816],
        );
    }

    #[test]
    fn five_cars_in_a_mixture_have_the_known_chances() {
        let components = [
            Component {
                weight: 0.85,
                scale: 1.15,
            },
            Component {
                weight: 0.15,
                scale: 0.5,
            },
        ];
        let mixed = Positions::mixture(&ETA, &RETIREMENT, &components);
        assert_win(&mixed, &[0.62522, 0.19481, 0.12706, 0.04141, 0.01152]);
    }

    #[test]
    fn two_cars_are_a_logistic_duel() {
        assert_win(
            &Positions::exact(&[1.0, 0.0], &[0.0, 0.0]),
            &[0.73106, 0.26894],
        );
    }

    #[test]
    fn a_single_car_wins() {
        assert_eq!(Positions::exact(&[0.3], &[0.2]).car(0), [1.0]);
    }

    proptest! {
        #[test]
        fn rows_and_columns_sum_to_one(
            cars in prop::collection::vec((-6.0..6.0_f64, 0.005..0.9_f64), 1..=34)
        ) {
            let (eta, d): (Vec<f64>, Vec<f64>) = cars.into_iter().unzip();
            let positions = Positions::exact(&eta, &d);
            for index in 0..eta.len() {
                let row: f64 = positions.car(index).iter().sum();
                let column: f64 = (0..eta.len()).map(|car| positions.car(car)[index]).sum();
                prop_assert!((row - 1.0).abs() < 1e-9, "row {index} sums to {row}");
                prop_assert!((column - 1.0).abs() < 1e-9, "column {index} sums to {column}");
                prop_assert!(positions.car(index).iter().all(|chance| (0.0..=1.0).contains(chance)));
            }
        }

        #[test]
        fn the_order_of_the_field_does_not_matter(
            mut cars in prop::collection::vec((-4.0..4.0_f64, 0.01..0.5_f64), 2..=20)
        ) {
            let distribution = |cars: &[(f64, f64)]| {
                let (eta, d): (Vec<f64>, Vec<f64>) = cars.iter().copied().unzip();
                Positions::exact(&eta, &d)
            };
            let forwards = distribution(&cars);
            cars.reverse();
            let backwards = distribution(&cars);
            for car in 0..cars.len() {
                let (a, b) = (forwards.car(car), backwards.car(cars.len() - 1 - car));
                prop_assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9));
            }
        }
    }
}
