//! The commands of `f1`, one a file; `exec` and `psql` share theirs.

pub mod etl;
pub mod exec;
pub mod reset;
pub mod test;
pub mod up;
