//! One CSV file of a release as rows of typed cells. Every error names the file, the line and the column.

use std::{collections::HashMap, fmt, str::FromStr};

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use polars::prelude::{DataFrame, StringChunked};

/// What is wrong with a file of a release.
#[derive(Debug, thiserror::Error)]
pub struct SheetError {
    file: String,
    line: Option<usize>,
    column: Option<String>,
    problem: String,
}

impl fmt::Display for SheetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ", column {column}")?;
        }
        write!(f, ": {}", self.problem)
    }
}

impl SheetError {
    /// An error about a whole file.
    pub fn file(file: &str, problem: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line: None,
            column: None,
            problem: problem.into(),
        }
    }
}

/// A day, and the UTC instant if the time is known.
pub type SessionTime = (NaiveDate, Option<DateTime<Utc>>);

/// A file of a release: all cells are text, columns go by name, since releases add columns in the middle.
pub struct Sheet {
    file: String,
    columns: HashMap<String, StringChunked>,
    height: usize,
}

impl Sheet {
    /// Splits the frame into text columns.
    pub fn new(file: String, frame: &DataFrame) -> Result<Self, SheetError> {
        let height = frame.height();
        let mut columns = HashMap::new();
        for column in frame.columns() {
            let text = column
                .str()
                .map_err(|error| SheetError::file(&file, error.to_string()))?;
            columns.insert(column.name().to_string(), text.clone());
        }
        Ok(Self {
            file,
            columns,
            height,
        })
    }

    /// Reads every row in file order.
    pub fn read<T>(
        &self,
        read: impl FnMut(Row<'_>) -> Result<T, SheetError>,
    ) -> Result<Vec<T>, SheetError> {
        (0..self.height)
            .map(|index| Row { sheet: self, index })
            .map(read)
            .collect()
    }
}

/// One row of a [`Sheet`].
#[derive(Clone, Copy)]
pub struct Row<'a> {
    sheet: &'a Sheet,
    index: usize,
}

impl<'a> Row<'a> {
    /// The cell's text, `None` if it is empty.
    pub fn text(self, column: &str) -> Result<Option<&'a str>, SheetError> {
        let cells = self.sheet.columns.get(column).ok_or_else(|| SheetError {
            line: Some(1),
            ..self.error(column, "the file lacks this column")
        })?;
        Ok(cells.get(self.index).filter(|text| !text.is_empty()))
    }

    /// The cell's text, which must not be empty.
    pub fn word(self, column: &str) -> Result<&'a str, SheetError> {
        self.text(column)?
            .ok_or_else(|| self.error(column, "is empty"))
    }

    /// The cell as a `T`, `None` if it is empty.
    pub fn maybe<T: FromStr>(self, column: &str) -> Result<Option<T>, SheetError> {
        self.text(column)?
            .map(|text| self.parse(column, text))
            .transpose()
    }

    /// The cell as a `T`, which must not be empty.
    pub fn get<T: FromStr>(self, column: &str) -> Result<T, SheetError> {
        self.parse(column, self.word(column)?)
    }

    /// The value of `known` under the cell's key.
    pub fn lookup<T: Copy>(
        self,
        column: &str,
        known: &HashMap<String, T>,
    ) -> Result<T, SheetError> {
        let key = self.word(column)?;
        known
            .get(key)
            .copied()
            .ok_or_else(|| self.error(column, format!("{key:?} is not in the release's own list")))
    }

    /// A place in a list, 1 to 99, `None` if the cell is empty.
    pub fn place(self, column: &str) -> Result<Option<i16>, SheetError> {
        match self.maybe::<i16>(column)? {
            Some(place) if !(1..=99).contains(&place) => {
                Err(self.error(column, format!("{place} is not a place")))
            }
            place => Ok(place),
        }
    }

    /// A key: small letters, digits and hyphens.
    pub fn key(self, column: &str) -> Result<&'a str, SheetError> {
        let key = self.word(column)?;
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if key.len() <= 80 && key.bytes().all(plain) && !key.starts_with('-') && !key.ends_with('-')
        {
            return Ok(key);
        }
        Err(self.unlike(column, key, "a key"))
    }

    /// Exactly `length` characters.
    pub fn code(self, column: &str, length: usize) -> Result<&'a str, SheetError> {
        let code = self.word(column)?;
        if code.chars().count() == length {
            return Ok(code);
        }
        Err(self.unlike(column, code, &format!("a code of {length} letters")))
    }

    /// A finite decimal number.
    pub fn decimal(self, column: &str) -> Result<f64, SheetError> {
        let value: f64 = self.get(column)?;
        if value.is_finite() {
            Ok(value)
        } else {
            Err(self.error(column, "is not a finite number"))
        }
    }

    /// Kilometres with decimals, as whole metres.
    pub fn metres(self, column: &str) -> Result<i32, SheetError> {
        let metres = (self.decimal(column)? * 1000.0).round();
        if (1.0..1e6).contains(&metres) {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "checked to be a whole number below a million"
            )]
            return Ok(metres as i32);
        }
        Err(self.error(column, "is not a length in kilometres"))
    }

    /// A `…Date` and its `…Time` column: the day, and the UTC instant if the time is known.
    pub fn session(self, date: &str, time: &str) -> Result<Option<SessionTime>, SheetError> {
        let Some(day) = self.maybe::<NaiveDate>(date)? else {
            return Ok(None);
        };
        let clock = self
            .text(time)?
            .map(|text| {
                NaiveTime::parse_from_str(text, "%H:%M")
                    .map_err(|_| self.unlike(time, text, "a time of day"))
            })
            .transpose()?;
        Ok(Some((
            day,
            clock.map(|clock| day.and_time(clock).and_utc()),
        )))
    }

    /// A list joined with `;`.
    pub fn list<T: FromStr>(self, column: &str) -> Result<Vec<T>, SheetError> {
        match self.text(column)? {
            None => Ok(Vec::new()),
            Some(text) => text
                .split(';')
                .map(|item| self.parse(column, item))
                .collect(),
        }
    }

    /// An error about this cell.
    pub fn error(self, column: &str, problem: impl Into<String>) -> SheetError {
        SheetError {
            file: self.sheet.file.clone(),
            line: Some(self.index + 2),
            column: Some(column.to_owned()),
            problem: problem.into(),
        }
    }

    fn parse<T: FromStr>(self, column: &str, text: &str) -> Result<T, SheetError> {
        text.parse().map_err(|_| {
            let kind = std::any::type_name::<T>();
            self.unlike(column, text, kind.rsplit("::").next().unwrap_or(kind))
        })
    }

    fn unlike(self, column: &str, text: &str, kind: &str) -> SheetError {
        let mut shown: String = text.chars().take(40).collect();
        if shown.len() < text.len() {
            shown.push('…');
        }
        self.error(column, format!("{shown:?} does not read as {kind}"))
    }
}
