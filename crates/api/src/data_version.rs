//! `F1-Data-Version`: the version of the data that an answer was built from.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicI64, Ordering},
    },
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

/// The name of the header.
pub(crate) const NAME: &str = "f1-data-version";

/// A version is not read again for this long.
const KEPT: Duration = Duration::from_secs(1);

/// The version of the data, read at most once a second.
#[derive(Debug, Clone)]
pub(crate) struct DataVersion {
    pool: PgPool,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    /// The version that was read last.
    known: OnceLock<AtomicI64>,
    /// When it was last read or could not be read. Locked while it is being read.
    read_at: Mutex<Option<Instant>>,
}

impl DataVersion {
    pub(crate) fn new(pool: PgPool) -> Self {
        Self {
            pool,
            shared: Arc::default(),
        }
    }

    /// The version that was read last; none before the first.
    fn known(&self) -> Option<i64> {
        let known = self.shared.known.get()?;
        Some(known.load(Ordering::Relaxed))
    }

    /// Reads the version again if that is due. Only the first request waits for another one's reading: an older version is
    /// true of newer data, too. What fails here fails in the handler, which says so.
    async fn refresh(&self) {
        let reading = if self.known().is_some() {
            self.shared.read_at.try_lock().ok()
        } else {
            Some(self.shared.read_at.lock().await)
        };
        let Some(mut read_at) = reading else { return };
        if read_at.is_some_and(|at| at.elapsed() < KEPT) {
            return;
        }
        if let Ok(version) = newest_transaction(&self.pool).await {
            let known = self.shared.known.get_or_init(AtomicI64::default);
            known.store(version, Ordering::Relaxed);
        }
        *read_at = Some(Instant::now());
    }
}

/// The number of the newest transaction that has ended. It grows with every commit, also of what is not served.
async fn newest_transaction(pool: &PgPool) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1 AS "version!""#
    )
    .fetch_one(pool)
    .await
}

/// Adds the header to every answer, once the version is known. It is read before the data, so an answer has at least the
/// data of its version.
pub(crate) async fn name(
    State(data): State<DataVersion>,
    request: Request,
    next: Next,
) -> Response {
    if request.uri().path().starts_with("/v1/") {
        data.refresh().await;
    }
    let version = data.known();
    let mut response = next.run(request).await;
    if let Some(version) = version {
        response
            .headers_mut()
            .insert(NAME, HeaderValue::from(version));
    }
    response
}
