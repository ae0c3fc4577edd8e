//! `OpenF1`: how its lists are read, how they are asked for, and what the real ones hold.

mod real;
mod rows;
mod upstream;

use etl::sources::manners::Manners;

/// The service's own manners without a budget: clocks of tests stand still.
static PATIENT: Manners = Manners {
    upstream: "openf1",
    per_second: 3,
    windows: &[],
};
