//! Faults between an upstream and its clients, which are the same in every run.

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};

/// What goes wrong with an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fault {
    /// 500.
    ServerError,
    /// 503 with `Retry-After`.
    Unavailable,
    /// The connection breaks in the middle of the body.
    Cut,
    /// Half of the body, as if it were whole.
    Truncated,
    /// 200 with an error page.
    Html,
}

/// Which answers fail. The n-th request for one URL meets the same fault under one seed.
pub(crate) struct Faults {
    seed: u64,
    rate: f64,
    /// The number of requests by URL.
    requests: HashMap<String, u32>,
}

impl Faults {
    /// Faults of a share of the answers, from 0 to 1.
    pub(crate) fn new(seed: u64, rate: f64) -> Self {
        Self {
            seed,
            rate,
            requests: HashMap::new(),
        }
    }

    /// The fault of the next request for a path with its query, if any.
    pub(crate) fn next(&mut self, url: &str) -> Option<Fault> {
        let count = self.requests.entry(url.to_owned()).or_default();
        *count += 1;
        let digest = Sha256::digest(format!("{} {count} {url}", self.seed));
        let drawn = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
        if f64::from(drawn) / f64::from(u32::MAX) >= self.rate {
            return None;
        }
        Some(match digest[4] % 5 {
            0 => Fault::ServerError,
            1 => Fault::Unavailable,
            2 => Fault::Cut,
            3 => Fault::Truncated,
            _ => Fault::Html,
        })
    }
}
