//! How often each place on the grid led to each finishing place.

use super::{Candidate, Record};
use crate::distribution::Positions;

/// Older seasons had other fields, other qualifying and far more retirements.
const FIRST_SEASON: i16 = 1998;
/// Years after which a race counts half.
const HALF_LIFE: f64 = 8.0;
/// Places told apart on the grid; whoever starts further back counts as last.
const PLACES: usize = 40;
/// Width of the kernel over grid places, in places: at the front, where every place matters, hardly wider than one,
/// and wider by this much with every place further back.
const WIDTH: f64 = 0.35;
const WIDENING: f64 = 0.08;
/// Races added to every count, so that nothing is impossible.
const UNSEEN: f64 = 0.02;

/// Chances from the finishing places of cars that started from about the same place.
///
/// A race of the season `y` weighs `2^(-(year - y) / 8)`; grid place `k` counts with the Gaussian kernel
/// `exp(-(k - g)^2 / 2 w^2)`, `w = 0.35 + 0.08 g`, for a car on place `g`. Counts of the field are scaled so that every
/// car and every finishing place has one in all (Sinkhorn 1964). Without a past all places are equally likely.
#[must_use]
pub fn grid_frequencies(past: &[Record], year: i16, field: &[Candidate]) -> Positions {
    let size = field.len();
    if size == 0 {
        return Positions::uniform(0);
    }
    let counts = count(past, year, size);
    let weights = field
        .iter()
        .flat_map(|car| smoothed(&counts, size, place(car.place)))
        .collect();
    Positions::from_weights(size, weights)
}

/// From zero.
fn place(from_one: u16) -> usize {
    usize::from(from_one).clamp(1, PLACES) - 1
}

/// Weighted number of cars by grid place and, within it, by finishing place; finishes beyond `size` are left out.
fn count(past: &[Record], year: i16, size: usize) -> Vec<f64> {
    let mut counts = vec![0.0; PLACES * size];
    for race in past.iter().filter(|race| race.year >= FIRST_SEASON) {
        let age = f64::from(year) - f64::from(race.year);
        let weight = (-age / HALF_LIFE).exp2();
        for (finish, car) in race.cars.iter().take(size).enumerate() {
            counts[place(car.place) * size + finish] += weight;
        }
    }
    counts
}

/// The counts of the finishing places of cars that started near `from`.
fn smoothed(counts: &[f64], size: usize, from: usize) -> Vec<f64> {
    let width = WIDTH + WIDENING * (from + 1) as f64;
    let mut sums = vec![UNSEEN; size];
    for (start, row) in counts.chunks_exact(size).enumerate() {
        let distance = start.abs_diff(from) as f64 / width;
        let kernel = (-distance * distance / 2.0).exp();
        for (sum, count) in sums.iter_mut().zip(row) {
            *sum += kernel * count;
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::baselines::tests::{candidate, procession};

    fn field(size: u16) -> Vec<Candidate> {
        (1..=size)
            .map(|place| candidate(100 + i32::from(place), place))
            .collect()
    }

    #[test]
    fn pole_is_favoured_where_pole_wins() {
        let past: Vec<Record> = (1..=16).map(|round| procession(2019, round, 20)).collect();
        let positions = grid_frequencies(&past, 2020, &field(20));
        assert!(positions.car(0)[0] > 0.8);
        for car in 1..20 {
            assert!(positions.car(car)[0] < positions.car(0)[0]);
            assert!(positions.car(car)[0] > 0.0);
        }
        for index in 0..20 {
            let row: f64 = positions.car(index).iter().sum();
            let column: f64 = (0..20).map(|car| positions.car(car)[index]).sum();
            assert!((row - 1.0).abs() < 1e-9 && (column - 1.0).abs() < 1e-6);
        }
    }

    #[test]
    fn neighbours_are_told_apart_at_the_front_only() {
        let mut reversed = procession(2019, 1, 20);
        reversed.cars.reverse();
        let counts = count(&[reversed], 2020, 20);
        let share = |from: usize| {
            let sums = smoothed(&counts, 20, from);
            sums[19 - from] / sums.iter().sum::<f64>()
        };
        assert!(share(0) > 0.6 && share(10) < 0.35);
    }

    #[test]
    fn without_a_past_that_counts_nobody_is_favoured() {
        for past in [vec![], vec![procession(1997, 1, 20)]] {
            let positions = grid_frequencies(&past, 2020, &field(20));
            for car in 0..20 {
                assert!(positions.car(car).iter().all(|c| (c - 0.05).abs() < 1e-12));
            }
        }
    }

    #[test]
    fn eight_years_halve_a_race() {
        let (old, new) = (procession(2012, 1, 2), procession(2020, 1, 2));
        let [old, new] = [old, new].map(|race| count(&[race], 2020, 2)[0]);
        assert!((new - 1.0).abs() < 1e-12 && (old - 0.5).abs() < 1e-12);
    }
}
