//! `OpenF1`: how its lists are requested and read, and the real lists of some weekends.

mod real;
mod rows;
mod upstream;

use etl::sources::manners::Manners;

/// The pace of the service without its budget, since the clocks of tests stand still.
static PATIENT: Manners = Manners {
    upstream: "openf1",
    per_second: 3,
    windows: &[],
};
