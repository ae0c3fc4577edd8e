//! The API seen from outside: what it answers, as types, and a small typed client.
//!
//! Times are RFC 3339 in UTC, lap and race times whole milliseconds, chances numbers between 0 and 1, keys stable text.

pub mod accuracy;
pub mod corrections;
pub mod drivers;
#[cfg(feature = "http")]
pub mod http;
pub mod model;
pub mod predictions;
pub mod problem;
pub mod races;
pub mod seasons;
pub mod sessions;
pub mod standings;
pub mod status;
pub mod teams;
pub mod title_odds;
pub mod words;

#[cfg(feature = "http")]
pub use http::{Client, Error, SetupError, Url};
