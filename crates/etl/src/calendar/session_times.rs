//! Which source's session time is stored.
//!
//! - A release of F1DB has precedence, because the times of other sources have known mistakes. A release that repeats
//!   the previous one is not news: it does not undo what Jolpica announced in between.
//! - Jolpica's first announcement fills gaps. A *change* of what it announces is news and replaces the stored time: a
//!   postponement reaches Jolpica days before the next release.
//! - `OpenF1` never sets a time; its sessions are only matched by theirs.

use chrono::{DateTime, NaiveDate, Utc};

/// The time of a session according to one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionTime {
    /// The day.
    pub date: NaiveDate,
    /// Scheduled start, UTC, where known.
    pub starts_at: Option<DateTime<Utc>>,
}

/// A release's knowledge of the race that a session belongs to.
#[derive(Debug, Clone, Copy)]
pub struct ReleasedRace {
    /// It has the result.
    pub is_run: bool,
    /// It has the start of a session before the race.
    pub has_times: bool,
}

/// Whether a stored time is kept when a release is loaded that has `released` for the session (`None`: lacks it), and
/// the previous release had `previously`.
#[must_use]
pub fn outlasts_release(
    stored: SessionTime,
    previously: Option<SessionTime>,
    released: Option<SessionTime>,
    race: ReleasedRace,
) -> bool {
    if stored.starts_at.is_none() {
        return false;
    }
    let Some(released) = released else {
        return !race.has_times;
    };
    let is_repeated = previously == Some(released) && !race.is_run;
    let is_vaguer = released.starts_at.is_none() && !race.has_times && released.date == stored.date;
    is_repeated || is_vaguer
}

/// What is stored of a race when Jolpica announces its calendar.
#[derive(Debug, Clone, Copy)]
pub struct StoredRace {
    /// Jolpica announced it before.
    pub was_announced: bool,
    /// The start of a session before the race is known.
    pub has_times: bool,
}

impl StoredRace {
    /// Whether what Jolpica adds to the race (a session, a sprint) is news. In its first announcement of a race whose
    /// times are known from a release it is not: the release would have it.
    #[must_use]
    pub const fn accepts_additions(self) -> bool {
        self.was_announced || !self.has_times
    }
}

/// Whether the time that Jolpica announces for a session replaces the `stored` one (`None`: the session is not stored),
/// after it announced `previously`.
#[must_use]
pub fn is_news(
    announced: SessionTime,
    stored: Option<SessionTime>,
    previously: Option<SessionTime>,
    race: StoredRace,
) -> bool {
    match stored {
        None => race.accepts_additions(),
        Some(stored) => {
            stored.starts_at.is_none() || previously.is_some_and(|before| before != announced)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(start: &str) -> SessionTime {
        let starts_at: DateTime<Utc> = start.parse().unwrap();
        SessionTime {
            date: starts_at.date_naive(),
            starts_at: Some(starts_at),
        }
    }

    fn on(date: &str) -> SessionTime {
        SessionTime {
            date: date.parse().unwrap(),
            starts_at: None,
        }
    }

    const AHEAD: ReleasedRace = ReleasedRace {
        is_run: false,
        has_times: true,
    };
    const RUN: ReleasedRace = ReleasedRace {
        is_run: true,
        has_times: true,
    };
    const UNTIMED: ReleasedRace = ReleasedRace {
        is_run: true,
        has_times: false,
    };

    #[test]
    fn a_release_has_precedence_unless_it_repeats_the_previous_one() {
        let (noon, two) = (at("2026-06-07T12:00:00Z"), at("2026-06-07T14:00:00Z"));
        assert!(!outlasts_release(two, None, Some(noon), AHEAD));
        assert!(outlasts_release(two, Some(noon), Some(noon), AHEAD));
        let one = at("2026-06-07T13:00:00Z");
        assert!(!outlasts_release(two, Some(noon), Some(one), AHEAD));
        assert!(!outlasts_release(two, Some(noon), Some(noon), RUN));
    }

    #[test]
    fn a_release_without_times_takes_none_away() {
        let (stored, day) = (at("2026-06-07T12:00:00Z"), on("2026-06-07"));
        assert!(outlasts_release(stored, None, Some(day), UNTIMED));
        let other_day = on("2026-06-08");
        assert!(!outlasts_release(stored, None, Some(other_day), UNTIMED));
        assert!(!outlasts_release(stored, None, Some(day), RUN));
        assert!(!outlasts_release(day, Some(day), Some(day), UNTIMED));
    }

    #[test]
    fn a_session_that_a_release_lacks_stays_if_the_release_has_no_times_of_the_race() {
        let stored = at("2026-06-06T12:00:00Z");
        assert!(outlasts_release(stored, None, None, UNTIMED));
        assert!(!outlasts_release(stored, None, None, AHEAD));
        assert!(!outlasts_release(on("2026-06-06"), None, None, UNTIMED));
    }

    #[test]
    fn an_announcement_is_news_if_it_changes_or_fills_a_gap() {
        let (noon, two) = (at("2026-06-07T12:00:00Z"), at("2026-06-07T14:00:00Z"));
        let of_release = StoredRace {
            was_announced: false,
            has_times: true,
        };
        let announced = StoredRace {
            was_announced: true,
            ..of_release
        };
        let untimed = StoredRace {
            was_announced: false,
            has_times: false,
        };
        assert!(!is_news(two, Some(noon), None, of_release));
        assert!(!is_news(two, Some(noon), Some(two), announced));
        assert!(is_news(two, Some(noon), Some(noon), announced));
        assert!(is_news(two, Some(on("2026-06-07")), None, of_release));
        assert!(!is_news(two, None, None, of_release));
        assert!(is_news(two, None, None, announced) && is_news(two, None, None, untimed));
    }
}
