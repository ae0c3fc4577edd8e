//! The championships after a race as Jolpica adds them up, beside ours.

use std::collections::HashMap;

use anyhow::Result;
use schema::{DriverId, Points, TeamId};
use sqlx::PgConnection;

use crate::{
    Context,
    calendar::Round,
    identity::roster::{Line, Roster},
    jobs::ingest::line,
    sources::{
        jolpica::{self, Constructor, DriverOfSeason, Standing},
        manners::{JOLPICA, Turn},
    },
};

/// Jolpica's tables after a race; empty until it has them.
pub(super) struct Tables {
    drivers: Vec<Standing<DriverOfSeason>>,
    teams: Vec<Standing<Constructor>>,
}

/// Place and points.
type Held = (Option<i16>, Points);

impl Tables {
    /// Asks for both.
    pub(super) async fn ask(ctx: &Context, round: &Round) -> Result<Self> {
        let mut turn = Turn::take(ctx, &JOLPICA).await?;
        let (base, year, number) = (&ctx.sources.jolpica_url, round.year, round.round);
        let drivers = jolpica::driver_standings(&mut turn, base, year, number).await?;
        let teams = jolpica::constructor_standings(&mut turn, base, year, number).await?;
        turn.end().await?;
        Ok(Self { drivers, teams })
    }

    /// Lines of ours that are not there, or there with another place or other points. Who has no points may be without
    /// a place, or be left out.
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
            let held = (row.position, Points(row.hundredths));
            if let Some(driver) = row.driver_id {
                drivers.insert(DriverId(driver), held);
            }
            if let Some(team) = row.team_id {
                teams.insert(TeamId(team), held);
            }
        }
        let roster = Roster::read(connection, round.year).await?;
        let lines: Vec<(Line<'_>, Held)> = self
            .drivers
            .iter()
            .filter_map(|row| {
                let of_season = &row.subject;
                let team = of_season.constructors.last()?;
                Some((line(&of_season.driver, team), (row.position, row.points)))
            })
            .collect();
        let cars: Vec<Line<'_>> = lines.iter().map(|(line, _)| *line).collect();
        let (mut theirs, mut names) = (HashMap::new(), HashMap::new());
        for (car, (line, held)) in roster.identify(&cars).into_iter().zip(&lines) {
            if let Ok((driver, team)) = car {
                theirs.insert(driver, *held);
                names.insert(line.team, team);
            }
        }
        let of_teams = self.teams.iter().filter_map(|row| {
            let team = names.get(row.subject.name.as_str())?;
            Some((*team, (row.position, row.points)))
        });
        Ok(apart(&drivers, &theirs) + apart(&teams, &of_teams.collect()))
    }
}

/// How many of `ours` are otherwise in `theirs`; a table that is not there has nothing to say.
fn apart<Id: Eq + std::hash::Hash>(ours: &HashMap<Id, Held>, theirs: &HashMap<Id, Held>) -> u64 {
    if theirs.is_empty() {
        return 0;
    }
    let other = ours
        .iter()
        .filter(|(id, (place, points))| match theirs.get(id) {
            Some((their_place, their_points)) => {
                let placed = place.is_some() && their_place.is_some();
                points != their_points || (placed && place != their_place)
            }
            None => points.0 > 0,
        });
    other.count() as u64
}
