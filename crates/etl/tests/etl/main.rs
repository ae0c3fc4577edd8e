//! The pipeline from the outside: jobs, `tick` and `serve` over a real PostgreSQL and, as upstreams, the demo server, a
//! mock server or the replay server of the shared folder.
//!
//! One test binary with a module a topic, so that polars is linked once: `cargo run -- test -p etl seasons` runs one topic.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on fails here; clippy does not see that helpers are tests"
)]

mod backfill;
mod common;
mod demo_server;
mod download;
mod evaluation;
mod jolpica;
mod load;
mod openf1;
mod pipeline;
mod predictions;
mod provisional;
mod real;
mod season_stats;
mod seasons;
mod serve;
mod status;
mod weekends;
