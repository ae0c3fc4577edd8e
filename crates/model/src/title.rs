//! Title odds: the remaining calendar, simulated many times.
//!
//! A car's performance in an event is `z = scale * (eta + shocks) + ln E`, `E` exponential, larger is better:
//! worst-first Plackett–Luce as in [`crate::fit`]. Ranking by `z` is ranking by `exp(scale * (eta + shocks)) * E`.
//! A car retires with chance `1 - (1 - d)^distance` and then takes one of the last places, in random order, as in
//! [`crate::distribution`]. Places score. The title goes to most points, then to more wins, more second places, and so
//! on in Grands Prix (count-back); who is level in all of it shares the trial.
//!
//! [`settled`] says exactly what is still possible, and [`simulate`] never contradicts it: an event gives nobody more
//! than its best places and its bonus. Points are whole hundredths inside, so that a tie is a tie.

mod arithmetic;
#[cfg(test)]
mod tests;
mod trial;

use std::ops::RangeInclusive;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use arithmetic::Table;
pub use arithmetic::{Settled, Standing};
use trial::{Tally, Trial};

/// Trials that share a stream of random numbers; the streams do not depend on how many trials there are.
const CHUNK: u32 = 256;
/// Points beyond this are an error; NUMERIC(7,2) holds a tenth of it.
const MOST_POINTS: f64 = 1e6;
/// Strengths and their shocks beyond this are an error: real ones are below ten.
const MOST_STRENGTH: f64 = 1e3;
/// Log-odds beyond this make no difference, and `exp` of it is far from overflow.
const MOST_LOG_ODDS: f64 = 300.0;

/// A driver of the season. Those who race are the whole grid, one for each car.
#[derive(Debug, Clone, PartialEq)]
pub struct Contender {
    /// Points so far.
    pub points: f64,
    /// How often each place was taken in Grands Prix so far, wins first.
    pub finishes: Vec<u16>,
    /// The team he drives for from now on, an index.
    pub team: usize,
    /// The model's `eta`: differences are log-odds of finishing ahead in a Grand Prix. Need not be centred.
    pub strength: f64,
    /// Chance not to be classified in a Grand Prix. One who no longer races has 1: he takes no place, though the
    /// arithmetic does not count him out.
    pub retirement: f64,
}

/// A team so far. Its points can differ from the sum of its drivers': drivers move, and points are taken away.
#[derive(Debug, Clone, PartialEq)]
pub struct Side {
    /// Points so far.
    pub points: f64,
    /// How often each place was taken in Grands Prix so far by any of its cars, wins first.
    pub finishes: Vec<u16>,
}

/// A Grand Prix or a sprint that has yet to be held.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The round: a sprint and the Grand Prix of its weekend share the form of the teams.
    pub weekend: u16,
    /// Points by place, the winner's first.
    pub scoring: Vec<f64>,
    /// Share of a Grand Prix distance: the chance to retire grows with it. Only places at 1 count for count-back.
    pub distance: f64,
    /// Factor on the strengths: 1 for a Grand Prix.
    pub scale: f64,
    /// Points beside those for the place.
    pub bonus: Option<Bonus>,
}

/// The point for the fastest lap (2019–2024).
///
/// A trial gives it to one of the places that may take it, with chances proportional to their points. This spares a
/// model of fastest laps and is near enough: of the 127 of those years 29 % were the winner's (25 % by this rule),
/// 18 % (18 %) the second's, 9 % (15 %) the third's, 32 % (43 %) of the next seven, 11 % (none) of the others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bonus {
    /// What it is worth.
    pub points: f64,
    /// The number of places, from the first, that may take it.
    pub places: usize,
}

/// Uncertainty of the strengths, standard deviations in the unit of the strengths. None by default.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Shocks {
    /// Steps of each team's random walk, one before every weekend.
    pub team_race: f64,
    /// Each driver's constant error.
    pub driver: f64,
    /// Each team's error at the start.
    pub team_initial: f64,
}

/// What awaits a driver or a team.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outlook {
    /// Chance of the title.
    pub chance: f64,
    /// Mean of the final points.
    pub expected_points: f64,
    /// 5 % quantile of the final points (nearest rank).
    pub low: f64,
    /// 95 % quantile of the final points (nearest rank).
    pub high: f64,
}

/// Title odds, in the order of the input.
#[derive(Debug, Clone, PartialEq)]
pub struct Odds {
    /// The drivers' title.
    pub drivers: Vec<Outlook>,
    /// The teams' title.
    pub teams: Vec<Outlook>,
}

/// Why there are no title odds.
#[derive(Debug, Clone, Copy, thiserror::Error, PartialEq)]
pub enum TitleError {
    /// There is nobody to win it.
    #[error("there are no contenders for the title")]
    EmptyField,
    /// A driver's team is not among the teams.
    #[error("a contender drives for team {team}, but there are only {teams}")]
    UnknownTeam {
        /// Its index.
        team: usize,
        /// How many there are.
        teams: usize,
    },
    /// An input is not a number, or one that makes no sense.
    #[error("{what} is {value}, which is not between {least} and {most}")]
    OutOfRange {
        /// Which input.
        what: &'static str,
        /// What was given.
        value: f64,
        /// The least that makes sense.
        least: f64,
        /// The most that makes sense.
        most: f64,
    },
    /// Odds need a trial.
    #[error("title odds need at least one trial")]
    NoTrials,
}

/// Who can still win the titles, and who has won them, whatever happens.
pub fn settled(
    contenders: &[Contender],
    teams: &[Side],
    events: &[Event],
) -> Result<Settled, TitleError> {
    Ok(Season::new(contenders, teams, events)?.settled())
}

/// Plays the remaining `events` `trials` times. The same input gives the same odds, to the last bit on one machine.
///
/// Keeps the final points of every trial in memory, 8 bytes for each driver and team.
pub fn simulate(
    contenders: &[Contender],
    teams: &[Side],
    events: &[Event],
    shocks: Shocks,
    trials: u32,
    seed: u64,
) -> Result<Odds, TitleError> {
    let season = Season::new(contenders, teams, events)?;
    for deviation in [shocks.team_race, shocks.driver, shocks.team_initial] {
        within("a shock", deviation, 0.0..=MOST_STRENGTH)?;
    }
    if trials == 0 {
        return Err(TitleError::NoTrials);
    }
    // With nothing left to play, one trial says it all, and exactly.
    let trials = if events.is_empty() { 1 } else { trials };
    Ok(season.simulate(shocks, trials, seed))
}

/// The input, checked and prepared.
struct Season {
    drivers: Table,
    teams: Table,
    races: Vec<Race>,
    /// The cars that race.
    cars: Vec<Car>,
}

struct Car {
    contender: usize,
    team: usize,
    /// Centred.
    strength: f64,
}

struct Race {
    weekend: u16,
    /// Its places count for count-back.
    full: bool,
    scale: f64,
    /// Hundredths by place.
    scoring: Vec<i64>,
    bonus: Option<Prize>,
    /// By car: the chance to retire, and `exp(scale * eta)`.
    retirement: Vec<f64>,
    pace: Vec<f64>,
}

struct Prize {
    /// Hundredths.
    points: i64,
    /// Cumulated chances by place, not normalised.
    shares: Vec<i64>,
}

impl Season {
    fn new(contenders: &[Contender], teams: &[Side], events: &[Event]) -> Result<Self, TitleError> {
        if contenders.is_empty() {
            return Err(TitleError::EmptyField);
        }
        for contender in contenders {
            let strengths = -MOST_STRENGTH..=MOST_STRENGTH;
            within("a strength", contender.strength, strengths)?;
            within("a chance to retire", contender.retirement, 0.0..=1.0)?;
            if contender.team >= teams.len() {
                return Err(TitleError::UnknownTeam {
                    team: contender.team,
                    teams: teams.len(),
                });
            }
        }
        let count = contenders.len() as f64;
        let mean = contenders.iter().map(|one| one.strength).sum::<f64>() / count;
        let cars: Vec<Car> = (0..)
            .zip(contenders)
            .filter(|(_, one)| one.retirement < 1.0)
            .map(|(contender, one)| Car {
                contender,
                team: one.team,
                strength: one.strength - mean,
            })
            .collect();
        let races: Result<Vec<Race>, TitleError> = events
            .iter()
            .map(|event| Race::new(event, contenders, &cars))
            .collect();
        let one_each = vec![1; contenders.len()];
        let drivers = contenders.iter().map(|one| (one.points, &*one.finishes));
        let mut entries = vec![0; teams.len()];
        for car in &cars {
            entries[car.team] += 1;
        }
        // Whoever drives them, a team can enter two cars.
        let entries = entries.into_iter().map(|cars: usize| cars.max(2)).collect();
        let sides = teams.iter().map(|side| (side.points, &*side.finishes));
        Ok(Self {
            drivers: Table::new(drivers, one_each, contenders.len())?,
            teams: Table::new(sides, entries, contenders.len())?,
            races: races?,
            cars,
        })
    }

    fn settled(&self) -> Settled {
        Settled {
            drivers: self.drivers.settled(&self.races),
            teams: self.teams.settled(&self.races),
        }
    }

    fn simulate(&self, shocks: Shocks, trials: u32, seed: u64) -> Odds {
        let mut drivers = Tally::new(&self.drivers, trials as usize);
        let mut teams = Tally::new(&self.teams, trials as usize);
        let mut trial = Trial::new(self, shocks);
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        for number in 0..trials {
            if number.is_multiple_of(CHUNK) {
                rng = ChaCha8Rng::seed_from_u64(seed);
                rng.set_stream(u64::from(number / CHUNK));
            }
            trial.play(&mut rng);
            drivers.add(&trial.driver_points, trial.finishes(|car| car.contender));
            teams.add(&trial.team_points, trial.finishes(|car| car.team));
        }
        Odds {
            drivers: drivers.outlooks(),
            teams: teams.outlooks(),
        }
    }
}

impl Race {
    fn new(event: &Event, contenders: &[Contender], cars: &[Car]) -> Result<Self, TitleError> {
        within("a distance", event.distance, 0.0..=1.0)?;
        within("a scale", event.scale, 0.0..=MOST_STRENGTH)?;
        let scoring = event
            .scoring
            .iter()
            .map(|points| scored(*points))
            .collect::<Result<Vec<i64>, _>>()?;
        let bonus = event
            .bonus
            .map(|bonus| Prize::new(bonus, &scoring[..scoring.len().min(cars.len())]))
            .transpose()?;
        let retirement = cars
            .iter()
            .map(|car| 1.0 - (1.0 - contenders[car.contender].retirement).powf(event.distance));
        let pace = cars.iter().map(|car| pace(event.scale * car.strength));
        Ok(Self {
            weekend: event.weekend,
            full: event.distance >= 1.0,
            scale: event.scale,
            retirement: retirement.collect(),
            pace: pace.collect(),
            scoring,
            bonus,
        })
    }
}

impl Prize {
    fn new(bonus: Bonus, scoring: &[i64]) -> Result<Self, TitleError> {
        let shares = scoring
            .iter()
            .take(bonus.places)
            .scan(0, |sum, points| {
                *sum += points;
                Some(*sum)
            })
            .collect();
        Ok(Self {
            points: scored(bonus.points)?,
            shares,
        })
    }
}

/// The factor on a car's exponential draw, from its log-odds.
fn pace(log_odds: f64) -> f64 {
    log_odds.clamp(-MOST_LOG_ODDS, MOST_LOG_ODDS).exp()
}

fn within(what: &'static str, value: f64, range: RangeInclusive<f64>) -> Result<(), TitleError> {
    if range.contains(&value) {
        return Ok(());
    }
    Err(TitleError::OutOfRange {
        what,
        value,
        least: *range.start(),
        most: *range.end(),
    })
}

/// The hundredths of points that an event gives.
fn scored(points: f64) -> Result<i64, TitleError> {
    within("a score", points, 0.0..=MOST_POINTS)?;
    Ok(hundredths(points))
}

/// Points as whole hundredths: 0.14 (a seventh, 1954) is the finest that the sources have.
#[expect(
    clippy::cast_possible_truncation,
    reason = "callers have checked the range"
)]
fn hundredths(points: f64) -> i64 {
    (points * 100.0).round() as i64
}
