//! How often an upstream may be asked.

use std::time::Duration;

use chrono::TimeDelta;

/// Added to the even pace: without it, a request that is delayed on its way overfills the next second.
const SLACK: Duration = Duration::from_millis(10);

/// How often an upstream may be asked, by all processes together.
#[derive(Debug)]
pub struct RateLimit {
    /// The upstream's name, as in `raw_responses.source`.
    pub upstream: &'static str,
    /// Requests in any second.
    pub per_second: u32,
    /// Budgets over longer periods.
    pub windows: &'static [Window],
}

/// A budget: the number of requests in any period of this length.
#[derive(Debug)]
pub struct Window {
    /// Length of the period.
    pub length: Duration,
    /// Requests in it.
    pub requests: u32,
}

impl RateLimit {
    /// The least time from one request to the next.
    pub(super) fn interval(&self) -> Duration {
        Duration::from_secs(1) / self.per_second.max(1) + SLACK
    }
}

impl Window {
    /// The length for arithmetic with instants; no upstream counts over more than a day.
    pub(super) fn length(&self) -> TimeDelta {
        TimeDelta::from_std(self.length).unwrap_or(TimeDelta::days(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::{jolpica, openf1};

    #[test]
    fn an_even_pace_leaves_no_second_too_full() {
        for limit in [&jolpica::RATE_LIMIT, &openf1::RATE_LIMIT] {
            let full = limit.interval() * limit.per_second;
            assert!(full > Duration::from_secs(1), "{}", limit.upstream);
        }
    }
}
