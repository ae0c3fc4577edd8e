//! The database of the demonstration championship. The championship is simulated around the
//! present day, and made again when its season has passed.

use anyhow::Result;
use chrono::{DateTime, Utc};

use crate::database::{DEMO, Database, pool};

/// Whether the championship is current or not yet made: no race is overdue, and it was not made
/// by a clock that was days ahead of `$1`.
const IS_FRESH: &str = "
    SELECT NOT EXISTS (SELECT FROM races) OR coalesce(
        (SELECT min(starts_at) FROM races WHERE status NOT IN ('completed', 'cancelled')) > $1
        AND (SELECT max(fetched_at) FROM raw_responses) < $1 + interval '2 days',
        false)";

/// Creates the demonstration database, anew if its championship has passed.
pub async fn prepare(database: &Database, now: DateTime<Utc>) -> Result<()> {
    if database.exists(DEMO).await? && !is_fresh(database, now).await? {
        database.delete(DEMO).await?;
    }
    database.create(DEMO).await?;
    database.migrate(DEMO).await
}

async fn is_fresh(database: &Database, now: DateTime<Utc>) -> Result<bool> {
    let pool = pool(database.owner_options(DEMO)?, 1);
    // A database that cannot be read is unfinished, or was made by another version.
    let is_fresh = schema::database::check_schema(&pool).await.is_ok()
        && sqlx::query_scalar(IS_FRESH)
            .bind(now)
            .fetch_one(&pool)
            .await
            .unwrap_or(false);
    pool.close().await;
    Ok(is_fresh)
}
