//! The input of a simulation, checked and prepared.

use std::ops::RangeInclusive;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::{
    Bonus, ContendingDriver, ContendingTeam, Odds, RemainingRace, Shocks, TitleError,
    TitleStatuses,
    status::ChampionshipTable,
    trial::{TitleTally, Trial},
};

/// Trials that share a stream of random numbers. The streams do not depend on the number of trials.
const CHUNK: u32 = 256;
/// Largest accepted number of points, ten times what a NUMERIC(7,2) holds.
pub(super) const MAX_POINTS: f64 = 1e6;
/// Largest plausible strength or shock; real ones are below ten.
pub(super) const MAX_STRENGTH: f64 = 1e3;
/// Log-odds are capped at this, beyond which they make no difference. `exp` of it is far from overflow.
const MAX_LOG_ODDS: f64 = 300.0;

/// A season with its remaining races.
pub(super) struct SimulatedSeason {
    pub(super) drivers: ChampionshipTable,
    pub(super) teams: ChampionshipTable,
    /// The remaining races in order.
    pub(super) races: Vec<SimulatedRace>,
    /// The cars that race, one for each driver with a chance of finishing.
    pub(super) cars: Vec<SimulatedCar>,
}

/// A car that races.
pub(super) struct SimulatedCar {
    /// Index of the driver.
    pub(super) contender: usize,
    /// Index of the team.
    pub(super) team: usize,
    /// Strength relative to the mean of all drivers.
    pub(super) strength: f64,
}

/// A remaining race.
pub(super) struct SimulatedRace {
    /// The round.
    pub(super) weekend: u16,
    /// Whether its places count for count-back.
    pub(super) full: bool,
    /// Factor on the strengths.
    pub(super) scale: f64,
    /// Hundredths of points by place.
    pub(super) scoring: Vec<i64>,
    /// Points beside those for the place.
    pub(super) bonus: Option<BonusDraw>,
    /// Chance of retiring by car.
    pub(super) retirement: Vec<f64>,
    /// `exp(scale * eta)` by car, without shocks.
    pub(super) pace: Vec<f64>,
}

/// The draw for a bonus.
pub(super) struct BonusDraw {
    /// Hundredths of points.
    pub(super) points: i64,
    /// Cumulative chances by place, not normalised.
    pub(super) shares: Vec<i64>,
}

impl SimulatedSeason {
    pub(super) fn new(
        contenders: &[ContendingDriver],
        teams: &[ContendingTeam],
        races: &[RemainingRace],
    ) -> Result<Self, TitleError> {
        if contenders.is_empty() {
            return Err(TitleError::EmptyField);
        }
        for contender in contenders {
            let strengths = -MAX_STRENGTH..=MAX_STRENGTH;
            check_range("a strength", contender.strength, strengths)?;
            check_range("a chance to retire", contender.retirement, 0.0..=1.0)?;
            if contender.team >= teams.len() {
                return Err(TitleError::UnknownTeam {
                    team: contender.team,
                    teams: teams.len(),
                });
            }
        }
        let count = contenders.len() as f64;
        let mean = contenders.iter().map(|one| one.strength).sum::<f64>() / count;
        let cars: Vec<SimulatedCar> = (0..)
            .zip(contenders)
            .filter(|(_, one)| one.retirement < 1.0)
            .map(|(contender, one)| SimulatedCar {
                contender,
                team: one.team,
                strength: one.strength - mean,
            })
            .collect();
        let races: Result<Vec<SimulatedRace>, TitleError> = races
            .iter()
            .map(|race| SimulatedRace::new(race, contenders, &cars))
            .collect();
        let one_each = vec![1; contenders.len()];
        let drivers = contenders.iter().map(|one| (one.points, &*one.finishes));
        let mut entries = vec![0; teams.len()];
        for car in &cars {
            entries[car.team] += 1;
        }
        // A team can enter two cars, whoever drives them.
        let entries = entries.into_iter().map(|cars: usize| cars.max(2)).collect();
        let standings = teams.iter().map(|team| (team.points, &*team.finishes));
        Ok(Self {
            drivers: ChampionshipTable::new(drivers, one_each, contenders.len())?,
            teams: ChampionshipTable::new(standings, entries, contenders.len())?,
            races: races?,
            cars,
        })
    }

    pub(super) fn statuses(&self) -> TitleStatuses {
        TitleStatuses {
            drivers: self.drivers.statuses(&self.races),
            teams: self.teams.statuses(&self.races),
        }
    }

    /// Plays the remaining races `trials` times.
    pub(super) fn simulate(&self, shocks: Shocks, trials: u32, seed: u64) -> Odds {
        let mut drivers = TitleTally::new(&self.drivers, trials as usize);
        let mut teams = TitleTally::new(&self.teams, trials as usize);
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
            drivers: drivers.entrant_odds(),
            teams: teams.entrant_odds(),
        }
    }
}

impl SimulatedRace {
    fn new(
        race: &RemainingRace,
        contenders: &[ContendingDriver],
        cars: &[SimulatedCar],
    ) -> Result<Self, TitleError> {
        check_range("a distance", race.distance, 0.0..=1.0)?;
        check_range("a scale", race.scale, 0.0..=MAX_STRENGTH)?;
        let scoring = race
            .scoring
            .iter()
            .map(|points| checked_points(*points))
            .collect::<Result<Vec<i64>, _>>()?;
        let bonus = race
            .bonus
            .map(|bonus| BonusDraw::new(bonus, &scoring[..scoring.len().min(cars.len())]))
            .transpose()?;
        let retirement = cars
            .iter()
            .map(|car| 1.0 - (1.0 - contenders[car.contender].retirement).powf(race.distance));
        let pace = cars.iter().map(|car| pace(race.scale * car.strength));
        Ok(Self {
            weekend: race.weekend,
            full: race.distance >= 1.0,
            scale: race.scale,
            retirement: retirement.collect(),
            pace: pace.collect(),
            scoring,
            bonus,
        })
    }
}

impl BonusDraw {
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
            points: checked_points(bonus.points)?,
            shares,
        })
    }
}

/// The factor on the exponential draw of a car with these log-odds.
pub(super) fn pace(log_odds: f64) -> f64 {
    log_odds.clamp(-MAX_LOG_ODDS, MAX_LOG_ODDS).exp()
}

/// An error if `value`, which is called `what`, is not within `range`.
pub(super) fn check_range(
    what: &'static str,
    value: f64,
    range: RangeInclusive<f64>,
) -> Result<(), TitleError> {
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

/// The hundredths of `points` that a race gives.
fn checked_points(points: f64) -> Result<i64, TitleError> {
    check_range("a score", points, 0.0..=MAX_POINTS)?;
    Ok(hundredths(points))
}

/// Points in whole hundredths. The finest value of the sources is 0.14, a seventh of a point (1954).
#[expect(
    clippy::cast_possible_truncation,
    reason = "callers have checked the range"
)]
pub(super) fn hundredths(points: f64) -> i64 {
    (points * 100.0).round() as i64
}
