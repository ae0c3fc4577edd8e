//! Everything that writes: sources and jobs.
//!
//! `sources` talk to upstreams and know none of our tables but the ledger of requests and of raw answers; `jobs` write,
//! each run in one transaction and one row of `job_runs`; `frames` and `dataset` read history, `features` and `forecasts`
//! turn it into what `model` understands and back.

pub mod aside;
pub mod backtest;
pub mod calendar;
pub mod cli;
pub mod context;
pub mod dataset;
pub mod dump;
pub mod evaluation;
pub mod features;
pub mod frames;
pub mod identity;
pub mod jobs;
pub mod merge;
pub mod predictions;
pub mod serve;
pub mod sources;
pub mod status;
pub mod tick;
mod words;

pub use context::{Context, Sources};
pub use words::words;
