//! The command `f1`, run as a user does.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests are tests, which clippy does not see"
)]

mod etl;
mod harness;
mod owner;
mod refusals;
mod roles;
mod signals;
mod site;
mod start;
mod trouble;
mod upstream;
