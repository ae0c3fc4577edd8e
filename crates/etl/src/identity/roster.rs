//! Matches the cars in another upstream's list: drivers by birth date and name, teams by the drivers they share with one
//! of ours in the season.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use schema::{DriverId, TeamId};
use sqlx::PgConnection;

use super::names::{Name, folded};

/// A driver as another upstream lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListedDriver<'a> {
    /// Given name.
    pub given_name: &'a str,
    /// Family name.
    pub family_name: &'a str,
    /// Birth date, where the upstream has it.
    pub date_of_birth: Option<NaiveDate>,
}

/// A car in a list of another upstream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListedCar<'a> {
    /// Its driver.
    pub driver: ListedDriver<'a>,
    /// The team's name there, the same throughout the list.
    pub team: &'a str,
}

/// Why no row of ours matches a car of a list.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum MatchError {
    /// No driver has that name and birth date.
    #[error("{given_name} {family_name} is not a known driver")]
    UnknownDriver {
        /// Given name.
        given_name: String,
        /// Family name.
        family_name: String,
    },
    /// Several drivers match.
    #[error("{given_name} {family_name} matches several known drivers")]
    AmbiguousDriver {
        /// Given name.
        given_name: String,
        /// Family name.
        family_name: String,
    },
    /// None of the team's drivers drives for one of ours, and none of ours has its name.
    #[error("{team} is not a known team")]
    UnknownTeam {
        /// Its name.
        team: String,
    },
}

/// The drivers and teams of a list that no row of ours matches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnknownEntrants<'a> {
    /// Indices of the cars whose driver is unknown.
    pub drivers: Vec<usize>,
    /// Names of unknown teams.
    pub teams: Vec<&'a str>,
}

/// Our drivers and teams, with the seats of a season.
#[derive(Debug, Clone, Default)]
pub struct Roster {
    drivers: Vec<RosterDriver>,
    /// The team each driver last drove for in the season, or is entered with.
    seats: HashMap<DriverId, TeamId>,
    teams: Vec<(TeamId, HashSet<String>)>,
}

#[derive(Debug, Clone)]
struct RosterDriver {
    id: DriverId,
    born: NaiveDate,
    name: Name,
}

impl Roster {
    /// Reads the roster of `year`.
    pub async fn read(connection: &mut PgConnection, year: i16) -> sqlx::Result<Self> {
        let drivers = sqlx::query!("SELECT id, date_of_birth, last_name, name FROM drivers")
            .fetch_all(&mut *connection)
            .await?;
        let seats = sqlx::query!(
            r#"SELECT DISTINCT ON (driver_id) driver_id AS "driver_id!", team_id AS "team_id!" FROM (
                   SELECT s.driver_id, s.team_id, r.round FROM results s JOIN races r ON r.id = s.race_id
                   WHERE r.year = $1 AND s.contest = 'grand_prix'
                   UNION ALL
                   SELECT e.driver_id, e.team_id, 0 FROM season_entries e WHERE e.year = $1) seats
               ORDER BY driver_id, round DESC, team_id"#,
            year
        )
        .fetch_all(&mut *connection)
        .await?;
        let teams = sqlx::query!("SELECT id, name, full_name FROM teams")
            .fetch_all(connection)
            .await?;
        Ok(Self {
            drivers: drivers
                .into_iter()
                .map(|row| RosterDriver {
                    id: DriverId(row.id),
                    born: row.date_of_birth,
                    name: Name::new(&row.name, &row.last_name),
                })
                .collect(),
            seats: seats
                .into_iter()
                .map(|row| (DriverId(row.driver_id), TeamId(row.team_id)))
                .collect(),
            teams: teams
                .into_iter()
                .map(|row| {
                    let names = [folded(&row.name), folded(&row.full_name)];
                    (TeamId(row.id), HashSet::from(names))
                })
                .collect(),
        })
    }

    /// The ids of our driver and team for each car of a list.
    #[must_use]
    pub fn identify(&self, cars: &[ListedCar<'_>]) -> Vec<Result<(DriverId, TeamId), MatchError>> {
        let drivers: Vec<Result<DriverId, MatchError>> =
            cars.iter().map(|car| self.driver(car.driver)).collect();
        let teams = self.teams(cars, &drivers);
        cars.iter()
            .zip(drivers)
            .map(|(car, driver)| {
                let team = teams
                    .get(car.team)
                    .copied()
                    .ok_or_else(|| MatchError::UnknownTeam {
                        team: car.team.to_owned(),
                    });
                Ok((driver?, team?))
            })
            .collect()
    }

    /// The drivers and teams that [`identify`](Self::identify) does not find. A driver who matches several of ours is not
    /// among them.
    #[must_use]
    pub fn unknown<'a>(&self, cars: &[ListedCar<'a>]) -> UnknownEntrants<'a> {
        let drivers: Vec<_> = cars.iter().map(|car| self.driver(car.driver)).collect();
        let known = self.teams(cars, &drivers);
        let mut unknown = UnknownEntrants::default();
        for (index, (car, driver)) in cars.iter().zip(&drivers).enumerate() {
            if matches!(driver, Err(MatchError::UnknownDriver { .. })) {
                unknown.drivers.push(index);
            }
            if !known.contains_key(car.team) && !unknown.teams.contains(&car.team) {
                unknown.teams.push(car.team);
            }
        }
        unknown
    }

    /// Matches by birth date and family name, twins also by given name. Without a birth date by the whole name, the drivers
    /// of the season before all others.
    fn driver(&self, driver: ListedDriver<'_>) -> Result<DriverId, MatchError> {
        let full = format!("{} {}", driver.given_name, driver.family_name);
        let name = Name::new(&full, driver.family_name);
        let born = |known: &&RosterDriver| {
            driver.date_of_birth == Some(known.born) && known.name.matches(&name)
        };
        let named = |known: &&RosterDriver| known.name.matches_in_full(&name);
        let in_season = |known: &&RosterDriver| self.seats.contains_key(&known.id);
        let all = || self.drivers.iter();
        let candidates: Vec<&RosterDriver> = if driver.date_of_birth.is_some() {
            all().filter(born).collect()
        } else {
            let mut candidates: Vec<&RosterDriver> =
                all().filter(in_season).filter(named).collect();
            if candidates.is_empty() {
                candidates = all().filter(named).collect();
            }
            candidates
        };
        let exact = candidates.iter().filter(|known| known.name.equals(&name));
        let names = || {
            let [given_name, family_name] =
                [driver.given_name, driver.family_name].map(str::to_owned);
            (given_name, family_name)
        };
        match (candidates.as_slice(), exact.collect::<Vec<_>>().as_slice()) {
            ([known], _) => Ok(known.id),
            (_, [known]) => Ok(known.id),
            ([], _) => {
                let (given_name, family_name) = names();
                Err(MatchError::UnknownDriver {
                    given_name,
                    family_name,
                })
            }
            _ => {
                let (given_name, family_name) = names();
                Err(MatchError::AmbiguousDriver {
                    given_name,
                    family_name,
                })
            }
        }
    }

    /// Matches each team of the list by the seats of its drivers: the team with most votes wins. A team whose drivers have no
    /// seat with a free team is matched by name.
    fn teams<'a>(
        &self,
        cars: &[ListedCar<'a>],
        drivers: &[Result<DriverId, MatchError>],
    ) -> HashMap<&'a str, TeamId> {
        let mut votes: BTreeMap<(&str, TeamId), usize> = BTreeMap::new();
        for (car, driver) in cars.iter().zip(drivers) {
            let seat = driver.as_ref().ok().and_then(|id| self.seats.get(id));
            if let Some(team) = seat {
                *votes.entry((car.team, *team)).or_default() += 1;
            }
            let name = folded(car.team);
            for (team, names) in &self.teams {
                if names.contains(&name) && self.seats.values().any(|seat| seat == team) {
                    *votes.entry((car.team, *team)).or_default() += 1;
                }
            }
        }
        let mut ranked: Vec<_> = votes.into_iter().collect();
        ranked.sort_by_key(|(_, votes)| std::cmp::Reverse(*votes));
        let (mut found, mut taken) = (HashMap::new(), HashSet::new());
        for ((name, team), _) in ranked {
            if !found.contains_key(name) && taken.insert(team) {
                found.insert(name, team);
            }
        }
        for car in cars {
            let name = folded(car.team);
            let by_name = self
                .teams
                .iter()
                .find(|(team, names)| names.contains(&name) && !taken.contains(team));
            if let (false, Some((team, _))) = (found.contains_key(car.team), by_name) {
                taken.insert(*team);
                found.insert(car.team, *team);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn born(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn known(id: i32, name: &str, family: &str, day: &str) -> RosterDriver {
        RosterDriver {
            id: DriverId(id),
            born: born(day),
            name: Name::new(name, family),
        }
    }

    fn roster() -> Roster {
        Roster {
            drivers: vec![
                known(1, "Nico Hülkenberg", "Hülkenberg", "1987-08-19"),
                known(2, "Carlos Sainz Jr.", "Sainz Jr.", "1994-09-01"),
                known(3, "Guanyu Zhou", "Zhou", "1999-05-30"),
                known(4, "Valtteri Bottas", "Bottas", "1989-08-28"),
                known(5, "Michael Schumacher", "Schumacher", "1969-01-03"),
                known(6, "Mick Schumacher", "Schumacher", "1999-03-22"),
            ],
            seats: [(1, 10), (2, 11), (3, 12), (4, 12)]
                .map(|(driver, team)| (DriverId(driver), TeamId(team)))
                .into(),
            teams: [
                (10, "Haas"),
                (11, "Ferrari"),
                (12, "Kick Sauber"),
                (13, "Sauber"),
            ]
            .map(|(id, name)| (TeamId(id), HashSet::from([folded(name)])))
            .into(),
        }
    }

    fn car<'a>(
        given_name: &'a str,
        family_name: &'a str,
        day: Option<&str>,
        team: &'a str,
    ) -> ListedCar<'a> {
        ListedCar {
            driver: ListedDriver {
                given_name,
                family_name,
                date_of_birth: day.map(born),
            },
            team,
        }
    }

    #[test]
    fn spellings_match_and_teams_follow_their_drivers() {
        let cars = [
            car("Nico", "Hulkenberg", None, "Haas F1 Team"),
            car("Carlos", "Sainz", Some("1994-09-01"), "Ferrari"),
            car("ZHOU", "Guanyu", None, "Sauber"),
            car("Valtteri", "Bottas", None, "Sauber"),
        ];
        let ids: Vec<_> = roster()
            .identify(&cars)
            .into_iter()
            .map(|car| car.map(|(driver, team)| (driver.0, team.0)))
            .collect();
        assert_eq!(ids, [Ok((1, 10)), Ok((2, 11)), Ok((3, 12)), Ok((4, 12))]);
    }

    #[test]
    fn a_family_name_alone_is_not_enough() {
        let cars = roster().identify(&[
            car("Mick", "Schumacher", Some("1999-03-22"), "Haas"),
            car("Mick", "Schumacher", Some("1990-03-22"), "Haas"),
            car("Oliver", "Bearman", None, "Haas"),
            car("Nico", "Hülkenberg", None, "Cadillac"),
        ]);
        assert_eq!(cars[0].as_ref().map(|(driver, _)| driver.0), Ok(6));
        assert!(matches!(cars[1], Err(MatchError::UnknownDriver { .. })));
        assert!(matches!(cars[2], Err(MatchError::UnknownDriver { .. })));
        let cadillac = MatchError::UnknownTeam {
            team: "Cadillac".to_owned(),
        };
        assert_eq!(
            cars[3],
            Err(cadillac),
            "the driver's known team is in the list itself"
        );
    }
}
