//! The database of the demo championship, which is placed around the present and grows old.

use anyhow::Result;
use chrono::{DateTime, Utc};

use crate::database::{DEMO, Database, pool};

/// Whether a championship is yet to be made or still is of the present: its next race lies ahead,
/// and it was not made on a clock that stood days later.
const IS_FRESH: &str = "
    SELECT NOT EXISTS (SELECT FROM races) OR coalesce(
        (SELECT min(starts_at) FROM races WHERE status NOT IN ('completed', 'cancelled')) > $1
        AND (SELECT max(fetched_at) FROM raw_responses) < $1 + interval '2 days',
        false)";

/// Makes the demo database, anew if its championship is of the past.
pub async fn prepare(database: &Database, now: DateTime<Utc>) -> Result<()> {
    if database.exists(DEMO).await? && !is_fresh(database, now).await? {
        database.delete(DEMO).await?;
    }
    database.create(DEMO).await?;
    database.migrate(DEMO).await
}

async fn is_fresh(database: &Database, now: DateTime<Utc>) -> Result<bool> {
    let pool = pool(database.owner_options(DEMO)?, 1);
    // What cannot be read was made by another version, or never finished.
    let is_fresh = schema::database::check_schema(&pool).await.is_ok()
        && sqlx::query_scalar(IS_FRESH)
            .bind(now)
            .fetch_one(&pool)
            .await
            .unwrap_or(false);
    pool.close().await;
    Ok(is_fresh)
}
