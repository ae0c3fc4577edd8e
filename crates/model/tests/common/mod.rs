//! A simulated championship, and the state of the model over its weekends.

use std::ops::RangeInclusive;

use model::{
    CarOutcome, CarResult, Circuit, Driver, Entrant, Features, Filter, PastCar, PastRace, Starter,
    State, Team, WeekendState, features,
};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

/// A weekend with its result.
#[derive(Debug, Clone)]
pub(crate) struct Meeting {
    pub(crate) year: i16,
    pub(crate) round: i16,
    pub(crate) circuit: Circuit,
    pub(crate) field: Vec<Starter>,
    pub(crate) wet: bool,
    /// In finishing order.
    pub(crate) result: Vec<CarResult>,
}

impl Meeting {
    /// The estimated pace after all sessions before the race.
    pub(crate) fn weekend(&self, state: &State) -> WeekendState {
        let mut weekend = state.weekend(&self.entrants());
        for session in 0..3 {
            weekend.practice(&self.gaps(|car| car.practice_gaps[session]));
        }
        weekend.qualifying(&self.gaps(|car| car.qualifying_gap), self.wet);
        weekend
    }

    fn gaps(&self, of: impl Fn(&Starter) -> Option<f64>) -> Vec<(Entrant, f64)> {
        let known = |car: &Starter| Some((car.entrant, of(car)?));
        self.field.iter().filter_map(known).collect()
    }

    pub(crate) fn entrants(&self) -> Vec<Entrant> {
        self.field.iter().map(|car| car.entrant).collect()
    }

    /// The features of the field before the race.
    pub(crate) fn features(&self, state: &State, filter: Filter) -> Vec<Features> {
        features::of_field(
            state,
            &self.weekend(state),
            filter,
            self.circuit,
            &self.field,
        )
    }

    /// Updates the state with the weekend, and returns the race with the features before it.
    pub(crate) fn run(&self, state: &mut State, filter: Filter) -> PastRace {
        state.begin_weekend(self.year);
        let weekend = self.weekend(state);
        let features = features::of_field(state, &weekend, filter, self.circuit, &self.field);
        state.learn(weekend, self.circuit, &self.result);
        let past_car = |result: &CarResult| {
            let is_it = |car: &Starter| car.entrant == result.entrant;
            Some(PastCar {
                features: features[self.field.iter().position(is_it)?],
                outcome: result.outcome,
            })
        };
        PastRace {
            year: self.year,
            round: self.round,
            cars: self.result.iter().filter_map(past_car).collect(),
        }
    }
}

/// The state after `meetings`, and their races with the features before each, whose pace is that of `filter`.
pub(crate) fn walk(meetings: &[Meeting], filter: Filter) -> (State, Vec<PastRace>) {
    let mut state = State::default();
    let races = meetings
        .iter()
        .map(|meeting| meeting.run(&mut state, filter))
        .collect();
    (state, races)
}

/// Seasons of 19 races with 22 cars, 20 from 2014 on. Every winter teams gain or lose pace and one driver in seven is
/// replaced; every sixth winter the last team is. Pace is in per cent of lap time.
pub(crate) fn championship(years: RangeInclusive<i16>, seed: u64) -> Vec<Meeting> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut lineages: Vec<i32> = (0..11).collect();
    let mut cars: Vec<f64> = lineages.iter().map(|team| 0.3 * f64::from(*team)).collect();
    let mut drivers: Vec<(i32, f64)> = (0..22).map(|id| (id, skill(&mut rng))).collect();
    let mut next_driver = 22;
    let mut meetings = Vec::new();
    for year in years {
        for pace in &mut cars {
            *pace = 1.5 + 0.85 * (*pace - 1.5) + 0.5 * normal(&mut rng);
        }
        for driver in &mut drivers {
            if rng.random_bool(1.0 / 7.0) {
                *driver = (next_driver, skill(&mut rng));
                next_driver += 1;
            }
        }
        if year % 6 == 0 {
            *lineages.last_mut().expect("there are eleven") += 1;
        }
        let seats = if year < 2014 { 22 } else { 20 };
        let grid: Vec<(Entrant, f64)> = drivers[..seats]
            .iter()
            .enumerate()
            .map(|(seat, (driver, skill))| {
                let entrant = Entrant {
                    driver: Driver(*driver),
                    team: Team(lineages[seat / 2]),
                };
                (entrant, cars[seat / 2] + skill)
            })
            .collect();
        for round in 1..=19 {
            meetings.push(meeting(year, round, &grid, &mut rng));
        }
    }
    meetings
}

fn normal(rng: &mut impl Rng) -> f64 {
    rng.sample(StandardNormal)
}

fn skill(rng: &mut impl Rng) -> f64 {
    0.2 * normal(rng)
}

/// Log gaps to the quickest car, from the paces plus noise.
fn session(grid: &[(Entrant, f64)], noise: f64, rng: &mut impl Rng) -> Vec<f64> {
    let paces: Vec<f64> = grid
        .iter()
        .map(|(_, pace)| pace + noise * normal(rng))
        .collect();
    let best = paces.iter().copied().fold(f64::INFINITY, f64::min);
    paces.iter().map(|pace| (pace - best) / 100.0).collect()
}

/// The place of each value in ascending order, from one.
fn places(values: &[f64]) -> Vec<u16> {
    let ahead = |value: &f64| values.iter().filter(|other| *other < value).count();
    let place = |value| u16::try_from(ahead(value) + 1).expect("a field is small");
    values.iter().map(place).collect()
}

fn meeting(year: i16, round: i16, grid: &[(Entrant, f64)], rng: &mut impl Rng) -> Meeting {
    let practice = [0.5, 0.4, 0.4].map(|noise| session(grid, noise, rng));
    let qualifying = session(grid, 0.25, rng);
    let sprint = places(&session(grid, 0.4, rng));
    let (gaps, laps) = (session(grid, 0.5, rng), session(grid, 0.3, rng));
    let has_sprint = year >= 2021 && round % 4 == 0;
    let mut lost = || rng.random_bool(0.03);
    let field = grid
        .iter()
        .zip(places(&qualifying))
        .enumerate()
        .map(|(car, ((entrant, _), place))| Starter {
            entrant: *entrant,
            place: Some(place),
            pit_lane: lost(),
            qualifying_gap: (!lost()).then_some(qualifying[car]),
            practice_gaps: [0, 1, 2].map(|session| (!lost()).then_some(practice[session][car])),
            sprint_place: has_sprint.then_some(sprint[car]),
        })
        .collect();
    let mut result: Vec<CarResult> = grid
        .iter()
        .zip(gaps.iter().zip(laps))
        .map(|((entrant, _), (gap, lap))| {
            let retired = rng.random_bool(0.15);
            CarResult {
                entrant: *entrant,
                outcome: if retired {
                    CarOutcome::Retired
                } else {
                    CarOutcome::Classified
                },
                broke_down: retired,
                gap: (!retired).then_some(*gap),
                fastest_lap_gap: Some(lap),
            }
        })
        .collect();
    // Retired cars are last.
    result.sort_by(|a, b| {
        let gap = |car: &CarResult| car.gap.unwrap_or(f64::INFINITY);
        gap(a).total_cmp(&gap(b))
    });
    Meeting {
        year,
        round,
        circuit: Circuit(i32::from(round)),
        field,
        wet: rng.random_bool(0.1),
        result,
    }
}
