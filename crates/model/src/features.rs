//! What the model is told of a car: named inputs, from what was known at the moment of the forecast.

use crate::{
    pace::{Estimate, median},
    state::{RetirementRates, State, Weekend},
    weekend::{Circuit, Entrant},
};

/// A practice gap above this (5 %) says no more than this much.
const LARGEST_PRACTICE_GAP: f64 = 0.05;
/// Per cent of lap time behind the quickest team at which a driver's skill counts e times less.
const FRONT: f64 = 0.3;
/// Scale of skill at the front, so that its weight is of the size of the others.
const SKILL: f64 = 5.0;

/// A car at the start of a race, with what its sessions said.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Starter {
    /// Which car.
    pub entrant: Entrant,
    /// Place among the field, 1 to n, pit-lane starters last; `None` before qualifying.
    pub place: Option<u16>,
    /// Starts from the pit lane.
    pub pit_lane: bool,
    /// Log gap to the best qualifying time ([`crate::qualifying::gaps`]); `None` without a time.
    pub qualifying_gap: Option<f64>,
    /// Log gaps to the fastest laps of the practice sessions; `None` without a time or where one was not held.
    pub practice_gaps: [Option<f64>; 3],
    /// Place in this weekend's sprint; `None` until it is run.
    pub sprint_place: Option<u16>,
}

/// Named inputs of one car.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Features {
    /// Place among the field; `None` before qualifying.
    pub place: Option<u16>,
    /// Starts from the pit lane.
    pub pit_lane: bool,
    /// Log gap to the best qualifying time; `None` without a time.
    pub qualifying_gap: Option<f64>,
    /// Place in this weekend's sprint.
    pub sprint_place: Option<u16>,
    /// Per cent faster than the field's mean in each practice session, a missing time standing at the median; 0 for
    /// all where it was not held.
    pub practice: [f64; 3],
    /// The estimated pace.
    pub pace: Estimate,
    /// Standard deviation of the pace relative to the field's mean, per cent of lap time: the level of a whole field is
    /// not known and means nothing.
    pub pace_deviation: f64,
    /// The driver's lasting part of the pace, per cent of lap time, higher is faster.
    pub driver_skill: f64,
    /// Five times that, fading with the distance of the own team to the quickest.
    pub skill_at_the_front: f64,
    /// Rating from finishing orders.
    pub driver_rating: f64,
    /// Rating of the team's lineage.
    pub team_rating: f64,
    /// Mean log gap of recent fastest laps to the best.
    pub fastest_lap_form: f64,
    /// Mean of recent points, a win being 1.
    pub points_form: f64,
    /// Rates of retirement.
    pub retirement: RetirementRates,
    /// Elo rating of the driver, hundreds of points above the start: for a baseline.
    pub elo: f64,
}

/// The features of a field at `circuit`, from the state before the weekend and the sessions so far. Cars that the
/// weekend was not opened for are left out.
#[must_use]
pub fn of_field(
    state: &State,
    weekend: &Weekend,
    circuit: Circuit,
    field: &[Starter],
) -> Vec<Features> {
    let practice: [Vec<f64>; 3] = std::array::from_fn(|session| {
        let gap = |car: &Starter| finite(car.practice_gaps[session]);
        let gaps: Vec<Option<f64>> = field.iter().map(gap).collect();
        faster_than_the_mean(&gaps)
    });
    let paces: Vec<Option<Estimate>> = field
        .iter()
        .map(|car| weekend.estimate(car.entrant))
        .collect();
    let quickest = |belongs: &dyn Fn(&Starter) -> bool| {
        let of_those = field.iter().zip(&paces).filter(|(car, _)| belongs(car));
        of_those
            .filter_map(|(_, pace)| Some(pace.as_ref()?.race()))
            .fold(f64::INFINITY, f64::min)
    };
    let best = quickest(&|_| true);
    let entrants: Vec<Entrant> = field.iter().map(|car| car.entrant).collect();
    let deviations = weekend.deviations(&entrants);
    field
        .iter()
        .zip(&paces)
        .enumerate()
        .filter_map(|(index, (car, pace))| {
            let pace = (*pace)?;
            let team = quickest(&|other| other.entrant.team == car.entrant.team);
            let record = state.record(car.entrant, circuit);
            let driver_skill = -pace.driver_lasting;
            Some(Features {
                place: car.place,
                pit_lane: car.pit_lane,
                qualifying_gap: finite(car.qualifying_gap),
                sprint_place: car.sprint_place,
                practice: std::array::from_fn(|session| practice[session][index]),
                pace,
                pace_deviation: deviations[index],
                driver_skill,
                skill_at_the_front: SKILL * driver_skill * (-(team - best) / FRONT).exp(),
                driver_rating: record.driver_rating,
                team_rating: record.team_rating,
                fastest_lap_form: record.fastest_lap_form,
                points_form: record.points_form,
                retirement: record.retirement,
                elo: record.elo,
            })
        })
        .collect()
}

/// What is not a number was not measured.
fn finite(gap: Option<f64>) -> Option<f64> {
    gap.filter(|gap| gap.is_finite())
}

/// Per cent faster than the mean, from log gaps to the fastest; a missing gap stands at the median of the others.
fn faster_than_the_mean(gaps: &[Option<f64>]) -> Vec<f64> {
    let mut known: Vec<f64> = gaps.iter().copied().flatten().collect();
    let Some(middle) = median(&mut known) else {
        return vec![0.0; gaps.len()];
    };
    let percent: Vec<f64> = gaps
        .iter()
        .map(|gap| 100.0 * gap.unwrap_or(middle).min(LARGEST_PRACTICE_GAP))
        .collect();
    let mean = percent.iter().sum::<f64>() / percent.len() as f64;
    percent.iter().map(|gap| mean - gap).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_practice_time_stands_at_the_median() {
        let values = faster_than_the_mean(&[Some(0.0), Some(0.01), Some(0.02), None]);
        for (value, expected) in values.iter().zip([1.0, 0.0, -1.0, 0.0]) {
            assert!((value - expected).abs() < 1e-12);
        }
        assert_eq!(faster_than_the_mean(&[None, None]), [0.0, 0.0]);
    }

    #[test]
    fn a_lap_far_off_counts_as_five_per_cent() {
        let values = faster_than_the_mean(&[Some(0.0), Some(0.5)]);
        assert!((values[0] - 2.5).abs() < 1e-12 && (values[1] + 2.5).abs() < 1e-12);
    }
}
