//! Championship points.

use std::{fmt, str::FromStr};

/// Championship points in hundredths, exact: halves, thirds and sevenths were awarded. `NUMERIC(7,2)` in SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Points(pub i32);

/// A text that is not a number of points.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a number of points")]
pub struct InvalidPoints(pub String);

impl FromStr for Points {
    type Err = InvalidPoints;

    /// Parses `25`, `12.5` or `8.14`.
    fn from_str(text: &str) -> Result<Self, InvalidPoints> {
        let invalid = || InvalidPoints(text.to_owned());
        let (whole, cents) = text.split_once('.').unwrap_or((text, "0"));
        let digits =
            |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(cents) || whole.len() > 5 || cents.len() > 2 {
            return Err(invalid());
        }
        let whole: i32 = whole.parse().map_err(|_| invalid())?;
        let hundredths: i32 = format!("{cents:0<2}").parse().map_err(|_| invalid())?;
        Ok(Self(whole * 100 + hundredths))
    }
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_exact() {
        for (text, hundredths) in [
            ("25", 2500),
            ("12.5", 1250),
            ("8.14", 814),
            ("0.14", 14),
            ("10855.0", 1_085_500),
        ] {
            assert_eq!(text.parse(), Ok(Points(hundredths)), "{text}");
        }
        for text in ["", "-1", "1.", ".5", "1.234", "1e3", "NaN", "123456"] {
            assert!(text.parse::<Points>().is_err(), "{text}");
        }
        assert_eq!(Points(814).to_string(), "8.14");
    }
}
