//! `OpenF1`: how its lists are requested and read, and the real lists of some weekends.

mod real;
mod rows;
mod upstream;

use etl::sources::rate_limit::RateLimit;

/// The pace of the service without its budget, since the clocks of tests stand still.
static PATIENT: RateLimit = RateLimit {
    upstream: "openf1",
    per_second: 3,
    windows: &[],
};
