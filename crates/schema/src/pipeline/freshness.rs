//! The newest data of each kind.

use chrono::{DateTime, Utc};
use sqlx::PgPool;

use super::RaceTitle;
use crate::{DataKind, Upstream};

/// How fresh a kind of data is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Freshness {
    /// The kind of data.
    pub data: DataKind,
    /// The newest race that has this data; of the calendar its last race.
    pub race: Option<RaceTitle>,
    /// The release loaded last; only of [`DataKind::Release`].
    pub release: Option<String>,
    /// The source of the newest rows.
    pub source: Option<Upstream>,
    /// When the newest was first stored, UTC; `None` where that was not recorded.
    pub written_at: Option<DateTime<Utc>>,
    /// When a job that updates this kind of data last completed, UTC.
    pub checked_at: Option<DateTime<Utc>>,
}

/// Reads the freshness of every kind of data, in the order of [`DataKind::ALL`].
pub async fn freshness(pool: &PgPool) -> sqlx::Result<Vec<Freshness>> {
    let rows = sqlx::query!(
        r#"SELECT data AS "data!: DataKind", year, round, race_name, source AS "source: Upstream", release, written_at,
                  checked_at
           FROM data_freshness ORDER BY data_freshness.data"#
    )
    .fetch_all(pool)
    .await?;
    let freshness = rows.into_iter().map(|row| Freshness {
        data: row.data,
        race: match (row.year, row.round, row.race_name) {
            (Some(year), Some(round), Some(name)) => Some(RaceTitle { year, round, name }),
            _ => None,
        },
        release: row.release,
        source: row.source,
        written_at: row.written_at,
        checked_at: row.checked_at,
    });
    Ok(freshness.collect())
}
