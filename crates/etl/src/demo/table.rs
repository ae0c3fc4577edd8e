//! The writing of CSV as the release has it: text always quoted, numbers and booleans bare, null as nothing.

use std::fmt::{self, Display, Write as _};

/// One value of a row.
pub(super) enum Cell {
    Text(String),
    /// A number or a boolean, written bare.
    Bare(String),
    Null,
}

impl Cell {
    /// A number with a fixed count of decimals.
    pub(super) fn decimal(value: f64, decimals: usize) -> Self {
        Self::Bare(format!("{value:.decimals$}"))
    }
}

impl Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "\"{}\"", text.replace('"', "\"\"")),
            Self::Bare(text) => f.write_str(text),
            Self::Null => Ok(()),
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

macro_rules! bare {
    ($($kind:ty),*) => {$(
        impl From<$kind> for Cell {
            fn from(value: $kind) -> Self {
                Self::Bare(value.to_string())
            }
        }
    )*};
}

bare!(bool, u8, u16, u32, i32, i64, usize);

/// A row of values of several types.
macro_rules! cells {
    ($($value:expr),* $(,)?) => { [$($crate::demo::table::Cell::from($value)),*] };
}

pub(super) use cells;

/// A file in the making.
pub(super) struct Table {
    columns: usize,
    csv: String,
}

impl Table {
    /// A file with its header only. Column names are separated by white space.
    pub(super) fn new(header: &str) -> Self {
        let names: Vec<Cell> = header.split_whitespace().map(Cell::from).collect();
        let mut table = Self {
            columns: names.len(),
            csv: String::new(),
        };
        table.push(&names);
        table
    }

    /// Adds a row, which has a value for every column.
    pub(super) fn push(&mut self, row: &[Cell]) {
        debug_assert_eq!(
            row.len(),
            self.columns,
            "a value for every column of: {}",
            self.csv.lines().next().unwrap_or_default()
        );
        for (index, cell) in row.iter().enumerate() {
            if index > 0 {
                self.csv.push(',');
            }
            write!(self.csv, "{cell}").expect("a String accepts all text");
        }
        self.csv.push('\n');
    }

    /// The whole file.
    pub(super) fn into_csv(self) -> String {
        self.csv
    }
}

/// The values of a line as written, still quoted.
pub(super) fn split(line: &str) -> Vec<&str> {
    let mut quoted = false;
    line.split(|letter| {
        quoted ^= letter == '"';
        letter == ',' && !quoted
    })
    .collect()
}

/// A time with its twin in milliseconds.
pub(super) fn time(millis: Option<i64>) -> [Cell; 2] {
    [millis.map(clock).into(), millis.into()]
}

/// A time behind another car, with its twin in milliseconds.
pub(super) fn gap(millis: Option<i64>) -> [Cell; 2] {
    [
        millis.map(|millis| format!("+{}", clock(millis))).into(),
        millis.into(),
    ]
}

/// `25.004`, `1:25.004` or `1:01:25.004`.
fn clock(millis: i64) -> String {
    let (hours, minutes) = (millis / 3_600_000, millis / 60_000 % 60);
    let (seconds, millis) = (millis / 1000 % 60, millis % 1000);
    match (hours, minutes) {
        (0, 0) => format!("{seconds}.{millis:03}"),
        (0, _) => format!("{minutes}:{seconds:02}.{millis:03}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}.{millis:03}"),
    }
}
