//! Numbers as a person would say or read them: chances, times, dates, points.

mod chances;
mod times;

pub(crate) use chances::{frequency, moved, percent, signed};
pub(crate) use times::{duration, instant, time, when};

const NUMBERS: [&str; 13] = [
    "none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve",
];

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

/// A count with its thousands apart: `3 456`.
pub(crate) fn thousands(count: i64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// Championship points without needless decimals: `25`, `12.5`, `8.14`.
pub(crate) fn points(points: f64) -> String {
    let text = format!("{points:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Things in a row: `a`, `a and b`, `a, b and c`.
pub(crate) fn list<T: AsRef<str>>(things: &[T]) -> String {
    let Some((last, others)) = things.split_last() else {
        return String::new();
    };
    let last = last.as_ref();
    if others.is_empty() {
        return last.to_owned();
    }
    let others: Vec<&str> = others.iter().map(AsRef::as_ref).collect();
    format!("{} and {last}", others.join(", "))
}

/// The same with its first letter large.
pub(crate) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().collect::<String>() + letters.as_str())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_and_places() {
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
    }

    #[test]
    fn counts_and_lists() {
        assert_eq!(
            [7, 1234, 1_234_567].map(thousands),
            ["7", "1\u{202f}234", "1\u{202f}234\u{202f}567"]
        );
        assert_eq!(list(&["a"]), "a");
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
        assert_eq!(list::<&str>(&[]), "");
        assert_eq!(sentence("recent races"), "Recent races");
    }
}
