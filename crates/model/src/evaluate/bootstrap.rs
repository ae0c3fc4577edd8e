//! Uncertainty of means over races: the bootstrap (Efron 1979) with races as units, so that the cars of one race stay
//! together.

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// Number of bootstrap samples.
const DRAWS: usize = 2_000;
/// Samples outside the interval at either end: 2.5 % of [`DRAWS`].
const TAIL: usize = DRAWS / 40;

/// A mean and its 95 % bootstrap interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanEstimate {
    /// The mean.
    pub mean: f64,
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
}

/// The mean of every column over `races`, each a row of values of the same length, with intervals from one set of
/// samples. The same `seed` gives the same bounds. Empty without races.
#[must_use]
pub fn means(races: &[Vec<f64>], seed: u64) -> Vec<MeanEstimate> {
    let Some(columns) = races.first().map(Vec::len) else {
        return Vec::new();
    };
    let n = races.len() as f64;
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    let mut samples = vec![vec![0.0; DRAWS]; columns];
    let mut sums = vec![0.0; columns];
    for draw in 0..DRAWS {
        sums.fill(0.0);
        for _ in 0..races.len() {
            let race = &races[generator.random_range(0..races.len())];
            for (sum, value) in sums.iter_mut().zip(race) {
                *sum += value;
            }
        }
        for (sample, sum) in samples.iter_mut().zip(&sums) {
            sample[draw] = sum / n;
        }
    }
    samples
        .into_iter()
        .enumerate()
        .map(|(column, mut sample)| {
            sample.sort_by(f64::total_cmp);
            let mean = races.iter().map(|race| race[column]).sum::<f64>() / n;
            // A mean of equal values can differ from them in the last bit.
            MeanEstimate {
                mean,
                low: sample[TAIL].min(mean),
                high: sample[DRAWS - 1 - TAIL].max(mean),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_that_of_the_mean_and_repeatable() {
        let races: Vec<Vec<f64>> = (0..400).map(|n| vec![f64::from(n % 2), 7.0]).collect();
        let [coin, constant] = means(&races, 1).try_into().unwrap();
        // 400 tosses of a fair coin have a standard error of 1/40.
        assert!((coin.mean - 0.5).abs() < 1e-12);
        assert!(
            (coin.low - 0.451).abs() < 0.006 && (coin.high - 0.549).abs() < 0.006,
            "{coin:?}"
        );
        assert_eq!((constant.low, constant.high), (7.0, 7.0));
        assert_eq!(means(&races, 1), [coin, constant]);
        assert!(means(&[], 1).is_empty());
    }
}
