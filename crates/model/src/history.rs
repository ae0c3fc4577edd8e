//! Past races as one design matrix, in the order they were run.

use crate::{
    features::Features,
    retirement::{self, Row},
    specification::Specification,
    weekend::Ending,
};

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
    /// Terms of the classified cars of Grands Prix in finishing order, one car after the other.
    pub(crate) rows: Vec<f64>,
    /// Terms of every car's retirement, and whether it retired.
    pub(crate) retirements: Vec<(Row, bool)>,
    pub(crate) sprints: Vec<Sprint>,
}

/// A Grand Prix in the matrix.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Summary {
    pub(crate) when: (i16, i16),
    pub(crate) first_row: usize,
    pub(crate) classified: usize,
    pub(crate) first_car: usize,
    pub(crate) cars: usize,
}

/// A sprint: only its scale is learned from it.
#[derive(Debug, Clone)]
pub(crate) struct Sprint {
    pub(crate) when: (i16, i16),
    /// Terms of the classified cars in finishing order.
    pub(crate) rows: Vec<f64>,
}

/// How long before (year, round) a race was, in years; only for weights, order is by year and round.
pub(crate) fn age(now: (i16, i16), then: (i16, i16)) -> f64 {
    let time = |(year, round): (i16, i16)| f64::from(year) + f64::from(round) / 24.0;
    (time(now) - time(then)).max(0.0)
}

impl History {
    /// Builds the matrix of `specification` from Grands Prix and sprints, each in the order they were run.
    #[must_use]
    pub fn new(specification: Specification, races: &[PastRace], sprints: &[PastRace]) -> Self {
        let mut history = Self {
            specification,
            races: Vec::with_capacity(races.len()),
            rows: Vec::new(),
            retirements: Vec::new(),
            sprints: Vec::new(),
        };
        for race in races {
            let first_row = history.rows.len() / specification.terms.len();
            history.rows.extend(classified_rows(&specification, race));
            let first_car = history.retirements.len();
            history.retirements.extend(race.cars.iter().map(|car| {
                let retired = matches!(car.ending, Ending::Retired | Ending::NotStarted);
                (retirement::row(&car.features), retired)
            }));
            history.races.push(Summary {
                when: (race.year, race.round),
                first_row,
                classified: history.rows.len() / specification.terms.len() - first_row,
                first_car,
                cars: race.cars.len(),
            });
        }
        history.sprints = sprints
            .iter()
            .map(|sprint| Sprint {
                when: (sprint.year, sprint.round),
                rows: classified_rows(&specification, sprint).collect(),
            })
            .collect();
        history
    }

    /// Number of Grands Prix strictly before `round` of `year`.
    #[must_use]
    pub fn races_before(&self, year: i16, round: i16) -> usize {
        self.races.partition_point(|race| race.when < (year, round))
    }
}

fn classified_rows(specification: &Specification, race: &PastRace) -> impl Iterator<Item = f64> {
    race.cars
        .iter()
        .filter(|car| car.ending == Ending::Classified)
        .flat_map(|car| {
            specification
                .terms
                .iter()
                .map(|(term, _)| term.value(&car.features))
        })
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
            &[],
        );
        assert_eq!(history.races_before(2029, 26), 2);
        assert_eq!(history.races_before(2030, 1), 3);
    }
}
