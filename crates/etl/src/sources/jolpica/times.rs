//! Times in upstream's spelling: `1:31:44.742`, `+5.123`, `15:00:00Z`.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

/// The limit of a race's time: a day.
const LONGEST_MS: i32 = 86_400_000;

/// A car's gap to the winner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    /// Milliseconds.
    Behind(i32),
    /// A time shorter than the winner's, written `+-1:24:05.036` and modulo a day: the car stopped before the
    /// end.
    Stopped,
    /// No gap: the winner's own time, or `+1 Lap`.
    None,
}

/// `23.456`, `1:49.329`, `1:31:44.742` and `24` as milliseconds; `None` if it is none of them.
pub(super) fn milliseconds(text: &str) -> Option<i32> {
    let (clock, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if fraction.is_empty() || fraction.len() > 3 {
        return None;
    }
    let mut total = 0;
    for (index, part) in clock.split(':').enumerate() {
        // The first part may exceed 59: minutes where there are no hours, seconds where there are no minutes.
        let value = digits(part)?;
        if index > 2 || part.len() > 4 || (index > 0 && (part.len() != 2 || value > 59)) {
            return None;
        }
        total = total * 60 + value;
    }
    let ms = digits(&format!("{fraction:0<3}"))?;
    let total = total.checked_mul(1000)?.checked_add(ms)?;
    (total < LONGEST_MS).then_some(total)
}

/// `+5.123`, `+-1:24:05.036`, `+1 Lap`, or the winner's `1:31:44.742`; `None` if it is none of them.
pub(super) fn gap(text: &str) -> Option<Gap> {
    if laps_down(text).is_some() {
        return Some(Gap::None);
    }
    let Some(behind) = text.strip_prefix('+') else {
        return milliseconds(text).map(|_| Gap::None);
    };
    match behind.strip_prefix('-') {
        Some(ahead) => milliseconds(ahead).map(|_| Gap::Stopped),
        None => milliseconds(behind).map(Gap::Behind),
    }
}

/// `+1 Lap`, `+12 Laps`.
pub(super) fn laps_down(text: &str) -> Option<i16> {
    let (count, word) = text.strip_prefix('+')?.split_once(' ')?;
    let count = i16::try_from(digits(count)?).ok()?;
    (matches!(word, "Lap" | "Laps") && (1..=500).contains(&count)).then_some(count)
}

/// `15:00:00Z` on `date`.
pub(super) fn instant(date: NaiveDate, text: &str) -> Option<DateTime<Utc>> {
    let time = NaiveTime::parse_from_str(text.strip_suffix('Z')?, "%H:%M:%S").ok()?;
    Some(date.and_time(time).and_utc())
}

/// A number without sign or spaces.
pub(super) fn digits(text: &str) -> Option<i32> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_all_kinds() {
        for (text, ms) in [
            ("23.456", Some(23_456)),
            ("1:49.329", Some(109_329)),
            ("18:16.525", Some(1_096_525)),
            ("75:00.5", Some(4_500_500)),
            ("1:31:44.742", Some(5_504_742)),
            ("24", Some(24_000)),
            ("0.001", Some(1)),
            ("23:59:59.999", Some(86_399_999)),
            ("24:00:00.000", None),
            ("", None),
            (".5", None),
            ("1:2.000", None),
            ("1:60.000", None),
            ("1:02:03:04", None),
            ("-1.000", None),
            ("+1.000", None),
            ("1.2345", None),
            ("1:1e3", None),
            ("99999999999", None),
            ("\u{661}\u{662}.000", None),
        ] {
            assert_eq!(milliseconds(text), ms, "{text:?}");
        }
    }

    #[test]
    fn gaps_of_all_kinds() {
        assert_eq!(gap("+5.123"), Some(Gap::Behind(5123)));
        assert_eq!(gap("+1:30.825"), Some(Gap::Behind(90_825)));
        assert_eq!(gap("+-1:24:05.036"), Some(Gap::Stopped));
        assert_eq!(gap("1:31:44.742"), Some(Gap::None));
        assert_eq!(gap("+2 Laps"), Some(Gap::None));
        for text in ["+", "+-", "-5.123", "++5.123", "+0 Laps", "+1 Hour", "x"] {
            assert_eq!(gap(text), None, "{text}");
        }
    }

    #[test]
    fn instants_are_utc() {
        let day = NaiveDate::from_ymd_opt(2024, 3, 2).unwrap();
        let start = instant(day, "15:00:00Z").unwrap();
        assert_eq!(start.to_rfc3339(), "2024-03-02T15:00:00+00:00");
        for text in ["15:00:00", "25:00:00Z", "15:00:00+01:00", "", "Z"] {
            assert_eq!(instant(day, text), None, "{text}");
        }
    }
}
