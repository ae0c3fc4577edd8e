//! How often each grid place led to each finishing place.

use super::{Candidate, RaceRecord};
use crate::distribution::Positions;

/// Older seasons had other fields, other qualifying formats and far more retirements.
const FIRST_SEASON: i16 = 1998;
/// Years after which a race has half the weight.
const HALF_LIFE: f64 = 8.0;
/// Number of grid places that are distinguished; cars further back count as the last of them.
const PLACES: usize = 40;
/// Width of the kernel over grid places at the front, where every place matters, in places.
const WIDTH: f64 = 0.35;
/// Increase of that width with every place further back.
const WIDENING: f64 = 0.08;
/// Added to every count, in races, so that no place is impossible.
const PSEUDOCOUNT: f64 = 0.02;

/// Chances from the finishing places of cars that started from nearby grid places.
///
/// A race of the season `y` weighs `2^(-(year - y) / 8)`; grid place `k` counts with the Gaussian kernel
/// `exp(-(k - g)^2 / 2 w^2)`, `w = 0.35 + 0.08 g`, for a car on place `g`. The counts of the field are scaled so that
/// every car and every finishing place sums to one (Sinkhorn 1964). Without past races all places are equally likely.
#[must_use]
pub fn grid_frequencies(past: &[RaceRecord], year: i16, field: &[Candidate]) -> Positions {
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

/// The index of a grid place.
fn place(from_one: u16) -> usize {
    usize::from(from_one).clamp(1, PLACES) - 1
}

/// Weighted number of cars by grid place and, within it, by finishing place. Finishes beyond `size` are left out.
fn count(past: &[RaceRecord], year: i16, size: usize) -> Vec<f64> {
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

/// Smoothed counts of the finishing places of cars that started near `from`.
fn smoothed(counts: &[f64], size: usize, from: usize) -> Vec<f64> {
    let width = WIDTH + WIDENING * (from + 1) as f64;
    let mut sums = vec![PSEUDOCOUNT; size];
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
        let past: Vec<RaceRecord> = (1..=16).map(|round| procession(2019, round, 20)).collect();
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
    fn neighbouring_places_are_distinguished_at_the_front_only() {
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
    fn without_recent_races_all_places_are_equally_likely() {
        for past in [vec![], vec![procession(1997, 1, 20)]] {
            let positions = grid_frequencies(&past, 2020, &field(20));
            for car in 0..20 {
                assert!(positions.car(car).iter().all(|c| (c - 0.05).abs() < 1e-12));
            }
        }
    }

    #[test]
    fn a_race_eight_years_ago_has_half_the_weight() {
        let (old, new) = (procession(2012, 1, 2), procession(2020, 1, 2));
        let [old, new] = [old, new].map(|race| count(&[race], 2020, 2)[0]);
        assert!((new - 1.0).abs() < 1e-12 && (old - 0.5).abs() < 1e-12);
    }
}
