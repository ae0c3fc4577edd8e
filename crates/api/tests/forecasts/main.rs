//! Forecasts, how good they were and title odds, through the router, over a few rows that each test states.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails here")]
#![expect(clippy::float_cmp, reason = "what is stored comes back as it was")]

mod accuracy;
#[path = "../common/mod.rs"]
mod common;
mod model;
mod predictions;
mod title_odds;
