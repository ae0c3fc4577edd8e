//! The field: fictional drivers and teams, their hidden strengths, and the line-ups of each season.

use chrono::{Days, NaiveDate};
use rand::{RngExt, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;

use super::{
    gaussian,
    names::{FORMER_NAME, NATIONS, Nation, TEAMS},
};

/// Cars of one team.
pub(crate) const SEATS: usize = 2;

/// A race driver or a test driver.
pub(crate) struct Driver {
    pub(crate) id: String,
    pub(crate) first_name: &'static str,
    pub(crate) last_name: &'static str,
    pub(crate) gender: &'static str,
    /// Three letters, unique.
    pub(crate) abbreviation: String,
    pub(crate) number: u8,
    pub(crate) born: NaiveDate,
    pub(crate) birthplace: &'static str,
    pub(crate) country: &'static str,
    /// The share of a lap time that the driver adds to the car's; smaller is faster.
    pub(crate) deficit: f64,
    /// The chance of a crash in a dry Grand Prix.
    pub(crate) error: f64,
}

/// A team, which keeps its identity when it is renamed.
pub(crate) struct Team {
    pub(crate) name: &'static str,
    /// The former name, and the first year of the present one.
    pub(crate) renamed: Option<(&'static str, i16)>,
    pub(crate) country: &'static str,
    pub(crate) engine: &'static str,
}

impl Team {
    /// The team's name in a year.
    pub(crate) fn name_in(&self, year: i16) -> &'static str {
        match self.renamed {
            Some((former, since)) if year < since => former,
            _ => self.name,
        }
    }
}

/// A driver in a team's car, from one round to another.
#[derive(Clone)]
pub(crate) struct Seat {
    pub(crate) team: usize,
    pub(crate) driver: usize,
    pub(crate) first_round: i16,
    pub(crate) last_round: i16,
}

/// A car at one weekend, with its hidden properties.
#[derive(Clone)]
pub(crate) struct Car {
    pub(crate) team: usize,
    pub(crate) driver: usize,
    /// The share by which a lap is slower than that of a perfect car and driver.
    pub(crate) deficit: f64,
    /// The chance of a breakdown in a Grand Prix.
    pub(crate) failure: f64,
    /// The chance of a crash in a dry Grand Prix.
    pub(crate) error: f64,
}

/// All drivers and teams, and the present strength of the cars.
pub(crate) struct Field {
    pub(crate) drivers: Vec<Driver>,
    pub(crate) teams: Vec<Team>,
    /// The one test driver, who replaces the first team's second driver in some practice sessions.
    pub(crate) reserve: usize,
    seats: Vec<[usize; SEATS]>,
    rookies: Vec<usize>,
    deficits: Vec<f64>,
    failures: Vec<f64>,
}

impl Field {
    /// Draws the drivers and teams of a championship whose newest season is `year`.
    pub(crate) fn draw(rng: &mut ChaCha8Rng, teams: usize, year: i16, renamed: bool) -> Self {
        let drivers = draw_drivers(rng, year);
        let mut rookies: Vec<usize> = (0..drivers.len()).collect();
        rookies.shuffle(rng);
        let reserve = rookies.pop().unwrap_or_default();
        let seats = rookies.drain(..teams * SEATS).collect::<Vec<_>>();
        let mut teams: Vec<Team> = TEAMS.iter().take(teams).map(team).collect();
        teams[1].renamed = renamed.then_some((FORMER_NAME, year));
        Self {
            drivers,
            reserve,
            seats: seats
                .chunks_exact(SEATS)
                .map(|pair| [pair[0], pair[1]])
                .collect(),
            rookies,
            deficits: teams.iter().map(|_| rng.random_range(0.0..0.016)).collect(),
            failures: teams.iter().map(|_| rng.random_range(0.03..0.09)).collect(),
            teams,
        }
    }

    /// The winter before a season: the cars' strengths regress to the mean, two drivers swap teams, one retires.
    pub(crate) fn winter(&mut self, rng: &mut ChaCha8Rng) {
        for deficit in &mut self.deficits {
            *deficit = (0.008 + 0.7 * (*deficit - 0.008) + gaussian(rng, 0.003)).max(0.0);
        }
        for failure in &mut self.failures {
            *failure = rng.random_range(0.03..0.09);
        }
        let one = rng.random_range(0..self.seats.len());
        let other = (one + 1) % self.seats.len();
        (self.seats[one][0], self.seats[other][1]) = (self.seats[other][1], self.seats[one][0]);
        if let Some(rookie) = self.rookies.pop() {
            self.seats[one][1] = rookie;
        }
    }

    /// The development of the cars between two weekends.
    pub(crate) fn develop(&mut self, rng: &mut ChaCha8Rng) {
        for deficit in &mut self.deficits {
            *deficit = (*deficit + gaussian(rng, 0.0006)).max(0.0);
        }
    }

    /// The line-ups of a season of `rounds`: at half-way a rookie replaces one driver.
    pub(crate) fn hire(&mut self, rng: &mut ChaCha8Rng, rounds: i16) -> Vec<Seat> {
        let leaving = rng.random_range(1..self.seats.len());
        let change = rounds / 2 + 1;
        let mut seats = Vec::new();
        for (team, pair) in self.seats.iter_mut().enumerate() {
            for (index, driver) in pair.iter_mut().enumerate() {
                let mut seat = Seat {
                    team,
                    driver: *driver,
                    first_round: 1,
                    last_round: rounds,
                };
                if team == leaving
                    && index == 1
                    && let Some(rookie) = self.rookies.pop()
                {
                    seats.push(Seat {
                        last_round: change - 1,
                        ..seat.clone()
                    });
                    seat = Seat {
                        driver: rookie,
                        first_round: change,
                        ..seat
                    };
                    *driver = rookie;
                }
                seats.push(seat);
            }
        }
        seats
    }

    /// The cars of a round at their present strength.
    pub(crate) fn cars(&self, seats: &[Seat], round: i16) -> Vec<Car> {
        let racing = seats
            .iter()
            .filter(|seat| (seat.first_round..=seat.last_round).contains(&round));
        racing
            .map(|seat| self.car(seat.team, seat.driver))
            .collect()
    }

    /// The first team's car with the test driver.
    pub(crate) fn reserve_car(&self) -> Car {
        self.car(0, self.reserve)
    }

    fn car(&self, team: usize, driver: usize) -> Car {
        Car {
            team,
            driver,
            deficit: self.deficits[team] + self.drivers[driver].deficit,
            failure: self.failures[team],
            error: self.drivers[driver].error,
        }
    }
}

/// The id of a name: lower-case ASCII, words joined by hyphens.
pub(crate) fn slug(name: &str) -> String {
    name.chars().filter_map(plain_letter).collect()
}

fn plain_letter(letter: char) -> Option<char> {
    Some(match letter {
        'á' | 'ã' | 'å' => 'a',
        'É' | 'é' | 'ê' => 'e',
        'í' | 'ï' => 'i',
        'ł' => 'l',
        'ñ' | 'ń' => 'n',
        'ö' | 'ó' => 'o',
        'ś' => 's',
        ' ' => '-',
        other if other.is_ascii_alphanumeric() || other == '-' => other.to_ascii_lowercase(),
        _ => return None,
    })
}

fn draw_drivers(rng: &mut ChaCha8Rng, year: i16) -> Vec<Driver> {
    let mut numbers: Vec<u8> = (2..=99).collect();
    numbers.shuffle(rng);
    let mut drivers = Vec::new();
    for nation in &NATIONS {
        let mut names = nation.first_names;
        names.shuffle(rng);
        for (first, last_name) in names.into_iter().zip(nation.families) {
            let number = numbers.pop().unwrap_or_default();
            drivers.push(draw_driver(rng, nation, first, last_name, number, year));
        }
    }
    drivers
}

fn draw_driver(
    rng: &mut ChaCha8Rng,
    nation: &Nation,
    (first_name, gender): (&'static str, &'static str),
    last_name: &'static str,
    number: u8,
    year: i16,
) -> Driver {
    let birth_year = i32::from(year) - rng.random_range(21..38);
    let new_year = NaiveDate::from_ymd_opt(birth_year, 1, 1).unwrap_or_default();
    Driver {
        id: slug(&format!("{first_name} {last_name}")),
        first_name,
        last_name,
        gender,
        abbreviation: slug(last_name).to_uppercase().chars().take(3).collect(),
        number,
        born: new_year + Days::new(rng.random_range(0..365)),
        birthplace: nation.town,
        country: nation.country,
        deficit: rng.random_range(0.0..0.007),
        error: rng.random_range(0.02..0.06),
    }
}

fn team(&(name, country, engine): &(&'static str, &'static str, &'static str)) -> Team {
    Team {
        name,
        renamed: None,
        country,
        engine,
    }
}
