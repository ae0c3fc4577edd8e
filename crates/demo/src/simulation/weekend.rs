//! A weekend: practice, knockout qualifying, penalties and grids, in the order of its format.

use rand::{RngExt, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;
use vocabulary::{Contest, EventFormat, RaceStatus};

use super::{calendar::Race, field::Car, gaussian, race, result::Finish, round, rules};

/// A car's best lap of a practice session.
pub(crate) struct Practised {
    pub(crate) car: Car,
    pub(crate) millis: Option<i64>,
    pub(crate) laps: u16,
}

/// A car's qualifying, in the order of the classification.
pub(crate) struct Qualified {
    pub(crate) car: Car,
    /// Null without a lap time.
    pub(crate) position: Option<u16>,
    /// Best laps of the three segments, in milliseconds; null after elimination.
    pub(crate) parts: [Option<i64>; 3],
    pub(crate) laps: u16,
}

/// A place on the grid, in the order of the list.
#[derive(Clone)]
pub(crate) struct Slot {
    pub(crate) car: Car,
    /// Number in the list, from 1; pit-lane starters are numbered too.
    pub(crate) order: u16,
    /// Null for a start from the pit lane.
    pub(crate) place: Option<u16>,
    /// Position in the session that sets this grid.
    pub(crate) qualified: Option<u16>,
    pub(crate) penalty: Option<Penalty>,
    /// Best lap of the last segment of qualifying in which the car set a time, in milliseconds.
    pub(crate) millis: Option<i64>,
}

/// The reason that a car starts further back than it qualified.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Penalty {
    Places(u16),
    BackOfGrid,
    PitLane,
}

/// Everything that has happened at a weekend.
pub(crate) struct Weekend {
    pub(crate) practices: Vec<Vec<Practised>>,
    pub(crate) qualifying: Vec<Qualified>,
    pub(crate) sprint_qualifying: Vec<Qualified>,
    pub(crate) sprint_grid: Vec<Slot>,
    pub(crate) sprint: Vec<Finish>,
    pub(crate) grid: Vec<Slot>,
    /// Empty before the race.
    pub(crate) results: Vec<Finish>,
}

/// A rare event that is staged in one of the first rounds, so that every kind of row occurs in the smallest
/// championship.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Staged {
    PitLaneStart,
    LateRetirement,
    NoStart,
    Disqualification,
}

/// Plays a weekend up to its status.
pub(crate) fn play(
    rng: &mut ChaCha8Rng,
    race: &Race,
    cars: &[Car],
    reserve: Car,
    staged: Option<Staged>,
) -> Weekend {
    let lap = race.circuit.lap_millis();
    let mut practices: Vec<_> = (0..rules::practices(race.format))
        .map(|_| practice(rng, cars, lap))
        .collect();
    if race.round % 6 == 2 {
        practices[0] = practice(rng, &with_reserve(cars, reserve), lap);
    }
    let qualifying = qualify(rng, cars, lap);
    let sprint_qualifying = match race.format {
        EventFormat::SprintShootout | EventFormat::SprintQualifying => {
            qualify(rng, cars, lap * 1.004)
        }
        EventFormat::Conventional | EventFormat::Sprint => Vec::new(),
    };
    let sprint_grid = match race.format {
        EventFormat::Conventional => Vec::new(),
        EventFormat::Sprint => grid(&qualifying, &[]),
        EventFormat::SprintShootout | EventFormat::SprintQualifying => {
            grid(&sprint_qualifying, &[])
        }
    };
    let sprint = race::run(rng, Contest::Sprint, race.circuit, &sprint_grid, None);
    let penalties = draw_penalties(rng, cars.len(), staged);
    let grid = match race.format {
        EventFormat::Sprint => grid(&as_qualified(&sprint), &penalties),
        _ => grid(&qualifying, &penalties),
    };
    let results = if race.status == RaceStatus::Completed {
        race::run(rng, Contest::GrandPrix, race.circuit, &grid, staged)
    } else {
        Vec::new()
    };
    Weekend {
        practices,
        qualifying,
        sprint_qualifying,
        sprint_grid,
        sprint,
        grid,
        results,
    }
}

fn with_reserve(cars: &[Car], reserve: Car) -> Vec<Car> {
    let mut cars = cars.to_vec();
    cars[1] = reserve;
    cars
}

fn practice(rng: &mut ChaCha8Rng, cars: &[Car], lap: f64) -> Vec<Practised> {
    let mut session: Vec<Practised> = cars
        .iter()
        .map(|car| {
            let broken = rng.random_bool(0.01);
            Practised {
                millis: (!broken).then(|| lap_time(rng, car, lap * 1.012, 0.0045)),
                laps: if broken {
                    rng.random_range(1..4)
                } else {
                    rng.random_range(14..32)
                },
                car: car.clone(),
            }
        })
        .collect();
    session.sort_by_key(|practised| practised.millis.unwrap_or(i64::MAX));
    session
}

/// Three segments: three quarters of the field reach the second, half of the field the third.
fn qualify(rng: &mut ChaCha8Rng, cars: &[Car], lap: f64) -> Vec<Qualified> {
    let mut order: Vec<Qualified> = cars
        .iter()
        .map(|car| Qualified {
            car: car.clone(),
            position: None,
            parts: [None; 3],
            laps: rng.random_range(1..4),
        })
        .collect();
    for (part, (entered, track)) in [
        (cars.len(), 1.005),
        (cars.len() * 3 / 4, 1.002),
        (cars.len() / 2, 1.0),
    ]
    .into_iter()
    .enumerate()
    {
        let field = &mut order[..entered];
        for qualified in field.iter_mut() {
            let runs = if part == 0 {
                !rng.random_bool(0.012)
            } else {
                qualified.parts[0].is_some()
            };
            if runs {
                qualified.parts[part] = Some(lap_time(rng, &qualified.car, lap * track, 0.002));
                qualified.laps += rng.random_range(4..7);
            }
        }
        field.sort_by_key(|qualified| qualified.parts[part].unwrap_or(i64::MAX));
    }
    for (position, qualified) in (1..).zip(&mut order) {
        qualified.position = qualified.parts[0].map(|_| position);
    }
    order
}

fn lap_time(rng: &mut ChaCha8Rng, car: &Car, lap: f64, spread: f64) -> i64 {
    round(lap * (1.0 + car.deficit + gaussian(rng, spread)))
}

/// Penalties, each with the car's index in the order of qualifying.
fn draw_penalties(
    rng: &mut ChaCha8Rng,
    cars: usize,
    staged: Option<Staged>,
) -> Vec<(usize, Penalty)> {
    let mut penalties = Vec::new();
    for index in 0..cars {
        if rng.random_bool(0.03) {
            let places = [3, 5, 10].choose(rng).copied().unwrap_or(5);
            penalties.push((index, Penalty::Places(places)));
        } else if rng.random_bool(0.01) {
            penalties.push((
                index,
                if rng.random_bool(0.5) {
                    Penalty::BackOfGrid
                } else {
                    Penalty::PitLane
                },
            ));
        }
    }
    if staged == Some(Staged::PitLaneStart) {
        penalties = vec![
            (0, Penalty::Places(3)),
            (cars / 2, Penalty::BackOfGrid),
            (cars / 2 + 1, Penalty::PitLane),
        ];
    }
    penalties
}

/// The grid that follows from an order of qualifying and penalties.
/// Cars without a penalty move up; a penalised car is placed behind the car that it is level with.
fn grid(order: &[Qualified], penalties: &[(usize, Penalty)]) -> Vec<Slot> {
    let mut slots: Vec<Slot> = (0..)
        .zip(order)
        .map(|(index, qualified)| Slot {
            car: qualified.car.clone(),
            order: 0,
            place: None,
            qualified: qualified.position,
            penalty: penalties
                .iter()
                .find(|(penalised, _)| *penalised == index)
                .map(|(_, penalty)| *penalty),
            millis: qualified.parts.iter().rev().find_map(|part| *part),
        })
        .collect();
    let mut keys: Vec<_> = (0..slots.len()).collect();
    keys.sort_by_key(|&index| match slots[index].penalty {
        None => (0, index, 0),
        Some(Penalty::Places(places)) => (0, index + usize::from(places), 1),
        Some(Penalty::BackOfGrid) => (1, index, 0),
        Some(Penalty::PitLane) => (2, index, 0),
    });
    for (order, index) in (1..).zip(keys) {
        let slot = &mut slots[index];
        slot.order = order;
        slot.place = (slot.penalty != Some(Penalty::PitLane)).then_some(order);
    }
    slots.sort_by_key(|slot| slot.order);
    slots
}

/// A sprint's result in the shape of a qualifying, for the grid that it sets (2021-22).
fn as_qualified(sprint: &[Finish]) -> Vec<Qualified> {
    sprint
        .iter()
        .map(|finish| Qualified {
            car: finish.slot.car.clone(),
            position: finish.position,
            parts: [None; 3],
            laps: 0,
        })
        .collect()
}
