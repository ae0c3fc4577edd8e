//! An answer as rows of typed fields. Every error names the URL, the row and the field.

use std::{collections::HashMap, fmt, hash::Hash, ops::RangeInclusive};

use chrono::{DateTime, NaiveDateTime, Utc};
use serde_json::{Map, Value};

/// The longest time or gap of a session, in ms: six hours. A race ends at most four hours after its start.
const LONGEST_MS: f64 = 6.0 * 3_600_000.0;
/// The longest name, in characters.
const LONGEST_TEXT: usize = 120;

/// What is wrong with an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ContentError {
    url: String,
    row: Option<usize>,
    field: Option<&'static str>,
    problem: String,
}

impl fmt::Display for ContentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url)?;
        if let Some(row) = self.row {
            write!(f, ", row {row}")?;
        }
        if let Some(field) = self.field {
            write!(f, ", field {field}")?;
        }
        write!(f, ": {}", self.problem)
    }
}

impl ContentError {
    fn whole(url: &str, problem: impl Into<String>) -> Self {
        Self {
            url: url.to_owned(),
            row: None,
            field: None,
            problem: problem.into(),
        }
    }
}

/// An answer: a JSON list of objects.
pub(super) struct List {
    url: String,
    rows: Vec<Map<String, Value>>,
}

impl List {
    /// Parses the answer to `url`.
    pub(super) fn parse(url: &str, body: &[u8]) -> Result<Self, ContentError> {
        let value: Value = serde_json::from_slice(body)
            .map_err(|error| ContentError::whole(url, format!("is not JSON: {error}")))?;
        let Value::Array(items) = value else {
            return Err(ContentError::whole(
                url,
                format!("is not a list but {}", shown(&value)),
            ));
        };
        let mut rows = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            let Value::Object(fields) = item else {
                return Err(ContentError {
                    row: Some(index + 1),
                    ..ContentError::whole(url, format!("is not an object but {}", shown(&item)))
                });
            };
            rows.push(fields);
        }
        Ok(Self {
            url: url.to_owned(),
            rows,
        })
    }

    /// The rows in the order of the answer.
    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        let numbered = self.rows.iter().zip(1..);
        numbered.map(|(fields, number)| Row {
            url: &self.url,
            number,
            fields,
        })
    }

    /// Reads every row that `read` does not skip; `field` distinguishes rows. Equal rows count once. Rows of the same
    /// field that differ otherwise are an error: nothing in them says which is newer.
    pub(super) fn read<T: PartialEq, K: Hash + Eq>(
        &self,
        field: &'static str,
        key: impl Fn(&T) -> K,
        mut read: impl FnMut(Row<'_>) -> Result<Option<T>, ContentError>,
    ) -> Result<Vec<T>, ContentError> {
        let mut seen: HashMap<K, usize> = HashMap::new();
        let mut found: Vec<T> = Vec::with_capacity(self.rows.len());
        for row in self.rows() {
            let Some(item) = read(row)? else { continue };
            let first = *seen.entry(key(&item)).or_insert(found.len());
            match found.get(first) {
                None => found.push(item),
                Some(before) if *before == item => {}
                Some(_) => {
                    return Err(row.error(field, "was in an earlier row with other facts"));
                }
            }
        }
        Ok(found)
    }
}

/// One row of a [`List`]. A null field equals an absent one.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    url: &'a str,
    number: usize,
    fields: &'a Map<String, Value>,
}

impl<'a> Row<'a> {
    /// The field's value.
    pub(super) fn value(self, field: &str) -> Option<&'a Value> {
        self.fields.get(field).filter(|value| !value.is_null())
    }

    /// A whole number within `range`.
    pub(super) fn whole(
        self,
        field: &'static str,
        range: RangeInclusive<i32>,
    ) -> Result<Option<i32>, ContentError> {
        let Some(value) = self.value(field) else {
            return Ok(None);
        };
        let number = value.as_f64().filter(|number| number.fract() == 0.0);
        let (low, high) = (*range.start(), *range.end());
        match number {
            Some(number) if (f64::from(low)..=f64::from(high)).contains(&number) => {
                Ok(Some(rounded(number)))
            }
            _ => Err(self.unlike(
                field,
                value,
                &format!("a whole number from {low} to {high}"),
            )),
        }
    }

    /// The same for numbers that fit 16 bits.
    pub(super) fn small(
        self,
        field: &'static str,
        range: RangeInclusive<i16>,
    ) -> Result<Option<i16>, ContentError> {
        let number = self.whole(field, i32::from(*range.start())..=i32::from(*range.end()))?;
        let narrow = |number| i16::try_from(number).map_err(|_| self.error(field, "is too large"));
        number.map(narrow).transpose()
    }

    /// One of upstream's keys: a positive whole number, which must be present.
    pub(super) fn key(self, field: &'static str) -> Result<i32, ContentError> {
        self.whole(field, 1..=i32::MAX)?
            .ok_or_else(|| self.error(field, "is missing"))
    }

    /// Checks that the row belongs to what was asked for.
    pub(super) fn is_of(self, field: &'static str, asked: i32) -> Result<(), ContentError> {
        let key = self.key(field)?;
        if key == asked {
            return Ok(());
        }
        Err(self.error(field, format!("is {key}, asked was {asked}")))
    }

    /// A car's number, which must be present, as text.
    pub(super) fn car_number(self) -> Result<String, ContentError> {
        let number = self.whole("driver_number", 0..=999)?;
        let number = number.ok_or_else(|| self.error("driver_number", "is missing"))?;
        Ok(number.to_string())
    }

    /// A place in a list, 1 to 99.
    pub(super) fn place(self) -> Result<Option<i16>, ContentError> {
        self.small("position", 1..=99)
    }

    /// Text without surrounding space; empty text is none.
    pub(super) fn text(self, field: &'static str) -> Result<Option<&'a str>, ContentError> {
        let Some(value) = self.value(field) else {
            return Ok(None);
        };
        let text = value.as_str().map(str::trim).filter(|text| {
            text.chars().count() <= LONGEST_TEXT && !text.chars().any(char::is_control)
        });
        let text = text.ok_or_else(|| self.unlike(field, value, "short plain text"))?;
        Ok(Some(text).filter(|text| !text.is_empty()))
    }

    /// Text that must be present.
    pub(super) fn word(self, field: &'static str) -> Result<&'a str, ContentError> {
        self.text(field)?
            .ok_or_else(|| self.error(field, "is missing"))
    }

    /// True or false; false if absent.
    pub(super) fn flag(self, field: &'static str) -> Result<bool, ContentError> {
        self.value(field).map_or(Ok(false), |value| {
            value
                .as_bool()
                .ok_or_else(|| self.unlike(field, value, "true or false"))
        })
    }

    /// An instant, which must be present. Without an offset (in older rows) it is UTC.
    pub(super) fn instant(self, field: &'static str) -> Result<DateTime<Utc>, ContentError> {
        let text = self.word(field)?;
        let aware = DateTime::parse_from_rfc3339(text).map(|instant| instant.to_utc());
        let naive = || text.parse::<NaiveDateTime>().map(|naive| naive.and_utc());
        aware.or_else(|_| naive()).map_err(|_| {
            let value = Value::String(text.to_owned());
            self.unlike(field, &value, "an instant")
        })
    }

    /// Seconds as whole milliseconds, at least one.
    pub(super) fn millis(self, field: &'static str) -> Result<Option<i32>, ContentError> {
        self.value(field)
            .map(|seconds| self.as_millis(field, seconds, 1))
            .transpose()
    }

    /// Seconds as whole milliseconds, `least` or more and no longer than a session.
    pub(super) fn as_millis(
        self,
        field: &'static str,
        seconds: &Value,
        least: i32,
    ) -> Result<i32, ContentError> {
        let ms = seconds.as_f64().map(|seconds| (seconds * 1000.0).round());
        match ms {
            Some(ms) if (f64::from(least)..=LONGEST_MS).contains(&ms) => Ok(rounded(ms)),
            _ => Err(self.unlike(field, seconds, "seconds of a session")),
        }
    }

    /// The same for a list of exactly three, each of which may be null.
    pub(super) fn three(
        self,
        field: &'static str,
        items: &[Value],
        least: i32,
    ) -> Result<[Option<i32>; 3], ContentError> {
        let mut times = [None; 3];
        if items.len() != times.len() {
            return Err(self.error(field, format!("has {} items, not 3", items.len())));
        }
        for (time, item) in times.iter_mut().zip(items) {
            if !item.is_null() {
                *time = Some(self.as_millis(field, item, least)?);
            }
        }
        Ok(times)
    }

    /// An error about this field.
    pub(super) fn error(self, field: &'static str, problem: impl Into<String>) -> ContentError {
        ContentError {
            row: Some(self.number),
            field: Some(field),
            ..ContentError::whole(self.url, problem)
        }
    }

    /// An error about a value that is not of a `kind`.
    pub(super) fn unlike(self, field: &'static str, value: &Value, kind: &str) -> ContentError {
        self.error(field, format!("{} does not read as {kind}", shown(value)))
    }
}

/// A value as JSON, shortened to fit a line.
fn shown(value: &Value) -> String {
    let text = value.to_string();
    let mut shown: String = text.chars().take(40).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

/// The nearest whole number of a number in bounds.
#[expect(
    clippy::cast_possible_truncation,
    reason = "callers have checked the bounds"
)]
pub(super) fn rounded(number: f64) -> i32 {
    number.round() as i32
}
