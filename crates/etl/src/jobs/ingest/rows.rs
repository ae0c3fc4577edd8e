//! Lists as rows of ours: what each source said, read by who is who, and merged into the tables.

use std::collections::HashMap;

use anyhow::{Context as _, Result, ensure};
use schema::{
    Contest, DriverId, RaceList, Table, TeamId,
    sessions::{GridPlace, Lap, PitStop, PracticeResult, QualifyingResult, RaceResult},
};
use sqlx::PgConnection;

use super::{
    Published,
    download::Content,
    jolpica,
    openf1::{self, Cars, Practised},
};
use crate::{
    calendar::Round,
    identity::roster::Roster,
    merge::{Changes, Scope, differences, merge},
};

/// The rows of all lists, by table: each is merged once.
#[derive(Default)]
pub(super) struct Rows {
    practice: Vec<PracticeResult>,
    qualifying: Vec<QualifyingResult>,
    grid: Vec<GridPlace>,
    results: Vec<RaceResult>,
    pit_stops: Vec<PitStop>,
    laps: Vec<Lap>,
}

/// What it takes to read a list: who is who, and what other lists of the weekend say.
pub(super) struct Reader {
    roster: Roster,
    engines: HashMap<TeamId, String>,
    qualified: HashMap<(Contest, DriverId), i16>,
    grid: HashMap<(Contest, DriverId), i16>,
    practised: Practised,
}

impl Reader {
    /// Reads it for a round.
    pub(super) async fn new(connection: &mut PgConnection, round: &Round) -> Result<Self> {
        let roster = Roster::read(connection, round.year).await?;
        let engines = sqlx::query!(
            r#"SELECT DISTINCT ON (team_id) team_id AS "team_id!", engine AS "engine!" FROM (
                   SELECT s.team_id, s.engine, r.round FROM results s JOIN races r ON r.id = s.race_id WHERE r.year = $1
                   UNION ALL
                   SELECT team_id, engine, 0 FROM season_entries WHERE year = $1) seen
               WHERE engine IS NOT NULL
               ORDER BY team_id, round DESC, engine"#,
            round.year
        )
        .fetch_all(&mut *connection)
        .await?;
        let places = sqlx::query!(
            r#"SELECT contest AS "contest!: Contest", driver_id AS "driver_id!", position AS "position!: i16", of_grid AS "of_grid!" FROM (
                   SELECT contest, driver_id, position, false AS of_grid FROM qualifying WHERE race_id = $1
                   UNION ALL
                   SELECT contest, driver_id, position, true FROM grid WHERE race_id = $1) places
               WHERE position IS NOT NULL"#,
            round.race.0
        )
        .fetch_all(&mut *connection)
        .await?;
        let practised = sqlx::query!(
            "SELECT DISTINCT ON (car_number) car_number, driver_id, team_id FROM practice_results
             WHERE race_id = $1 ORDER BY car_number, session DESC",
            round.race.0
        )
        .fetch_all(&mut *connection)
        .await?;
        let of = |grid: bool| {
            places
                .iter()
                .filter(|row| row.of_grid == grid)
                .map(|row| ((row.contest, DriverId(row.driver_id)), row.position))
                .collect()
        };
        Ok(Self {
            roster,
            engines: engines
                .into_iter()
                .map(|row| (TeamId(row.team_id), row.engine))
                .collect(),
            qualified: of(false),
            grid: of(true),
            practised: practised
                .into_iter()
                .map(|row| {
                    (
                        row.car_number,
                        (DriverId(row.driver_id), TeamId(row.team_id)),
                    )
                })
                .collect(),
        })
    }

    /// The rows of `lists`; what had to be left out of them is noted.
    pub(super) fn rows(
        &self,
        round: &Round,
        lists: &[&Published],
        notes: &mut Vec<String>,
    ) -> Result<Rows> {
        let mut rows = Rows::default();
        for published in lists {
            self.read(round, published, &mut rows, notes)
                .with_context(|| format!("{} of {}", published.list, published.source))?;
        }
        Ok(rows)
    }

    fn read(
        &self,
        round: &Round,
        published: &Published,
        rows: &mut Rows,
        notes: &mut Vec<String>,
    ) -> Result<()> {
        let (race, roster) = (round.race, &self.roster);
        let contest = match published.list {
            RaceList::Sprint | RaceList::SprintGrid | RaceList::SprintQualifying => Contest::Sprint,
            _ => Contest::GrandPrix,
        };
        let of = |places: &HashMap<(Contest, DriverId), i16>| {
            places
                .iter()
                .filter(|((of, _), _)| *of == contest)
                .map(|((_, driver), place)| (*driver, *place))
                .collect::<HashMap<_, _>>()
        };
        match &published.content {
            Content::Results(cars) => {
                let read = jolpica::results(race, contest, cars, roster, &self.engines)?;
                rows.results.extend(read);
            }
            Content::Qualifying(cars) => {
                rows.qualifying
                    .extend(jolpica::qualifying(race, cars, roster)?);
            }
            Content::PitStops(stops, cars) => {
                rows.pit_stops
                    .extend(jolpica::pit_stops(race, stops, cars, roster)?);
            }
            Content::Laps(laps, cars) => {
                rows.laps.extend(jolpica::laps(race, laps, cars, roster)?);
            }
            Content::Grid(slots, drivers) => {
                let cars = Cars::of(drivers, roster, &self.practised);
                let qualified = of(&self.qualified);
                rows.grid
                    .extend(openf1::grid(race, contest, slots, &cars, &qualified)?);
            }
            Content::Classification(classified, drivers) => {
                let cars = Cars::of(drivers, roster, &self.practised);
                match published.list {
                    RaceList::Practice1 | RaceList::Practice2 | RaceList::Practice3 => {
                        let session = match published.list {
                            RaceList::Practice1 => 1,
                            RaceList::Practice2 => 2,
                            _ => 3,
                        };
                        let read = openf1::practice(race, session, classified, &cars, notes);
                        rows.practice.extend(read);
                    }
                    RaceList::Race | RaceList::Sprint => {
                        let grid = of(&self.grid);
                        let engines = &self.engines;
                        let read =
                            openf1::results(race, contest, classified, &cars, engines, &grid)?;
                        rows.results.extend(read);
                    }
                    _ => {
                        let read = openf1::qualifying(race, contest, classified, &cars)?;
                        rows.qualifying.extend(read);
                    }
                }
            }
        }
        Ok(())
    }
}

/// A list that has lost more than half of its rows is taken for a fault of upstream.
const MOST_LOST: u64 = 2;

impl Rows {
    /// Merges them into the tables.
    pub(super) async fn merge(&self, connection: &mut PgConnection) -> Result<Changes> {
        let of_contest = Scope::Alike(&["race_id", "contest"]);
        let of_race = Scope::Alike(&["race_id"]);
        let of_session = Scope::Alike(&["race_id", "session"]);
        let mut changes = merge_list(connection, &self.practice, of_session).await?;
        changes += merge_list(connection, &self.qualifying, of_contest).await?;
        changes += merge_list(connection, &self.grid, of_contest).await?;
        changes += merge_list(connection, &self.results, of_contest).await?;
        changes += merge_list(connection, &self.pit_stops, of_race).await?;
        changes += merge_list(connection, &self.laps, of_contest).await?;
        Ok(changes)
    }

    /// Rows of ours that these would change.
    pub(super) async fn differences(&self, connection: &mut PgConnection) -> Result<u64> {
        const OF_CONTEST: &[&str] = &["race_id", "contest"];
        let mut count = 0;
        if !self.practice.is_empty() {
            let list = &["race_id", "session"];
            count += differences(connection, &self.practice, list, &["time_ms"]).await?;
        }
        if !self.qualifying.is_empty() {
            count += differences(connection, &self.qualifying, OF_CONTEST, &["position"]).await?;
        }
        if !self.grid.is_empty() {
            count += differences(connection, &self.grid, OF_CONTEST, &["position"]).await?;
        }
        if !self.results.is_empty() {
            let facts = &["position", "points"];
            count += differences(connection, &self.results, OF_CONTEST, facts).await?;
        }
        if !self.pit_stops.is_empty() {
            count +=
                differences(connection, &self.pit_stops, &["race_id", "stop"], &["lap"]).await?;
        }
        Ok(count)
    }
}

/// A list that says nothing of a table leaves it alone.
async fn merge_list<T: Table>(
    connection: &mut PgConnection,
    rows: &[T],
    scope: Scope,
) -> Result<Changes> {
    if rows.is_empty() {
        return Ok(Changes::default());
    }
    let changes = merge(connection, rows, scope).await?;
    ensure!(
        changes.deleted <= changes.inserted
            || changes.deleted * MOST_LOST <= changes.read + changes.deleted,
        "{} of {} rows of {} have vanished: taken for a fault, nothing was changed",
        changes.deleted,
        changes.read + changes.deleted,
        T::NAME
    );
    Ok(changes)
}
