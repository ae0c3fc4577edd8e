//! Calibration: chances grouped into bins by size, beside the share of each bin that came true.

use super::Comparison;

/// Quantile of the standard normal distribution for a two-sided 90 % interval.
const NINETY: f64 = 1.645;
/// Upper bounds of the bins of win chances, except the last.
const WIN: &[f64] = &[0.01, 0.03, 0.07, 0.15, 0.3, 0.5, 0.7];
/// Upper bounds of the bins of podium and points chances, except the last.
const PLACES: &[f64] = &[0.02, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/// The event that a chance is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    /// Finishing first.
    Win,
    /// Finishing in the first three.
    Podium,
    /// Finishing in the first ten.
    Points,
}

impl Event {
    /// All events.
    pub const ALL: [Self; 3] = [Self::Win, Self::Podium, Self::Points];

    /// The number of places that count.
    #[must_use]
    pub const fn places(self) -> usize {
        match self {
            Self::Win => 1,
            Self::Podium => 3,
            Self::Points => 10,
        }
    }

    const fn bounds(self) -> &'static [f64] {
        match self {
            Self::Win => WIN,
            Self::Podium | Self::Points => PLACES,
        }
    }
}

/// Chances of similar size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bin {
    /// Number of the bin, from zero for the smallest chances.
    pub index: usize,
    /// Number of chances.
    pub predictions: u32,
    /// Mean of the chances.
    pub predicted: f64,
    /// Number of chances that came true.
    pub happened: u32,
    /// Lower bound of the 90 % score interval of the observed share (Wilson 1927).
    pub low: f64,
    /// Upper bound of that interval.
    pub high: f64,
}

/// Each car's chance of `event` in one race, and whether it came true.
pub fn chances(comparison: &Comparison<'_>, event: Event) -> impl Iterator<Item = (f64, bool)> {
    let places = event.places();
    comparison
        .positions
        .iter()
        .enumerate()
        .map(move |(place, car)| {
            let chance = car.iter().take(places).sum::<f64>().min(1.0);
            (chance, place < places && comparison.classified[place])
        })
}

/// Groups chances of `event` into bins, without the empty ones. Each chance comes with whether it came true.
#[must_use]
pub fn bins(event: Event, chances: &[(f64, bool)]) -> Vec<Bin> {
    let bounds = event.bounds();
    let mut sums = vec![(0_u32, 0.0, 0_u32); bounds.len() + 1];
    for (chance, happened) in chances {
        let (predictions, predicted, came_true) =
            &mut sums[bounds.partition_point(|bound| bound <= chance)];
        *predictions += 1;
        *predicted += chance;
        *came_true += u32::from(*happened);
    }
    sums.into_iter()
        .enumerate()
        .filter(|(_, (predictions, ..))| *predictions > 0)
        .map(|(index, (predictions, predicted, happened))| {
            let (low, high) = wilson(happened, predictions);
            Bin {
                index,
                predictions,
                predicted: predicted / f64::from(predictions),
                happened,
                low,
                high,
            }
        })
        .collect()
}

/// Bounds of the 90 % score interval of a share (Wilson 1927).
fn wilson(happened: u32, of: u32) -> (f64, f64) {
    let (share, n) = (f64::from(happened) / f64::from(of), f64::from(of));
    let square = NINETY * NINETY / n;
    let centre = (share + square / 2.0) / (1.0 + square);
    let spread = NINETY / (1.0 + square) * (share * (1.0 - share) / n + square / n / 4.0).sqrt();
    ((centre - spread).max(0.0), (centre + spread).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chances_are_binned_by_size() {
        let bins = bins(
            Event::Win,
            &[(0.0, false), (0.01, false), (0.02, true), (0.9, true)],
        );
        let counts: Vec<_> = bins
            .iter()
            .map(|bin| (bin.index, bin.predictions, bin.happened))
            .collect();
        assert_eq!(counts, [(0, 1, 0), (1, 2, 1), (7, 1, 1)]);
        assert!((bins[1].predicted - 0.015).abs() < 1e-12);
    }

    #[test]
    fn the_interval_contains_the_share_and_narrows_with_the_count() {
        let (low, high) = wilson(3, 10);
        assert!(
            (low - 0.128).abs() < 5e-3 && (high - 0.558).abs() < 1e-2,
            "{low} {high}"
        );
        let (closer, _) = wilson(300, 1000);
        assert!(closer > low && wilson(0, 5).0.abs() < 1e-12 && wilson(5, 5).1 > 1.0 - 1e-12);
    }

    #[test]
    fn a_podium_needs_a_classified_car() {
        let row = [0.25; 4];
        let comparison = Comparison {
            positions: vec![&row; 4],
            classified: vec![true, true, false, false],
        };
        let podium: Vec<_> = chances(&comparison, Event::Podium).collect();
        assert_eq!(
            podium,
            [(0.75, true), (0.75, true), (0.75, false), (0.75, false)]
        );
    }
}
