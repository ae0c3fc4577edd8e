//! Jobs: what writes to the database.
//!
//! `job` is the table of all jobs, `ledger` records each run as a row of `job_runs`; every job has a file of its own. A job
//! writes in one transaction; those about whole seasons in several, each of them complete.

pub mod accuracy;
mod after_load;
pub mod backfill;
mod entry;
pub mod ingest;
mod job;
pub mod ledger;
pub mod load;
pub mod predictions;
pub mod recheck;
mod report;
pub mod schedule;
pub mod season_stats;
mod task;
pub mod title_odds;

pub use self::{
    after_load::after_load,
    entry::Due,
    job::{Job, UnknownJob},
    report::Report,
    task::Task,
};
