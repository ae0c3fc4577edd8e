//! CSV as F1DB writes it: text is always quoted, numbers and booleans are bare, null is empty.

use std::fmt::{self, Display, Write as _};

/// A value of a row.
pub(crate) enum Cell {
    Text(String),
    /// A number or a boolean, written bare.
    Bare(String),
    Null,
}

impl Cell {
    /// A number with a fixed count of decimals.
    pub(crate) fn decimal(value: f64, decimals: usize) -> Self {
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

bare!(bool, u8, i16, u16, u32, i32, i64, usize);

/// A row of values of different types.
macro_rules! cells {
    ($($value:expr),* $(,)?) => { [$($crate::release::csv::Cell::from($value)),*] };
}

pub(crate) use cells;

/// A file that rows are added to.
pub(crate) struct CsvFile {
    columns: usize,
    csv: String,
}

impl CsvFile {
    /// A file with only a header. Column names are separated by white space.
    pub(crate) fn new(header: &str) -> Self {
        let names: Vec<Cell> = header.split_whitespace().map(Cell::from).collect();
        let mut file = Self {
            columns: names.len(),
            csv: String::new(),
        };
        file.push(&names);
        file
    }

    /// Adds a row, which must have a value for every column.
    pub(crate) fn push(&mut self, row: &[Cell]) {
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
    pub(crate) fn into_csv(self) -> String {
        self.csv
    }
}

/// The cells of a line as written, with their quotes.
pub(crate) fn split(line: &str) -> Vec<&str> {
    let mut quoted = false;
    line.split(|letter| {
        quoted ^= letter == '"';
        letter == ',' && !quoted
    })
    .collect()
}

/// A time as text and in milliseconds.
pub(crate) fn time(millis: Option<i64>) -> [Cell; 2] {
    [millis.map(clock).into(), millis.into()]
}

/// A time behind another car, as text and in milliseconds.
pub(crate) fn gap(millis: Option<i64>) -> [Cell; 2] {
    [
        millis.map(|millis| format!("+{}", clock(millis))).into(),
        millis.into(),
    ]
}

/// A time as text: `25.004`, `1:25.004` or `1:01:25.004`.
pub(crate) fn clock(millis: i64) -> String {
    let (hours, minutes) = (millis / 3_600_000, millis / 60_000 % 60);
    let (seconds, millis) = (millis / 1000 % 60, millis % 1000);
    match (hours, minutes) {
        (0, 0) => format!("{seconds}.{millis:03}"),
        (0, _) => format!("{minutes}:{seconds:02}.{millis:03}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}.{millis:03}"),
    }
}
