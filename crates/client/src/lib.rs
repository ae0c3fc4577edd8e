//! The response types of the API, and a small typed client (feature `http`).
//!
//! Instants are in UTC, lap and race times in milliseconds, chances between 0 and 1. Keys are stable: a former key of a
//! driver or team is answered with the address of the current one.

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

/// The enums of the answers, shared with the server.
pub use vocabulary;

#[cfg(feature = "http")]
pub use http::{Client, Error, SetupError, Url};
