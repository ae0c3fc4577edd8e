//! The measurement update of the filter, all cars of a session in one block.

use nalgebra::{Cholesky, DMatrix, DVector};

use super::PaceFilter;
use crate::median::median;

/// Prior variance of the free intercept of a session, per cent squared.
pub(super) const INTERCEPT_VARIANCE: f64 = 25.0;

impl PaceFilter {
    /// One block update. Each row is the states whose sum was observed, with the observed value; `variance` is the noise
    /// variance of every row.
    pub(super) fn update(&mut self, rows: &[(&[usize], f64)], variance: f64) {
        let (states, cars) = (self.mean.len(), rows.len());
        // Columns of `P A'`; `P` is symmetric, so its columns are its rows.
        let mut spread = DMatrix::zeros(states, cars);
        for (car, (row, _)) in rows.iter().enumerate() {
            let mut column = spread.column_mut(car);
            for state in *row {
                column += self.covariance.column(*state);
            }
        }
        let innovation = DVector::from_iterator(
            cars,
            rows.iter()
                .map(|(row, value)| value - row.iter().map(|state| self.mean[*state]).sum::<f64>()),
        );
        let mut system = DMatrix::from_fn(cars, cars, |a, b| {
            rows[a]
                .0
                .iter()
                .map(|state| spread[(*state, b)])
                .sum::<f64>()
        });
        let centre = median(&mut innovation.iter().copied().collect::<Vec<_>>()).unwrap_or(0.0);
        for car in 0..cars {
            let off = (innovation[car] - centre).abs() / (system[(car, car)] + variance).sqrt();
            let threshold = self.parameters.outlier_deviations;
            let inflation = if off > threshold {
                1.5 * (off / threshold).powi(2)
            } else {
                1.0
            };
            system[(car, car)] += variance * inflation;
        }
        system.add_scalar_mut(INTERCEPT_VARIANCE);
        // `S = A P A' + R + 25` is positive definite while everything is finite. Otherwise the session is ignored.
        let Some(factor) = Cholesky::new(system) else {
            return;
        };
        let lower = factor.l();
        let mut weighted = innovation;
        if !lower.solve_lower_triangular_mut(&mut weighted) {
            return;
        }
        // Rows of `L^-1 A P`, as columns.
        let mut reduced = spread;
        for car in 0..cars {
            let (solved_columns, rest) = reduced.as_mut_slice().split_at_mut(car * states);
            let column = &mut rest[..states];
            for (earlier, solved) in solved_columns.chunks_exact(states).enumerate() {
                let share = lower[(car, earlier)];
                for (value, other) in column.iter_mut().zip(solved) {
                    *value -= share * other;
                }
            }
            for value in column {
                *value /= lower[(car, car)];
            }
        }
        self.mean += &reduced * weighted;
        self.reduce(&reduced);
    }

    /// `P -= W W'`. The lower triangle is computed and copied to the upper one, so that `P` stays symmetric.
    fn reduce(&mut self, reduced: &DMatrix<f64>) {
        let states = self.mean.len();
        let covariance = self.covariance.as_mut_slice();
        for (column, target) in covariance.chunks_exact_mut(states).enumerate() {
            for car in reduced.as_slice().chunks_exact(states) {
                let factor = car[column];
                for (value, share) in target[column..].iter_mut().zip(&car[column..]) {
                    *value -= factor * share;
                }
            }
        }
        self.covariance.fill_upper_triangle_with_lower_triangle();
    }
}
