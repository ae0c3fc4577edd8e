//! F1DB: one zip of CSV files a release, everything since 1950 but lap times.
//!
//! [`download`] fetches it, [`archive`] opens it, [`sheet`] reads cells with errors that name file, row and column;
//! the other modules turn files into rows of `schema`. Traps of the format are handled where they bite.

pub mod archive;
pub mod download;
pub mod races;
pub mod reference;
pub mod sessions;
pub mod sheet;
pub mod standings;

pub use archive::Archive;
pub use download::{Download, Release, fetch, probe};
