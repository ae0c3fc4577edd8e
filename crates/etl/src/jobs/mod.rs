//! Jobs: what writes to the database.
//!
//! `job` is the table of all jobs, `run` runs one, `ledger` records each run as a row of `job_runs`. Every job has a
//! file of its own. A job writes in one transaction; those about whole seasons in several, each of them complete.

pub mod accuracy;
pub mod backfill;
pub mod forecast;
pub mod ingest;
mod job;
pub mod ledger;
pub mod load;
pub mod recheck;
mod report;
mod run;
pub mod schedule;
pub mod season_stats;
mod task;
pub mod title_odds;

pub use self::{
    job::{Due, Job, UnknownJob},
    report::Report,
    run::after_load,
    task::Task,
};
