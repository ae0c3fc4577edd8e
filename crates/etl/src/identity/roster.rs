//! Who the cars in another upstream's list are: drivers by day of birth and name, teams by the drivers they share with
//! one of ours in the season.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use schema::{DriverId, TeamId};
use sqlx::PgConnection;

use super::names::{Name, folded};

/// A driver as another upstream names him.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Person<'a> {
    /// Given name.
    pub given_name: &'a str,
    /// Family name.
    pub family_name: &'a str,
    /// Day of birth, where the upstream has it.
    pub date_of_birth: Option<NaiveDate>,
}

/// A car in a list of another upstream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    /// Its driver.
    pub driver: Person<'a>,
    /// Its team's name there; the same text for the same team throughout the list.
    pub team: &'a str,
}

/// Why a car of a list has no row of ours.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum Unknown {
    /// Nobody of that name and birthday.
    #[error("{given_name} {family_name} is nobody we know")]
    Driver {
        /// Given name.
        given_name: String,
        /// Family name.
        family_name: String,
    },
    /// Two of ours fit.
    #[error("{given_name} {family_name} may be two of ours")]
    Ambiguous {
        /// Given name.
        given_name: String,
        /// Family name.
        family_name: String,
    },
    /// None of the team's drivers drives for one of ours, and none of ours has its name.
    #[error("{team} is no team we know")]
    Team {
        /// Its name.
        team: String,
    },
}

/// Who and what of a list is none of ours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Strangers<'a> {
    /// The places in the list of the cars whose driver is nobody we know.
    pub people: Vec<usize>,
    /// Names of teams that we do not know.
    pub teams: Vec<&'a str>,
}

/// Drivers and teams of ours, as they stand in a season.
#[derive(Debug, Clone, Default)]
pub struct Roster {
    drivers: Vec<Known>,
    /// For whom each driver drove last in the season, or is entered.
    seats: HashMap<DriverId, TeamId>,
    teams: Vec<(TeamId, HashSet<String>)>,
}

#[derive(Debug, Clone)]
struct Known {
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
                .map(|row| Known {
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

    /// The rows of ours that the cars of a list mean, in its order.
    #[must_use]
    pub fn identify(&self, lines: &[Line<'_>]) -> Vec<Result<(DriverId, TeamId), Unknown>> {
        let drivers: Vec<Result<DriverId, Unknown>> =
            lines.iter().map(|line| self.driver(line.driver)).collect();
        let teams = self.teams(lines, &drivers);
        lines
            .iter()
            .zip(drivers)
            .map(|(line, driver)| {
                let team = teams.get(line.team).copied().ok_or_else(|| Unknown::Team {
                    team: line.team.to_owned(),
                });
                Ok((driver?, team?))
            })
            .collect()
    }

    /// Whom and what [`identify`](Self::identify) does not know; who may be two of ours is not among them. A new team may
    /// have new drivers, whose cars it only reports as theirs.
    #[must_use]
    pub fn strangers<'a>(&self, lines: &[Line<'a>]) -> Strangers<'a> {
        let drivers: Vec<_> = lines.iter().map(|line| self.driver(line.driver)).collect();
        let known = self.teams(lines, &drivers);
        let mut strangers = Strangers::default();
        for (place, (line, driver)) in lines.iter().zip(&drivers).enumerate() {
            if matches!(driver, Err(Unknown::Driver { .. })) {
                strangers.people.push(place);
            }
            if !known.contains_key(line.team) && !strangers.teams.contains(&line.team) {
                strangers.teams.push(line.team);
            }
        }
        strangers
    }

    /// By birthday and family name; twins by given name, too. Without a birthday by the whole name, among those of the
    /// season before all others.
    fn driver(&self, person: Person<'_>) -> Result<DriverId, Unknown> {
        let full = format!("{} {}", person.given_name, person.family_name);
        let name = Name::new(&full, person.family_name);
        let born =
            |known: &&Known| person.date_of_birth == Some(known.born) && known.name.meets(&name);
        let named = |known: &&Known| known.name.meets_whole(&name);
        let in_season = |known: &&Known| self.seats.contains_key(&known.id);
        let all = || self.drivers.iter();
        let candidates: Vec<&Known> = if person.date_of_birth.is_some() {
            all().filter(born).collect()
        } else {
            let mut candidates: Vec<&Known> = all().filter(in_season).filter(named).collect();
            if candidates.is_empty() {
                candidates = all().filter(named).collect();
            }
            candidates
        };
        let exact = candidates.iter().filter(|known| known.name.equals(&name));
        let names = || {
            let [given_name, family_name] =
                [person.given_name, person.family_name].map(str::to_owned);
            (given_name, family_name)
        };
        match (candidates.as_slice(), exact.collect::<Vec<_>>().as_slice()) {
            ([known], _) => Ok(known.id),
            (_, [known]) => Ok(known.id),
            ([], _) => {
                let (given_name, family_name) = names();
                Err(Unknown::Driver {
                    given_name,
                    family_name,
                })
            }
            _ => {
                let (given_name, family_name) = names();
                Err(Unknown::Ambiguous {
                    given_name,
                    family_name,
                })
            }
        }
    }

    /// Each team of the list by the seats of its drivers, the most votes winning; where none of them has a seat with a
    /// team that is not taken, by name.
    fn teams<'a>(
        &self,
        lines: &[Line<'a>],
        drivers: &[Result<DriverId, Unknown>],
    ) -> HashMap<&'a str, TeamId> {
        let mut votes: BTreeMap<(&str, TeamId), usize> = BTreeMap::new();
        for (line, driver) in lines.iter().zip(drivers) {
            let seat = driver.as_ref().ok().and_then(|id| self.seats.get(id));
            if let Some(team) = seat {
                *votes.entry((line.team, *team)).or_default() += 1;
            }
            let name = folded(line.team);
            for (team, names) in &self.teams {
                if names.contains(&name) && self.seats.values().any(|seat| seat == team) {
                    *votes.entry((line.team, *team)).or_default() += 1;
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
        for line in lines {
            let name = folded(line.team);
            let by_name = self
                .teams
                .iter()
                .find(|(team, names)| names.contains(&name) && !taken.contains(team));
            if let (false, Some((team, _))) = (found.contains_key(line.team), by_name) {
                taken.insert(*team);
                found.insert(line.team, *team);
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

    fn known(id: i32, name: &str, family: &str, day: &str) -> Known {
        Known {
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

    fn line<'a>(
        given_name: &'a str,
        family_name: &'a str,
        day: Option<&str>,
        team: &'a str,
    ) -> Line<'a> {
        Line {
            driver: Person {
                given_name,
                family_name,
                date_of_birth: day.map(born),
            },
            team,
        }
    }

    #[test]
    fn spellings_meet_and_teams_follow_their_drivers() {
        let lines = [
            line("Nico", "Hulkenberg", None, "Haas F1 Team"),
            line("Carlos", "Sainz", Some("1994-09-01"), "Ferrari"),
            line("ZHOU", "Guanyu", None, "Sauber"),
            line("Valtteri", "Bottas", None, "Sauber"),
        ];
        let ids: Vec<_> = roster()
            .identify(&lines)
            .into_iter()
            .map(|car| car.map(|(driver, team)| (driver.0, team.0)))
            .collect();
        assert_eq!(ids, [Ok((1, 10)), Ok((2, 11)), Ok((3, 12)), Ok((4, 12))]);
    }

    #[test]
    fn a_family_name_alone_is_not_enough() {
        let cars = roster().identify(&[
            line("Mick", "Schumacher", Some("1999-03-22"), "Haas"),
            line("Mick", "Schumacher", Some("1990-03-22"), "Haas"),
            line("Oliver", "Bearman", None, "Haas"),
            line("Nico", "Hülkenberg", None, "Cadillac"),
        ]);
        assert_eq!(cars[0].as_ref().map(|(driver, _)| driver.0), Ok(6));
        assert!(matches!(cars[1], Err(Unknown::Driver { .. })));
        assert!(matches!(cars[2], Err(Unknown::Driver { .. })));
        let cadillac = Unknown::Team {
            team: "Cadillac".to_owned(),
        };
        assert_eq!(
            cars[3],
            Err(cadillac),
            "his team of old is in the list itself"
        );
    }
}
