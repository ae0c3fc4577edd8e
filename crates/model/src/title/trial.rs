//! One simulated end of the season, and the totals over many of them.

use rand::{Rng, RngExt};
use rand_distr::StandardNormal;

use super::{
    EntrantOdds, Shocks,
    season::{SimulatedCar, SimulatedRace, SimulatedSeason, pace},
    status::ChampionshipTable,
};

/// Percentage of the lower quantile of the final points.
const LOW: usize = 5;
/// Percentage of the upper quantile of the final points.
const HIGH: usize = 95;

/// Simulates one end of the season at a time and reuses its memory.
pub(super) struct Trial<'a> {
    season: &'a SimulatedSeason,
    shocks: Shocks,
    /// Final points of the drivers, hundredths.
    pub(super) driver_points: Vec<i64>,
    /// Final points of the teams, hundredths.
    pub(super) team_points: Vec<i64>,
    /// Errors of the drivers' strengths.
    driver_shocks: Vec<f64>,
    /// Errors of the teams' strengths.
    team_shocks: Vec<f64>,
    /// `exp(scale * (eta + shocks))` by car.
    pace: Vec<f64>,
    field: SimulatedField,
    /// The cars in finishing order, race by race.
    finishers: Vec<usize>,
}

impl<'a> Trial<'a> {
    pub(super) fn new(season: &'a SimulatedSeason, shocks: Shocks) -> Self {
        let (drivers, teams) = (season.drivers.points.len(), season.teams.points.len());
        let cars = season.cars.len();
        Self {
            season,
            shocks,
            driver_points: vec![0; drivers],
            team_points: vec![0; teams],
            driver_shocks: vec![0.0; drivers],
            team_shocks: vec![0.0; teams],
            pace: vec![0.0; cars],
            field: SimulatedField::new(cars),
            finishers: Vec::with_capacity(cars * season.races.len()),
        }
    }

    /// Simulates one end of the season.
    pub(super) fn play(&mut self, rng: &mut impl Rng) {
        let season = self.season;
        self.driver_points.copy_from_slice(&season.drivers.points);
        self.team_points.copy_from_slice(&season.teams.points);
        self.finishers.clear();
        let shocked = self.shocks != Shocks::default();
        if shocked {
            draw(&mut self.driver_shocks, 0.0, self.shocks.driver, rng);
            draw(&mut self.team_shocks, 0.0, self.shocks.team_initial, rng);
        }
        let mut weekend = None;
        for race in &season.races {
            if shocked {
                if weekend != Some(race.weekend) {
                    draw(&mut self.team_shocks, 1.0, self.shocks.team_race, rng);
                    weekend = Some(race.weekend);
                }
                for (factor, car) in self.pace.iter_mut().zip(&season.cars) {
                    let shock = self.driver_shocks[car.contender] + self.team_shocks[car.team];
                    *factor = pace(race.scale * (car.strength + shock));
                }
                self.field.run(&race.retirement, &self.pace, rng);
            } else {
                self.field.run(&race.retirement, &race.pace, rng);
            }
            self.score(race, rng);
        }
    }

    /// Adds the points of the race that has just been run.
    fn score(&mut self, race: &SimulatedRace, rng: &mut impl Rng) {
        for (car, points) in self.field.order.iter().zip(&race.scoring) {
            let car = &self.season.cars[*car];
            self.driver_points[car.contender] += points;
            self.team_points[car.team] += points;
        }
        if let Some(prize) = &race.bonus
            && let Some(all) = prize.shares.last().filter(|all| **all > 0)
        {
            let ticket = rng.random_range(0..*all);
            let place = prize.shares.partition_point(|share| *share <= ticket);
            let car = &self.season.cars[self.field.order[place]];
            self.driver_points[car.contender] += prize.points;
            self.team_points[car.team] += prize.points;
        }
        self.finishers.extend(&self.field.order);
    }

    /// The places taken in Grands Prix, from zero, each with the index that `whose` gives for its car.
    pub(super) fn finishes(
        &self,
        whose: fn(&SimulatedCar) -> usize,
    ) -> impl Iterator<Item = (usize, usize)> {
        let cars = &self.season.cars;
        let races = (0..).zip(&self.season.races).filter(|(_, race)| race.full);
        races.flat_map(move |(number, _): (usize, _)| {
            let finishers = &self.finishers[number * cars.len()..(number + 1) * cars.len()];
            finishers
                .iter()
                .map(move |car| whose(&cars[*car]))
                .enumerate()
        })
    }
}

/// Replaces each value by `keep` times itself plus a normal error.
fn draw(values: &mut [f64], keep: f64, deviation: f64, rng: &mut impl Rng) {
    for value in values {
        *value = keep * *value + deviation * rng.sample::<f64, _>(StandardNormal);
    }
}

/// Simulates one race at a time and reuses its memory.
struct SimulatedField {
    /// Performance by car; larger is better, negative for the retired.
    performance: Vec<f64>,
    /// Number of cars ahead, by car.
    ahead: Vec<usize>,
    /// The cars in finishing order.
    order: Vec<usize>,
}

impl SimulatedField {
    fn new(cars: usize) -> Self {
        Self {
            performance: vec![0.0; cars],
            ahead: vec![0; cars],
            order: vec![0; cars],
        }
    }

    /// Runs a race. One uniform number per car decides whether it retires and, rescaled, how well it does.
    fn run(&mut self, retirement: &[f64], pace: &[f64], rng: &mut impl Rng) {
        let cars = retirement.iter().zip(pace);
        for (performance, (retires, pace)) in self.performance.iter_mut().zip(cars) {
            let uniform: f64 = rng.random();
            // Exponential times pace for finishers; for the retired below zero and independent of pace.
            *performance = if uniform < *retires {
                -1.0 - uniform / retires
            } else {
                -pace * ((1.0 - uniform) / (1.0 - retires)).ln()
            };
        }
        self.rank();
    }

    /// Compares every car with every other. For twenty cars this has no branch to mispredict and is faster than sorting.
    /// Of two equal cars the one with the lower index is ahead, so that the places are always a permutation.
    fn rank(&mut self) {
        for (car, own) in self.performance.iter().enumerate() {
            let mut ahead = 0;
            let others = self.performance.iter().zip(&mut self.ahead);
            for (other, behind) in others.take(car) {
                let is_ahead = usize::from(other >= own);
                ahead += is_ahead;
                *behind += 1 - is_ahead;
            }
            self.ahead[car] = ahead;
        }
        for (car, place) in self.ahead.iter().enumerate() {
            self.order[*place] = car;
        }
    }
}

/// Totals of the trials for one championship.
pub(super) struct TitleTally<'a> {
    table: &'a ChampionshipTable,
    /// Titles won by entrant; entrants that are level share one.
    titles: Vec<f64>,
    /// Final points of every trial in hundredths, by entrant.
    points: Vec<Vec<i64>>,
    /// Champions of the latest trial.
    champions: Vec<usize>,
}

impl<'a> TitleTally<'a> {
    pub(super) fn new(table: &'a ChampionshipTable, trials: usize) -> Self {
        let entrants = table.points.len();
        Self {
            table,
            titles: vec![0.0; entrants],
            points: (0..entrants).map(|_| Vec::with_capacity(trials)).collect(),
            champions: Vec::with_capacity(entrants),
        }
    }

    /// Adds a trial with final `points` and the places `added` in the remaining races.
    pub(super) fn add(&mut self, points: &[i64], added: impl Iterator<Item = (usize, usize)>) {
        self.table.champions(points, added, &mut self.champions);
        let share = 1.0 / self.champions.len() as f64;
        for champion in &self.champions {
            self.titles[*champion] += share;
        }
        for (all, points) in self.points.iter_mut().zip(points) {
            all.push(*points);
        }
    }

    /// The odds of every entrant.
    pub(super) fn entrant_odds(self) -> Vec<EntrantOdds> {
        let outlook = |(titles, mut points): (f64, Vec<i64>)| {
            let trials = points.len();
            points.sort_unstable();
            EntrantOdds {
                chance: titles / trials as f64,
                expected_points: points.iter().sum::<i64>() as f64 / 100.0 / trials as f64,
                low: nearest_rank(&points, LOW) as f64 / 100.0,
                high: nearest_rank(&points, HIGH) as f64 / 100.0,
            }
        };
        self.titles
            .into_iter()
            .zip(self.points)
            .map(outlook)
            .collect()
    }
}

/// The smallest of the `sorted` values that at least `percent` per cent of them do not exceed.
pub(super) fn nearest_rank(sorted: &[i64], percent: usize) -> i64 {
    sorted[(sorted.len() * percent).div_ceil(100) - 1]
}
