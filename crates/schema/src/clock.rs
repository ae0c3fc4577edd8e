//! The one place that reads the wall clock.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// A clock that can be shifted and sped up. `F1_NOW` sets its time at the start of the process, `F1_CLOCK_SPEED` the
/// seconds that pass on it in one real second. Without them it is the wall clock.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    real_start: DateTime<Utc>,
    start: DateTime<Utc>,
    speed: f64,
}

impl Clock {
    /// A clock that shows `now` from this moment on, or the wall clock's time for `None`, and runs at `speed`.
    #[must_use]
    pub fn starting_at(now: Option<DateTime<Utc>>, speed: f64) -> Self {
        let real_start = wall_clock();
        Self {
            real_start,
            start: now.unwrap_or(real_start),
            speed,
        }
    }

    /// A clock of the same speed that shows `now` from this moment on.
    #[must_use]
    pub fn set_to(&self, now: DateTime<Utc>) -> Self {
        Self::starting_at(Some(now), self.speed)
    }

    /// The time it shows, UTC.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        let real_ms = (wall_clock() - self.real_start).num_milliseconds();
        #[expect(
            clippy::cast_possible_truncation,
            reason = "milliseconds of a process lifetime fit i64"
        )]
        let shown_ms = (real_ms as f64 * self.speed) as i64;
        self.start + TimeDelta::milliseconds(shown_ms)
    }

    /// The real time until this clock shows `instant`; `None` if it never does.
    #[must_use]
    pub fn until(&self, instant: DateTime<Utc>) -> Option<Duration> {
        let ahead = (instant - self.now()).num_milliseconds();
        if ahead < 0 {
            return Some(Duration::ZERO);
        }
        let real_ms = (ahead as f64 + 1.0) / self.speed;
        Duration::try_from_secs_f64(real_ms / 1000.0).ok()
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one reading of the wall clock"
)]
fn wall_clock() -> DateTime<Utc> {
    Utc::now()
}

/// Parses a UTC instant: RFC 3339, or without zone and seconds.
pub fn parse_instant(text: &str) -> Result<DateTime<Utc>, String> {
    let naive =
        |format| chrono::NaiveDateTime::parse_from_str(text, format).map(|time| time.and_utc());
    DateTime::parse_from_rfc3339(text)
        .map(|time| time.to_utc())
        .or_else(|_| naive("%Y-%m-%dT%H:%M"))
        .or_else(|_| naive("%Y-%m-%dT%H:%M:%S"))
        .map_err(|_| format!("{text:?} is not a UTC moment such as 2025-12-07T12:30:00Z"))
}
