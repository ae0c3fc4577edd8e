//! What a filter expects of the qualifying session that comes next, and what its result would say of the race.

use nalgebra::{Cholesky, DMatrix, DVector, SymmetricEigen};

use super::{PaceFilter, SessionKind, entity::CarStates, update::INTERCEPT_VARIANCE};
use crate::weekend::Entrant;

/// The joint distribution of the gaps of a field in qualifying, and how race pace and skill depend on them. In per cent of
/// lap time, lower is faster; the cars are in the order of the field.
#[derive(Debug, Clone)]
pub struct QualifyingOutlook {
    /// Mean one-lap pace.
    pub one_lap: DVector<f64>,
    /// Standard deviation of the one-lap pace shown in qualifying.
    pub deviation: DVector<f64>,
    /// The team's part of the expected race pace.
    pub race_car: DVector<f64>,
    /// The driver's part of the expected race pace.
    pub race_driver: DVector<f64>,
    /// Mean lasting pace of the driver.
    pub driver_lasting: DVector<f64>,
    /// Turns independent standard normal numbers into deviations from `one_lap`, the largest directions first.
    pub(crate) axes: DMatrix<f64>,
    /// What such deviations, once seen, add to the race pace.
    pub(crate) race_gain: DMatrix<f64>,
    /// What they add to the lasting pace of the drivers.
    pub(crate) lasting_gain: DMatrix<f64>,
}

impl QualifyingOutlook {
    /// The one-lap pace that the cars show, given a standard normal number for each of the independent axes of their joint
    /// distribution.
    #[must_use]
    pub fn shown(&self, normal: &DVector<f64>) -> DVector<f64> {
        &self.one_lap + &self.axes * normal
    }
}

impl PaceFilter {
    /// The outlook on a dry qualifying of `field`. `None` if a car's team or driver is unknown, if the field is empty, or if
    /// a covariance is not a finite number.
    pub(crate) fn outlook(&self, field: &[Entrant]) -> Option<QualifyingOutlook> {
        let cars: Vec<CarStates> = field
            .iter()
            .map(|car| self.states(*car))
            .collect::<Option<_>>()?;
        let n = cars.len();
        if n == 0 {
            return None;
        }
        let noise = SessionKind::Qualifying { wet: false }
            .observation()
            .variance;
        // Columns of `P A'`, with the rows of `A` that sum to one-lap pace.
        let mut spread = DMatrix::zeros(self.mean.len(), n);
        for (mut column, car) in spread.column_iter_mut().zip(&cars) {
            for state in car.one_lap() {
                column += self.covariance.column(*state);
            }
        }
        let sums = |of: &dyn Fn(&CarStates) -> Vec<usize>| {
            DMatrix::from_fn(n, n, |a, b| {
                let states = of(&cars[a]);
                states.iter().map(|state| spread[(*state, b)]).sum::<f64>()
            })
        };
        let mut shown = sums(&|car| car.one_lap().to_vec());
        shown.fill_upper_triangle_with_lower_triangle();
        for car in 0..n {
            shown[(car, car)] += noise;
        }
        if shown.iter().any(|value| !value.is_finite()) {
            return None;
        }
        let mut observed = shown.clone();
        observed.add_scalar_mut(INTERCEPT_VARIANCE);
        let inverse = Cholesky::new(observed)?.inverse();
        let means = |of: &dyn Fn(&CarStates) -> Vec<usize>| {
            let mean = |car: &CarStates| of(car).iter().map(|state| self.mean[*state]).sum();
            DVector::from_iterator(n, cars.iter().map(mean))
        };
        let team = |car: &CarStates| vec![car.team, car.team + 2, car.team + 1];
        let one_lap = means(&|car| car.one_lap().to_vec());
        let race = means(&|car| car.race().to_vec());
        let race_car = means(&team);
        Some(QualifyingOutlook {
            deviation: shown.diagonal().map(|variance| variance.max(0.0).sqrt()),
            one_lap,
            race_driver: race - &race_car,
            race_car,
            driver_lasting: means(&|car| vec![car.driver]),
            race_gain: sums(&|car| car.race().to_vec()) * &inverse,
            lasting_gain: sums(&|car| vec![car.driver]) * &inverse,
            axes: principal_axes(shown),
        })
    }
}

/// `V D^(1/2)` of a covariance `V D V'`, the columns in order of decreasing variance.
fn principal_axes(covariance: DMatrix<f64>) -> DMatrix<f64> {
    let eigen = SymmetricEigen::new(covariance);
    let mut order: Vec<usize> = (0..eigen.eigenvalues.len()).collect();
    order.sort_by(|a, b| eigen.eigenvalues[*b].total_cmp(&eigen.eigenvalues[*a]));
    let columns: Vec<DVector<f64>> = order
        .iter()
        .map(|at| eigen.eigenvectors.column(*at) * eigen.eigenvalues[*at].max(0.0).sqrt())
        .collect();
    DMatrix::from_columns(&columns)
}
