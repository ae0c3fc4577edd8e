//! `published_lists`: the lists of a release are F1DB's, the others stay.

use anyhow::Result;
use chrono::{DateTime, Utc};
use schema::{RaceId, RaceList};
use sqlx::PgConnection;

use crate::sources::f1db::lists::RaceLists;

/// Adds the stored lists of other sources that decide a race's status: a weekend stays as far as it has come.
pub(super) async fn add_others(connection: &mut PgConnection, lists: &mut RaceLists) -> Result<()> {
    let rows = sqlx::query!(
        r#"SELECT race_id, list AS "list: RaceList" FROM published_lists
           WHERE source <> 'f1db' AND list IN ('race', 'sprint', 'qualifying', 'sprint_qualifying')"#
    );
    for row in rows.fetch_all(connection).await? {
        lists.insert(RaceId(row.race_id), row.list);
    }
    Ok(())
}

/// Records every list of the release. A race whose result is in the release has no other lists but laps, which are not
/// part of a release.
pub(super) async fn record(
    connection: &mut PgConnection,
    lists: &RaceLists,
    now: DateTime<Utc>,
) -> Result<()> {
    let (races, kinds): (Vec<i32>, Vec<RaceList>) =
        lists.iter().map(|(race, list)| (race.0, list)).unzip();
    let complete: Vec<i32> = lists.races(RaceList::Race).map(|race| race.0).collect();
    sqlx::query!(
        "DELETE FROM published_lists p
         WHERE race_id = ANY ($1) AND list <> 'laps'
           AND NOT EXISTS (SELECT FROM unnest($2::integer[], $3::race_list[]) AS r (race_id, list)
                           WHERE r.race_id = p.race_id AND r.list = p.list)",
        &complete,
        &races,
        &kinds as &[RaceList]
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "INSERT INTO published_lists AS p (race_id, list, source, first_seen)
         SELECT race_id, list, 'f1db', $3 FROM unnest($1::integer[], $2::race_list[]) AS r (race_id, list)
         ON CONFLICT (race_id, list) DO UPDATE SET source = 'f1db' WHERE p.source <> 'f1db'",
        &races,
        &kinds as &[RaceList],
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}
