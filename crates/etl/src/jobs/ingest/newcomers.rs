//! Whom a list brings before F1DB does: they get provisional rows, so that the list can be written.

use anyhow::Result;
use sqlx::PgConnection;

use super::{Published, download::Content, jolpica};
use crate::{
    identity::{
        provisional::{self, Newcomer},
        roster::{Line, Roster},
    },
    sources::jolpica::Driver,
};

/// Admits the drivers and teams of Jolpica's lists that nobody of ours is, and returns their keys. Who has no birthday
/// there is not admitted: his list waits.
pub(super) async fn admit(
    connection: &mut PgConnection,
    year: i16,
    lists: &[&Published],
) -> Result<Vec<String>> {
    let mut keys = Vec::new();
    for list in lists {
        let (lines, drivers): (Vec<Line<'_>>, Vec<&Driver>) = match &list.content {
            Content::Results(cars) => (
                jolpica::lines_of_results(cars),
                cars.iter().map(|car| &car.driver).collect(),
            ),
            Content::Qualifying(cars) => (
                jolpica::lines_of_qualifying(cars),
                cars.iter().map(|car| &car.driver).collect(),
            ),
            _ => continue,
        };
        let roster = Roster::read(connection, year).await?;
        let strangers = roster.strangers(&lines);
        let people: Vec<Newcomer<'_>> = strangers
            .people
            .iter()
            .filter_map(|place| {
                let driver = drivers.get(*place)?;
                Some(Newcomer {
                    given_name: &driver.given_name,
                    family_name: &driver.family_name,
                    date_of_birth: driver.date_of_birth?,
                    code: driver.code.as_deref(),
                    permanent_number: driver.permanent_number,
                })
            })
            .collect();
        keys.extend(provisional::admit(connection, &people, &strangers.teams).await?);
    }
    Ok(keys)
}
