//! `F1-Data-Version`: the version of the data that an answer was built from.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    extract::{Request, State},
    http::HeaderValue,
    middleware::Next,
    response::Response,
};
use sqlx::PgPool;
use tokio::sync::Mutex;

use crate::error::Error;

/// The name of the header.
pub(crate) const NAME: &str = "f1-data-version";

/// For this long a version is not read again.
const KEPT: Duration = Duration::from_secs(1);

/// The version of the data, read at most once a second.
#[derive(Debug, Clone)]
pub(crate) struct DataVersion {
    pool: PgPool,
    last: Arc<Mutex<Reading>>,
}

#[derive(Debug, Default)]
struct Reading {
    at: Option<Instant>,
    version: Option<i64>,
    failed: bool,
}

impl DataVersion {
    pub(crate) fn new(pool: PgPool) -> Self {
        Self {
            pool,
            last: Arc::default(),
        }
    }

    /// The current version. While one request reads it, the others wait for what it finds, an error included.
    async fn current(&self) -> Result<i64, Error> {
        let mut last = self.last.lock().await;
        if last.at.is_none_or(|at| at.elapsed() >= KEPT) {
            let read = read(&self.pool).await;
            last.at = Some(Instant::now());
            last.failed = read.is_err();
            last.version = Some(read?);
        }
        match last.version {
            Some(version) if !last.failed => Ok(version),
            _ => Err(Error::Unavailable(
                "the database does not answer".to_owned(),
            )),
        }
    }
}

/// The number of the newest transaction that has ended. It grows with every commit, also of what is not served.
async fn read(pool: &PgPool) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1 AS "version!""#
    )
    .fetch_one(pool)
    .await
}

/// Adds the header to every answer below `/v1`. The version is read before the data, so no answer is older than it says.
pub(crate) async fn name(
    State(data): State<DataVersion>,
    request: Request,
    next: Next,
) -> Result<Response, Error> {
    if !request.uri().path().starts_with("/v1/") {
        return Ok(next.run(request).await);
    }
    let version = data.current().await?;
    let mut response = next.run(request).await;
    response
        .headers_mut()
        .insert(NAME, HeaderValue::from(version));
    Ok(response)
}
