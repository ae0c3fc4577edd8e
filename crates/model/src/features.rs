//! The features of a car: the named inputs of the model, from what was known at the moment of the forecast.

use crate::{
    median::median,
    pace::PaceEstimate,
    state::{Filter, RetirementRates, State, WeekendState},
    weekend::{Circuit, Entrant},
};

/// Practice gaps (log) are capped at this, 5 %.
const MAX_PRACTICE_GAP: f64 = 0.05;
/// A driver's skill counts less by a factor of e for every so many per cent of lap time that the team is behind the
/// quickest.
const FRONT_SCALE: f64 = 0.3;
/// Factor on skill at the front that gives it a coefficient of the same order as those of other features.
const SKILL_SCALE: f64 = 5.0;

/// A car at the start of a race, with its results in the sessions before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Starter {
    /// The car.
    pub entrant: Entrant,
    /// Place among the field, 1 to n, pit-lane starters last; `None` before qualifying.
    pub place: Option<u16>,
    /// Starts from the pit lane.
    pub pit_lane: bool,
    /// Log gap to the best in qualifying ([`crate::qualifying::gaps`]); `None` without a time.
    pub qualifying_gap: Option<f64>,
    /// Log gap to the fastest lap of each practice session; `None` without a time.
    pub practice_gaps: [Option<f64>; 3],
    /// Place in this weekend's sprint; `None` without a result.
    pub sprint_place: Option<u16>,
}

/// The inputs of the model for one car. By default every number is zero and everything optional missing.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Features {
    /// Place among the field; `None` before qualifying.
    pub place: Option<u16>,
    /// Starts from the pit lane.
    pub pit_lane: bool,
    /// Log gap to the best in qualifying; `None` without a time.
    pub qualifying_gap: Option<f64>,
    /// Place in this weekend's sprint; `None` without a result.
    pub sprint_place: Option<u16>,
    /// Per cent faster than the field's mean in each practice session. A missing time counts as the median; all are 0 for
    /// a session without times.
    pub practice: [f64; 3],
    /// The estimated pace after the sessions so far.
    pub pace: PaceEstimate,
    /// Standard deviation of the race pace relative to the field's mean, per cent of lap time. The absolute level of a
    /// field is unknown and irrelevant.
    pub pace_deviation: f64,
    /// The driver's lasting part of the pace, per cent of lap time, higher is faster.
    pub driver_skill: f64,
    /// Five times `driver_skill`, falling by a factor of e with every 0.3 % that the team is behind the quickest.
    pub skill_at_the_front: f64,
    /// Rating of the driver from finishing orders, log-odds.
    pub driver_rating: f64,
    /// Rating of the team's lineage from finishing orders, log-odds.
    pub team_rating: f64,
    /// Mean log gap of recent fastest laps to the best of the race.
    pub fastest_lap_form: f64,
    /// Mean of recent points on a scale where a win is 1.
    pub points_form: f64,
    /// Rates of retirement, shrunk means of earlier races.
    pub retirement: RetirementRates,
    /// Elo rating of the driver, hundreds of points above the initial one; only a baseline uses it.
    pub elo: f64,
}

/// The features of a field at `circuit`, from the state before the weekend and the sessions so far, with the pace of a
/// `filter`. Cars that `weekend` has no estimate of are left out.
#[must_use]
pub fn of_field(
    state: &State,
    weekend: &WeekendState,
    filter: Filter,
    circuit: Circuit,
    field: &[Starter],
) -> Vec<Features> {
    let practice: [Vec<f64>; 3] = std::array::from_fn(|session| {
        let gap = |car: &Starter| finite(car.practice_gaps[session]);
        let gaps: Vec<Option<f64>> = field.iter().map(gap).collect();
        faster_than_the_mean(&gaps)
    });
    let paces: Vec<Option<PaceEstimate>> = field
        .iter()
        .map(|car| weekend.estimate(filter, car.entrant))
        .collect();
    let quickest = |belongs: &dyn Fn(&Starter) -> bool| {
        let of_those = field.iter().zip(&paces).filter(|(car, _)| belongs(car));
        of_those
            .filter_map(|(_, pace)| Some(pace.as_ref()?.race()))
            .fold(f64::INFINITY, f64::min)
    };
    let best = quickest(&|_| true);
    let entrants: Vec<Entrant> = field.iter().map(|car| car.entrant).collect();
    let deviations = weekend.deviations(filter, &entrants);
    field
        .iter()
        .zip(&paces)
        .enumerate()
        .filter_map(|(index, (car, pace))| {
            let pace = (*pace)?;
            let team = quickest(&|other| other.entrant.team == car.entrant.team);
            let form = state.form(car.entrant, circuit);
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
                skill_at_the_front: skill_at_the_front(driver_skill, team - best),
                driver_rating: form.driver_rating,
                team_rating: form.team_rating,
                fastest_lap_form: form.fastest_lap_form,
                points_form: form.points_form,
                retirement: form.retirement,
                elo: form.elo,
            })
        })
        .collect()
}

/// A driver's skill as it counts in a car whose team is this far behind the quickest, per cent of lap time.
pub(crate) fn skill_at_the_front(skill: f64, team_behind: f64) -> f64 {
    SKILL_SCALE * skill * (-team_behind / FRONT_SCALE).exp()
}

/// A gap that is not a finite number counts as missing.
fn finite(gap: Option<f64>) -> Option<f64> {
    gap.filter(|gap| gap.is_finite())
}

/// Per cent faster than the mean, from log gaps to the fastest. A missing gap counts as the median of the others.
fn faster_than_the_mean(gaps: &[Option<f64>]) -> Vec<f64> {
    let mut known: Vec<f64> = gaps.iter().copied().flatten().collect();
    let Some(middle) = median(&mut known) else {
        return vec![0.0; gaps.len()];
    };
    let percent: Vec<f64> = gaps
        .iter()
        .map(|gap| 100.0 * gap.unwrap_or(middle).min(MAX_PRACTICE_GAP))
        .collect();
    let mean = percent.iter().sum::<f64>() / percent.len() as f64;
    percent.iter().map(|gap| mean - gap).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_practice_time_counts_as_the_median() {
        let values = faster_than_the_mean(&[Some(0.0), Some(0.01), Some(0.02), None]);
        for (value, expected) in values.iter().zip([1.0, 0.0, -1.0, 0.0]) {
            assert!((value - expected).abs() < 1e-12);
        }
        assert_eq!(faster_than_the_mean(&[None, None]), [0.0, 0.0]);
    }

    #[test]
    fn practice_gaps_are_capped_at_five_per_cent() {
        let values = faster_than_the_mean(&[Some(0.0), Some(0.5)]);
        assert!((values[0] - 2.5).abs() < 1e-12 && (values[1] + 2.5).abs() < 1e-12);
    }
}
