//! A published formula: the softmax of a weighted sum of twelve scores between 0 and 1.
//!
//! Season scores are those before the race, not at the end of the season. Some inputs are not in our sources. Tyre wear,
//! weather and the circuit's overtaking rate are a neutral 0.5 for every car. Replacements in the formula's favour are the
//! best lap of second practice for long-run pace, the qualifying time for sector times, and the grid for the qualifying
//! order. The formula gives chances of winning only; further places are drawn from the same
//! strengths one after the other, best first (Plackett 1975).

use super::{Candidate, RaceRecord, RecordedCar, season_so_far::SeasonSoFar};
use crate::{
    distribution::Positions,
    weekend::{Driver, Entrant},
};

/// Weights of car performance, long-run pace, tyre wear, reliability, lead on the team mate, driver rating, wins, luck,
/// sector times, start, places gained and weather.
const WEIGHTS: [f64; 12] = [
    0.20, 0.15, 0.08, 0.08, 0.08, 0.08, 0.08, 0.07, 0.06, 0.07, 0.03, 0.02,
];
/// Temperature of the softmax.
const TEMPERATURE: f64 = 0.3;
/// Score of a car whose input is missing.
pub(super) const NEUTRAL: f64 = 0.5;
/// How easy overtaking is, from 0 to 1. The formula sets it by hand for each circuit; here it is unknown.
const OVERTAKING: f64 = 0.5;
/// Chance of a safety car at a circuit without a value of its own.
const SAFETY_CAR: f64 = 0.3;
/// Smallest share of the field with a practice time for the times to count.
const MIN_TIMED_SHARE: f64 = 0.7;
/// Practice time of a car without one, as a multiple of the slowest.
const UNTIMED: f64 = 1.02;
/// Weights of the last five sessions, newest first.
const RECENT: [f64; 5] = [5.0, 4.0, 3.0, 2.0, 1.0];

/// Chances of winning in proportion to `exp(score / 0.3)`, where the score of a car is the weighted sum of its twelve
/// scores, and of further places by drawing without replacement.
#[must_use]
pub fn published_formula(past: &[RaceRecord], year: i16, field: &[Candidate]) -> Positions {
    let size = field.len();
    if size == 0 {
        return Positions::uniform(0);
    }
    let columns = scores(past, year, field);
    let strengths: Vec<f64> = (0..size)
        .map(|car| {
            let terms = WEIGHTS.iter().zip(&columns);
            terms
                .map(|(weight, column)| weight * column[car])
                .sum::<f64>()
                / TEMPERATURE
        })
        .collect();
    best_first(&strengths)
}

/// Best-first Plackett–Luce is the worst-first model with strengths negated and places reversed.
fn best_first(strengths: &[f64]) -> Positions {
    let size = strengths.len();
    let weakness: Vec<f64> = strengths.iter().map(|strength| -strength).collect();
    let from_behind = Positions::exact(&weakness, &vec![0.0; size]);
    let chances = (0..size).flat_map(|car| from_behind.car(car).iter().rev().copied());
    Positions::from_weights(size, chances.collect())
}

/// The twelve scores in the order of [`WEIGHTS`], each with a value per car.
fn scores(past: &[RaceRecord], year: i16, field: &[Candidate]) -> [Vec<f64>; 12] {
    let season = SeasonSoFar::new(past, year);
    let overtaking = OVERTAKING;
    let neutral = vec![NEUTRAL; field.len()];
    [
        each(field, |car| {
            season.car_performance(car.entrant.team).unwrap_or(NEUTRAL)
        }),
        long_run_pace(field),
        neutral.clone(), // tyre wear
        minmax(&each(field, |car| Some(season.reliability(car.entrant)))),
        minmax(&each(field, |car| Some(lead(past, field, car)))),
        each(field, |car| season.driver(car.entrant).rating()),
        each(field, |car| season.driver(car.entrant).win_rate()),
        minmax(&each(field, |car| Some(luck(past, &season, car.entrant)))),
        minmax(&each(field, |car| car.qualifying_gap.map(speed))),
        each(field, |car| start(car.place, overtaking)),
        each(field, |car| season.driver(car.entrant).gain() * overtaking),
        neutral, // weather
    ]
}

fn each<T>(field: &[Candidate], score: impl Fn(&Candidate) -> T) -> Vec<T> {
    field.iter().map(score).collect()
}

/// Scales values linearly to 0 for the smallest and 1 for the largest; neutral for missing values and if all are equal.
pub(super) fn minmax(values: &[Option<f64>]) -> Vec<f64> {
    let known = || values.iter().flatten().copied();
    let low = known().fold(f64::INFINITY, f64::min);
    let high = known().fold(f64::NEG_INFINITY, f64::max);
    values
        .iter()
        .map(|value| match value {
            Some(value) if high > low => (value - low) / (high - low),
            _ => NEUTRAL,
        })
        .collect()
}

/// Minus the time that has this log gap to the best, in units of the best time.
fn speed(gap: f64) -> f64 {
    -gap.exp()
}

/// Score from practice times. A car without one counts as 2 % slower than the slowest.
fn long_run_pace(field: &[Candidate]) -> Vec<f64> {
    let speeds = each(field, |car| car.practice_2_gap.map(speed));
    let timed = speeds.iter().flatten().count();
    if (timed as f64) < MIN_TIMED_SHARE * field.len() as f64 {
        return vec![NEUTRAL; field.len()];
    }
    let slowest = speeds.iter().flatten().copied().fold(0.0, f64::min);
    let filled: Vec<Option<f64>> = speeds
        .iter()
        .map(|speed| speed.or(Some(UNTIMED * slowest)))
        .collect();
    minmax(&filled)
}

/// Score of the grid place: from 20/20 on pole to 1/20 in place 20, times
/// `(2 - overtaking)(1 - 0.3 * chance of a safety car)`.
fn start(place: u16, overtaking: f64) -> f64 {
    let share = (21.0 - f64::from(place)) / 20.0;
    (share * (2.0 - overtaking) * (1.0 - 0.3 * SAFETY_CAR)).clamp(0.0, 1.0)
}

/// The races of a driver, newest first, each with the index of their car.
fn races_of(past: &[RaceRecord], driver: Driver) -> impl Iterator<Item = (&RaceRecord, usize)> {
    past.iter().rev().filter_map(move |race| {
        let own = |car: &RecordedCar| car.entrant.driver == driver;
        Some((race, race.cars.iter().position(own)?))
    })
}

/// Mean places gained over the last five races, against the mean of grid place and rank of the car. Ranks run from 1 for
/// the best team of the season to 20 and are 10 before a team's first race.
fn luck(past: &[RaceRecord], season: &SeasonSoFar, entrant: Entrant) -> f64 {
    let performance = season.car_performance(entrant.team);
    let rank = performance.map_or(10.0, |performance| 20.0 - 19.0 * performance);
    let recent: Vec<f64> = races_of(past, entrant.driver)
        .take(RECENT.len())
        .map(|(race, index)| {
            f64::midpoint(f64::from(race.cars[index].place), rank) - (index + 1) as f64
        })
        .collect();
    recent.iter().sum::<f64>() / recent.len().max(1) as f64
}

/// Lead on the team mate in qualifying as a share of the mate's time: a weighted mean over the last five sessions with a
/// time, of which this weekend's is the newest. A session without a team mate who is in the field uses up its weight and
/// adds nothing.
fn lead(past: &[RaceRecord], field: &[Candidate], car: &Candidate) -> f64 {
    let now = car.qualifying_gap.map(|gap| {
        let session = field.iter().map(|car| (car.entrant, car.qualifying_gap));
        lead_on_mate(field, session, car.entrant, gap)
    });
    let before = races_of(past, car.entrant.driver).filter_map(|(race, index)| {
        let own = race.cars[index];
        let session = race
            .cars
            .iter()
            .map(|car| (car.entrant, car.qualifying_gap));
        Some(lead_on_mate(
            field,
            session,
            own.entrant,
            own.qualifying_gap?,
        ))
    });
    let (mut sum, mut weights) = (0.0, 0.0);
    for (lead, weight) in now.into_iter().chain(before).zip(RECENT) {
        sum += weight * lead.unwrap_or(0.0);
        weights += lead.map_or(0.0, |_| weight);
    }
    if weights > 0.0 { sum / weights } else { 0.0 }
}

/// `(t_mate - t) / t_mate` against the fastest team mate of the session who is in the field.
fn lead_on_mate(
    field: &[Candidate],
    session: impl Iterator<Item = (Entrant, Option<f64>)>,
    own: Entrant,
    gap: f64,
) -> Option<f64> {
    let in_field = |driver| field.iter().any(|car| car.entrant.driver == driver);
    session
        .filter(|(other, _)| other.team == own.team && other.driver != own.driver)
        .filter(|(other, _)| in_field(other.driver))
        .filter_map(|(_, gap)| gap)
        .reduce(f64::min)
        .map(|mate| 1.0 - (gap - mate).exp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::baselines::tests::{candidate, near, procession};

    fn field(size: u16) -> Vec<Candidate> {
        (1..=size)
            .map(|place| candidate(i32::from(place) - 1, place))
            .collect()
    }

    #[test]
    fn weights_sum_to_one() {
        assert!(near(WEIGHTS.iter().sum(), 1.0));
    }

    #[test]
    fn a_new_driver_has_the_default_scores() {
        let past = [procession(2019, 20, 4), procession(2020, 1, 4)];
        let mut field = field(4);
        field.push(Candidate {
            qualifying_gap: None,
            practice_2_gap: None,
            ..candidate(90, 19)
        });
        let [car, long, tyres, .., start, gain, weather] =
            scores(&past, 2020, &field).map(|column| column[4]);
        assert!([car, tyres, weather].iter().all(|score| near(*score, 0.5)));
        assert!(near(long, 0.0), "slower than the slowest");
        assert!(near(start, 0.1 * 1.5 * 0.91) && near(gain, 0.25));
        let [.., rating, wins, _, sectors, _, _, _] =
            scores(&past, 2020, &field).map(|column| column[4]);
        assert!(near(rating, 0.0) && near(wins, 0.25) && near(sectors, 0.5));
        assert!(near(lead(&past, &field, &field[4]), 0.0));
        let season = SeasonSoFar::new(&past, 2020);
        assert!(near(luck(&past, &season, field[4].entrant), 0.0));
        assert!(near(season.reliability(field[4].entrant), 0.35 + 0.27));
    }

    #[test]
    fn the_lead_on_the_team_mate_has_most_weight_this_weekend() {
        let mut past = procession(2020, 1, 2);
        past.cars[0].qualifying_gap = Some(0.01);
        past.cars[1].qualifying_gap = Some(0.0);
        let field = field(2);
        let expected = (5.0 * (1.0 - (-0.001_f64).exp()) + 4.0 * (1.0 - 0.01_f64.exp())) / 9.0;
        assert!(near(lead(&[past], &field, &field[0]), expected));
    }

    #[test]
    fn win_chances_are_the_softmax_and_places_follow_best_first() {
        let strengths = [0.7, 0.1, -0.4_f64];
        let [a, b, c] = strengths.map(f64::exp);
        let positions = best_first(&strengths);
        let total = a + b + c;
        let wins = [a, b, c].map(|share| share / total);
        for (car, win) in wins.iter().enumerate() {
            assert!((positions.car(car)[0] - win).abs() < 1e-6);
        }
        let second = wins[1] * a / (a + c) + wins[2] * a / (a + b);
        assert!((positions.car(0)[1] - second).abs() < 1e-6);
    }

    #[test]
    fn a_better_season_raises_the_chance_of_winning() {
        let win = |past: &[RaceRecord]| {
            let field = [1, 2, 3, 4].map(|place| candidate(2 * i32::from(place), place));
            published_formula(past, 2020, &field).car(3)[0]
        };
        let mut won = procession(2020, 1, 9);
        won.cars.swap(0, 8);
        let points = won.cars[8].points;
        won.cars[8].points = won.cars[0].points;
        won.cars[0].points = points;
        assert!(win(&[won]) > win(&[procession(2020, 1, 9)]));
    }
}
