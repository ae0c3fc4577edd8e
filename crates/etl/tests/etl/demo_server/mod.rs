//! The demo server publishes the demo championship to every reader, and nothing of it too early.

mod changes;
mod detail;
mod jolpica;
mod openf1;
mod releases;
mod trouble;
mod weekends;

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike as _, TimeZone as _, Utc};
use demo::{Championship, Release, server::UpstreamServer};
use etl::sources::{lease::UpstreamLease, rate_limit::RateLimit};
use reqwest::Url;
use schema::Upstream;
use sqlx::PgPool;

use crate::common;

/// No budget, since the clocks of tests stand still.
static PATIENT: RateLimit = RateLimit {
    upstream: "jolpica",
    per_second: 1000,
    windows: &[],
};

/// A row of a release by column; null is empty.
type Row = BTreeMap<String, String>;

/// The newest season of a championship, its server, and the right to ask it.
struct Season {
    year: i16,
    /// The release after the last race.
    complete: Release,
    upstream: UpstreamServer,
    turn: UpstreamLease,
}

impl Season {
    /// Four rounds around the June of a year.
    async fn new(pool: &PgPool, year: i16) -> Self {
        Self::of(pool, Championship::small(june(year))).await
    }

    async fn of(pool: &PgPool, championship: Championship) -> Self {
        let now = championship.now;
        let upstream = UpstreamServer::start(&championship, now);
        let ctx = common::context_of(pool, now, &upstream.url());
        Self {
            year: now.year().try_into().unwrap(),
            complete: championship.complete(),
            upstream,
            turn: UpstreamLease::acquire(&ctx, &PATIENT).await.unwrap(),
        }
    }

    fn base(&self, upstream: Upstream) -> Url {
        self.upstream.base(upstream).parse().unwrap()
    }

    /// The rows of a file about a round of the newest season.
    fn rows(&self, file: &str, round: i16) -> Vec<Row> {
        let mut rows = rows(&self.complete, file);
        let (year, round) = (self.year.to_string(), round.to_string());
        rows.retain(|row| row["year"] == year && row["round"] == round);
        rows
    }

    /// The row of a driver, a circuit, ...
    fn entity(&self, file: &str, id: &str) -> Row {
        let mut rows = rows(&self.complete, file).into_iter();
        rows.find(|row| row["id"] == id).unwrap()
    }
}

/// A client without retries, which sees every answer as it is.
#[expect(
    clippy::disallowed_methods,
    reason = "etl's own client would hide the faults that it recovers from"
)]
fn plain_client() -> reqwest::Client {
    reqwest::Client::new()
}

fn june(year: i16) -> DateTime<Utc> {
    let noon = Utc.with_ymd_and_hms(i32::from(year), 6, 10, 14, 0, 0);
    noon.unwrap()
}

fn rows(release: &Release, file: &str) -> Vec<Row> {
    let csv = &release.files[&format!("f1db-{file}.csv")];
    let mut lines = csv.lines().map(|line| {
        let mut in_quotes = false;
        let cells = line.split(|letter| {
            in_quotes ^= letter == '"';
            letter == ',' && !in_quotes
        });
        cells
            .map(|cell| cell.trim_matches('"').to_owned())
            .collect::<Vec<_>>()
    });
    let header = lines.next().unwrap();
    lines
        .map(|cells| header.iter().cloned().zip(cells).collect())
        .collect()
}

fn number<T: std::str::FromStr>(row: &Row, column: &str) -> Option<T> {
    row[column].parse().ok()
}
