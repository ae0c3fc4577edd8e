//! Which lists the release holds, from then on F1DB's, and which only others have.

use anyhow::Result;
use chrono::{DateTime, Utc};
use schema::{RaceId, RaceList};
use sqlx::PgConnection;

use crate::sources::f1db::races::Published;

/// Adds the lists that others have published: a weekend that is further than the release stays so.
pub(super) async fn add_others(
    connection: &mut PgConnection,
    published: &mut Published,
) -> Result<()> {
    let rows = sqlx::query!(
        r#"SELECT race_id, list AS "list: RaceList" FROM published_lists
           WHERE source <> 'f1db' AND list IN ('race', 'sprint', 'qualifying', 'sprint_qualifying')"#
    );
    for row in rows.fetch_all(connection).await? {
        let lists = match row.list {
            RaceList::Race => &mut published.race,
            RaceList::Sprint => &mut published.sprint,
            RaceList::SprintQualifying => &mut published.sprint_qualifying,
            _ => &mut published.qualifying,
        };
        lists.insert(RaceId(row.race_id));
    }
    Ok(())
}

/// Takes note of every list that was staged in this transaction. A race that the release covers has no other lists but
/// laps, which are no part of a release.
pub(super) async fn take_note(connection: &mut PgConnection, now: DateTime<Utc>) -> Result<()> {
    sqlx::query(
        "CREATE TEMP TABLE held_lists ON COMMIT DROP AS
         SELECT DISTINCT race_id, ('practice_' || session)::race_list AS list FROM staged_practice_results
         UNION ALL
         SELECT DISTINCT race_id, (CASE contest WHEN 'sprint' THEN 'sprint_qualifying' ELSE 'qualifying' END)::race_list FROM staged_qualifying
         UNION ALL
         SELECT DISTINCT race_id, (CASE contest WHEN 'sprint' THEN 'sprint_grid' ELSE 'grid' END)::race_list FROM staged_grid
         UNION ALL
         SELECT DISTINCT race_id, (CASE contest WHEN 'sprint' THEN 'sprint' ELSE 'race' END)::race_list FROM staged_results
         UNION ALL
         SELECT DISTINCT race_id, 'pit_stops'::race_list FROM staged_pit_stops",
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "DELETE FROM published_lists p USING covered c
         WHERE c.race_id = p.race_id AND p.list <> 'laps'
           AND NOT EXISTS (SELECT FROM held_lists h WHERE (h.race_id, h.list) = (p.race_id, p.list))",
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "INSERT INTO published_lists AS p (race_id, list, source, first_seen)
         SELECT race_id, list, 'f1db', $1 FROM held_lists
         ON CONFLICT (race_id, list) DO UPDATE SET source = 'f1db' WHERE p.source <> 'f1db'",
    )
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}
