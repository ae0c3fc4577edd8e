//! Inputs of the published formula from the season so far.

use std::collections::HashMap;

use super::{
    RaceRecord, RecordedCar,
    published_formula::{NEUTRAL, minmax},
};
use crate::weekend::{CarOutcome, Driver, Entrant, Team};

/// Share of races not finished by a driver without races.
const DNF_RATE: f64 = 0.1;
/// The scale of places gained runs from minus this to plus this.
const GAIN: f64 = 15.0;
/// Points of a win.
const MAX_POINTS: f64 = 25.0;

/// Sums over the races of a season, for a driver or a team.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct SeasonTally {
    races: u32,
    wins: u32,
    not_finished: u32,
    points: f64,
    finish: f64,
    gain: f64,
}

impl SeasonTally {
    /// `finish` is the published place from one, which retired cars have too. A car that is not classified counts as not
    /// finished.
    fn add(&mut self, car: &RecordedCar, finish: f64) {
        self.races += 1;
        self.wins += u32::from(finish < 1.5);
        self.not_finished += u32::from(car.outcome != CarOutcome::Classified);
        self.points += car.points;
        self.finish += finish;
        self.gain += f64::from(car.place) - finish;
    }

    /// A mean over the races; `None` without any.
    fn mean(&self, sum: f64) -> Option<f64> {
        (self.races > 0).then(|| sum / f64::from(self.races))
    }

    fn dnf_rate(&self) -> Option<f64> {
        self.mean(f64::from(self.not_finished))
    }

    /// Mean points as a share of a win.
    pub(super) fn rating(&self) -> f64 {
        let points = self.mean(self.points).unwrap_or(0.0);
        (points / MAX_POINTS).clamp(0.0, 1.0)
    }

    /// Share of races won, with two added races at a rate of one win in four.
    pub(super) fn win_rate(&self) -> f64 {
        (f64::from(self.wins) + 0.5) / (f64::from(self.races) + 2.0)
    }

    /// Mean places gained from the grid, from 0 for 15 lost to 1 for 15 gained.
    pub(super) fn gain(&self) -> f64 {
        let places = self.mean(self.gain).unwrap_or(0.0);
        ((places + GAIN) / (2.0 * GAIN)).clamp(0.0, 1.0)
    }
}

/// The season before a race.
pub(super) struct SeasonSoFar {
    drivers: HashMap<Driver, SeasonTally>,
    teams: HashMap<Team, SeasonTally>,
    /// Mean finishing place of each team's cars, scaled from 0 for the worst to 1 for the best.
    performance: HashMap<Team, f64>,
}

impl SeasonSoFar {
    /// Sums up the races of `year`, which are the last ones of `past`.
    pub(super) fn new(past: &[RaceRecord], year: i16) -> Self {
        let mut drivers: HashMap<Driver, SeasonTally> = HashMap::new();
        let mut teams: HashMap<Team, SeasonTally> = HashMap::new();
        for race in past.iter().rev().take_while(|race| race.year == year) {
            for (index, car) in race.cars.iter().enumerate() {
                let finish = (index + 1) as f64;
                drivers
                    .entry(car.entrant.driver)
                    .or_default()
                    .add(car, finish);
                teams.entry(car.entrant.team).or_default().add(car, finish);
            }
        }
        let (names, places): (Vec<Team>, Vec<Option<f64>>) = teams
            .iter()
            .map(|(team, tally)| (*team, tally.mean(-tally.finish)))
            .unzip();
        let performance = names.into_iter().zip(minmax(&places)).collect();
        Self {
            drivers,
            teams,
            performance,
        }
    }

    pub(super) fn driver(&self, entrant: Entrant) -> SeasonTally {
        self.drivers
            .get(&entrant.driver)
            .copied()
            .unwrap_or_default()
    }

    /// Performance of a team from 0 to 1; `None` before its first race. The worst team counts as average, because the
    /// formula treats its 0 as a missing value.
    pub(super) fn car_performance(&self, team: Team) -> Option<f64> {
        let performance = *self.performance.get(&team)?;
        Some(if performance > 0.0 {
            performance
        } else {
            NEUTRAL
        })
    }

    /// 0.7 times the team's share of races finished plus 0.3 times the driver's.
    pub(super) fn reliability(&self, entrant: Entrant) -> f64 {
        let team = self
            .teams
            .get(&entrant.team)
            .and_then(SeasonTally::dnf_rate);
        let driver = self.driver(entrant).dnf_rate().unwrap_or(DNF_RATE);
        0.7 * team.map_or(NEUTRAL, |rate| 1.0 - rate) + 0.3 * (1.0 - driver)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::baselines::tests::{candidate, near, procession};

    #[test]
    fn only_races_of_the_year_count() {
        let past = [procession(2019, 20, 4), procession(2020, 1, 4)];
        let winner = SeasonSoFar::new(&past, 2020).driver(candidate(0, 1).entrant);
        assert_eq!((winner.races, winner.wins), (1, 1));
        assert!(near(winner.rating(), 22.0 / 25.0) && near(winner.win_rate(), 0.5));
        let winter = SeasonSoFar::new(&past, 2021);
        assert!(winter.drivers.is_empty() && winter.performance.is_empty());
    }

    #[test]
    fn the_worst_team_counts_as_average() {
        let season = SeasonSoFar::new(&[procession(2020, 1, 6)], 2020);
        let of_team = |team| season.car_performance(Team(team));
        assert_eq!([of_team(0), of_team(1)], [Some(1.0), Some(0.5)]);
        assert_eq!([of_team(2), of_team(9)], [Some(0.5), None]);
    }
}
