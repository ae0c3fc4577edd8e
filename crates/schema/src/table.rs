//! Row types with their table's name, columns and natural key, and their encoding for `COPY`.

use chrono::{DateTime, NaiveDate, Utc};

use crate::{
    Championship, CircuitId, Contest, DriverId, EventFormat, EventKind, LineageId, ModelFitId,
    Moment, Points, PredictionInput, PredictionKind, QualifyingFormat, RaceId, RaceStatus,
    ResultStatus, Score, SessionKind, StandingSource, TeamId,
};

/// A row of one table. [`table!`](crate::table!) declares it, so that fields and columns are always the same.
pub trait Table {
    /// The table, or the parent of the partitions.
    const NAME: &'static str;
    /// Columns in the order of the fields.
    const COLUMNS: &'static [&'static str];
    /// The natural key: two rows with the same key are versions of one row.
    const KEY: &'static [&'static str];

    /// Appends the row in PostgreSQL's text `COPY` format, newline included.
    fn copy_to(&self, out: &mut String);
}

/// A value in PostgreSQL's text `COPY` format.
pub trait CopyValue {
    /// Appends the value. The caller writes the delimiters.
    fn copy_to(&self, out: &mut String);
}

impl CopyValue for String {
    fn copy_to(&self, out: &mut String) {
        for character in self.chars() {
            match character {
                '\\' => out.push_str("\\\\"),
                '\t' => out.push_str("\\t"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                _ => out.push(character),
            }
        }
    }
}

impl<T: CopyValue> CopyValue for Option<T> {
    fn copy_to(&self, out: &mut String) {
        match self {
            Some(value) => value.copy_to(out),
            None => out.push_str("\\N"),
        }
    }
}

impl CopyValue for bool {
    fn copy_to(&self, out: &mut String) {
        out.push(if *self { 't' } else { 'f' });
    }
}

impl<T: CopyValue> CopyValue for Vec<T> {
    /// Writes an array of numbers or words, whose elements need no quoting.
    fn copy_to(&self, out: &mut String) {
        out.push('{');
        for (index, value) in self.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            value.copy_to(out);
        }
        out.push('}');
    }
}

impl CopyValue for DateTime<Utc> {
    fn copy_to(&self, out: &mut String) {
        out.push_str(&self.to_rfc3339());
    }
}

macro_rules! copy_displayed {
    ($($kind:ty),+) => {$(
        impl CopyValue for $kind {
            fn copy_to(&self, out: &mut String) {
                use std::fmt::Write as _;
                write!(out, "{self}").expect("writing to a String cannot fail");
            }
        }
    )+};
}
copy_displayed!(
    i16,
    i32,
    i64,
    f64,
    NaiveDate,
    Points,
    Contest,
    RaceStatus,
    EventFormat,
    SessionKind,
    ResultStatus,
    QualifyingFormat,
    Championship,
    StandingSource,
    Moment,
    PredictionKind,
    PredictionInput,
    EventKind,
    Score
);

macro_rules! copy_ids {
    ($($kind:ty),+) => {$(
        impl CopyValue for $kind {
            fn copy_to(&self, out: &mut String) {
                self.0.copy_to(out);
            }
        }
    )+};
}
copy_ids!(DriverId, TeamId, LineageId, CircuitId, RaceId, ModelFitId);

/// Declares a row type with its table and natural key. Each field is the column of the same name.
#[macro_export]
macro_rules! table {
    ($(#[$doc:meta])* $name:ident in $table:literal keyed by [$($key:ident),+] {
        $($(#[$fdoc:meta])* $field:ident: $kind:ty),+ $(,)?
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name { $($(#[$fdoc])* pub $field: $kind),+ }

        impl $crate::table::Table for $name {
            const NAME: &'static str = $table;
            const COLUMNS: &'static [&'static str] = &[$(stringify!($field)),+];
            const KEY: &'static [&'static str] = &[$(stringify!($key)),+];

            fn copy_to(&self, out: &mut String) {
                $(
                    $crate::table::CopyValue::copy_to(&self.$field, out);
                    out.push('\t');
                )+
                out.pop();
                out.push('\n');
            }
        }
    };
}
