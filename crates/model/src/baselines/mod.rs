//! Baselines that are not fitted, for comparison with the model.
//!
//! [`grid_frequencies`] counts how often each grid place led to each finishing place. [`published_formula`] adds up scores
//! with weights set by hand. Both take races strictly before the one to forecast, oldest first.

mod grid_frequencies;
mod published_formula;
mod season_so_far;

pub use grid_frequencies::grid_frequencies;
pub use published_formula::published_formula;

use crate::weekend::{CarOutcome, Entrant};

/// A car in a past race, as the baselines use it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RecordedCar {
    /// The car.
    pub entrant: Entrant,
    /// Grid place among the field, from one.
    pub place: u16,
    /// Log gap to the best in qualifying; `None` without a time.
    pub qualifying_gap: Option<f64>,
    /// Log gap to the fastest lap of second practice; `None` without a time.
    pub practice_2_gap: Option<f64>,
    /// How the race ended for it.
    pub outcome: CarOutcome,
    /// Championship points scored in the race.
    pub points: f64,
}

/// A past race, as the baselines use it.
#[derive(Debug, Clone, PartialEq)]
pub struct RaceRecord {
    /// Season.
    pub year: i16,
    /// Round within the season.
    pub round: i16,
    /// The field in the published finishing order.
    pub cars: Vec<RecordedCar>,
}

/// A car of the field to forecast.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// The car.
    pub entrant: Entrant,
    /// Grid place among the field, from one.
    pub place: u16,
    /// Log gap to the best in qualifying; `None` without a time.
    pub qualifying_gap: Option<f64>,
    /// Log gap to the fastest lap of second practice; `None` without a time.
    pub practice_2_gap: Option<f64>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        distribution::Positions,
        weekend::{Driver, Team},
    };

    /// Drivers 2n and 2n + 1 drive for team n. Times follow the grid.
    pub(super) fn candidate(driver: i32, place: u16) -> Candidate {
        let gap = Some(f64::from(place - 1) * 1e-3);
        Candidate {
            entrant: Entrant {
                driver: Driver(driver),
                team: Team(driver / 2),
            },
            place,
            qualifying_gap: gap,
            practice_2_gap: gap,
        }
    }

    /// A race in which drivers 0, 1, ... start and finish in this order.
    pub(super) fn procession(year: i16, round: i16, cars: u16) -> RaceRecord {
        let cars = (1..=cars)
            .map(|place| RecordedCar {
                entrant: candidate(i32::from(place) - 1, place).entrant,
                place,
                qualifying_gap: Some(f64::from(place - 1) * 1e-3),
                practice_2_gap: None,
                outcome: CarOutcome::Classified,
                points: f64::from(25_u16.saturating_sub(3 * place)),
            })
            .collect();
        RaceRecord { year, round, cars }
    }

    pub(super) fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    fn both(past: &[RaceRecord], year: i16, field: &[Candidate]) -> [Positions; 2] {
        [
            grid_frequencies(past, year, field),
            published_formula(past, year, field),
        ]
    }

    #[test]
    fn an_empty_field_and_a_single_car() {
        let past = [procession(2020, 1, 4)];
        for past in [&past[..], &[]] {
            for positions in both(past, 2020, &[]) {
                assert_eq!(positions.size(), 0);
            }
            for positions in both(past, 2020, &[candidate(0, 1)]) {
                assert_eq!(positions.car(0), [1.0]);
            }
        }
    }

    fn gap() -> impl Strategy<Value = Option<f64>> {
        prop::option::weighted(0.8, 0.0..0.08_f64)
    }

    fn field() -> impl Strategy<Value = Vec<Candidate>> {
        let entries = Just((0..30).collect::<Vec<i32>>()).prop_shuffle();
        let cars = prop::collection::vec((gap(), gap()), 1..=26);
        (entries, cars).prop_map(|(drivers, cars)| {
            (1..)
                .zip(drivers)
                .zip(cars)
                .map(
                    |((place, driver), (qualifying_gap, practice_2_gap))| Candidate {
                        qualifying_gap,
                        practice_2_gap,
                        ..candidate(driver, place)
                    },
                )
                .collect()
        })
    }

    fn record() -> impl Strategy<Value = RaceRecord> {
        let outcome = prop::sample::select(vec![
            CarOutcome::Classified,
            CarOutcome::Retired,
            CarOutcome::NotStarted,
            CarOutcome::Disqualified,
        ]);
        let endings = prop::collection::vec((outcome, 0.0..26.0_f64), 26);
        let finish = Just((0..26).collect::<Vec<usize>>()).prop_shuffle();
        (1996..=2020_i16, field(), endings, finish).prop_map(
            |(year, field, endings, mut finish)| {
                finish.retain(|index| *index < field.len());
                let cars = finish
                    .into_iter()
                    .zip(endings)
                    .map(|(index, (outcome, points))| RecordedCar {
                        entrant: field[index].entrant,
                        place: field[index].place,
                        qualifying_gap: field[index].qualifying_gap,
                        practice_2_gap: field[index].practice_2_gap,
                        outcome,
                        points,
                    })
                    .collect();
                RaceRecord {
                    year,
                    round: 1,
                    cars,
                }
            },
        )
    }

    proptest! {
        #[test]
        fn every_past_gives_a_distribution(
            mut past in prop::collection::vec(record(), 0..20),
            field in field(),
        ) {
            past.sort_by_key(|race| race.year);
            for positions in both(&past, 2020, &field) {
                prop_assert_eq!(positions.size(), field.len());
                for index in 0..field.len() {
                    let row = positions.car(index);
                    prop_assert!(row.iter().all(|chance| (0.0..=1.0).contains(chance)), "{row:?}");
                    let sum: f64 = row.iter().sum();
                    prop_assert!((sum - 1.0).abs() < 1e-9, "row {index} sums to {sum}");
                    let sum: f64 = (0..field.len()).map(|car| positions.car(car)[index]).sum();
                    prop_assert!((sum - 1.0).abs() < 1e-6, "column {index} sums to {sum}");
                }
            }
        }
    }
}
