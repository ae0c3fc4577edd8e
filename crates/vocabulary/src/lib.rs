//! The words that tables, JSON and pages share. Each exists once, with the same spelling in Rust, SQL and JSON.
//!
//! The features `sqlx`, `serde` and `openapi` add what the database, the API and its description need.
//! The SQL types are created in `migrations/`; a test of the crate `schema` compares them with these enums.

/// Declares an enum with the name of its SQL type and the spelling of every variant.
///
/// A word is a `tt`, as `utoipa` ignores a `rename` to a `literal` of a macro.
macro_rules! words {
    ($(
        $(#[$doc:meta])*
        $name:ident as $sql:literal { $($(#[$variant_doc:meta])* $variant:ident = $word:tt),+ $(,)? }
    )+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = $sql))]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum $name {$(
            $(#[$variant_doc])*
            #[cfg_attr(feature = "sqlx", sqlx(rename = $word))]
            #[cfg_attr(feature = "serde", serde(rename = $word))]
            $variant
        ),+}

        impl $name {
            /// The name of the PostgreSQL enum.
            pub const SQL_TYPE: &'static str = $sql;
            /// Every variant, in the order of the PostgreSQL enum.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            const WORDS: &'static [&'static str] = &[$($word),+];

            /// The spelling in SQL and JSON.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::UnknownWord;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err($crate::UnknownWord { word: word.to_owned(), known: Self::WORDS }),
                }
            }
        }
    )+};
}

mod pipeline;
mod predictions;
mod results;
mod weekend;

pub use pipeline::{DataKind, EntityKind, JobOutcome, ProblemKind, Upstream};
pub use predictions::{EventKind, Moment, PredictionInput, PredictionKind, Score};
pub use results::{Championship, Contest, ResultStatus, StandingSource};
pub use weekend::{EventFormat, QualifyingFormat, RaceList, RaceStatus, SessionKind};

/// A text that is none of an enum's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{word:?} is none of {}", known.join(", "))]
pub struct UnknownWord {
    /// The text.
    pub word: String,
    /// The words of the enum.
    pub known: &'static [&'static str],
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_round_trip() {
        for status in RaceStatus::ALL {
            assert_eq!(status.as_str().parse(), Ok(*status));
        }
    }

    #[test]
    fn an_unknown_word_is_refused_with_the_known_ones() {
        let error = "Live".parse::<PredictionKind>().unwrap_err();
        assert_eq!(
            error.to_string(),
            r#""Live" is none of live, retrospective"#
        );
    }
}
