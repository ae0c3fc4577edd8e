//! F1DB: releases, each a zip of CSV files with everything since 1950 but lap times.
//!
//! [`download`] fetches it, [`archive`] opens it, [`sheet`] reads cells with errors that name file, row and column;
//! [`lists`] says which lists a release has,
//! the other modules map files to rows of `schema`. Quirks of the format are handled where they occur.

pub mod archive;
pub mod download;
pub mod lists;
pub mod races;
pub mod reference;
pub mod sessions;
pub mod sheet;
pub mod standings;

pub use archive::Archive;
pub use download::{Download, Release, fetch, probe};
