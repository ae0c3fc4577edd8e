//! The weekends that forecasts are made from: the past to learn from and the race ahead, with what each session said.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use model::qualifying::Segments;
use polars::prelude::{BooleanChunked, DataFrame, Float64Chunked, Int32Chunked, StringChunked};
use schema::{CircuitId, Contest, DriverId, EventFormat, LineageId, RaceId, ResultStatus, TeamId};
use sqlx::PgConnection;

use crate::frames::{self, FrameError};

/// A car's place in a published list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Listed {
    /// 1, 2, ... as published.
    pub order: i16,
    /// Published place; `None` from the pit lane or unclassified.
    pub position: Option<i16>,
}

/// A car in qualifying.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Qualified {
    /// Where it stands in the classification.
    pub listed: Listed,
    /// Best times of Q1, Q2, Q3, ms; formats with one time have it first.
    pub segments: Segments,
}

/// A car's result.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Finish {
    /// 1, 2, ... as published, the winner first.
    pub order: i16,
    /// In the classification.
    pub classified: bool,
    /// How it ended.
    pub status: ResultStatus,
    /// A reason to retire was published.
    pub broke_down: bool,
    /// Points scored.
    pub points: f64,
    /// Behind the winner, as a share of the race.
    pub gap: Option<f64>,
    /// Log gap of its fastest lap to the fastest of the race.
    pub fastest_lap_gap: Option<f64>,
}

/// A car of a contest, with what each session said of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Car {
    /// Driver.
    pub driver: DriverId,
    /// Where the driver's key stands in the alphabet of all keys: an order that says nothing of the weekend.
    pub rank: i32,
    /// Team.
    pub team: TeamId,
    /// The lineage of the team, which keeps its history when the name changes.
    pub lineage: LineageId,
    /// The session that set the grid.
    pub qualifying: Option<Qualified>,
    /// Place in the weekend's sprint.
    pub sprint_place: Option<i16>,
    /// The official starting grid.
    pub grid: Option<Listed>,
    /// The result.
    pub finish: Option<Finish>,
}

/// A practice session: what its times said.
#[derive(Debug, Clone, Default)]
pub struct Practice {
    /// Log gap of each driver to the fastest lap, reserve drivers included; empty where it was not held.
    pub gaps: HashMap<DriverId, f64>,
    /// The cars that set a time.
    pub cars: Vec<Car>,
    /// The fastest lap, ms.
    pub best_ms: Option<f64>,
}

/// One weekend.
#[derive(Debug, Clone)]
pub struct Weekend {
    /// Its id.
    pub race: RaceId,
    /// Season.
    pub year: i16,
    /// Round.
    pub round: i16,
    /// Where.
    pub circuit: CircuitId,
    /// Order of sessions.
    pub format: EventFormat,
    /// Scheduled start of the Grand Prix; midnight where only the day is known.
    pub starts_at: DateTime<Utc>,
    /// Scheduled start of the sprint, if there is one.
    pub sprint_starts_at: Option<DateTime<Utc>>,
    /// The practice sessions.
    pub practice: [Practice; 3],
    /// Who is entered for a season in which no race has been run yet, without test drivers.
    pub entered: Vec<Car>,
    /// The cars of the Grand Prix.
    pub grand_prix: Vec<Car>,
    /// The cars of the sprint.
    pub sprint: Vec<Car>,
}

impl Weekend {
    /// The cars of one contest.
    #[must_use]
    pub fn cars(&self, contest: Contest) -> &[Car] {
        match contest {
            Contest::GrandPrix => &self.grand_prix,
            Contest::Sprint => &self.sprint,
        }
    }

    /// The cars in the result of one contest, in the published order; empty until it is run.
    #[must_use]
    pub fn result(&self, contest: Contest) -> Vec<(&Car, Finish)> {
        let mut result: Vec<_> = self
            .cars(contest)
            .iter()
            .filter_map(|car| Some((car, car.finish?)))
            .collect();
        result.sort_by_key(|(_, finish)| finish.order);
        result
    }

    /// The scheduled start of one contest; `None` for the sprint of a weekend without one.
    #[must_use]
    pub const fn start(&self, contest: Contest) -> Option<DateTime<Utc>> {
        match contest {
            Contest::GrandPrix => Some(self.starts_at),
            Contest::Sprint => self.sprint_starts_at,
        }
    }
}

/// Reads every weekend since `from_year` that was not cancelled, in the order of the calendar.
pub async fn read(
    connection: &mut PgConnection,
    from_year: i16,
) -> Result<Vec<Weekend>, FrameError> {
    let mut weekends = read_races(&mut *connection, from_year).await?;
    let people = People::read(&mut *connection).await?;
    let frame = frames::cars(&mut *connection, from_year).await?;
    let index: HashMap<RaceId, usize> = weekends
        .iter()
        .enumerate()
        .map(|(at, weekend)| (weekend.race, at))
        .collect();
    let columns = Columns::new(&frame)?;
    for row in 0..frame.height() {
        let race = columns.race.get(row).map(RaceId);
        let Some(weekend) = race.and_then(|race| weekends.get_mut(*index.get(&race)?)) else {
            continue; // a cancelled race
        };
        if let Some(car) = columns.car(row, &people)? {
            if columns.contest.get(row) == Some(frames::contest(Contest::Sprint)) {
                weekend.sprint.push(car);
            } else {
                weekend.grand_prix.push(car);
            }
        }
    }
    let frame = frames::practice(&mut *connection, from_year).await?;
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
                .extend(team.and_then(|team| people.car(driver, team)));
        }
    }
    enter(&mut *connection, &mut weekends, &people).await?;
    Ok(weekends)
}

/// The columns of the frame, typed.
struct Columns<'a> {
    race: &'a Int32Chunked,
    contest: &'a Int32Chunked,
    driver: &'a Int32Chunked,
    /// From the grid, qualifying, the result: the first that knows the car names its team.
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

impl<'a> Columns<'a> {
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

    fn car(&self, row: usize, people: &People) -> Result<Option<Car>, FrameError> {
        let team = self.teams.iter().find_map(|team| team.get(row)).map(TeamId);
        let (Some(driver), Some(team)) = (self.driver.get(row).map(DriverId), team) else {
            return Ok(None);
        };
        let Some(car) = people.car(driver, team) else {
            return Ok(None);
        };
        let small = |column: &Int32Chunked| column.get(row).and_then(|value| value.try_into().ok());
        let listed = |order: &Int32Chunked, position: &Int32Chunked| {
            Some(Listed {
                order: small(order)?,
                position: small(position),
            })
        };
        let qualifying =
            listed(self.qualifying_order, self.qualifying_position).map(|listed| Qualified {
                listed,
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

/// What is true of drivers and teams in any session.
struct People {
    /// Where each driver's key stands in the alphabet.
    ranks: HashMap<DriverId, i32>,
    lineages: HashMap<TeamId, LineageId>,
}

impl People {
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

    /// A driver in the car of a team, of whom no session has said anything yet.
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

/// Tells the weekends of seasons without a result who is entered for them.
async fn enter(
    connection: &mut PgConnection,
    weekends: &mut [Weekend],
    people: &People,
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
        let car = people.car(DriverId(row.driver_id), TeamId(row.team_id));
        let season = weekends
            .iter_mut()
            .filter(|weekend| weekend.year == row.year);
        for weekend in season {
            weekend.entered.extend(car);
        }
    }
    Ok(())
}

async fn read_races(
    connection: &mut PgConnection,
    from_year: i16,
) -> Result<Vec<Weekend>, FrameError> {
    let midnight = |date: NaiveDate| date.and_time(chrono::NaiveTime::MIN).and_utc();
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
