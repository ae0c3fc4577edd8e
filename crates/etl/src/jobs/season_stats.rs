//! `compute_season_stats`: aggregates of a season, and standings of rounds without official ones.

use anyhow::Result;
use sqlx::PgConnection;

use super::Report;
use crate::{Context, merge::Changes};

/// Computes the statistics of `year`, or of all seasons, in one transaction.
pub async fn run(ctx: &Context, year: Option<i16>) -> Result<Report> {
    let mut transaction = ctx.begin().await?;
    let changes = compute(&mut transaction, year).await?;
    transaction.commit().await?;
    let detail = year.map_or_else(|| "all seasons".to_owned(), |year| format!("season {year}"));
    Ok(Report::of(changes, detail))
}

/// Computes the statistics of `year`, or of all seasons. Rows that have not changed are not written.
pub async fn compute(connection: &mut PgConnection, year: Option<i16>) -> Result<Changes> {
    let mut changes = Changes::default();
    let row = sqlx::query_file!("src/jobs/season_stats/standings.sql", year)
        .fetch_one(&mut *connection)
        .await?;
    changes += counted(row.inserted, row.changed, row.deleted);
    let row = sqlx::query_file!("src/jobs/season_stats/drivers.sql", year)
        .fetch_one(&mut *connection)
        .await?;
    changes += counted(row.inserted, row.changed, row.deleted);
    let row = sqlx::query_file!("src/jobs/season_stats/teams.sql", year)
        .fetch_one(&mut *connection)
        .await?;
    changes += counted(row.inserted, row.changed, row.deleted);
    Ok(changes)
}

fn counted(inserted: i64, changed: i64, deleted: i64) -> Changes {
    Changes {
        read: 0,
        inserted: inserted.unsigned_abs(),
        changed: changed.unsigned_abs(),
        deleted: deleted.unsigned_abs(),
    }
}
