//! Numbers and names as a person would say or read them: chances, times, dates, points, sessions, drivers.

mod chances;
mod drivers;
mod names;
mod times;

pub(crate) use chances::{chances, frequency, movement, percent, signed, signed_points};
pub(crate) use drivers::DriverNames;
pub(crate) use names::{
    inputs, list_name, model_name, moment, moment_in_sentence, session_name, status_name,
};
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
pub(crate) fn ordinal(number: impl Into<i64>) -> String {
    let number = number.into();
    let ending = match (number % 100, number % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

/// A count with its noun: `1 win`, `3 wins`, `1,149 races`.
pub(crate) fn count(number: impl TryInto<i64>, one: &str, many: &str) -> String {
    let number = number.try_into().unwrap_or(i64::MAX);
    let noun = if number == 1 { one } else { many };
    format!("{} {noun}", thousands(number))
}

/// A count with its thousands apart: `3,456`.
pub(crate) fn thousands(count: impl Into<i64>) -> String {
    let digits = count.into().to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
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

/// The same with the noun: `25 points`, `1 point`.
pub(crate) fn count_points(number: f64) -> String {
    let text = points(number);
    let noun = if text == "1" { "point" } else { "points" };
    format!("{text} {noun}")
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

/// `2015–2025`, or one year.
pub(crate) fn years(first: i16, last: i16) -> String {
    if first == last {
        first.to_string()
    } else {
        format!("{first}–{last}")
    }
}

/// The text with a capital first letter.
pub(crate) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().collect::<String>() + letters.as_str())
        .unwrap_or_default()
}

/// The text with one full stop at its end, also after "Jr.".
pub(crate) fn ended(mut text: String) -> String {
    if !text.ends_with(['.', '?', '!', '…']) {
        text.push('.');
    }
    text
}

/// A value for a table cell; nothing where there is none.
pub(crate) fn or_empty(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// A value for a table cell; a dash where there is none.
pub(crate) fn or_dash(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| value.to_string())
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
            [0.0, 1.0, 1.5].map(count_points),
            ["0 points", "1 point", "1.5 points"]
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
            ["7", "1,234", "1,234,567"]
        );
        assert_eq!(count(1, "race", "races"), "1 race");
        assert_eq!(count(1149_usize, "race", "races"), "1,149 races");
        assert_eq!(list(&["a"]), "a");
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
        assert_eq!(list::<&str>(&[]), "");
        assert_eq!(
            [years(2015, 2025), years(2025, 2025)],
            ["2015–2025", "2025"]
        );
    }

    #[test]
    fn sentences_begin_with_a_capital_and_end_with_one_full_stop() {
        assert_eq!(capitalised("recent races"), "Recent races");
        assert_eq!(capitalised(""), "");
        assert_eq!(ended("Ann won".to_owned()), "Ann won.");
        assert_eq!(
            ended("Ann won ahead of Sainz Jr.".to_owned()),
            "Ann won ahead of Sainz Jr."
        );
    }
}
