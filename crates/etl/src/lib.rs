//! Everything that writes: sources and jobs.
//!
//! The modules form layers, and each uses only those before it:
//!
//! 1. `race_filter`, `locks`, `error_chain`, `background`, `context`: what every job needs.
//! 2. `sources` talk to upstreams and know none of our tables but the ledgers of requests and of raw answers.
//! 3. `merge`, `identity`, `calendar`; `frames`, `dataset`, `features` and `predictions`, which turn history into what
//!    `model` understands and back: reading and writing the database, for any job.
//! 4. `jobs` write, each run in one transaction and one row of `job_runs`; `jobs::Job` is the table of all of them.
//! 5. `tick` runs the jobs that are due, `serve` runs ticks on schedules, `cli` has the commands.
//!
//! `tests/etl/layers.rs` checks that no layer below the jobs uses them.

pub mod background;
pub mod backtest;
pub mod calendar;
pub mod cli;
pub mod context;
pub mod dataset;
pub mod dump;
mod error_chain;
pub mod evaluation;
pub mod features;
pub mod frames;
pub mod identity;
pub mod jobs;
mod locks;
pub mod merge;
pub mod predictions;
mod race_filter;
pub mod serve;
pub mod sources;
pub mod status;
pub mod tick;

pub use context::{Context, Sources};
pub use error_chain::error_chain;
pub use race_filter::RaceFilter;
