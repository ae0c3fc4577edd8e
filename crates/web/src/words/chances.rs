//! Chances and how they change.

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

/// A change of a chance in whole points of per cent: `+12`, `−7`, `0`.
pub(crate) fn moved(change: f64) -> String {
    let points = format!("{:.0}", 100.0 * change.abs());
    match (points.as_str(), change < 0.0) {
        ("0", _) => points,
        (_, true) => format!("−{points}"),
        (_, false) => format!("+{points}"),
    }
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
    fn changes_carry_their_sign() {
        assert_eq!(
            [0.124, -0.07, 0.004, -0.004].map(moved),
            ["+12", "−7", "0", "0"]
        );
        assert_eq!(
            [0.424, -1.3, -0.001].map(signed),
            ["+0.42", "−1.30", "+0.00"]
        );
    }
}
