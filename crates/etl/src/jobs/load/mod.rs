//! `load`: the newest F1DB release into the database, in one transaction.
//!
//! `entities` matches drivers, teams and circuits to ours (`duplicates` merges two rows that are one), `weekends` writes the
//! `calendar` and the `sessions`, `times` keeps session times that the release lacks, `lists` records the release's lists,
//! `references` deletes what nothing refers to.

mod calendar;
mod duplicates;
mod entities;
mod lists;
mod references;
mod sessions;
mod times;
mod weekends;

use anyhow::{Context as _, Result};
use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest as _, Sha256};
use sqlx::PgConnection;

use super::{Report, season_stats};
use crate::{
    Context,
    merge::Changes,
    sources::f1db::{Archive, Download, Release, fetch},
};

/// Downloads the newest release, and loads it if it is newer than the last one, or `force` is set.
pub async fn load(ctx: &Context, force: bool) -> Result<Report> {
    let known = sqlx::query!(
        "SELECT etag, release_tag FROM raw_responses WHERE source = 'f1db' ORDER BY fetched_at DESC, id DESC LIMIT 1"
    )
    .fetch_optional(&ctx.pool)
    .await?;
    let known_etag = known
        .as_ref()
        .filter(|_| !force)
        .and_then(|row| row.etag.as_deref());
    match fetch(&ctx.http, &ctx.sources.f1db_url, known_etag).await? {
        Download::Unchanged => {
            let tag = known.and_then(|row| row.release_tag).unwrap_or_default();
            Ok(Report {
                detail: format!("release {tag} is unchanged"),
                ..Report::default()
            })
        }
        Download::New(release) => {
            let stored = known.and_then(|row| row.release_tag).unwrap_or_default();
            if !force && is_older(&release.tag, &stored) {
                return Ok(Report {
                    detail: format!(
                        "release {} is older than the stored release, {stored}",
                        release.tag
                    ),
                    ..Report::default()
                });
            }
            load_release(ctx, "f1db", &release).await
        }
    }
}

/// Whether one release is older than another, by their tags, such as `v2025.9.0` and `v2025.10.0`: a cache between may serve
/// an old one. Tags of another form are not compared.
fn is_older(tag: &str, than: &str) -> bool {
    let numbers = |tag: &str| -> Option<Vec<u32>> {
        let numbers = tag.strip_prefix('v')?.split('.');
        numbers.map(|number| number.parse().ok()).collect()
    };
    matches!((numbers(tag), numbers(than)), (Some(tag), Some(than)) if tag < than)
}

/// Loads the archive of a simulated release like any other, but records it as a demonstration.
pub async fn load_demo(ctx: &Context, tag: String, zip: Vec<u8>) -> Result<Report> {
    let release = Release {
        tag,
        url: "demo:".to_owned(),
        etag: None,
        bytes: zip,
    };
    load_release(ctx, "demo", &release).await
}

/// Loads `release` from `source` (`f1db`, or `demo`).
pub async fn load_release(ctx: &Context, source: &str, release: &Release) -> Result<Report> {
    let mut transaction = ctx.begin().await?;
    let changes = write(&mut transaction, ctx.now(), &release.bytes)
        .await
        .with_context(|| {
            format!(
                "release {} was not loaded, nothing was changed",
                release.tag
            )
        })?;
    let sha256 = Sha256::digest(&release.bytes);
    sqlx::query!(
        "INSERT INTO raw_responses (source, url, release_tag, fetched_at, etag, sha256, body)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        source,
        release.url,
        release.tag,
        ctx.now(),
        release.etag,
        sha256.as_slice(),
        release.bytes,
    )
    .execute(&mut *transaction)
    .await?;
    forget_old_answers(&mut transaction, ctx).await?;
    transaction.commit().await?;
    Ok(Report::of(changes, format!("release {}", release.tag)))
}

/// Deletes the bodies of answers older than the configured time; their hashes stay.
async fn forget_old_answers(connection: &mut PgConnection, ctx: &Context) -> Result<()> {
    let oldest = ctx.now() - TimeDelta::days(ctx.sources.raw_keep_days.into());
    sqlx::query!(
        "UPDATE raw_responses SET body = NULL WHERE fetched_at < $1 AND body IS NOT NULL",
        oldest
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn write(connection: &mut PgConnection, now: DateTime<Utc>, bytes: &[u8]) -> Result<Changes> {
    let mut archive = Archive::open(bytes)?;
    sqlx::query!("SELECT set_config('f1.bulk_load', 'on', true)")
        .fetch_one(&mut *connection)
        .await?;
    let mut changes = Changes::default();
    let entities = entities::write(connection, &mut archive, &mut changes).await?;
    let lists = weekends::write(connection, &mut archive, &entities, &mut changes).await?;
    lists::record(connection, &lists, now).await?;
    changes += season_stats::compute(connection, None).await?;
    changes.deleted += references::delete_unreferenced(connection, &entities).await?;
    Ok(changes)
}
