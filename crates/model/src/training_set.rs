//! Past races as one design matrix, in chronological order.

use crate::{
    features::Features,
    retirement::{self, RetirementTerms},
    specification::Specification,
    weekend::CarOutcome,
};

/// A car in a past race.
#[derive(Debug, Clone, Copy)]
pub struct PastCar {
    /// Its features, from what was known before the race.
    pub features: Features,
    /// How the race ended for it.
    pub outcome: CarOutcome,
}

/// A past race.
#[derive(Debug, Clone)]
pub struct PastRace {
    /// Season.
    pub year: i16,
    /// Round within the season.
    pub round: i16,
    /// The field in finishing order.
    pub cars: Vec<PastCar>,
}

/// Past races, prepared so that a model can be fitted on any prefix of them.
#[derive(Debug, Clone)]
pub struct TrainingSet {
    pub(crate) specification: Specification,
    pub(crate) races: Vec<RaceRows>,
    /// Terms of the classified cars of every Grand Prix, in finishing order, row by row.
    pub(crate) rows: Vec<f64>,
    /// Retirement terms of every car, and whether it retired.
    pub(crate) retirements: Vec<(RetirementTerms, bool)>,
    pub(crate) sprints: Vec<SprintRows>,
}

/// The rows of one Grand Prix.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RaceRows {
    /// Year and round.
    pub(crate) when: (i16, i16),
    pub(crate) first_row: usize,
    pub(crate) classified: usize,
    pub(crate) first_car: usize,
    pub(crate) cars: usize,
}

/// The rows of one sprint. Only the scale of sprints is fitted on them.
#[derive(Debug, Clone)]
pub(crate) struct SprintRows {
    /// Year and round.
    pub(crate) when: (i16, i16),
    /// Terms of the classified cars in finishing order.
    pub(crate) rows: Vec<f64>,
}

/// Years from one (year, round) to another, 24 rounds to a year. It is used for weights only: order is by (year, round).
pub(crate) fn age(now: (i16, i16), then: (i16, i16)) -> f64 {
    let time = |(year, round): (i16, i16)| f64::from(year) + f64::from(round) / 24.0;
    (time(now) - time(then)).max(0.0)
}

impl TrainingSet {
    /// Builds the matrix of `specification` from Grands Prix and sprints, each in chronological order.
    #[must_use]
    pub fn new(specification: Specification, races: &[PastRace], sprints: &[PastRace]) -> Self {
        let mut training = Self {
            specification,
            races: Vec::with_capacity(races.len()),
            rows: Vec::new(),
            retirements: Vec::new(),
            sprints: Vec::new(),
        };
        for race in races {
            let first_row = training.rows.len() / specification.terms.len();
            training.rows.extend(classified_rows(&specification, race));
            let first_car = training.retirements.len();
            training.retirements.extend(race.cars.iter().map(|car| {
                let retired = matches!(car.outcome, CarOutcome::Retired | CarOutcome::NotStarted);
                (retirement::terms(&car.features), retired)
            }));
            training.races.push(RaceRows {
                when: (race.year, race.round),
                first_row,
                classified: training.rows.len() / specification.terms.len() - first_row,
                first_car,
                cars: race.cars.len(),
            });
        }
        training.sprints = sprints
            .iter()
            .map(|sprint| SprintRows {
                when: (sprint.year, sprint.round),
                rows: classified_rows(&specification, sprint).collect(),
            })
            .collect();
        training
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
        .filter(|car| car.outcome == CarOutcome::Classified)
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
    fn the_rounds_of_a_long_season_come_before_the_next_season() {
        let race = |year, round| PastRace {
            year,
            round,
            cars: Vec::new(),
        };
        let training = TrainingSet::new(
            GRID,
            &[
                race(2029, 24),
                race(2029, 25),
                race(2029, 26),
                race(2030, 1),
            ],
            &[],
        );
        assert_eq!(training.races_before(2029, 26), 2);
        assert_eq!(training.races_before(2030, 1), 3);
    }
}
