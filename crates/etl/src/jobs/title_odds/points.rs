//! Points in the championships after each race.

use std::collections::HashMap;

use anyhow::Result;
use schema::{DriverId, Points, RaceId, TeamId};
use sqlx::PgConnection;

use super::FIRST_SEASON;

/// Points after each race.
pub(super) struct PointsAfter {
    drivers: HashMap<(RaceId, DriverId), Points>,
    teams: HashMap<(RaceId, TeamId), Points>,
    /// Whether there is a table of drivers and one of teams, by race.
    known: HashMap<RaceId, (bool, bool)>,
}

impl PointsAfter {
    /// Reads the points of every season with title odds.
    pub(super) async fn read(connection: &mut PgConnection) -> Result<Self> {
        let rows = sqlx::query!(
            r#"SELECT s.race_id, s.driver_id AS "driver_id?", s.team_id AS "team_id?", (100 * sum(s.points))::integer AS "hundredths!"
               FROM standings s JOIN races r ON r.id = s.race_id
               WHERE r.year >= $1 AND NOT s.is_final GROUP BY s.race_id, s.driver_id, s.team_id"#,
            FIRST_SEASON
        )
        .fetch_all(connection)
        .await?;
        let (mut drivers, mut teams) = (HashMap::new(), HashMap::new());
        let mut known: HashMap<RaceId, (bool, bool)> = HashMap::new();
        for row in rows {
            let (race, points) = (RaceId(row.race_id), Points(row.hundredths));
            let tables = known.entry(race).or_default();
            tables.0 |= row.driver_id.is_some();
            tables.1 |= row.team_id.is_some();
            if let Some(driver) = row.driver_id {
                drivers.insert((race, DriverId(driver)), points);
            }
            if let Some(team) = row.team_id {
                teams.insert((race, TeamId(team)), points);
            }
        }
        Ok(Self {
            drivers,
            teams,
            known,
        })
    }

    /// Whether both tables after `race` exist; without them there are no title odds.
    pub(super) fn knows(&self, race: RaceId) -> bool {
        self.known
            .get(&race)
            .is_some_and(|(drivers, teams)| *drivers && *teams)
    }

    /// Points of a driver; 0 before their first race.
    pub(super) fn driver(&self, race: RaceId, driver: DriverId) -> Points {
        let known = self.drivers.get(&(race, driver));
        known.copied().unwrap_or(Points(0))
    }

    /// Points of a team.
    pub(super) fn team(&self, race: RaceId, team: TeamId) -> Points {
        let known = self.teams.get(&(race, team));
        known.copied().unwrap_or(Points(0))
    }
}
