//! Provisional drivers and teams: those that F1DB does not have yet get rows of their own, so that a list can be written.

use anyhow::Result;
use sqlx::PgConnection;

use crate::{
    identity::{provisional, roster::Roster},
    sources::PublishedList,
};

/// Creates the drivers and teams of the lists that no row of ours matches, and returns their keys. A driver without a
/// birth date is not created; the whole list is retried later.
pub(super) async fn create(
    connection: &mut PgConnection,
    year: i16,
    lists: &[&PublishedList],
) -> Result<Vec<String>> {
    let mut keys = Vec::new();
    for list in lists {
        // The list before may have created some of them.
        let roster = Roster::read(connection, year).await?;
        let entrants = list.entrants_to_create(&roster);
        keys.extend(provisional::create(connection, &entrants.drivers, &entrants.teams).await?);
    }
    Ok(keys)
}
