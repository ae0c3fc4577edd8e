//! The demo upstream tells what the demo championship's release holds, to every reader, and nothing of it too early.

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
use etl::sources::manners::{Manners, Turn};
use reqwest::Url;
use schema::Upstream;
use sqlx::PgPool;

use crate::common;

/// Nobody's budget: clocks of tests stand still.
static PATIENT: Manners = Manners {
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
    upstream: UpstreamServer,
    turn: Turn,
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
            turn: Turn::take(&ctx, &PATIENT).await.unwrap(),
        }
    }

    fn base(&self, upstream: Upstream) -> Url {
        self.upstream.base(upstream).parse().unwrap()
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
