//! The championship as it happens: seasons, weekends, sessions and races.
//!
//! `calendar` places the rounds in time, `field` has the drivers, the teams and their hidden strengths, `weekend` plays
//! the sessions up to the grid and `race` the race, `standings` adds up the points; `rules`, `circuits` and `names` are
//! the fixed data.

mod calendar;
mod circuits;
mod field;
mod names;
mod race;
mod result;
mod rules;
mod standings;
mod weekend;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use vocabulary::RaceStatus;

use crate::Championship;
use weekend::Staged;

pub(crate) use calendar::Race;
pub(crate) use circuits::{CIRCUITS, Circuit, MOST_ROUNDS};
pub(crate) use field::{Car, Driver, Field, Seat, slug};
pub(crate) use names::{COUNTRIES, ENGINES};
pub(crate) use result::Finish;
pub(crate) use rules::{points, race_distance};
pub(crate) use standings::{Standing, Standings};
pub(crate) use weekend::{Penalty, Practised, Qualified, Slot, Weekend};

/// How far a championship is played.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Until {
    /// To the grid of the next race.
    Now,
    /// To the last race of the newest season.
    EndOfSeason,
}

/// A season as it happened.
pub(crate) struct Season {
    pub(crate) year: i16,
    pub(crate) seats: Vec<Seat>,
    pub(crate) races: Vec<Race>,
    /// The weekends that have happened, the last perhaps without its race.
    pub(crate) weekends: Vec<Weekend>,
}

impl Season {
    /// The newest round that has begun, 0 before the first.
    pub(crate) fn begun(&self) -> i16 {
        let begun = self.races.iter().zip(&self.weekends);
        begun.map(|(race, _)| race.round).max().unwrap_or(0)
    }

    /// The number of rounds that are completed.
    pub(crate) fn completed(&self) -> usize {
        let completed = |race: &&Race| race.status == RaceStatus::Completed;
        self.races.iter().filter(completed).count()
    }

    /// The seats that have been taken so far.
    pub(crate) fn entered(&self) -> impl Iterator<Item = &Seat> {
        let begun = self.begun();
        self.seats
            .iter()
            .filter(move |seat| seat.first_round <= begun)
    }
}

/// Plays a championship, oldest season first. The shape is in range.
pub(crate) fn run(shape: Championship, until: Until) -> (Field, Vec<Season>) {
    let mut rng = ChaCha8Rng::seed_from_u64(shape.seed);
    let mut calendar = calendar::seasons(shape.now, shape.seasons, shape.rounds, shape.sprints);
    if until == Until::EndOfSeason {
        for race in calendar.iter_mut().flatten() {
            race.status = RaceStatus::Completed;
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
    (field, seasons)
}

fn play_season(
    rng: &mut ChaCha8Rng,
    field: &mut Field,
    races: Vec<Race>,
    is_oldest: bool,
) -> Season {
    let seats = field.hire(rng, races.last().map_or(0, |race| race.round));
    let mut weekends = Vec::new();
    for race in races
        .iter()
        .filter(|race| race.status != RaceStatus::Scheduled)
    {
        let cars = field.cars(&seats, race.round);
        let staged = if is_oldest { staged(race.round) } else { None };
        let reserve = field.reserve_car();
        weekends.push(weekend::play(rng, race, &cars, reserve, staged));
        field.develop(rng);
    }
    Season {
        year: races.first().map_or(0, |race| race.year),
        seats,
        races,
        weekends,
    }
}

/// The rare event that is staged in a round of the oldest season.
fn staged(round: i16) -> Option<Staged> {
    match round {
        1 => Some(Staged::PitLaneStart),
        2 => Some(Staged::LateRetirement),
        3 => Some(Staged::NoStart),
        4 => Some(Staged::Disqualification),
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
pub(crate) fn round(value: f64) -> i64 {
    value.round() as i64
}
