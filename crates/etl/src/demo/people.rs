//! Who races: invented drivers and teams, the strengths nobody in the championship can see, and the line-ups of each season.

use chrono::{Days, NaiveDate};
use rand::RngExt;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::gaussian;
use super::names::{FORMER_NAME, NATIONS, Nation, TEAMS};

/// Cars of one team.
pub(super) const SEATS: usize = 2;

/// A person who races or tests.
pub(super) struct Driver {
    pub(super) id: String,
    pub(super) first_name: &'static str,
    pub(super) last_name: &'static str,
    pub(super) gender: &'static str,
    /// Three letters, unique in the championship.
    pub(super) abbreviation: String,
    pub(super) number: u8,
    pub(super) born: NaiveDate,
    pub(super) birthplace: &'static str,
    pub(super) country: &'static str,
    /// Share of a lap this driver adds to what the car can do; smaller is faster.
    pub(super) deficit: f64,
    /// Chance to crash in a dry Grand Prix.
    pub(super) error: f64,
}

/// A team, which may change its name but stays itself.
pub(super) struct Team {
    pub(super) name: &'static str,
    /// What the team was called before the year.
    pub(super) renamed: Option<(&'static str, i32)>,
    pub(super) country: &'static str,
    pub(super) engine: &'static str,
}

impl Team {
    /// Name raced under in a year.
    pub(super) fn name_in(&self, year: i32) -> &'static str {
        match self.renamed {
            Some((former, since)) if year < since => former,
            _ => self.name,
        }
    }
}

/// A driver in a team's car, from one round to another.
#[derive(Clone)]
pub(super) struct Seat {
    pub(super) team: usize,
    pub(super) driver: usize,
    pub(super) first_round: u16,
    pub(super) last_round: u16,
}

/// A car at one weekend, with its hidden properties.
#[derive(Clone)]
pub(super) struct Car {
    pub(super) team: usize,
    pub(super) driver: usize,
    /// Share by which its laps are slower than those of a perfect car.
    pub(super) deficit: f64,
    /// Chance to break down in a Grand Prix.
    pub(super) failure: f64,
    /// Chance to crash in a dry Grand Prix.
    pub(super) error: f64,
}

/// Everybody, and the present strength of the cars.
pub(super) struct Field {
    pub(super) drivers: Vec<Driver>,
    pub(super) teams: Vec<Team>,
    /// One test driver, who replaces the first team's second driver in a practice session now and then.
    pub(super) reserve: usize,
    seats: Vec<[usize; SEATS]>,
    rookies: Vec<usize>,
    deficits: Vec<f64>,
    failures: Vec<f64>,
}

impl Field {
    /// Draws the people and teams of a championship whose newest season is `year`.
    pub(super) fn draw(rng: &mut ChaCha8Rng, teams: usize, year: i32, renamed: bool) -> Self {
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

    /// Winter: the cars' strengths move towards the middle, two drivers swap teams, one retires.
    pub(super) fn winter(&mut self, rng: &mut ChaCha8Rng) {
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

    /// Development between two weekends.
    pub(super) fn develop(&mut self, rng: &mut ChaCha8Rng) {
        for deficit in &mut self.deficits {
            *deficit = (*deficit + gaussian(rng, 0.0006)).max(0.0);
        }
    }

    /// The line-ups of a season of `rounds`: one driver gives way to a rookie at half-way.
    pub(super) fn hire(&mut self, rng: &mut ChaCha8Rng, rounds: u16) -> Vec<Seat> {
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

    /// The cars of a round, as strong as they are now.
    pub(super) fn cars(&self, seats: &[Seat], round: u16) -> Vec<Car> {
        let racing = seats
            .iter()
            .filter(|seat| (seat.first_round..=seat.last_round).contains(&round));
        racing
            .map(|seat| self.car(seat.team, seat.driver))
            .collect()
    }

    /// The first team's car with the test driver in it.
    pub(super) fn reserve_car(&self) -> Car {
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

/// Turns a name into an id: lower case ASCII, words joined by hyphens.
pub(super) fn slug(name: &str) -> String {
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

fn draw_drivers(rng: &mut ChaCha8Rng, year: i32) -> Vec<Driver> {
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
    year: i32,
) -> Driver {
    let birth_year = year - rng.random_range(21..38);
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
