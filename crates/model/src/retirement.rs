//! The chance that a car is not classified: a logistic regression on rates of retirement and the grid place.

use nalgebra::{SMatrix, SVector};

use crate::{features::Features, fit::FitError};

/// Number of terms.
pub(crate) const TERMS: usize = 6;
/// The names of the terms in stored fits.
pub const NAMES: [&str; TERMS] = ["constant", "field", "team", "driver", "circuit", "grid"];
/// Ridge penalty on every coefficient.
const RIDGE: f64 = 5.0;
/// Starting point of Newton's method. The optimum does not depend on it.
const START: [f64; TERMS] = [-0.4, 0.9, 0.5, 0.15, 0.6, 0.35];
/// Newton's method stops after a step whose expected gain in log-likelihood is below this. The gain left after that step
/// is of the order of its square.
const TOLERANCE: f64 = 1e-7;
const MAX_STEPS: usize = 50;

/// The terms of one car.
pub(crate) type RetirementTerms = [f64; TERMS];

/// Log-odds of each rate relative to the field's, and tens of places behind the tenth, which are 0 without a grid.
pub(crate) fn terms(car: &Features) -> RetirementTerms {
    let log_odds = |rate: f64| {
        let rate = rate.clamp(0.005, 0.9);
        (rate / (1.0 - rate)).ln()
    };
    let rates = &car.retirement;
    let field = log_odds(rates.field);
    [
        1.0,
        field,
        log_odds(rates.team) - field,
        log_odds(rates.driver) - field,
        log_odds(rates.circuit) - field,
        car.place
            .map_or(0.0, |place| (f64::from(place) - 10.0) / 10.0),
    ]
}

/// The chance of retiring from a full-length Grand Prix.
pub(crate) fn chance(coefficients: &RetirementTerms, row: &RetirementTerms) -> f64 {
    let log_odds: f64 = coefficients.iter().zip(row).map(|(b, x)| b * x).sum();
    1.0 / (1.0 + (-log_odds).exp())
}

/// Fits the coefficients by Newton's method on cars given as (terms, retired, weight).
pub(crate) fn fit<'a>(
    cars: &(impl Iterator<Item = (&'a RetirementTerms, bool, f64)> + Clone),
) -> Result<RetirementTerms, FitError> {
    let mut coefficients = START;
    for _ in 0..MAX_STEPS {
        let mut gradient = SVector::<f64, TERMS>::from(coefficients) * -RIDGE;
        let mut information = SMatrix::<f64, TERMS, TERMS>::identity() * RIDGE;
        for (row, retired, weight) in cars.clone() {
            let expected = chance(&coefficients, row);
            let surprise = weight * (f64::from(u8::from(retired)) - expected);
            let certainty = weight * expected * (1.0 - expected);
            for (i, x) in row.iter().enumerate() {
                gradient[i] += surprise * x;
                for (j, y) in row[..=i].iter().enumerate() {
                    information[(i, j)] += certainty * x * y;
                }
            }
        }
        information.fill_upper_triangle_with_lower_triangle();
        if gradient.iter().any(|part| !part.is_finite()) {
            return Err(FitError::NotFinite);
        }
        let factor = information.cholesky().ok_or(FitError::NotFinite)?;
        let step = factor.solve(&gradient);
        for (coefficient, step) in coefficients.iter_mut().zip(step.iter()) {
            *coefficient += step;
        }
        if gradient.dot(&step) < TOLERANCE {
            return Ok(coefficients);
        }
    }
    Err(FitError::NotConverged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_penalised_likelihood_is_stationary_at_the_fit() {
        let rows: Vec<(RetirementTerms, bool)> = (0..200_u16)
            .map(|n| {
                let x = f64::from(n % 17) / 8.0 - 1.0;
                let y = f64::from(n % 5) / 2.0 - 1.0;
                ([1.0, 0.3, x, y, x * y, y - x], (n * 7) % 11 < 3 + n % 4)
            })
            .collect();
        let cars = rows.iter().map(|(row, retired)| (row, *retired, 0.7));
        let best = fit(&cars).unwrap();
        let value = |b: &RetirementTerms| -> f64 {
            let likelihood: f64 = rows
                .iter()
                .map(|(row, retired)| {
                    let p = chance(b, row);
                    0.7 * if *retired { p.ln() } else { (1.0 - p).ln() }
                })
                .sum();
            likelihood - 0.5 * RIDGE * b.iter().map(|b| b * b).sum::<f64>()
        };
        for i in 0..TERMS {
            let at = |step: f64| {
                let mut moved = best;
                moved[i] += step;
                value(&moved)
            };
            let slope = (at(1e-5) - at(-1e-5)) / 2e-5;
            assert!(slope.abs() < 1e-5, "slope {slope} in {}", NAMES[i]);
        }
    }
}
