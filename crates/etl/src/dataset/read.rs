//! Reads the weekends from the database.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveTime};
use polars::prelude::{BooleanChunked, DataFrame, Float64Chunked, Int32Chunked, StringChunked};
use schema::{CircuitId, Contest, DriverId, EventFormat, LineageId, RaceId, TeamId};
use sqlx::PgConnection;

use super::{Car, Finish, ListedPlace, Qualifying, Weekend};
use crate::frames::{self, FrameError};

/// Reads every weekend since `from_year` that was not cancelled, in chronological order.
pub async fn read(
    connection: &mut PgConnection,
    from_year: i16,
) -> Result<Vec<Weekend>, FrameError> {
    let mut weekends = read_races(&mut *connection, from_year).await?;
    let drivers_and_teams = DriversAndTeams::read(&mut *connection).await?;
    let index: HashMap<RaceId, usize> = weekends
        .iter()
        .enumerate()
        .map(|(at, weekend)| (weekend.race, at))
        .collect();
    let cars = frames::cars(&mut *connection, from_year).await?;
    add_cars(&mut weekends, &index, &cars, &drivers_and_teams)?;
    let practice = frames::practice(&mut *connection, from_year).await?;
    add_practice(&mut weekends, &index, &practice, &drivers_and_teams)?;
    add_season_entries(&mut *connection, &mut weekends, &drivers_and_teams).await?;
    Ok(weekends)
}

/// Adds the cars of `frame` to the weekends, which `index` finds by race.
fn add_cars(
    weekends: &mut [Weekend],
    index: &HashMap<RaceId, usize>,
    frame: &DataFrame,
    drivers_and_teams: &DriversAndTeams,
) -> Result<(), FrameError> {
    let columns = CarColumns::new(frame)?;
    for row in 0..frame.height() {
        let race = columns.race.get(row).map(RaceId);
        let Some(weekend) = race.and_then(|race| weekends.get_mut(*index.get(&race)?)) else {
            continue; // a cancelled race
        };
        if let Some(car) = columns.car(row, drivers_and_teams)? {
            if columns.contest.get(row) == Some(frames::contest(Contest::Sprint)) {
                weekend.sprint.push(car);
            } else {
                weekend.grand_prix.push(car);
            }
        }
    }
    Ok(())
}

/// Adds the practice times of `frame` to the weekends, which `index` finds by race.
fn add_practice(
    weekends: &mut [Weekend],
    index: &HashMap<RaceId, usize>,
    frame: &DataFrame,
    drivers_and_teams: &DriversAndTeams,
) -> Result<(), FrameError> {
    let whole = |name: &str| frame.column(name)?.i32();
    let (races, sessions) = (whole("race_id")?, whole("session")?);
    let (drivers, teams) = (whole("driver_id")?, whole("team_id")?);
    let (gaps, best) = (frame.column("gap")?.f64()?, whole("best_ms")?);
    for row in 0..frame.height() {
        let race = races.get(row).map(RaceId);
        let weekend = race.and_then(|race| weekends.get_mut(*index.get(&race)?));
        let session = sessions
            .get(row)
            .and_then(|session| usize::try_from(session - 1).ok());
        let practice = weekend
            .zip(session)
            .and_then(|(weekend, session)| weekend.practice.get_mut(session));
        let driver = drivers.get(row).map(DriverId);
        if let (Some(practice), Some(driver), Some(gap)) = (practice, driver, gaps.get(row)) {
            practice.gaps.insert(driver, gap);
            practice.best_ms = best.get(row).map(f64::from);
            let team = teams.get(row).map(TeamId);
            practice
                .cars
                .extend(team.and_then(|team| drivers_and_teams.car(driver, team)));
        }
    }
    Ok(())
}

/// The typed columns of the frame of cars.
struct CarColumns<'a> {
    race: &'a Int32Chunked,
    contest: &'a Int32Chunked,
    driver: &'a Int32Chunked,
    /// The team on the grid, in qualifying and in the result. The first that is not null counts.
    teams: [&'a Int32Chunked; 3],
    qualifying_order: &'a Int32Chunked,
    qualifying_position: &'a Int32Chunked,
    segments: [&'a Int32Chunked; 3],
    grid_order: &'a Int32Chunked,
    grid_position: &'a Int32Chunked,
    result_order: &'a Int32Chunked,
    classified: &'a BooleanChunked,
    status: &'a StringChunked,
    broke_down: &'a BooleanChunked,
    points: &'a Float64Chunked,
    finishing_gap: &'a Float64Chunked,
    fastest_lap_gap: &'a Float64Chunked,
    sprint_place: &'a Int32Chunked,
}

impl<'a> CarColumns<'a> {
    fn new(frame: &'a DataFrame) -> Result<Self, FrameError> {
        let whole = |name: &str| frame.column(name)?.i32();
        let real = |name: &str| frame.column(name)?.f64();
        let flag = |name: &str| frame.column(name)?.bool();
        Ok(Self {
            race: whole("race_id")?,
            contest: whole("contest")?,
            driver: whole("driver_id")?,
            teams: [
                whole("grid_team")?,
                whole("qualifying_team")?,
                whole("result_team")?,
            ],
            qualifying_order: whole("qualifying_order")?,
            qualifying_position: whole("qualifying_position")?,
            segments: [whole("q1_ms")?, whole("q2_ms")?, whole("q3_ms")?],
            grid_order: whole("grid_order")?,
            grid_position: whole("grid_position")?,
            result_order: whole("result_order")?,
            classified: flag("classified")?,
            status: frame.column("status")?.str()?,
            broke_down: flag("broke_down")?,
            points: real("points")?,
            finishing_gap: real("finishing_gap")?,
            fastest_lap_gap: real("fastest_lap_gap")?,
            sprint_place: whole("sprint_place")?,
        })
    }

    /// The car of a row; `None` without a known driver and team.
    fn car(
        &self,
        row: usize,
        drivers_and_teams: &DriversAndTeams,
    ) -> Result<Option<Car>, FrameError> {
        let team = self.teams.iter().find_map(|team| team.get(row)).map(TeamId);
        let (Some(driver), Some(team)) = (self.driver.get(row).map(DriverId), team) else {
            return Ok(None);
        };
        let Some(car) = drivers_and_teams.car(driver, team) else {
            return Ok(None);
        };
        let small = |column: &Int32Chunked| column.get(row).and_then(|value| value.try_into().ok());
        let listed = |order: &Int32Chunked, position: &Int32Chunked| {
            Some(ListedPlace {
                order: small(order)?,
                position: small(position),
            })
        };
        let qualifying =
            listed(self.qualifying_order, self.qualifying_position).map(|place| Qualifying {
                place,
                segments: self.segments.map(|time| time.get(row).map(f64::from)),
            });
        let status = self.status.get(row).map(str::parse).transpose()?;
        let finish = small(self.result_order)
            .zip(status)
            .map(|(order, status)| Finish {
                order,
                classified: self.classified.get(row).unwrap_or(false),
                status,
                broke_down: self.broke_down.get(row).unwrap_or(false),
                points: self.points.get(row).unwrap_or(0.0),
                gap: self.finishing_gap.get(row),
                fastest_lap_gap: self.fastest_lap_gap.get(row),
            });
        Ok(Some(Car {
            qualifying,
            sprint_place: small(self.sprint_place),
            grid: listed(self.grid_order, self.grid_position),
            finish,
            ..car
        }))
    }
}

/// Attributes of drivers and teams that do not depend on the session.
struct DriversAndTeams {
    /// Alphabetical rank of each driver's key.
    ranks: HashMap<DriverId, i32>,
    lineages: HashMap<TeamId, LineageId>,
}

impl DriversAndTeams {
    async fn read(connection: &mut PgConnection) -> Result<Self, FrameError> {
        let ranks = sqlx::query!(
            r#"SELECT id, row_number() OVER (ORDER BY driver_key COLLATE "C")::integer AS "rank!" FROM drivers"#
        )
        .fetch_all(&mut *connection)
        .await?;
        let lineages = sqlx::query!("SELECT id, lineage_id FROM teams")
            .fetch_all(connection)
            .await?;
        Ok(Self {
            ranks: ranks
                .into_iter()
                .map(|row| (DriverId(row.id), row.rank))
                .collect(),
            lineages: lineages
                .into_iter()
                .map(|row| (TeamId(row.id), LineageId(row.lineage_id)))
                .collect(),
        })
    }

    /// A driver in the car of a team, without results; `None` if either is unknown.
    fn car(&self, driver: DriverId, team: TeamId) -> Option<Car> {
        Some(Car {
            driver,
            rank: *self.ranks.get(&driver)?,
            team,
            lineage: *self.lineages.get(&team)?,
            qualifying: None,
            sprint_place: None,
            grid: None,
            finish: None,
        })
    }
}

/// Adds the season's entries to the weekends of seasons without a result.
async fn add_season_entries(
    connection: &mut PgConnection,
    weekends: &mut [Weekend],
    drivers_and_teams: &DriversAndTeams,
) -> Result<(), FrameError> {
    let rows = sqlx::query!(
        r#"SELECT DISTINCT ON (e.year, e.driver_id) e.year, e.driver_id, e.team_id FROM season_entries e
           WHERE NOT e.test_driver AND EXISTS (SELECT FROM races r WHERE r.year = e.year)
             AND NOT EXISTS (SELECT FROM results s JOIN races r ON r.id = s.race_id WHERE r.year = e.year)
           ORDER BY e.year, e.driver_id, e.team_id"#
    )
    .fetch_all(connection)
    .await?;
    for row in rows {
        let car = drivers_and_teams.car(DriverId(row.driver_id), TeamId(row.team_id));
        let season = weekends
            .iter_mut()
            .filter(|weekend| weekend.year == row.year);
        for weekend in season {
            weekend.entered.extend(car);
        }
    }
    Ok(())
}

/// The weekends without their cars.
async fn read_races(
    connection: &mut PgConnection,
    from_year: i16,
) -> Result<Vec<Weekend>, FrameError> {
    let midnight = |date: NaiveDate| date.and_time(NaiveTime::MIN).and_utc();
    let rows = sqlx::query!(
        r#"SELECT r.id, r.year, r.round, r.circuit_id, r.event_format AS "format: EventFormat", r.date, r.starts_at,
                  s.date AS "sprint_date?", s.starts_at AS "sprint_starts_at?"
           FROM races r LEFT JOIN race_sessions s ON s.race_id = r.id AND s.session = 'sprint'
           WHERE r.year >= $1 AND r.status <> 'cancelled'
           ORDER BY r.year, r.round"#,
        from_year
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Weekend {
            race: RaceId(row.id),
            year: row.year,
            round: row.round,
            circuit: CircuitId(row.circuit_id),
            format: row.format,
            starts_at: row.starts_at.unwrap_or_else(|| midnight(row.date)),
            sprint_starts_at: row.format.has_sprint().then(|| {
                row.sprint_starts_at
                    .unwrap_or_else(|| midnight(row.sprint_date.unwrap_or(row.date)))
            }),
            practice: Default::default(),
            entered: Vec::new(),
            grand_prix: Vec::new(),
            sprint: Vec::new(),
        })
        .collect())
}
