//! The race and the sprint: pace, weather, breakdowns, pit stops and the classification.

use std::cmp::Reverse;

use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;

use super::circuits::Circuit;
use super::result::{Contest, Finish, Status, Stop};
use super::weekend::{Certain, Slot};
use super::{gaussian, round};

/// What becomes of a car on the grid.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Flag,
    /// Stops for good after some laps.
    Retirement(u32, &'static str),
    /// Sees the flag after laps lost in the garage.
    Repair(u32),
    NoStart,
}

/// Runs a race from its grid; an empty grid gives an empty result.
pub(super) fn run(
    rng: &mut ChaCha8Rng,
    contest: Contest,
    circuit: &Circuit,
    grid: &[Slot],
    certain: Option<Certain>,
) -> Vec<Finish> {
    let conditions = Conditions::draw(rng, contest, circuit, certain);
    let mut fates: Vec<Fate> = grid.iter().map(|slot| conditions.fate(rng, slot)).collect();
    impose(&mut fates, &conditions, certain);
    let mut finishes: Vec<Finish> = grid
        .iter()
        .zip(fates)
        .map(|(slot, fate)| conditions.drive(rng, slot, fate))
        .collect();
    conditions.flag(&mut finishes);
    if certain == Some(Certain::Disqualification)
        || contest == Contest::GrandPrix && rng.random_bool(0.03)
    {
        disqualify(rng, &mut finishes);
    }
    classify(&mut finishes, contest);
    finishes
}

/// Puts certain events in place of drawn ones, and lets at least one car finish.
fn impose(fates: &mut [Fate], conditions: &Conditions, certain: Option<Certain>) {
    match (certain, &mut *fates) {
        (Some(Certain::LateRetirement), [.., repaired, retired]) => {
            *repaired = Fate::Repair(conditions.laps / 5);
            *retired = Fate::Retirement(conditions.laps - 2, FAILURES[0]);
        }
        (Some(Certain::NoStart), [.., absent]) => *absent = Fate::NoStart,
        _ => {}
    }
    if !fates.contains(&Fate::Flag)
        && let Some(first) = fates.first_mut()
    {
        *first = Fate::Flag;
    }
}

/// The circumstances all cars share.
struct Conditions {
    contest: Contest,
    laps: u32,
    /// Milliseconds of a perfect car's racing lap.
    lap: f64,
    wet: bool,
}

impl Conditions {
    fn draw(
        rng: &mut ChaCha8Rng,
        contest: Contest,
        circuit: &Circuit,
        certain: Option<Certain>,
    ) -> Self {
        let wet = rng.random_bool(0.12) || certain == Some(Certain::LateRetirement);
        let slower = if wet { 1.16 } else { 1.045 };
        Self {
            contest,
            laps: circuit.laps(contest.distance()),
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

    /// A car's own race, before it is compared with the others.
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

    /// One to three stops of a Grand Prix, of which a retired car has made the earlier ones.
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

    /// The flag falls for everybody when the fastest car has covered the distance.
    fn flag(&self, finishes: &mut [Finish]) {
        let full = finishes
            .iter()
            .filter(|finish| finish.laps == Some(self.laps));
        let winning = full.map(|finish| finish.elapsed).min().unwrap_or(0);
        for finish in finishes
            .iter_mut()
            .filter(|finish| finish.status == Status::Classified)
        {
            let lapped = (finish.elapsed - winning) * i64::from(self.laps) / finish.elapsed.max(1);
            let lapped = u32::try_from(lapped).unwrap_or_default();
            finish.laps = finish.laps.map(|laps| laps.saturating_sub(lapped));
            finish.laps_down = finish.laps.map(|laps| self.laps - laps);
            finish.millis = (finish.laps_down == Some(0)).then_some(finish.elapsed);
        }
        for finish in finishes
            .iter_mut()
            .filter(|finish| finish.status <= Status::Retired)
        {
            let far_enough = finish.laps.is_some_and(|laps| 10 * laps >= 9 * self.laps);
            finish.status = match finish.status {
                _ if far_enough => Status::Classified,
                Status::Classified => Status::NotClassified,
                other => other,
            };
        }
    }
}

impl Fate {
    fn status(self) -> Status {
        match self {
            Self::Flag | Self::Repair(_) => Status::Classified,
            Self::Retirement(..) => Status::Retired,
            Self::NoStart => Status::DidNotStart,
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

/// Takes a car behind the winner, but on its lap, out of the result.
fn disqualify(rng: &mut ChaCha8Rng, finishes: &mut [Finish]) {
    let winning = finishes.iter().filter_map(|finish| finish.millis).min();
    let mut behind: Vec<_> = finishes
        .iter_mut()
        .filter(|finish| finish.millis.is_some() && finish.millis > winning)
        .collect();
    if !behind.is_empty() {
        let unlucky = behind.swap_remove(rng.random_range(0..behind.len()));
        unlucky.status = Status::Disqualified;
        unlucky.reason = Some("Car below the minimum weight");
    }
}

/// Sorts the result and gives positions and points.
fn classify(finishes: &mut [Finish], contest: Contest) {
    finishes.sort_by_key(|finish| (finish.status, Reverse(finish.laps), finish.elapsed));
    let classified = finishes
        .iter_mut()
        .filter(|finish| finish.status == Status::Classified);
    for (position, finish) in (1..).zip(classified) {
        finish.position = Some(position);
        finish.points = contest.points().get(usize::from(position) - 1).copied();
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
