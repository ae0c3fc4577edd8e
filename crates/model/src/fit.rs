//! Fitting: worst-first Plackett–Luce by Newton's method, the retirement model, and the scale of sprints.
//!
//! Worst-first (reverse) Plackett–Luce (Powell 2023, J. Quant. Anal. Sports 19(3)): the last of the classified cars is
//! drawn first, with chances proportional to `exp(-eta)`, then the last but one from the rest, and so on. With cars in
//! finishing order the log-likelihood is `sum_k [ -eta_k - ln sum_{j<=k} exp(-eta_j) ]`. The ridge penalty makes it
//! strictly concave, so the optimum is unique.

#[cfg(test)]
mod tests;

use nalgebra::{DMatrix, DVector};

use crate::{
    retirement,
    specification::Specification,
    training_set::{TrainingSet, age},
};

/// A fit needs at least this many classified cars.
const MIN_ROWS: usize = 50;
/// Newton's method takes its last step when the expected gain in log-likelihood falls below this. The gain left after
/// that step is of the order of its square.
const TOLERANCE: f64 = 1e-7;
/// Prior standard deviation of the logarithm of the scale of sprints.
const SCALE_DEVIATION: f64 = 0.35;
/// Newton's method converges in about four steps; this many mean that something is wrong.
const MAX_STEPS: usize = 50;

/// Why a model could not be fitted.
#[derive(Debug, Clone, thiserror::Error, PartialEq)]
pub enum FitError {
    /// There are too few races before this one.
    #[error(
        "{rows} classified cars before the race are too few to fit the model: it needs {MIN_ROWS}"
    )]
    NotEnoughData {
        /// Number of classified cars before the race.
        rows: usize,
    },
    /// An input is not a finite number.
    #[error("an input of the fit is not a finite number")]
    NotFinite,
    /// Newton's method did not converge.
    #[error("the fit did not converge in {MAX_STEPS} steps")]
    NotConverged,
}

/// A fitted model: everything that a forecast needs besides the features.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// The model that was fitted.
    pub specification: Specification,
    /// Coefficients of the terms, in the order of the specification.
    pub coefficients: Vec<f64>,
    /// Coefficients of the log-odds of retiring, in the order of [`retirement::NAMES`].
    pub retirement: [f64; retirement::TERMS],
    /// Factor on the strengths in a sprint.
    pub sprint_scale: f64,
    /// Number of races in the fit.
    pub races: usize,
    /// Number of classified cars in the fit.
    pub rows: usize,
    /// Weighted log-likelihood at the optimum, without the penalty.
    pub log_likelihood: f64,
}

/// Value, gradient and negative Hessian of the log-likelihood.
pub(crate) struct Likelihood {
    pub(crate) value: f64,
    pub(crate) gradient: DVector<f64>,
    pub(crate) information: DMatrix<f64>,
}

impl TrainingSet {
    /// Fits on the races strictly before `round` of `year`, with larger weights for recent ones.
    pub fn fit(&self, year: i16, round: i16) -> Result<Fit, FitError> {
        let races = self.races_before(year, round);
        let first = self.races[..races]
            .partition_point(|race| race.when.0 < self.specification.first_season);
        let range = first..races;
        let rows = self.races[range.clone()]
            .iter()
            .map(|race| race.classified)
            .sum();
        if rows < MIN_ROWS {
            return Err(FitError::NotEnoughData { rows });
        }
        let used: Vec<f64> = self.races[range.clone()]
            .iter()
            .map(|race| {
                0.5_f64.powf(age((year, round), race.when) / self.specification.half_life_years)
            })
            .collect();
        let (coefficients, log_likelihood) = self.maximise(range.clone(), &used)?;
        let cars = self.races[range.clone()]
            .iter()
            .zip(&used)
            .flat_map(|(race, weight)| {
                self.retirements[race.first_car..race.first_car + race.cars]
                    .iter()
                    .map(|(row, retired)| (row, *retired, *weight))
            });
        Ok(Fit {
            specification: self.specification,
            retirement: retirement::fit(&cars)?,
            sprint_scale: self.sprint_scale((year, round), &coefficients)?,
            coefficients: coefficients.iter().copied().collect(),
            races: range.len(),
            rows,
            log_likelihood,
        })
    }

    /// The most probable (MAP) scale of sprints given those before `when`, on a grid from 0.7 to 2.5, under a
    /// lognormal(0, 0.35) prior; 1 before the first sprint.
    fn sprint_scale(&self, when: (i16, i16), beta: &DVector<f64>) -> Result<f64, FitError> {
        let past: Vec<Vec<f64>> = self
            .sprints
            .iter()
            .take_while(|sprint| sprint.when < when)
            .map(|sprint| strengths(&sprint.rows, beta).collect())
            .collect();
        let probability = |scale: f64| {
            let prior = -0.5 * (scale.ln() / SCALE_DEVIATION).powi(2);
            let sprints = past.iter().map(|etas| worst_first(etas, scale));
            prior + sprints.sum::<f64>()
        };
        if past.is_empty() {
            return Ok(1.0);
        }
        if past.iter().flatten().any(|eta| !eta.is_finite()) {
            return Err(FitError::NotFinite);
        }
        let best = (7..=25)
            .map(|tenths| f64::from(tenths) / 10.0)
            .max_by(|a, b| probability(*a).total_cmp(&probability(*b)));
        Ok(best.unwrap_or(1.0))
    }

    /// Newton's method with step halving. The start is fixed, so the path and the bits of the result are the same every
    /// time. Returns the optimum and its log-likelihood without the penalty.
    fn maximise(
        &self,
        range: std::ops::Range<usize>,
        weights: &[f64],
    ) -> Result<(DVector<f64>, f64), FitError> {
        let count = self.specification.terms.len();
        let ridge = self.specification.ridge;
        let penalty = |beta: &DVector<f64>| 0.5 * ridge * beta.norm_squared();
        let penalised = |beta: &DVector<f64>| {
            let mut at = self.likelihood(range.clone(), weights, beta);
            at.value -= penalty(beta);
            at.gradient -= beta * ridge;
            at.information += DMatrix::identity(count, count) * ridge;
            at
        };
        let start = self.specification.terms.iter().map(|(_, start)| *start);
        let mut beta = DVector::from_iterator(count, start);
        let mut at = penalised(&beta);
        for _ in 0..MAX_STEPS {
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
                let best = &beta + step;
                let value = at.value + 0.5 * gain + penalty(&best);
                return Ok((best, value));
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

    /// The weighted log-likelihood of the races in `range` at `beta`, with both derivatives, in one pass. With
    /// `e = exp(-eta)`, `t_k = e_1 + ... + e_k` and `m_k` the mean of the rows up to `k` weighted by `e`, the information
    /// (negative Hessian) is `sum_j x_j x_j' e_j sum_{k>=j} 1 / t_k - sum_k m_k m_k'`.
    pub(crate) fn likelihood(
        &self,
        range: std::ops::Range<usize>,
        weights: &[f64],
        beta: &DVector<f64>,
    ) -> Likelihood {
        let count = beta.len();
        let mut value = 0.0;
        let mut gradient = vec![0.0; count];
        let mut information = Triangle::new(count);
        let (mut sums, mut mean) = (vec![0.0; count], vec![0.0; count]);
        let (mut shares, mut inverse) = (Vec::new(), Vec::new());
        for (race, weight) in self.races[range].iter().zip(weights) {
            if race.classified < 2 {
                continue;
            }
            let rows =
                &self.rows[race.first_row * count..(race.first_row + race.classified) * count];
            shares.clear();
            shares.extend(strengths(rows, beta));
            // Only differences of strengths matter. Relative to the weakest car no exponential overflows.
            let weakest = shares.iter().copied().fold(f64::INFINITY, f64::min);
            inverse.clear();
            sums.fill(0.0);
            let mut total = 0.0;
            for (row, share) in rows.chunks_exact(count).zip(&mut shares) {
                let log = weakest - *share;
                *share = log.exp();
                total += *share;
                inverse.push(total.recip());
                value += weight * (log - total.ln());
                for (i, x) in row.iter().enumerate() {
                    sums[i] += *share * x;
                    mean[i] = sums[i] / total;
                    gradient[i] += weight * (mean[i] - x);
                }
                information.add(&mean, -weight);
            }
            let mut rest = 0.0;
            for (index, row) in rows.chunks_exact(count).enumerate().rev() {
                rest += inverse[index];
                information.add(row, weight * shares[index] * rest);
            }
        }
        Likelihood {
            value,
            gradient: DVector::from_vec(gradient),
            information: information.into_matrix(),
        }
    }
}

/// The lower triangle of a symmetric matrix that is a sum of `weight * x x'`.
struct Triangle {
    size: usize,
    rows: Vec<f64>,
}

impl Triangle {
    fn new(size: usize) -> Self {
        Self {
            size,
            rows: vec![0.0; size * size],
        }
    }

    fn add(&mut self, x: &[f64], weight: f64) {
        for (i, row) in self.rows.chunks_exact_mut(self.size).enumerate() {
            let factor = weight * x[i];
            for (sum, y) in row[..=i].iter_mut().zip(x) {
                *sum += factor * y;
            }
        }
    }

    fn into_matrix(self) -> DMatrix<f64> {
        let mut matrix = DMatrix::from_row_slice(self.size, self.size, &self.rows);
        matrix.fill_upper_triangle_with_lower_triangle();
        matrix
    }
}

/// The strength of each car from its terms.
fn strengths<'a>(rows: &'a [f64], beta: &'a DVector<f64>) -> impl Iterator<Item = f64> + 'a {
    let dot = move |row: &[f64]| row.iter().zip(beta.iter()).map(|(x, b)| x * b).sum();
    rows.chunks_exact(beta.len()).map(dot)
}

/// The worst-first log-likelihood of one finishing order, with the strengths multiplied by `scale`.
fn worst_first(etas: &[f64], scale: f64) -> f64 {
    let weakest = scale * etas.iter().copied().fold(f64::INFINITY, f64::min);
    let mut total = 0.0;
    etas.iter()
        .map(|eta| {
            total += (weakest - scale * eta).exp();
            weakest - scale * eta - f64::ln(total)
        })
        .sum()
}
