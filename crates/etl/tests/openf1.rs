//! `OpenF1`: how its lists are read, how they are asked for, and what the real ones hold.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails here")]

mod common;
#[path = "openf1/real.rs"]
mod real;
#[path = "openf1/rows.rs"]
mod rows;
#[path = "openf1/upstream.rs"]
mod upstream;

use etl::sources::rate_limit::RateLimit;

/// The service's own manners without a budget: clocks of tests stand still.
static PATIENT: RateLimit = RateLimit {
    upstream: "openf1",
    per_second: 3,
    windows: &[],
};
