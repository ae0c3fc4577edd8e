//! Chances in words and in per cent, and how they change.
//!
//! A chance is rounded once, by [`whole`]; words, percentages and differences all start from that number.

/// Fractions that people say, rising: the value, and the words before and after "time" or "chance".
const FRACTIONS: [(f64, &str, &str); 17] = [
    (0.02, "one", "in fifty"),
    (0.033, "one", "in thirty"),
    (0.05, "one", "in twenty"),
    (0.1, "one", "in ten"),
    (0.143, "one", "in seven"),
    (0.2, "one", "in five"),
    (0.25, "one", "in four"),
    (0.3, "three", "in ten"),
    (0.333, "one", "in three"),
    (0.4, "two", "in five"),
    (0.5, "one", "in two"),
    (0.6, "three", "in five"),
    (0.667, "two", "in three"),
    (0.75, "three", "in four"),
    (0.8, "four", "in five"),
    (0.9, "nine", "in ten"),
    (0.95, "nineteen", "in twenty"),
];

/// How often something happens: "a little more than one time in two".
pub(crate) fn frequency(chance: f64) -> String {
    if whole(chance) >= 98.0 {
        return "almost every time".to_owned();
    }
    fraction(chance, "time", "times")
}

/// How much of a chance was given: "about two chances in three".
pub(crate) fn chances(chance: f64) -> String {
    if whole(chance) >= 98.0 {
        return "more than ninety-seven chances in a hundred".to_owned();
    }
    fraction(chance, "chance", "chances")
}

fn fraction(chance: f64, one: &str, many: &str) -> String {
    if chance < 0.01 {
        return format!("less than one {one} in a hundred");
    }
    let chance = whole(chance) / 100.0;
    if chance < 0.0145 {
        return format!("about one {one} in a hundred");
    }
    let (nearest, count, of) = FRACTIONS
        .into_iter()
        .min_by(|a, b| (a.0 - chance).abs().total_cmp(&(b.0 - chance).abs()))
        .unwrap_or((0.5, "one", "in two"));
    let noun = if count == "one" { one } else { many };
    let off = chance - nearest;
    let closeness = 0.06 * nearest.min(1.0 - nearest).max(0.05);
    let nearness = match off {
        _ if off.abs() <= closeness => "about",
        _ if off > 0.0 => "a little more than",
        _ => "a little less than",
    };
    format!("{nearness} {count} {noun} {of}")
}

/// A chance in whole per cent: the one place where chances are rounded.
fn whole(chance: f64) -> f64 {
    (100.0 * chance).round_ties_even()
}

/// A chance in whole per cent, without the sign: `<1` and `>99` at the ends, never 0 or 100.
pub(crate) fn percent(chance: f64) -> String {
    if chance < 0.01 {
        "<1".to_owned()
    } else if chance > 0.99 {
        ">99".to_owned()
    } else {
        whole(chance).to_string()
    }
}

/// How far a chance moved between the two as they are shown.
pub(crate) fn movement(before: f64, now: f64) -> f64 {
    whole(now) / 100.0 - whole(before) / 100.0
}

/// A movement in percentage points with its sign: `+12`, `−7`, `0`.
pub(crate) fn signed_points(movement: f64) -> String {
    let points = 100.0 * movement;
    let size = points.abs();
    match points.total_cmp(&0.0) {
        _ if size < 0.5 => "0".to_owned(),
        std::cmp::Ordering::Less => format!("−{size:.0}"),
        _ => format!("+{size:.0}"),
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
        for (chance, words) in [
            (0.003, "less than one chance in a hundred"),
            (0.1, "about one chance in ten"),
            (0.667, "about two chances in three"),
            (0.99, "more than ninety-seven chances in a hundred"),
        ] {
            assert_eq!(chances(chance), words, "{chance}");
        }
    }

    #[test]
    fn chances_with_the_same_percentage_have_the_same_words() {
        for (a, b) in [(0.5351, 0.5449), (0.4651, 0.4749), (0.9751, 0.9849)] {
            assert_eq!(percent(a), percent(b));
            assert_eq!(frequency(a), frequency(b), "{a} {b}");
        }
    }

    #[test]
    fn percentages_are_never_0_or_100() {
        for (chance, text) in [
            (0.0, "<1"),
            (0.0099, "<1"),
            (0.01, "1"),
            (0.524, "52"),
            (0.525, "52"),
            (0.99, "99"),
            (0.999, ">99"),
        ] {
            assert_eq!(percent(chance), text, "{chance}");
        }
    }

    #[test]
    fn movements_are_between_the_percentages_shown_and_carry_their_sign() {
        let moved = |before, now| signed_points(movement(before, now));
        assert_eq!(moved(0.484, 0.604), "+12");
        assert_eq!(moved(0.37, 0.302), "−7");
        assert_eq!(moved(0.0951, 0.1049), "0");
        assert_eq!(
            [0.424, -1.3, -0.001].map(signed),
            ["+0.42", "−1.30", "+0.00"]
        );
    }
}
