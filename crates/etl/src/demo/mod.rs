//! The demo championship: a fictional racing series, simulated from a seed around a given instant,
//! and written in the CSV format of an F1DB release, so that it takes the way of the real data.
//!
//! The cars and drivers have strengths that persist from race to race and drift slowly,
//! so that a forecast made from earlier results is better than a guess.

mod calendar;
mod circuits;
mod entities;
mod export;
mod headers;
mod names;
mod people;
mod race;
mod release;
mod result;
mod sessions;
mod standings;
mod table;
#[cfg(test)]
mod tests;
mod weekend;

use chrono::{DateTime, Utc};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use calendar::{Progress, Race};
use circuits::MOST_ROUNDS;
use people::{Field, Seat};
use weekend::{Certain, Weekend};

pub use release::Release;

/// The shape of a simulated championship. The same shape always gives the same release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Championship {
    /// Decides everything that is drawn at random.
    pub seed: u64,
    /// Seasons up to the running one, 1 to 10.
    pub seasons: u16,
    /// Rounds of a season, 4 to 24.
    pub rounds: u16,
    /// Rounds of a season that have a sprint, at most all.
    pub sprints: u16,
    /// Teams of two cars, 3 to 10.
    pub teams: usize,
    /// The instant of the release: after qualifying for a round of the newest season, before its race.
    pub now: DateTime<Utc>,
}

impl Championship {
    /// Three seasons of the usual size.
    #[must_use]
    pub fn standard(now: DateTime<Utc>) -> Self {
        Self {
            seed: 1,
            seasons: 3,
            rounds: 22,
            sprints: 6,
            teams: 10,
            now,
        }
    }

    /// The least in which every kind of row occurs.
    #[must_use]
    pub fn small(now: DateTime<Utc>) -> Self {
        Self {
            seed: 1,
            seasons: 2,
            rounds: 4,
            sprints: 1,
            teams: 5,
            now,
        }
    }

    /// Simulates the championship. A shape out of range is brought to the nearest one in range.
    #[must_use]
    pub fn release(&self) -> Release {
        self.in_range().play(false)
    }

    /// The championship when its newest season is over: to `release` it adds what happens after `now`, and changes
    /// nothing that happened before.
    #[must_use]
    pub fn complete(&self) -> Release {
        self.in_range().play(true)
    }

    fn play(self, to_the_end: bool) -> Release {
        let shape = self;
        let mut rng = ChaCha8Rng::seed_from_u64(shape.seed);
        let mut calendar = calendar::seasons(shape.now, shape.seasons, shape.rounds, shape.sprints);
        if to_the_end {
            for race in calendar.iter_mut().flatten() {
                race.progress = Progress::Run;
            }
        }
        let newest = calendar
            .last()
            .and_then(|races| races.first())
            .map_or(0, |race| race.year);
        let mut field = Field::draw(&mut rng, shape.teams, newest, shape.seasons > 1);
        let mut seasons = Vec::new();
        for (index, races) in calendar.into_iter().enumerate() {
            if index > 0 {
                field.winter(&mut rng);
            }
            seasons.push(play_season(&mut rng, &mut field, races, index == 0));
        }
        let run = seasons.last().map_or(0, SeasonRecord::run);
        Release::new(
            format!("v{newest}.{run}.0"),
            export::write(&field, &seasons, shape.rounds),
        )
    }

    fn in_range(self) -> Self {
        let rounds = self.rounds.clamp(4, MOST_ROUNDS);
        Self {
            seasons: self.seasons.clamp(1, 10),
            rounds,
            sprints: self.sprints.min(rounds),
            teams: self.teams.clamp(3, 10),
            ..self
        }
    }
}

/// A season as it happened.
struct SeasonRecord {
    year: i32,
    seats: Vec<Seat>,
    races: Vec<Race>,
    /// The weekends that have happened, the last perhaps without its race.
    weekends: Vec<Weekend>,
}

impl SeasonRecord {
    /// The newest round of which something is known, 0 before the first.
    fn begun(&self) -> u16 {
        let begun = self.races.iter().zip(&self.weekends);
        begun.map(|(race, _)| race.round).max().unwrap_or(0)
    }

    /// Rounds whose race is run.
    fn run(&self) -> usize {
        let run = |race: &&Race| race.progress == Progress::Run;
        self.races.iter().filter(run).count()
    }

    /// The seats taken so far.
    fn entered(&self) -> impl Iterator<Item = &Seat> {
        self.seats
            .iter()
            .filter(|seat| seat.first_round <= self.begun())
    }
}

fn play_season(
    rng: &mut ChaCha8Rng,
    field: &mut Field,
    races: Vec<Race>,
    oldest: bool,
) -> SeasonRecord {
    let seats = field.hire(rng, races.last().map_or(0, |race| race.round));
    let mut weekends = Vec::new();
    for race in races.iter().filter(|race| race.progress != Progress::Ahead) {
        let cars = field.cars(&seats, race.round);
        let certain = if oldest { certain(race.round) } else { None };
        let reserve = field.reserve_car();
        weekends.push(weekend::play(rng, race, &cars, reserve, certain));
        field.develop(rng);
    }
    SeasonRecord {
        year: races.first().map_or(0, |race| race.year),
        seats,
        races,
        weekends,
    }
}

fn certain(round: u16) -> Option<Certain> {
    match round {
        1 => Some(Certain::PitLaneStart),
        2 => Some(Certain::LateRetirement),
        3 => Some(Certain::NoStart),
        4 => Some(Certain::Disqualification),
        _ => None,
    }
}

/// A normal variate with mean zero.
fn gaussian(rng: &mut ChaCha8Rng, deviation: f64) -> f64 {
    let standard: f64 = StandardNormal.sample(rng);
    deviation * standard
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "lap times and minutes are far below 2^53"
)]
fn round(value: f64) -> i64 {
    value.round() as i64
}
