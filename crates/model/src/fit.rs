//! Fitting: worst-first Plackett–Luce by Newton's method, the retirement model, and the scale of sprints.
//!
//! Worst-first (reverse) Plackett–Luce, Powell 2023 (J. Quant. Anal. Sports 19(3)): among the classified cars the last
//! is drawn first, with chances proportional to `exp(-eta)`, then the last but one of the rest, and so on. Its
//! log-likelihood is `sum_k [ -eta_k - ln sum_{j<=k} exp(-eta_j) ]` in finishing order; with a ridge it is strictly
//! concave, so the optimum is unique.

use nalgebra::{DMatrix, DVector};

use crate::{
    history::{History, age},
    retirement,
    specification::Specification,
};

/// Fewer classified cars than this in all are not enough to fit anything.
const FEWEST_ROWS: usize = 50;
/// Newton's method takes its last step when the expected gain of it falls below this; what is left to gain then is of
/// the order of its square.
const TOLERANCE: f64 = 1e-7;
/// Standard deviation of the logarithm of a sprint's scale, before any sprint was seen.
const SCALE_DEVIATION: f64 = 0.35;
/// It converges in about four steps; this many mean that something is wrong.
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
    /// Log-odds of retiring, in the order of [`retirement::NAMES`].
    pub retirement: [f64; retirement::TERMS],
    /// What strengths are multiplied with in a sprint.
    pub sprint_scale: f64,
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

    /// The most probable scale of sprints given those before `when`, on a grid from .7 to 2.5, with a lognormal(0, .35)
    /// prior; 1 before the first.
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

    /// Newton's method with step halving from a fixed start: always the same path, so the same bits. Returns the optimum
    /// and its log-likelihood without the penalty.
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

    /// The weighted log-likelihood of the races in `range` at `beta`, with both derivatives, in one pass: with
    /// `e = exp(-eta)` and `t_k = e_1 + ... + e_k`, the information is
    /// `sum_j x_j x_j' e_j sum_{k>=j} 1 / t_k - sum_k m_k m_k'`, `m_k` the mean of the rows up to `k` weighted by `e`.
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
            // Only differences matter: relative to the weakest car no exponential overflows.
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

/// The lower half of a symmetric matrix that is a sum of `weight * x x'`.
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

/// The log-likelihood of one finishing order at a scale of the strengths.
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

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;
    use crate::{
        features::Features,
        history::{Car, PastRace},
        pace::Estimate,
        specification::R2,
        state::RetirementRates,
        terms::Term,
        weekend::Ending,
    };

    /// Few terms, so that small histories say something about each.
    const SMALL: Specification = Specification {
        terms: &[
            (Term::DriverRating, 0.5),
            (Term::TeamRating, 0.5),
            (Term::Elo, 0.5),
        ],
        ridge: 2.0,
        half_life_years: 8.0,
        first_season: 2000,
        ..R2
    };

    fn car([driver_rating, team_rating, elo]: [f64; 3], ending: Ending) -> Car {
        let features = Features {
            place: None,
            pit_lane: false,
            qualifying_gap: None,
            sprint_place: None,
            practice: [0.0; 3],
            pace: Estimate {
                car: 0.0,
                driver: 0.0,
                variance: 0.0,
                one_lap_car: 0.0,
                one_lap_driver: 0.0,
                driver_lasting: 0.0,
            },
            pace_deviation: 0.0,
            driver_skill: 0.0,
            skill_at_the_front: 0.0,
            driver_rating,
            team_rating,
            fastest_lap_form: 0.0,
            points_form: 0.0,
            retirement: RetirementRates {
                field: 0.15,
                team: 0.1 + 0.05 * team_rating.abs().min(1.0),
                driver: 0.15,
                circuit: 0.2,
            },
            elo,
        };
        Car { features, ending }
    }

    /// About every fourth car retires.
    fn field(most: usize) -> impl Strategy<Value = Vec<Car>> {
        let car = ([-2.0..2.0_f64, -2.0..2.0, -2.0..2.0], 0..4_u8).prop_map(|(x, ending)| {
            let ending = if ending == 0 {
                Ending::Retired
            } else {
                Ending::Classified
            };
            car(x, ending)
        });
        vec(car, 0..=most)
    }

    fn past(fields: Vec<Vec<Car>>) -> Vec<PastRace> {
        let races = fields.into_iter().zip(1..);
        races
            .map(|(cars, round)| PastRace {
                year: 2010 + round / 20,
                round: round % 20,
                cars,
            })
            .collect()
    }

    /// Always the same: 12 races of 20 cars that finish in random order.
    fn twelve_races() -> Vec<PastRace> {
        let mut state = 1_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from(state >> 8) / f64::from(1 << 24) - 0.5
        };
        let fields = (0..12).map(|_| {
            let cars = (0..20).map(|_| {
                let x = [next(), next(), next()];
                let ending = if next() < -0.3 {
                    Ending::Retired
                } else {
                    Ending::Classified
                };
                car(x, ending)
            });
            cars.collect()
        });
        past(fields.collect())
    }

    /// Slope of a function in one coordinate.
    fn slope(beta: &DVector<f64>, of: usize, value: impl Fn(&DVector<f64>) -> f64) -> f64 {
        let step = 1e-5;
        let at = |step: f64| {
            let mut moved = beta.clone();
            moved[of] += step;
            value(&moved)
        };
        (at(step) - at(-step)) / (2.0 * step)
    }

    proptest! {
        #[test]
        fn the_derivatives_are_those_of_the_likelihood(
            fields in vec(field(12), 1..6),
            weights in vec(0.1..1.5_f64, 6),
            beta in vec(-1.5..1.5_f64, 3),
        ) {
            let history = History::new(SMALL, &past(fields), &[]);
            let beta = DVector::from_vec(beta);
            let at = |beta: &DVector<f64>| history.likelihood(0..history.races.len(), &weights, beta);
            let Likelihood { gradient, information, .. } = at(&beta);
            for i in 0..beta.len() {
                let expected = slope(&beta, i, |beta| at(beta).value);
                prop_assert!(
                    (gradient[i] - expected).abs() < 1e-6 * (1.0 + expected.abs()),
                    "gradient {i}: {} is not {expected}", gradient[i]
                );
                for j in 0..beta.len() {
                    let expected = -slope(&beta, j, |beta| at(beta).gradient[i]);
                    prop_assert!(
                        (information[(i, j)] - expected).abs() < 1e-6 * (1.0 + expected.abs()),
                        "information {i}, {j}: {} is not {expected}", information[(i, j)]
                    );
                }
            }
        }

        #[test]
        fn the_fit_is_the_one_optimum(fields in vec(field(20), 8..12)) {
            const ELSEWHERE: Specification = Specification {
                terms: &[
                    (Term::DriverRating, -4.0),
                    (Term::TeamRating, 5.0),
                    (Term::Elo, 0.0),
                ],
                ..SMALL
            };
            let races = past(fields);
            let history = History::new(SMALL, &races, &[]);
            let classified: usize = history.races.iter().map(|race| race.classified).sum();
            prop_assume!(classified >= FEWEST_ROWS);
            let fit = history.fit(2011, 1).unwrap();
            prop_assert_eq!(fit.rows, classified);
            let now = (2011, 1);
            let weights: Vec<f64> = history
                .races
                .iter()
                .map(|race| 0.5_f64.powf(age(now, race.when) / SMALL.half_life_years))
                .collect();
            let beta = DVector::from_vec(fit.coefficients.clone());
            let at = history.likelihood(0..races.len(), &weights, &beta);
            let flat = at.gradient - &beta * SMALL.ridge;
            prop_assert!(flat.amax() < 1e-6, "gradient {flat}");
            prop_assert!((fit.log_likelihood - at.value).abs() < 1e-9);
            let other = History::new(ELSEWHERE, &races, &[]).fit(2011, 1).unwrap();
            for (a, b) in fit.coefficients.iter().zip(&other.coefficients) {
                prop_assert!((a - b).abs() < 1e-6, "{a} is not {b}");
            }
        }
    }

    #[test]
    fn a_race_a_half_life_earlier_counts_half() {
        let races = twelve_races();
        let early = PastRace {
            year: 2002,
            ..races[0].clone()
        };
        let late = PastRace {
            year: early.year + 8,
            ..early.clone()
        };
        let once = [vec![late], races[1..].to_vec()].concat();
        let twice = [vec![early; 2], races[1..].to_vec()].concat();
        let fit = |races: &[PastRace]| History::new(SMALL, races, &[]).fit(2011, 1).unwrap();
        let (once, twice) = (fit(&once), fit(&twice));
        for (a, b) in once.coefficients.iter().zip(&twice.coefficients) {
            assert!((a - b).abs() < 1e-10, "{a} is not {b}");
        }
        for (a, b) in once.retirement.iter().zip(&twice.retirement) {
            assert!((a - b).abs() < 1e-10, "{a} is not {b}");
        }
        assert_ne!(fit(&races[1..]).coefficients, once.coefficients);
    }

    #[test]
    fn the_future_and_the_distant_past_say_nothing() {
        let races = twelve_races();
        let fit = |races: &[PastRace]| History::new(SMALL, races, &[]).fit(2010, 8).unwrap();
        let before = fit(&races[..7]);
        assert_eq!(before.races, 7);
        assert_eq!(fit(&races), before);
        let mut older = races.clone();
        older.insert(
            0,
            PastRace {
                year: 1999,
                ..races[3].clone()
            },
        );
        assert_eq!(fit(&older), before);
    }

    #[test]
    fn few_cars_are_not_enough() {
        let finished = |count: usize| vec![car([0.1, 0.2, 0.3], Ending::Classified); count];
        let retired = vec![car([0.1, 0.2, 0.3], Ending::Retired); 60];
        let fit = |fields: Vec<Vec<Car>>| History::new(SMALL, &past(fields), &[]).fit(2011, 1);
        assert_eq!(fit(vec![]), Err(FitError::NotEnoughData { rows: 0 }));
        assert_eq!(fit(vec![retired]), Err(FitError::NotEnoughData { rows: 0 }));
        let missing_one = fit(vec![finished(25), finished(24)]);
        assert_eq!(missing_one, Err(FitError::NotEnoughData { rows: 49 }));
        assert!(fit(vec![finished(25), finished(25)]).is_ok());
    }

    #[test]
    fn what_is_not_a_number_is_an_error() {
        let spoilt = |spoil: &dyn Fn(&mut Features)| {
            let mut races = twelve_races();
            let cars = races[5].cars.iter_mut();
            cars.for_each(|car| spoil(&mut car.features));
            History::new(SMALL, &races, &[]).fit(2011, 1)
        };
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let fit = spoilt(&|car| car.driver_rating = bad);
            assert_eq!(fit, Err(FitError::NotFinite));
        }
        let fit = spoilt(&|car| car.retirement.team = f64::NAN);
        assert_eq!(fit, Err(FitError::NotFinite));
    }

    #[test]
    fn the_same_past_gives_the_same_bits() {
        let bits = || {
            let races = twelve_races();
            let fit = History::new(SMALL, &races, &races).fit(2011, 1).unwrap();
            let numbers = [fit.log_likelihood, fit.sprint_scale];
            let all = fit.coefficients.into_iter().chain(fit.retirement);
            all.chain(numbers).map(f64::to_bits).collect::<Vec<_>>()
        };
        assert_eq!(bits(), bits());
    }

    #[test]
    fn only_sprints_before_the_race_set_their_scale() {
        // In the order of their ratings: more orderly than the likelihood says.
        let orderly = |round| PastRace {
            year: 2010,
            round,
            cars: (0..10_u8)
                .map(|place| car([1.0 - 0.2 * f64::from(place); 3], Ending::Classified))
                .collect(),
        };
        let races: Vec<PastRace> = (1..=6).map(orderly).collect();
        let sprints: Vec<PastRace> = (3..=6).map(orderly).collect();
        let scale = |sprints: &[PastRace]| {
            let fit = History::new(SMALL, &races, sprints).fit(2010, 6);
            fit.unwrap().sprint_scale
        };
        for none_yet in [&[], &sprints[3..]] {
            assert_eq!(scale(none_yet).to_bits(), 1.0_f64.to_bits());
        }
        assert!(scale(&sprints) > 1.0, "{}", scale(&sprints));
    }
}
