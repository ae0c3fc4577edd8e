//! The exclusive right to ask one upstream: one process at a time, within its rate limit, every answer stored.
//!
//! Requests are counted in PostgreSQL by the context's clock, so all processes share one budget; the pace within a second
//! is kept in real time. A job has the lease while it downloads, and writes its rows afterwards.

mod answer;
mod budget;

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::{StatusCode, Url, header::HeaderMap};
use schema::Clock;
use sha2::{Digest as _, Sha256};
use sqlx::{Connection as _, PgConnection};
use tokio::{
    sync::{Mutex, watch},
    time::Instant,
};

pub use self::answer::{Answer, Error};
use self::answer::{json, malformed, packed, redirect};
use super::{
    http::{self, Http, LONGEST_WAIT},
    rate_limit::RateLimit,
};
use crate::{Context, locks::Lock};

/// How long to wait for the lease: other jobs download in less time, except a long backfill.
const PATIENCE: Duration = Duration::from_mins(1);
/// One redirect is usual: to the path with a trailing slash.
const MOST_REDIRECTS: usize = 3;

/// The right to ask one upstream: an advisory lock of PostgreSQL on a connection of its own, which also counts the
/// requests. Losing the connection loses the lease, so no request can be sent without it. Dropping it ends it.
#[derive(Debug)]
pub struct UpstreamLease {
    limit: &'static RateLimit,
    http: Http,
    clock: Clock,
    connection: PgConnection,
    not_before: Instant,
    waits: Option<watch::Sender<Option<DateTime<Utc>>>>,
}

impl UpstreamLease {
    /// Waits up to a minute until the lease is free.
    pub async fn acquire(ctx: &Context, limit: &'static RateLimit) -> Result<Self, Error> {
        Self::acquire_within(ctx, limit, PATIENCE).await
    }

    /// Waits up to `patience` until the lease is free.
    pub async fn acquire_within(
        ctx: &Context,
        limit: &'static RateLimit,
        patience: Duration,
    ) -> Result<Self, Error> {
        let mut connection = ctx.pool.acquire().await?.detach();
        lock(&mut connection, limit.upstream, patience).await?;
        let mut lease = Self {
            limit,
            http: ctx.http.asking(limit.upstream),
            clock: ctx.clock,
            connection,
            // The previous holder may have sent a request just now.
            not_before: Instant::now() + limit.interval(),
            waits: None,
        };
        lease.forget_old_requests().await?;
        Ok(lease)
    }

    /// Asks for `url` at the allowed pace, and again after a transient failure. Every request is counted before it is
    /// sent. A spent budget is an error, unless the lease [waits for it](Self::waiting).
    pub async fn get(&mut self, url: &Url) -> Result<Answer, Error> {
        let http = self.http.clone();
        let lease = Mutex::new(&mut *self);
        let answer = http.retrying(|| async {
            match lease.lock().await.attempt(url).await {
                Err(Error::Http(error)) => Err(error),
                decided => Ok(decided),
            }
        });
        let answer = answer.await;
        if let Err(error) = &answer
            && let Some(wait) = error.retry_after()
            && wait > LONGEST_WAIT
        {
            self.pause(wait).await?;
        }
        let answer = answer??;
        if let Answer::Body(body) = &answer {
            self.store(url, body).await?;
        }
        Ok(answer)
    }

    /// Ends the lease at once; after a drop it ends as soon as the server notices.
    pub async fn release(self) -> Result<(), Error> {
        Ok(self.connection.close().await?)
    }

    async fn attempt(&mut self, url: &Url) -> Result<Answer, Error> {
        let mut target = url.clone();
        for _ in 0..=MOST_REDIRECTS {
            self.keep_pace(&target).await;
            self.count_when_allowed().await?;
            match self.http.get_once(&target, HeaderMap::new()).await {
                Err(http::Error::Refused { status, .. }) if status == StatusCode::NOT_FOUND => {
                    return Ok(Answer::NotFound);
                }
                Err(http::Error::Refused { status, .. }) if status == StatusCode::UNAUTHORIZED => {
                    return Ok(Answer::Locked);
                }
                Err(error) => return Err(error.into()),
                Ok(response) if response.status().is_redirection() => {
                    target = redirect(&target, &response)?;
                }
                Ok(response) => return Ok(Answer::Body(json(url, response).await?)),
            }
        }
        Err(malformed(url, "redirects without end").into())
    }

    async fn keep_pace(&mut self, url: &Url) {
        if !is_loopback(url) {
            tokio::time::sleep_until(self.not_before).await;
        }
        self.not_before = Instant::now() + self.limit.interval();
    }

    /// Stores an answer, unless it equals the newest one from the same URL: a row says since when the answer has been so.
    async fn store(&mut self, url: &Url, body: &[u8]) -> Result<(), Error> {
        let sha256 = Sha256::digest(body);
        sqlx::query!(
            "INSERT INTO raw_responses (source, url, fetched_at, sha256, body)
             SELECT $1, $2, $3, $4, $5 WHERE NOT EXISTS (
                 SELECT FROM (SELECT sha256, body IS NOT NULL AS is_held FROM raw_responses
                              WHERE url = $2 ORDER BY id DESC LIMIT 1) newest
                 WHERE newest.sha256 = $4 AND newest.is_held)",
            self.limit.upstream,
            url.as_str(),
            self.clock.now(),
            sha256.as_slice(),
            packed(body)?,
        )
        .execute(&mut self.connection)
        .await?;
        Ok(())
    }
}

async fn lock(
    connection: &mut PgConnection,
    upstream: &'static str,
    patience: Duration,
) -> Result<(), Error> {
    if Lock::upstream(upstream).take(connection, patience).await? {
        return Ok(());
    }
    Err(Error::Taken { upstream, patience })
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse();
    host == "localhost" || address.is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_not_paced() {
        for (url, is_here) in [
            ("http://127.0.0.1:8399/ergast/f1", true),
            ("http://localhost/v1", true),
            ("http://[::1]:80/v1", true),
            ("https://api.jolpi.ca/ergast/f1", false),
            ("https://127.0.0.1.example.org/", false),
        ] {
            assert_eq!(is_loopback(&url.parse().unwrap()), is_here, "{url}");
        }
    }
}
