//! Predictions, their accuracy and title odds through the router, over rows that each test inserts.
#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]
#![expect(clippy::float_cmp, reason = "stored values are returned unchanged")]

mod accuracy;
#[path = "../common/mod.rs"]
mod common;
mod model;
mod predictions;
mod title_odds;
