//! The demo upstream tells what the demo championship's release holds, to every reader, and nothing of it too early.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails here")]

#[path = "upstream/changes.rs"]
mod changes;
mod common;
#[path = "upstream/detail.rs"]
mod detail;
#[path = "upstream/jolpica.rs"]
mod jolpica;
#[path = "upstream/openf1.rs"]
mod openf1;
#[path = "upstream/releases.rs"]
mod releases;
#[path = "upstream/trouble.rs"]
mod trouble;
#[path = "upstream/weekends.rs"]
mod weekends;

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike as _, TimeZone as _, Utc};
use etl::{
    demo::{Championship, Release},
    sources::{lease::UpstreamLease, rate_limit::RateLimit},
};
use reqwest::Url;
use sqlx::PgPool;

use common::upstream::{DemoUpstream, Service};

/// Nobody's budget: clocks of tests stand still.
static PATIENT: RateLimit = RateLimit {
    upstream: "jolpica",
    per_second: 1000,
    windows: &[],
};

/// A line of a release by column; null is empty.
type Row = BTreeMap<String, String>;

/// The newest season of a championship, its upstream, and somebody who asks.
struct Season {
    year: i16,
    /// Everything that happens.
    complete: Release,
    upstream: DemoUpstream,
    turn: UpstreamLease,
}

impl Season {
    /// Four rounds around the June of a year.
    async fn new(pool: &PgPool, year: i16) -> Self {
        Self::of(pool, Championship::small(june(year))).await
    }

    async fn of(pool: &PgPool, championship: Championship) -> Self {
        let now = championship.now;
        let upstream = DemoUpstream::start(championship, now);
        let ctx = common::context_of(pool, now, upstream.url().as_str());
        Self {
            year: now.year().try_into().unwrap(),
            complete: championship.complete(),
            upstream,
            turn: UpstreamLease::acquire(&ctx, &PATIENT).await.unwrap(),
        }
    }

    fn base(&self, service: Service) -> Url {
        self.upstream.service(service)
    }

    /// The lines of a file about a round of the newest season.
    fn rows(&self, file: &str, round: i16) -> Vec<Row> {
        let mut rows = rows(&self.complete, file);
        let (year, round) = (self.year.to_string(), round.to_string());
        rows.retain(|row| row["year"] == year && row["round"] == round);
        rows
    }

    /// The line of a person, a place, ...
    fn entity(&self, file: &str, id: &str) -> Row {
        let mut rows = rows(&self.complete, file).into_iter();
        rows.find(|row| row["id"] == id).unwrap()
    }
}

/// Somebody without manners, who sees every answer as it is.
#[expect(
    clippy::disallowed_methods,
    reason = "the client of etl's own would hide what it survives"
)]
fn rude() -> reqwest::Client {
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
