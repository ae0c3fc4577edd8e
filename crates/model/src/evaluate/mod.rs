//! How good a forecast was. All scores are proper or rank scores of one race; averages are over races.

pub mod bootstrap;
pub mod calibration;

/// A chance below this scores as this: one impossible winner must not decide everything.
const FLOOR: f64 = 1e-5;

/// A forecast beside what happened, cars in finishing order.
#[derive(Debug, Clone)]
pub struct Outcome<'a> {
    /// Chances of every place of each car, the winner's car first.
    pub positions: Vec<&'a [f64]>,
    /// Whether the car in that place was classified.
    pub classified: Vec<bool>,
}

/// Scores of one race, or their mean over races.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Scores {
    /// Minus the logarithm of the chance given to the winner.
    pub win_log_score: f64,
    /// Squared error of the chances to win, summed over cars.
    pub win_brier: f64,
    /// 1 if the favourite won.
    pub top1: f64,
    /// Mean binary log score of the chances of a podium.
    pub podium_log_score: f64,
    /// Mean squared error of the chances to finish in the first ten.
    pub points_brier: f64,
    /// Rank correlation of expected and actual places.
    pub spearman: f64,
    /// Ranked probability score of the place distributions.
    pub rps: f64,
}

/// Scores one forecast; `None` if nobody was classified or the field is smaller than two.
#[must_use]
pub fn score(outcome: &Outcome<'_>) -> Option<Scores> {
    let cars = outcome.positions.len();
    if cars < 2 || !outcome.classified.iter().any(|classified| *classified) {
        return None;
    }
    let n = cars as f64;
    let happened = |place: usize, within: usize| {
        f64::from(u8::from(place < within && outcome.classified[place]))
    };
    let within =
        |car: usize, places: usize| outcome.positions[car].iter().take(places).sum::<f64>();
    let mut scores = Scores {
        win_log_score: -within(0, 1).max(FLOOR).ln(),
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
            // A forecast of a smaller field gives nobody a chance in the places it does not have.
            cumulated += outcome.positions[car].get(place).copied().unwrap_or(0.0);
            let step = f64::from(u8::from(place >= car));
            scores.rps += (cumulated - step).powi(2) / (n - 1.0) / n;
        }
    }
    // A car that nobody foresaw is expected nowhere, which is behind everybody.
    let expected = |car: usize| -> f64 {
        if outcome.positions[car].iter().sum::<f64>() <= 0.0 {
            return n;
        }
        outcome.positions[car]
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
    fn certainty_that_comes_true_scores_best() {
        let sure = [
            vec![1.0, 0.0, 0.0],
            vec![0.0, 1.0, 0.0],
            vec![0.0, 0.0, 1.0],
        ];
        let outcome = Outcome {
            positions: sure.iter().map(Vec::as_slice).collect(),
            classified: vec![true; 3],
        };
        let scores = score(&outcome).unwrap();
        assert!(
            scores.win_log_score.abs() < 1e-12
                && scores.rps.abs() < 1e-12
                && scores.win_brier.abs() < 1e-12
        );
        assert!((scores.spearman - 1.0).abs() < 1e-12 && (scores.top1 - 1.0).abs() < 1e-12);
    }

    #[test]
    fn knowing_nothing_scores_as_a_uniform_draw() {
        let row = [0.25; 4];
        let outcome = Outcome {
            positions: vec![&row; 4],
            classified: vec![true; 4],
        };
        assert!((score(&outcome).unwrap().win_log_score - 4.0_f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn cars_that_nobody_foresaw_had_no_chance() {
        let known = [0.5, 0.5];
        let nowhere = [0.0; 5];
        let positions = vec![&nowhere[..], &known, &known, &nowhere, &nowhere];
        let scores = score(&Outcome {
            positions,
            classified: vec![true; 5],
        })
        .unwrap();
        assert!((scores.win_log_score + FLOOR.ln()).abs() < 1e-12 && scores.rps.is_finite());
        // Expected: the two known, then the others in the order they came.
        assert!((scores.spearman - 0.7).abs() < 1e-12, "{}", scores.spearman);
    }

    #[test]
    fn a_race_without_finishers_has_no_score() {
        let row = [0.5; 2];
        assert_eq!(
            score(&Outcome {
                positions: vec![&row; 2],
                classified: vec![false; 2]
            }),
            None
        );
        assert_eq!(
            score(&Outcome {
                positions: vec![],
                classified: vec![]
            }),
            None
        );
    }
}
