//! Past races as one design matrix, in the order they were run.

use crate::{features::Features, specification::Specification};

/// How a past race ended for a car.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// In the classification.
    Classified,
    /// Stopped, too far behind, or did not start.
    Retired,
    /// Taken out of the classification: says nothing about strength or reliability.
    Disqualified,
}

/// A car in a past race.
#[derive(Debug, Clone, Copy)]
pub struct Car {
    /// What was known of it before.
    pub features: Features,
    /// What became of it.
    pub ending: Ending,
}

/// A past race.
#[derive(Debug, Clone)]
pub struct PastRace {
    /// Season.
    pub year: i16,
    /// Round within the season.
    pub round: i16,
    /// The field in finishing order.
    pub cars: Vec<Car>,
}

/// Past races, ready to be fitted on any prefix.
#[derive(Debug, Clone)]
pub struct History {
    pub(crate) specification: Specification,
    pub(crate) races: Vec<Summary>,
    /// Rows of the classified cars in finishing order, one term after the other.
    pub(crate) rows: Vec<f64>,
}

/// A race in the matrix.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Summary {
    pub(crate) when: (i16, i16),
    pub(crate) first_row: usize,
    pub(crate) classified: usize,
    pub(crate) starters: usize,
    pub(crate) retired: usize,
}

/// How long before (year, round) a race was, in years; only for weights, order is by year and round.
pub(crate) fn age(now: (i16, i16), then: (i16, i16)) -> f64 {
    let time = |(year, round): (i16, i16)| f64::from(year) + f64::from(round) / 24.0;
    (time(now) - time(then)).max(0.0)
}

impl History {
    /// Builds the matrix of `specification` from races in the order they were run.
    #[must_use]
    pub fn new(specification: Specification, races: &[PastRace]) -> Self {
        let terms = specification.terms;
        let mut history = Self {
            specification,
            races: Vec::with_capacity(races.len()),
            rows: Vec::new(),
        };
        for race in races {
            let first_row = history.rows.len() / terms.len();
            let classified = race
                .cars
                .iter()
                .filter(|car| car.ending == Ending::Classified);
            for car in classified.clone() {
                history
                    .rows
                    .extend(terms.iter().map(|term| term.value(&car.features)));
            }
            history.races.push(Summary {
                when: (race.year, race.round),
                first_row,
                classified: classified.count(),
                starters: race.cars.len(),
                retired: race
                    .cars
                    .iter()
                    .filter(|car| car.ending == Ending::Retired)
                    .count(),
            });
        }
        history
    }

    /// Number of races strictly before `round` of `year`.
    #[must_use]
    pub fn races_before(&self, year: i16, round: i16) -> usize {
        self.races.partition_point(|race| race.when < (year, round))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specification::GRID;

    #[test]
    fn a_long_season_does_not_reach_into_the_next() {
        let race = |year, round| PastRace {
            year,
            round,
            cars: Vec::new(),
        };
        let history = History::new(
            GRID,
            &[
                race(2029, 24),
                race(2029, 25),
                race(2029, 26),
                race(2030, 1),
            ],
        );
        assert_eq!(history.races_before(2029, 26), 2);
        assert_eq!(history.races_before(2030, 1), 3);
    }
}
