//! How an upstream is treated, in one place: one process at a time, not too fast, not too often, every answer kept.
//!
//! The number of requests is counted in PostgreSQL by the context's clock, so every process shares one budget; the pace
//! is kept in real time. A job takes its turn for as long as it downloads, and writes its rows afterwards.

mod answer;
mod patience;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
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
use super::http::{self, Http, LONGEST_WAIT};
use crate::{Context, locks::Lock};

/// How long a turn is waited for: others download in less, or are at a long backfill.
const PATIENCE: Duration = Duration::from_mins(1);
/// More than one does not happen: to the path with a slash.
const MOST_REDIRECTS: usize = 3;
/// On top of an even pace, so that a request that was late on its way does not make its second too full.
const SLACK: Duration = Duration::from_millis(10);
/// Whatever an upstream says, it is asked again after this.
const LONGEST_PAUSE: TimeDelta = TimeDelta::days(1);

/// What an upstream asks of its visitors.
#[derive(Debug)]
pub struct Manners {
    /// Its name, as in `raw_responses.source`.
    pub upstream: &'static str,
    /// Requests in any second.
    pub per_second: u32,
    /// Requests in longer stretches of time.
    pub windows: &'static [Window],
}

/// A budget: so many requests in any stretch of this length.
#[derive(Debug)]
pub struct Window {
    /// The length.
    pub length: Duration,
    /// The requests.
    pub requests: u32,
}

/// Jolpica-F1: 4 a second, 500 an hour.
pub const JOLPICA: Manners = Manners {
    upstream: "jolpica",
    per_second: 4,
    windows: &[Window {
        length: Duration::from_hours(1),
        requests: 500,
    }],
};

/// Jolpica-F1 for work that has time: a fifth of the hour is left to what is due.
pub const JOLPICA_AT_LEISURE: Manners = Manners {
    windows: &[Window {
        length: Duration::from_hours(1),
        requests: 400,
    }],
    ..JOLPICA
};

/// `OpenF1`: 3 a second, 30 a minute.
pub const OPENF1: Manners = Manners {
    upstream: "openf1",
    per_second: 3,
    windows: &[Window {
        length: Duration::from_mins(1),
        requests: 30,
    }],
};

/// The right to talk to one upstream. It is an advisory lock of PostgreSQL on a connection of its own, which also counts
/// the requests: when the connection is lost the right is, and nothing more can be sent. Dropping it gives it back.
#[derive(Debug)]
pub struct Turn {
    manners: &'static Manners,
    http: Http,
    clock: Clock,
    connection: PgConnection,
    not_before: Instant,
    waits: Option<watch::Sender<Option<DateTime<Utc>>>>,
}

impl Turn {
    /// Waits up to a minute for whoever has it.
    pub async fn take(ctx: &Context, manners: &'static Manners) -> Result<Self, Error> {
        Self::take_within(ctx, manners, PATIENCE).await
    }

    /// Waits up to `patience` for whoever has it.
    pub async fn take_within(
        ctx: &Context,
        manners: &'static Manners,
        patience: Duration,
    ) -> Result<Self, Error> {
        let mut connection = ctx.pool.acquire().await?.detach();
        lock(&mut connection, manners.upstream, patience).await?;
        let mut turn = Self {
            manners,
            http: ctx.http.asking(manners.upstream),
            clock: ctx.clock,
            connection,
            // Whoever had it before us may have asked just now.
            not_before: Instant::now() + manners.interval(),
            waits: None,
        };
        turn.forget_old_requests().await?;
        Ok(turn)
    }

    /// Asks for `url`, at the allowed pace and again if it fails in a way that may pass. Every request is counted before
    /// it is sent; when the budget is spent this is an error, unless the turn is [patient](Self::patient).
    pub async fn get(&mut self, url: &Url) -> Result<Answer, Error> {
        let http = self.http.clone();
        let turn = Mutex::new(&mut *self);
        let answer = http.retrying(|| async {
            match turn.lock().await.attempt(url).await {
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
            self.keep(url, body).await?;
        }
        Ok(answer)
    }

    /// Gives it back at once; dropping it does so as soon as the server notices.
    pub async fn end(self) -> Result<(), Error> {
        Ok(self.connection.close().await?)
    }

    async fn attempt(&mut self, url: &Url) -> Result<Answer, Error> {
        let mut target = url.clone();
        for _ in 0..=MOST_REDIRECTS {
            self.keep_pace(&target).await;
            self.count_in_time().await?;
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
        self.not_before = Instant::now() + self.manners.interval();
    }

    /// Counts one request, if every window has room for it. Nobody else counts at the same time: the turn is ours.
    async fn count(&mut self) -> Result<(), Error> {
        let now = self.clock.now();
        let upstream = self.manners.upstream;
        let paused = sqlx::query_scalar!(
            "SELECT until FROM upstream_pauses WHERE upstream = $1 AND until > $2 AND until <= $3",
            upstream,
            now,
            now + LONGEST_PAUSE
        );
        if let Some(until) = paused.fetch_optional(&mut self.connection).await? {
            return Err(Error::Paused { upstream, until });
        }
        for window in self.manners.windows {
            let length = window.length();
            // A process whose clock was shifted may have counted in our future: far ahead, that is none of ours.
            let spent = sqlx::query!(
                r#"SELECT coalesce(sum(requests), 0) AS "requests!", min(at) AS first
                   FROM upstream_requests WHERE upstream = $1 AND at > $2 AND at < $3"#,
                upstream,
                now - length,
                now + length
            )
            .fetch_one(&mut self.connection)
            .await?;
            if spent.requests >= i64::from(window.requests) {
                let until = spent.first.unwrap_or(now) + length;
                return Err(Error::BudgetSpent { upstream, until });
            }
        }
        sqlx::query!(
            "INSERT INTO upstream_requests AS u (upstream, at, requests) VALUES ($1, $2, 1)
             ON CONFLICT (upstream, at) DO UPDATE SET requests = u.requests + 1",
            upstream,
            now
        )
        .execute(&mut self.connection)
        .await?;
        Ok(())
    }

    /// Nobody asks again before the upstream said so.
    async fn pause(&mut self, wait: Duration) -> Result<(), Error> {
        let wait = TimeDelta::from_std(wait).map_or(LONGEST_PAUSE, |wait| wait.min(LONGEST_PAUSE));
        sqlx::query!(
            "INSERT INTO upstream_pauses (upstream, until) VALUES ($1, $2)
             ON CONFLICT (upstream) DO UPDATE SET until = excluded.until",
            self.manners.upstream,
            self.clock.now() + wait
        )
        .execute(&mut self.connection)
        .await?;
        Ok(())
    }

    async fn forget_old_requests(&mut self) -> Result<(), Error> {
        let lengths = self.manners.windows.iter().map(Window::length);
        let length = lengths.max().unwrap_or_default();
        let now = self.clock.now();
        sqlx::query!(
            "DELETE FROM upstream_requests WHERE upstream = $1 AND (at <= $2 OR at >= $3)",
            self.manners.upstream,
            now - length,
            now + length
        )
        .execute(&mut self.connection)
        .await?;
        Ok(())
    }

    /// Keeps an answer, unless it is word for word the newest one to the same URL: a row says since when it was so.
    async fn keep(&mut self, url: &Url, body: &[u8]) -> Result<(), Error> {
        let sha256 = Sha256::digest(body);
        sqlx::query!(
            "INSERT INTO raw_responses (source, url, fetched_at, sha256, body)
             SELECT $1, $2, $3, $4, $5 WHERE NOT EXISTS (
                 SELECT FROM (SELECT sha256, body IS NOT NULL AS is_held FROM raw_responses
                              WHERE url = $2 ORDER BY id DESC LIMIT 1) newest
                 WHERE newest.sha256 = $4 AND newest.is_held)",
            self.manners.upstream,
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

impl Manners {
    /// From one request to the next.
    fn interval(&self) -> Duration {
        Duration::from_secs(1) / self.per_second.max(1) + SLACK
    }
}

impl Window {
    /// No upstream counts for longer than a day.
    fn length(&self) -> TimeDelta {
        TimeDelta::from_std(self.length).unwrap_or(TimeDelta::days(1))
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

    #[test]
    fn an_even_pace_leaves_no_second_too_full() {
        for manners in [&JOLPICA, &OPENF1] {
            let asked = manners.interval() * manners.per_second;
            assert!(asked > Duration::from_secs(1), "{}", manners.upstream);
        }
    }
}
