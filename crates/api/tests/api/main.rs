//! The API through its router, without a socket, over a real PostgreSQL.
//!
//! One test binary with a module a topic: `cargo run -- test -p api predictions` runs one topic.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on fails here; clippy does not see that helpers are tests"
)]
#![expect(clippy::float_cmp, reason = "stored values are returned unchanged")]

mod accuracy;
mod common;
mod contract;
mod document;
mod http;
mod model;
mod predictions;
mod status;
mod title_odds;
