//! Numbers as a person would say or read them: chances, times, dates, points.

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use chrono_tz::Tz;

/// Fractions that people say, rising.
const FRACTIONS: [(f64, &str); 17] = [
    (0.02, "one time in fifty"),
    (0.033, "one time in thirty"),
    (0.05, "one time in twenty"),
    (0.1, "one time in ten"),
    (0.143, "one time in seven"),
    (0.2, "one time in five"),
    (0.25, "one time in four"),
    (0.3, "three times in ten"),
    (0.333, "one time in three"),
    (0.4, "two times in five"),
    (0.5, "one time in two"),
    (0.6, "three times in five"),
    (0.667, "two times in three"),
    (0.75, "three times in four"),
    (0.8, "four times in five"),
    (0.9, "nine times in ten"),
    (0.95, "nineteen times in twenty"),
];

const NUMBERS: [&str; 13] = [
    "none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve",
];

/// A chance as a frequency: "a little more than one time in two".
pub(crate) fn frequency(chance: f64) -> String {
    if chance < 0.01 {
        return "less than one time in a hundred".to_owned();
    }
    if chance < 0.0145 {
        return "about one time in a hundred".to_owned();
    }
    if chance >= 0.975 {
        return "almost every time".to_owned();
    }
    let (fraction, text) = FRACTIONS
        .into_iter()
        .min_by(|a, b| (a.0 - chance).abs().total_cmp(&(b.0 - chance).abs()))
        .unwrap_or((0.5, "one time in two"));
    let off = chance - fraction;
    let closeness = 0.06 * fraction.min(1.0 - fraction).max(0.05);
    match off {
        _ if off.abs() <= closeness => format!("about {text}"),
        _ if off > 0.0 => format!("a little more than {text}"),
        _ => format!("a little less than {text}"),
    }
}

/// A chance in whole per cent: `<1` and `>99` at the ends, never 0 or 100.
pub(crate) fn percent(chance: f64) -> String {
    let percent = chance * 100.0;
    if percent < 1.0 {
        "<1".to_owned()
    } else if percent > 99.0 {
        ">99".to_owned()
    } else {
        format!("{percent:.0}")
    }
}

/// A small number in words, larger ones in digits.
pub(crate) fn number(count: usize) -> String {
    NUMBERS
        .get(count)
        .map_or_else(|| count.to_string(), |word| (*word).to_owned())
}

/// `1st`, `2nd`, `11th`.
pub(crate) fn ordinal(number: i64) -> String {
    let ending = match (number % 100, number % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

/// A count with its noun: `1 win`, `3 wins`.
pub(crate) fn count(number: i64, one: &str, many: &str) -> String {
    if number == 1 {
        format!("{number} {one}")
    } else {
        format!("{number} {many}")
    }
}

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

/// Championship points without needless decimals: `25`, `12.5`, `8.14`.
pub(crate) fn points(points: f64) -> String {
    let text = format!("{points:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A number with a sign: `+0.42`, `−1.30`.
pub(crate) fn signed(value: f64) -> String {
    let text = format!("{:.2}", value.abs());
    if value < 0.0 && text != "0.00" {
        format!("−{text}")
    } else {
        format!("+{text}")
    }
}

/// `Sun 7 Dec`, with the year where `year` is another.
pub(crate) fn day(date: NaiveDate, year: i16) -> String {
    let format = if date.year() == i32::from(year) {
        "%a %-d %b"
    } else {
        "%a %-d %b %Y"
    };
    date.format(format).to_string()
}

/// `Sun 7 Dec, 13:00 UTC · 17:00 at the circuit`, or only the day where the time is not known.
pub(crate) fn when(
    date: NaiveDate,
    starts_at: Option<DateTime<Utc>>,
    time_zone: &str,
    year: i16,
) -> String {
    let Some(instant) = starts_at else {
        return day(date, year);
    };
    let utc = format!(
        "{}, {} UTC",
        day(instant.date_naive(), year),
        instant.format("%H:%M")
    );
    match time_zone.parse::<Tz>() {
        Ok(zone) => {
            let local = instant.with_timezone(&zone);
            let other_day = if local.date_naive() == instant.date_naive() {
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

/// A length of time, roughly: `2 minutes`, `3 hours`, `11 months`.
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
    fn chances_in_words() {
        for (chance, words) in [
            (0.003, "less than one time in a hundred"),
            (0.012, "about one time in a hundred"),
            (0.10, "about one time in ten"),
            (0.335, "about one time in three"),
            (0.5214, "about one time in two"),
            (0.54, "a little more than one time in two"),
            (0.455, "a little less than one time in two"),
            (0.68, "about two times in three"),
            (0.947, "about nineteen times in twenty"),
            (0.99, "almost every time"),
        ] {
            assert_eq!(frequency(chance), words, "{chance}");
        }
    }

    #[test]
    fn percentages_are_never_0_or_100() {
        for (chance, text) in [
            (0.0, "<1"),
            (0.0099, "<1"),
            (0.01, "1"),
            (0.524, "52"),
            (0.99, "99"),
            (0.999, ">99"),
        ] {
            assert_eq!(percent(chance), text, "{chance}");
        }
    }

    #[test]
    fn times_points_and_places() {
        assert_eq!(time(82_207), "1:22.207");
        assert_eq!(time(5_254_567), "1:27:34.567");
        assert_eq!(time(49_001), "49.001");
        assert_eq!(
            [25.0, 12.5, 8.14, 0.0].map(points),
            ["25", "12.5", "8.14", "0"]
        );
        assert_eq!(
            [1, 2, 3, 4, 11, 12, 13, 21, 112].map(ordinal),
            [
                "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "112th"
            ]
        );
        assert_eq!(
            [0.424, -1.3, -0.001].map(signed),
            ["+0.42", "−1.30", "+0.00"]
        );
    }

    #[test]
    fn a_start_says_both_clocks_and_the_day_where_it_differs() {
        let start = "2025-12-07T13:00:00Z".parse::<DateTime<Utc>>().unwrap();
        let told = when(start.date_naive(), Some(start), "Asia/Dubai", 2025);
        assert_eq!(told, "Sun 7 Dec, 13:00 UTC · 17:00 at the circuit");
        let late = "2025-11-23T04:00:00Z".parse::<DateTime<Utc>>().unwrap();
        let told = when(late.date_naive(), Some(late), "America/Los_Angeles", 2025);
        assert_eq!(told, "Sun 23 Nov, 04:00 UTC · Sat 20:00 at the circuit");
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
