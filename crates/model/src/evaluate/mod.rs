//! Scores of a forecast: proper scoring rules and rank correlation for one race; averages are over races.

pub mod bootstrap;
pub mod calibration;

/// Smallest chance in the winner log score, so that one winner who was given no chance does not dominate the mean.
const MIN_CHANCE: f64 = 1e-5;

/// A forecast beside the result, cars in finishing order.
#[derive(Debug, Clone)]
pub struct Comparison<'a> {
    /// Each car's chance of every place; the winner is the first car.
    pub positions: Vec<&'a [f64]>,
    /// Whether each car was classified.
    pub classified: Vec<bool>,
}

/// Scores of one race, or their mean over races.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Scores {
    /// Minus the logarithm of the chance given to the winner.
    pub win_log_score: f64,
    /// Squared error of the chances of winning, summed over the cars (Brier 1950).
    pub win_brier: f64,
    /// 1 if the favourite won.
    pub top1: f64,
    /// Binary log score of the podium chances, mean over the cars.
    pub podium_log_score: f64,
    /// Squared error of the chances of finishing in the first ten, mean over the cars.
    pub points_brier: f64,
    /// Rank correlation of expected and actual places (Spearman 1904).
    pub spearman: f64,
    /// Ranked probability score of the place distributions, mean over the cars (Epstein 1969).
    pub rps: f64,
}

/// Scores one forecast. `None` if no car was classified or the field has fewer than two cars.
#[must_use]
pub fn score(comparison: &Comparison<'_>) -> Option<Scores> {
    let cars = comparison.positions.len();
    if cars < 2 || !comparison.classified.iter().any(|classified| *classified) {
        return None;
    }
    let n = cars as f64;
    let happened = |place: usize, within: usize| {
        f64::from(u8::from(place < within && comparison.classified[place]))
    };
    let within =
        |car: usize, places: usize| comparison.positions[car].iter().take(places).sum::<f64>();
    let mut scores = Scores {
        win_log_score: -within(0, 1).max(MIN_CHANCE).ln(),
        ..Scores::default()
    };
    for car in 0..cars {
        scores.win_brier += (within(car, 1) - f64::from(u8::from(car == 0))).powi(2);
        let podium = within(car, 3).clamp(1e-6, 1.0 - 1e-6);
        let chance = if happened(car, 3) > 0.0 {
            podium
        } else {
            1.0 - podium
        };
        scores.podium_log_score -= chance.ln() / n;
        scores.points_brier += (within(car, 10) - happened(car, 10)).powi(2) / n;
        let mut cumulated = 0.0;
        for place in 0..cars - 1 {
            // A forecast of a smaller field gives no chance to the places that it does not have.
            cumulated += comparison.positions[car].get(place).copied().unwrap_or(0.0);
            let step = f64::from(u8::from(place >= car));
            scores.rps += (cumulated - step).powi(2) / (n - 1.0) / n;
        }
    }
    // A car that was not in the forecast is expected behind all others.
    let expected = |car: usize| -> f64 {
        if comparison.positions[car].iter().sum::<f64>() <= 0.0 {
            return n;
        }
        comparison.positions[car]
            .iter()
            .enumerate()
            .map(|(place, chance)| place as f64 * chance)
            .sum()
    };
    let expected: Vec<f64> = (0..cars).map(expected).collect();
    let order = ranks(&expected);
    let squares: f64 = order
        .iter()
        .enumerate()
        .map(|(actual, rank)| (*rank as f64 - actual as f64).powi(2))
        .sum();
    scores.spearman = 1.0 - 6.0 * squares / (n * (n * n - 1.0));
    let favourite = (1..cars).fold(0, |best, car| {
        if within(car, 1) > within(best, 1) {
            car
        } else {
            best
        }
    });
    scores.top1 = f64::from(u8::from(favourite == 0));
    Some(scores)
}

/// The rank of each value from zero, ties in order.
fn ranks(values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0; values.len()];
    for (rank, index) in order.into_iter().enumerate() {
        ranks[index] = rank;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certain_forecast_that_comes_true_has_the_best_scores() {
        let sure = [
            vec![1.0, 0.0, 0.0],
            vec![0.0, 1.0, 0.0],
            vec![0.0, 0.0, 1.0],
        ];
        let comparison = Comparison {
            positions: sure.iter().map(Vec::as_slice).collect(),
            classified: vec![true; 3],
        };
        let scores = score(&comparison).unwrap();
        assert!(
            scores.win_log_score.abs() < 1e-12
                && scores.rps.abs() < 1e-12
                && scores.win_brier.abs() < 1e-12
        );
        assert!((scores.spearman - 1.0).abs() < 1e-12 && (scores.top1 - 1.0).abs() < 1e-12);
    }

    #[test]
    fn the_uniform_forecast_has_the_log_score_of_a_uniform_draw() {
        let row = [0.25; 4];
        let comparison = Comparison {
            positions: vec![&row; 4],
            classified: vec![true; 4],
        };
        assert!((score(&comparison).unwrap().win_log_score - 4.0_f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn cars_missing_from_the_forecast_have_no_chance() {
        let known = [0.5, 0.5];
        let nowhere = [0.0; 5];
        let positions = vec![&nowhere[..], &known, &known, &nowhere, &nowhere];
        let scores = score(&Comparison {
            positions,
            classified: vec![true; 5],
        })
        .unwrap();
        assert!((scores.win_log_score + MIN_CHANCE.ln()).abs() < 1e-12 && scores.rps.is_finite());
        // Expected order: the two in the forecast, then the others as they finished.
        assert!((scores.spearman - 0.7).abs() < 1e-12, "{}", scores.spearman);
    }

    #[test]
    fn a_race_without_finishers_has_no_score() {
        let row = [0.5; 2];
        assert_eq!(
            score(&Comparison {
                positions: vec![&row; 2],
                classified: vec![false; 2]
            }),
            None
        );
        assert_eq!(
            score(&Comparison {
                positions: vec![],
                classified: vec![]
            }),
            None
        );
    }
}
