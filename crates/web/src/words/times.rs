//! Times, dates and lengths of time.

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use chrono_tz::Tz;

use super::count;

/// A lap or race time: `1:22.207`, `1:27:34.567`.
pub(crate) fn time(ms: i32) -> String {
    let (hours, minutes, seconds, rest) =
        (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}.{rest:03}")
    } else if minutes > 0 {
        format!("{minutes}:{seconds:02}.{rest:03}")
    } else {
        format!("{seconds}.{rest:03}")
    }
}

/// `Sun 7 Dec`, with the year where it is not `year`.
pub(crate) fn day(date: NaiveDate, year: i16) -> String {
    let format = if date.year() == i32::from(year) {
        "%a %-d %b"
    } else {
        "%a %-d %b %Y"
    };
    date.format(format).to_string()
}

/// `Sun 7 Dec, 13:00 UTC`, with the year where it is not `year`.
pub(crate) fn instant(at: DateTime<Utc>, year: i16) -> String {
    format!("{}, {} UTC", day(at.date_naive(), year), at.format("%H:%M"))
}

/// `Sun 7 Dec, 13:00 UTC · 17:00 at the circuit`, or only the day where the time is unknown.
pub(crate) fn when(
    date: NaiveDate,
    starts_at: Option<DateTime<Utc>>,
    time_zone: &str,
    year: i16,
) -> String {
    let Some(start) = starts_at else {
        return day(date, year);
    };
    let utc = instant(start, year);
    match time_zone.parse::<Tz>() {
        Ok(zone) => {
            let local = start.with_timezone(&zone);
            let other_day = if local.date_naive() == start.date_naive() {
                ""
            } else {
                "%a "
            };
            format!(
                "{utc} · {} at the circuit",
                local.format(&format!("{other_day}%H:%M"))
            )
        }
        Err(_) => utc,
    }
}

/// A length of time in its largest fitting unit: `2 minutes`, `3 hours`, `11 months`.
pub(crate) fn duration(seconds: i64) -> String {
    const UNITS: [(i64, &str, &str); 5] = [
        (365 * 86_400, "year", "years"),
        (30 * 86_400, "month", "months"),
        (86_400, "day", "days"),
        (3600, "hour", "hours"),
        (60, "minute", "minutes"),
    ];
    let seconds = seconds.abs();
    for (unit, one, many) in UNITS {
        if seconds >= 2 * unit || (seconds >= unit && unit < 3600) {
            return count(seconds / unit, one, many);
        }
    }
    UNITS
        .iter()
        .find(|(unit, ..)| seconds >= *unit)
        .map_or_else(
            || "less than a minute".to_owned(),
            |(unit, one, many)| count(seconds / unit, one, many),
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lap_and_race_times() {
        assert_eq!(time(82_207), "1:22.207");
        assert_eq!(time(5_254_567), "1:27:34.567");
        assert_eq!(time(49_001), "49.001");
    }

    #[test]
    fn a_start_has_both_clocks_and_the_day_where_it_differs() {
        let start = "2025-12-07T13:00:00Z".parse::<DateTime<Utc>>().unwrap();
        let text = when(start.date_naive(), Some(start), "Asia/Dubai", 2025);
        assert_eq!(text, "Sun 7 Dec, 13:00 UTC · 17:00 at the circuit");
        let late = "2025-11-23T04:00:00Z".parse::<DateTime<Utc>>().unwrap();
        let text = when(late.date_naive(), Some(late), "America/Los_Angeles", 2025);
        assert_eq!(text, "Sun 23 Nov, 04:00 UTC · Sat 20:00 at the circuit");
        assert_eq!(
            when(start.date_naive(), None, "Asia/Dubai", 2026),
            "Sun 7 Dec 2025"
        );
    }

    #[test]
    fn lengths_of_time() {
        for (seconds, text) in [
            (20, "less than a minute"),
            (120, "2 minutes"),
            (3600, "60 minutes"),
            (10_000, "2 hours"),
            (90_000, "25 hours"),
            (400 * 86_400, "13 months"),
        ] {
            assert_eq!(duration(seconds), text, "{seconds}");
        }
    }
}
