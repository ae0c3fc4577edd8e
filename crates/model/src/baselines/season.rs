//! What the published formula takes from the season so far.

use std::collections::HashMap;

use super::{
    Record, RecordedCar,
    published::{NEUTRAL, minmax},
};
use crate::weekend::{Driver, Ending, Entrant, Team};

/// Share of races not finished, of a driver without races.
const DNF_RATE: f64 = 0.1;
/// Places by which the scale of positions gained reaches either way.
const GAIN: f64 = 15.0;
/// Points of a win.
const MOST_POINTS: f64 = 25.0;

/// Sums over the races of a season, of a driver or of a team.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    races: u32,
    wins: u32,
    not_finished: u32,
    points: f64,
    finish: f64,
    gain: f64,
}

impl Tally {
    /// `finish` counts from one and includes cars that retired, which have a published place too; whatever is not
    /// classified counts as not finished.
    fn add(&mut self, car: &RecordedCar, finish: f64) {
        self.races += 1;
        self.wins += u32::from(finish < 1.5);
        self.not_finished += u32::from(car.ending != Ending::Classified);
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

    /// Share of the points of a winner.
    pub(super) fn rating(&self) -> f64 {
        let points = self.mean(self.points).unwrap_or(0.0);
        (points / MOST_POINTS).clamp(0.0, 1.0)
    }

    /// Shrunk towards one win in four races by two races.
    pub(super) fn win_rate(&self) -> f64 {
        (f64::from(self.wins) + 0.5) / (f64::from(self.races) + 2.0)
    }

    /// Places made good on average, 15 lost to 15 gained on a scale from 0 to 1.
    pub(super) fn gain(&self) -> f64 {
        let places = self.mean(self.gain).unwrap_or(0.0);
        ((places + GAIN) / (2.0 * GAIN)).clamp(0.0, 1.0)
    }
}

/// What the season has brought so far.
pub(super) struct Season {
    drivers: HashMap<Driver, Tally>,
    teams: HashMap<Team, Tally>,
    /// Mean finishing place of each team's cars, the best as 1, the worst as 0.
    performance: HashMap<Team, f64>,
}

impl Season {
    /// From the races at the end of `past` that are of `year`.
    pub(super) fn new(past: &[Record], year: i16) -> Self {
        let mut drivers: HashMap<Driver, Tally> = HashMap::new();
        let mut teams: HashMap<Team, Tally> = HashMap::new();
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

    pub(super) fn driver(&self, entrant: Entrant) -> Tally {
        self.drivers
            .get(&entrant.driver)
            .copied()
            .unwrap_or_default()
    }

    /// From 0 to 1, `None` before a team's first race. The worst team counts as average: the formula takes its 0 for a
    /// missing value.
    pub(super) fn car_performance(&self, team: Team) -> Option<f64> {
        let performance = *self.performance.get(&team)?;
        Some(if performance > 0.0 {
            performance
        } else {
            NEUTRAL
        })
    }

    /// Of races finished: 0.7 times the team's share plus 0.3 times the driver's.
    pub(super) fn reliability(&self, entrant: Entrant) -> f64 {
        let team = self.teams.get(&entrant.team).and_then(Tally::dnf_rate);
        let driver = self.driver(entrant).dnf_rate().unwrap_or(DNF_RATE);
        0.7 * team.map_or(NEUTRAL, |rate| 1.0 - rate) + 0.3 * (1.0 - driver)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::baselines::tests::{candidate, near, procession};

    #[test]
    fn the_season_so_far_is_that_of_this_year() {
        let past = [procession(2019, 20, 4), procession(2020, 1, 4)];
        let winner = Season::new(&past, 2020).driver(candidate(0, 1).entrant);
        assert_eq!((winner.races, winner.wins), (1, 1));
        assert!(near(winner.rating(), 22.0 / 25.0) && near(winner.win_rate(), 0.5));
        let winter = Season::new(&past, 2021);
        assert!(winter.drivers.is_empty() && winter.performance.is_empty());
    }

    #[test]
    fn the_worst_team_counts_as_average() {
        let season = Season::new(&[procession(2020, 1, 6)], 2020);
        let of_team = |team| season.car_performance(Team(team));
        assert_eq!([of_team(0), of_team(1)], [Some(1.0), Some(0.5)]);
        assert_eq!([of_team(2), of_team(9)], [Some(0.5), None]);
    }
}
