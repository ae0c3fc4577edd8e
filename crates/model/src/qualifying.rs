//! Each car's gap to the best in qualifying, corrected for the track getting faster from one segment to the next.

use crate::median::median;

/// Two segments with fewer common cars than this give no correction.
const MIN_IN_BOTH: usize = 3;

/// Qualifying was wet if the log ratio of its best time to the best practice lap is at least this.
const WET_LOG_RATIO: f64 = 0.03;

/// A car's best times in Q1, Q2 and Q3, all in the same unit. Formats with one time use the first.
pub type SegmentTimes = [Option<f64>; 3];

/// Log gap of each car to the best: `a - min a`, where `a = min(ln q3, ln q2 + d23, ln q1 + d12 + d23)` and `d` is the
/// median change of the cars with a time in both segments. `None` for a car without a time.
#[must_use]
pub fn gaps(cars: &[SegmentTimes]) -> Vec<Option<f64>> {
    let logs: Vec<SegmentTimes> = cars
        .iter()
        .map(|times| times.map(|time| time.filter(|ms| is_time(*ms)).map(f64::ln)))
        .collect();
    let took_place = |segment: usize| logs.iter().any(|car| car[segment].is_some());
    let from_first = median_change(&logs, 0, 1);
    let from_second = median_change(&logs, 1, 2);
    let corrections = match (took_place(1), took_place(2)) {
        (_, true) => [from_first + from_second, from_second, 0.0],
        (true, false) => [from_first, 0.0, 0.0],
        (false, false) => [0.0; 3],
    };
    let corrected: Vec<Option<f64>> = logs
        .iter()
        .map(|car| {
            let times = car
                .iter()
                .zip(corrections)
                .filter_map(|(time, correction)| Some((*time)? + correction));
            times.reduce(f64::min)
        })
        .collect();
    let best = corrected
        .iter()
        .copied()
        .flatten()
        .fold(f64::INFINITY, f64::min);
    corrected
        .into_iter()
        .map(|time| time.map(|time| time - best))
        .collect()
}

/// Whether qualifying was so much slower than practice that the track must have been wet. Both times have the same unit.
/// `false` without a practice lap.
#[must_use]
pub fn is_wet(cars: &[SegmentTimes], best_practice_lap: Option<f64>) -> bool {
    let times = cars.iter().flatten().copied().flatten();
    let best = times.filter(|ms| is_time(*ms)).reduce(f64::min);
    let lap = best_practice_lap.filter(|lap| is_time(*lap));
    best.zip(lap)
        .is_some_and(|(best, lap)| (best / lap).ln() >= WET_LOG_RATIO)
}

fn is_time(value: f64) -> bool {
    value > 0.0 && value.is_finite()
}

fn median_change(logs: &[SegmentTimes], from: usize, to: usize) -> f64 {
    let mut changes: Vec<f64> = logs
        .iter()
        .filter_map(|car| Some(car[to]? - car[from]?))
        .collect();
    if changes.len() < MIN_IN_BOTH {
        return 0.0;
    }
    median(&mut changes).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gap_of_an_eliminated_car_allows_for_the_faster_track_of_later_segments() {
        // The track gets exactly 1 % faster from Q1 to Q2. The last car is half a per cent off the best Q1 time.
        let times = |q1: f64, q2: Option<f64>| [Some(q1), q2, None];
        let cars = [
            times(100.0, Some(99.0)),
            times(101.0, Some(99.99)),
            times(102.0, Some(100.98)),
            times(100.5, None),
        ];
        let gaps = gaps(&cars);
        assert!((gaps[3].unwrap() - 1.005_f64.ln()).abs() < 1e-12);
        assert_eq!(gaps[0], Some(0.0));
    }

    #[test]
    fn a_car_without_a_time_has_no_gap() {
        assert_eq!(
            gaps(&[[None; 3], [Some(90_000.0), None, None]]),
            [None, Some(0.0)]
        );
        assert_eq!(gaps(&[[Some(0.0), None, None]]), [None]);
        assert!(gaps(&[]).is_empty());
    }
}
