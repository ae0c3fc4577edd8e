//! The championships after a race as Jolpica computes them, compared with ours.

use std::{collections::HashMap, hash::Hash};

use anyhow::Result;
use schema::{DriverId, Points, TeamId};
use sqlx::PgConnection;

use crate::{
    Context,
    calendar::Round,
    identity::roster::Roster,
    sources::{
        jolpica::{self, Constructor, DriverOfSeason, Place, Standing},
        lease::UpstreamLease,
    },
};

/// Jolpica's tables after a race; empty until it has them.
pub(super) struct Tables {
    drivers: Vec<Standing<DriverOfSeason>>,
    teams: Vec<Standing<Constructor>>,
}

impl Tables {
    /// Asks for both.
    pub(super) async fn ask(ctx: &Context, round: &Round) -> Result<Self> {
        let mut lease = UpstreamLease::acquire(ctx, &jolpica::RATE_LIMIT).await?;
        let (base, year, number) = (&ctx.sources.jolpica_url, round.year, round.round);
        let drivers = jolpica::driver_standings(&mut lease, base, year, number).await?;
        let teams = jolpica::constructor_standings(&mut lease, base, year, number).await?;
        lease.release().await?;
        Ok(Self { drivers, teams })
    }

    /// The number of lines of ours that are missing there or have another place or other points. A line without points
    /// may have no place, or be missing.
    pub(super) async fn differences(
        &self,
        connection: &mut PgConnection,
        round: &Round,
    ) -> Result<u64> {
        let rows = sqlx::query!(
            r#"SELECT driver_id AS "driver_id?", team_id AS "team_id?", position AS "position?: i16",
                      (100 * points)::integer AS "hundredths!"
               FROM standings WHERE race_id = $1 AND NOT is_final"#,
            round.race.0
        );
        let (mut drivers, mut teams) = (HashMap::new(), HashMap::new());
        for row in rows.fetch_all(&mut *connection).await? {
            let place = (row.position, Points(row.hundredths));
            if let Some(driver) = row.driver_id {
                drivers.insert(DriverId(driver), place);
            }
            if let Some(team) = row.team_id {
                teams.insert(TeamId(team), place);
            }
        }
        let roster = Roster::read(connection, round.year).await?;
        let (their_drivers, their_teams) = jolpica::standings(&self.drivers, &self.teams, &roster);
        Ok(differing(&drivers, &their_drivers) + differing(&teams, &their_teams))
    }
}

/// How many of `ours` differ from `theirs`; an empty table differs in nothing.
fn differing<Id: Eq + Hash>(ours: &HashMap<Id, Place>, theirs: &HashMap<Id, Place>) -> u64 {
    if theirs.is_empty() {
        return 0;
    }
    let differing = ours
        .iter()
        .filter(|(id, (place, points))| match theirs.get(id) {
            Some((their_place, their_points)) => {
                let both_placed = place.is_some() && their_place.is_some();
                points != their_points || (both_placed && place != their_place)
            }
            None => points.0 > 0,
        });
    differing.count() as u64
}
