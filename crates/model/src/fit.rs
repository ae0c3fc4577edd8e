//! Fitting: worst-first Plackett–Luce by Newton's method, and the retirement rate.
//!
//! Worst-first (reverse) Plackett–Luce, Powell 2023 (J. Quant. Anal. Sports 19(3)): among the classified cars the last
//! is drawn first, with chances proportional to `exp(-eta)`, then the last but one of the rest, and so on. Its
//! log-likelihood is `sum_k [ -eta_k - ln sum_{j<=k} exp(-eta_j) ]` in finishing order; with a ridge it is strictly
//! concave, so the optimum is unique.

use nalgebra::{DMatrix, DVector};

use crate::{
    history::{History, age},
    specification::Specification,
};

/// Fewer classified cars than this in all are not enough to fit anything.
const FEWEST_ROWS: usize = 50;
/// Newton's method stops when the expected gain falls below this.
const TOLERANCE: f64 = 1e-10;
/// It converges in about six steps; this many mean that something is wrong.
const MOST_STEPS: usize = 50;

/// Why a model could not be fitted.
#[derive(Debug, Clone, thiserror::Error, PartialEq)]
pub enum FitError {
    /// The past is too short.
    #[error(
        "{rows} classified cars before the race are too few to fit the model: it needs {FEWEST_ROWS}"
    )]
    NotEnoughData {
        /// What there is.
        rows: usize,
    },
    /// An input is not a number.
    #[error("an input of the fit is not a finite number")]
    NotFinite,
    /// The likelihood did not settle.
    #[error("the fit did not converge in {MOST_STEPS} steps")]
    NotConverged,
}

/// A fitted model: all that a forecast needs beside the features.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// What was fitted.
    pub specification: Specification,
    /// One per term, in the order of the specification.
    pub coefficients: Vec<f64>,
    /// Chance that a starter is not classified.
    pub retirement_rate: f64,
    /// Races it was fitted on.
    pub races: usize,
    /// Classified cars it was fitted on.
    pub rows: usize,
    /// Weighted log-likelihood at the optimum, the penalty apart.
    pub log_likelihood: f64,
}

/// Value, gradient and negative Hessian of the log-likelihood.
pub(crate) struct Likelihood {
    pub(crate) value: f64,
    pub(crate) gradient: DVector<f64>,
    pub(crate) information: DMatrix<f64>,
}

impl History {
    /// Fits on the races strictly before `round` of `year`, recent ones weighing more.
    pub fn fit(&self, year: i16, round: i16) -> Result<Fit, FitError> {
        let races = self.races_before(year, round);
        let first = self.races[..races]
            .partition_point(|race| race.when.0 < self.specification.first_season);
        let range = first..races;
        let rows = self.races[range.clone()]
            .iter()
            .map(|race| race.classified)
            .sum();
        if rows < FEWEST_ROWS {
            return Err(FitError::NotEnoughData { rows });
        }
        let used: Vec<f64> = self.races[range.clone()]
            .iter()
            .map(|race| {
                0.5_f64.powf(age((year, round), race.when) / self.specification.half_life_years)
            })
            .collect();
        let coefficients = self.maximise(range.clone(), &used)?;
        let likelihood = self.likelihood(range.clone(), &used, &coefficients);
        let retired: f64 = self.races[range.clone()]
            .iter()
            .zip(&used)
            .map(|(race, weight)| weight * race.retired as f64)
            .sum();
        let starters: f64 = self.races[range.clone()]
            .iter()
            .zip(&used)
            .map(|(race, weight)| weight * race.starters as f64)
            .sum();
        Ok(Fit {
            specification: self.specification,
            coefficients: coefficients.iter().copied().collect(),
            retirement_rate: retired / starters,
            races: range.len(),
            rows,
            log_likelihood: likelihood.value,
        })
    }

    /// Newton's method with step halving from zero: always the same path, so the same bits.
    fn maximise(
        &self,
        range: std::ops::Range<usize>,
        weights: &[f64],
    ) -> Result<DVector<f64>, FitError> {
        let count = self.specification.terms.len();
        let ridge = self.specification.ridge;
        let penalised = |beta: &DVector<f64>| {
            let mut at = self.likelihood(range.clone(), weights, beta);
            at.value -= 0.5 * ridge * beta.norm_squared();
            at.gradient -= beta * ridge;
            at.information += DMatrix::identity(count, count) * ridge;
            at
        };
        let mut beta = DVector::zeros(count);
        let mut at = penalised(&beta);
        for _ in 0..MOST_STEPS {
            if !at.value.is_finite() || at.gradient.iter().any(|part| !part.is_finite()) {
                return Err(FitError::NotFinite);
            }
            let step = at
                .information
                .clone()
                .cholesky()
                .ok_or(FitError::NotFinite)?
                .solve(&at.gradient);
            let gain = at.gradient.dot(&step);
            if gain < TOLERANCE {
                return Ok(beta);
            }
            let mut length = 1.0;
            loop {
                let next = &beta + &step * length;
                let there = penalised(&next);
                if there.value >= at.value + 1e-4 * length * gain || length < 1e-6 {
                    (beta, at) = (next, there);
                    break;
                }
                length *= 0.5;
            }
        }
        Err(FitError::NotConverged)
    }

    /// The weighted log-likelihood of the races in `range` at `beta`, with both derivatives, in one pass.
    pub(crate) fn likelihood(
        &self,
        range: std::ops::Range<usize>,
        weights: &[f64],
        beta: &DVector<f64>,
    ) -> Likelihood {
        let count = beta.len();
        let mut value = 0.0;
        let mut gradient = vec![0.0; count];
        let mut information = vec![0.0; count * count];
        let (mut first, mut second) = (vec![0.0; count], vec![0.0; count * count]);
        let mut etas = Vec::new();
        for (race, weight) in self.races[range].iter().zip(weights) {
            if race.classified < 2 {
                continue;
            }
            let rows =
                &self.rows[race.first_row * count..(race.first_row + race.classified) * count];
            etas.clear();
            etas.extend(
                rows.chunks_exact(count)
                    .map(|row| row.iter().zip(beta.iter()).map(|(x, b)| x * b).sum::<f64>()),
            );
            // Only differences matter: relative to the weakest car no exponential overflows.
            let weakest = etas.iter().copied().fold(f64::INFINITY, f64::min);
            let mut total = 0.0;
            first.fill(0.0);
            second.fill(0.0);
            for (row, eta) in rows.chunks_exact(count).zip(&etas) {
                let share = (weakest - eta).exp();
                total += share;
                for (i, x) in row.iter().enumerate() {
                    first[i] += share * x;
                    for (j, y) in row[..=i].iter().enumerate() {
                        second[i * count + j] += share * x * y;
                    }
                }
                value += weight * (weakest - eta - total.ln());
                for (i, x) in row.iter().enumerate() {
                    let mean = first[i] / total;
                    gradient[i] += weight * (mean - x);
                    for j in 0..=i {
                        information[i * count + j] +=
                            weight * (second[i * count + j] / total - mean * first[j] / total);
                    }
                }
            }
        }
        let information = DMatrix::from_fn(count, count, |i, j| {
            information[i.max(j) * count + i.min(j)]
        });
        Likelihood {
            value,
            gradient: DVector::from_vec(gradient),
            information,
        }
    }
}
