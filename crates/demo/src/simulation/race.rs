//! A race, Grand Prix or sprint: pace, weather, breakdowns, pit stops and the classification.

use std::cmp::Reverse;

use rand::{RngExt, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;
use vocabulary::{Contest, ResultStatus};

use super::{
    circuits::Circuit,
    gaussian,
    result::{Finish, Stop},
    round, rules,
    weekend::{Slot, Staged},
};

/// How the race of a car on the grid ends.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Flag,
    /// Stops for good after so many laps, for a reason.
    Retirement(u32, &'static str),
    /// Finishes after so many laps lost in the garage.
    Repair(u32),
    NoStart,
}

/// Runs a race from its grid. An empty grid gives an empty result.
pub(crate) fn run(
    rng: &mut ChaCha8Rng,
    contest: Contest,
    circuit: &Circuit,
    grid: &[Slot],
    staged: Option<Staged>,
) -> Vec<Finish> {
    let conditions = Conditions::draw(rng, contest, circuit, staged);
    let mut fates: Vec<Fate> = grid.iter().map(|slot| conditions.fate(rng, slot)).collect();
    impose(&mut fates, &conditions, staged);
    let mut finishes: Vec<Finish> = grid
        .iter()
        .zip(fates)
        .map(|(slot, fate)| conditions.drive(rng, slot, fate))
        .collect();
    conditions.flag(&mut finishes);
    if staged == Some(Staged::Disqualification)
        || contest == Contest::GrandPrix && rng.random_bool(0.03)
    {
        disqualify(rng, &mut finishes);
    }
    classify(&mut finishes, contest);
    finishes
}

/// Replaces drawn fates by a staged event, and lets at least one car finish.
fn impose(fates: &mut [Fate], conditions: &Conditions, staged: Option<Staged>) {
    match (staged, &mut *fates) {
        (Some(Staged::LateRetirement), [.., repaired, retired]) => {
            *repaired = Fate::Repair(conditions.laps / 5);
            *retired = Fate::Retirement(conditions.laps - 2, FAILURES[0]);
        }
        (Some(Staged::NoStart), [.., absent]) => *absent = Fate::NoStart,
        _ => {}
    }
    if !fates.contains(&Fate::Flag)
        && let Some(first) = fates.first_mut()
    {
        *first = Fate::Flag;
    }
}

/// The circumstances that all cars share.
struct Conditions {
    contest: Contest,
    laps: u32,
    /// Milliseconds of a racing lap of a perfect car.
    lap: f64,
    wet: bool,
}

impl Conditions {
    fn draw(
        rng: &mut ChaCha8Rng,
        contest: Contest,
        circuit: &Circuit,
        staged: Option<Staged>,
    ) -> Self {
        let wet = rng.random_bool(0.12) || staged == Some(Staged::LateRetirement);
        let slower = if wet { 1.16 } else { 1.045 };
        Self {
            contest,
            laps: circuit.laps(rules::race_distance(contest)),
            lap: circuit.lap_millis() * slower,
            wet,
        }
    }

    fn fate(&self, rng: &mut ChaCha8Rng, slot: &Slot) -> Fate {
        let share = if self.contest == Contest::Sprint {
            0.3
        } else {
            1.0
        };
        let error = slot.car.error * if self.wet { 2.0 } else { 1.0 };
        if rng.random_bool(0.004 * share) {
            Fate::NoStart
        } else if rng.random_bool(slot.car.failure * share) {
            Fate::Retirement(rng.random_range(1..self.laps), choose(rng, &FAILURES))
        } else if rng.random_bool(error * share) {
            Fate::Retirement(rng.random_range(0..self.laps), choose(rng, &ACCIDENTS))
        } else if rng.random_bool(0.006 * share) {
            Fate::Repair(rng.random_range(self.laps / 10..self.laps / 4))
        } else {
            Fate::Flag
        }
    }

    /// A car's own race, before the leader's finish cuts it short.
    fn drive(&self, rng: &mut ChaCha8Rng, slot: &Slot, fate: Fate) -> Finish {
        let form = gaussian(rng, if self.wet { 0.0045 } else { 0.0022 });
        let lap = self.lap * (1.0 + 0.8 * slot.car.deficit + form);
        let laps = match fate {
            Fate::Flag => Some(self.laps),
            Fate::Retirement(after, _) => Some(after),
            Fate::Repair(lost) => Some(self.laps - lost),
            Fate::NoStart => None,
        };
        let stops = self.stops(rng, laps.unwrap_or(0));
        let penalty = (fate == Fate::Flag && rng.random_bool(0.05)).then_some(5000);
        let held_up = 900 * i64::from(slot.order);
        let pits: i64 = stops.iter().map(|stop| stop.millis).sum();
        Finish {
            slot: slot.clone(),
            status: fate.status(),
            classified: false,
            position: None,
            laps,
            millis: None,
            laps_down: None,
            reason: fate.reason(),
            points: None,
            fastest: laps
                .filter(|laps| *laps > 0)
                .map(|laps| fastest_lap(rng, lap, laps)),
            elapsed: round(lap * f64::from(self.laps)) + held_up + pits + penalty.unwrap_or(0),
            penalty,
            stops,
        }
    }

    /// One to three stops of a Grand Prix; of a retired car, those before it stopped.
    fn stops(&self, rng: &mut ChaCha8Rng, driven: u32) -> Vec<Stop> {
        let planned = match self.contest {
            Contest::Sprint => 0,
            Contest::GrandPrix => rng.random_range(1..3) + u32::from(self.wet),
        };
        (1..=planned)
            .map(|stop| {
                let early = rng.random_range(0..self.laps / 8);
                let slow = if rng.random_bool(0.04) { 9000.0 } else { 0.0 };
                let millis = round(22_000.0 + slow + gaussian(rng, 700.0).abs());
                Stop {
                    lap: self.laps * stop / (planned + 1) - early,
                    millis,
                }
            })
            .filter(|stop| stop.lap < driven)
            .collect()
    }

    /// Ends the race for every car when the fastest one has covered the distance, and decides who is classified.
    fn flag(&self, finishes: &mut [Finish]) {
        let full = finishes
            .iter()
            .filter(|finish| finish.laps == Some(self.laps));
        let winning = full.map(|finish| finish.elapsed).min().unwrap_or(0);
        for finish in finishes {
            if finish.status == ResultStatus::Finished {
                let lapped =
                    (finish.elapsed - winning) * i64::from(self.laps) / finish.elapsed.max(1);
                let lapped = u32::try_from(lapped).unwrap_or_default();
                finish.laps = finish.laps.map(|laps| laps.saturating_sub(lapped));
                finish.laps_down = finish.laps.map(|laps| self.laps - laps);
                finish.millis = (finish.laps_down == Some(0)).then_some(finish.elapsed);
            }
            let far_enough = finish.laps.is_some_and(|laps| 10 * laps >= 9 * self.laps);
            finish.classified = far_enough;
            if finish.status == ResultStatus::Finished && !far_enough {
                finish.status = ResultStatus::NotClassified;
            } else if finish.laps_down > Some(0) {
                finish.status = ResultStatus::Lapped;
            }
        }
    }
}

impl Fate {
    fn status(self) -> ResultStatus {
        match self {
            Self::Flag | Self::Repair(_) => ResultStatus::Finished,
            Self::Retirement(..) => ResultStatus::Retired,
            Self::NoStart => ResultStatus::DidNotStart,
        }
    }

    fn reason(self) -> Option<&'static str> {
        match self {
            Self::Flag | Self::Repair(_) => None,
            Self::Retirement(_, reason) => Some(reason),
            Self::NoStart => Some("Failure on the way to the grid"),
        }
    }
}

/// Disqualifies one of the cars that finished behind the winner, on the winner's lap.
fn disqualify(rng: &mut ChaCha8Rng, finishes: &mut [Finish]) {
    let winning = finishes.iter().filter_map(|finish| finish.millis).min();
    let mut behind: Vec<_> = finishes
        .iter_mut()
        .filter(|finish| finish.millis.is_some() && finish.millis > winning)
        .collect();
    if !behind.is_empty() {
        let unlucky = behind.swap_remove(rng.random_range(0..behind.len()));
        unlucky.status = ResultStatus::Disqualified;
        unlucky.classified = false;
        unlucky.reason = Some("Car below the minimum weight");
    }
}

/// Sorts the result and awards positions and points.
fn classify(finishes: &mut [Finish], contest: Contest) {
    finishes.sort_by_key(|finish| (finish.group(), Reverse(finish.laps), finish.elapsed));
    let classified = finishes.iter_mut().filter(|finish| finish.classified);
    for (position, finish) in (1..).zip(classified) {
        finish.position = Some(position);
        finish.points = rules::points(contest)
            .get(usize::from(position) - 1)
            .copied();
    }
}

fn fastest_lap(rng: &mut ChaCha8Rng, lap: f64, laps: u32) -> (u32, i64) {
    let quicker = rng.random_range(0.975..0.985);
    (rng.random_range(laps / 2 + 1..=laps), round(lap * quicker))
}

fn choose(rng: &mut ChaCha8Rng, reasons: &[&'static str]) -> &'static str {
    reasons.choose(rng).copied().unwrap_or_default()
}

const FAILURES: [&str; 6] = [
    "Gearbox seized",
    "Loss of hydraulic pressure",
    "Engine overheating",
    "Broken suspension",
    "Brake failure",
    "Electrical fault",
];

const ACCIDENTS: [&str; 4] = [
    "Spun off",
    "Crash",
    "Contact with another car",
    "Damage after contact",
];
