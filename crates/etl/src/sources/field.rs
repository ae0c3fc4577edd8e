//! What is stored about the field of a round. It completes what a source publishes: identities, engines, grid places.

use std::collections::HashMap;

use schema::{Contest, DriverId, TeamId};
use sqlx::PgConnection;

use crate::{calendar::Round, identity::roster::Roster};

/// The field of a round as it is stored.
#[derive(Debug)]
pub struct RoundField {
    /// Drivers and teams of the season.
    pub(super) roster: Roster,
    /// The engine with which each team was last seen in the season.
    pub(super) engines: HashMap<TeamId, String>,
    /// Cars by number, as they drove in practice of this round.
    pub(super) practice_cars: HashMap<String, (DriverId, TeamId)>,
    qualifying: Places,
    grid: Places,
}

type Places = HashMap<(Contest, DriverId), i16>;

impl RoundField {
    /// Reads the field of a round.
    pub async fn read(connection: &mut PgConnection, round: &Round) -> sqlx::Result<Self> {
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
        let practice = sqlx::query!(
            "SELECT DISTINCT ON (car_number) car_number, driver_id, team_id FROM practice_results
             WHERE race_id = $1 ORDER BY car_number, session DESC",
            round.race.0
        )
        .fetch_all(connection)
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
            practice_cars: practice
                .into_iter()
                .map(|row| {
                    let ids = (DriverId(row.driver_id), TeamId(row.team_id));
                    (row.car_number, ids)
                })
                .collect(),
            qualifying: of(false),
            grid: of(true),
        })
    }

    /// The driver's place in the session that set the grid of a contest.
    pub(super) fn qualifying_place(&self, contest: Contest, driver: DriverId) -> Option<i16> {
        self.qualifying.get(&(contest, driver)).copied()
    }

    /// The driver's place on the grid of a contest.
    pub(super) fn grid_place(&self, contest: Contest, driver: DriverId) -> Option<i16> {
        self.grid.get(&(contest, driver)).copied()
    }
}
