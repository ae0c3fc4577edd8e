//! Jobs: each run is a row of `job_runs`, one at a time, and writes in one transaction (whole seasons: in several, each complete).

pub mod accuracy;
pub mod backfill;
pub mod by_hand;
pub mod ingest;
pub mod ledger;
pub mod load;
pub mod predictions;
pub mod recheck;
pub mod schedule;
pub mod season_stats;
pub mod title_odds;

pub use ledger::{Report, Which};
