//! One object of an answer as typed fields. Every error names the URL, the race and the field.

use std::{fmt, ops::RangeInclusive};

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::times;

/// The longest text, in bytes; real names and titles are much shorter.
const LONGEST_TEXT: usize = 200;

/// What is wrong with an answer, and where.
#[derive(Debug, thiserror::Error)]
pub struct ContentError {
    /// The URL that was asked for.
    pub url: String,
    /// Season and round, where the problem is in one.
    pub race: Option<(i16, i16)>,
    /// The path to the field, such as `Results[4].grid`.
    pub field: String,
    /// What is wrong with it.
    pub problem: String,
}

impl fmt::Display for ContentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.url)?;
        if let Some((year, round)) = self.race {
            write!(f, "{year} round {round}, ")?;
        }
        write!(f, "{}: {}", self.field, self.problem)
    }
}

/// A JSON object. Upstream leaves unknown values out; an empty text and `null` mean the same.
#[derive(Debug)]
pub(super) struct Node<'a> {
    url: &'a str,
    race: Option<(i16, i16)>,
    path: String,
    fields: &'a Map<String, Value>,
}

impl<'a> Node<'a> {
    /// The answer to `url`.
    pub(super) fn root(url: &'a str, answer: &'a Value) -> Result<Self, ContentError> {
        let fields = answer.as_object().ok_or_else(|| ContentError {
            url: url.to_owned(),
            race: None,
            field: "the answer".to_owned(),
            problem: format!("is {} where an object belongs", kind(answer)),
        })?;
        Ok(Self {
            url,
            race: None,
            path: String::new(),
            fields,
        })
    }

    /// The same object as a race: errors name the race instead of its place in the answer.
    pub(super) fn of_race(self, year: i16, round: i16) -> Self {
        Self {
            race: Some((year, round)),
            path: String::new(),
            ..self
        }
    }

    /// A text, `None` if it is absent or empty.
    pub(super) fn text(&self, field: &str) -> Result<Option<&'a str>, ContentError> {
        let text = match self.fields.get(field) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::String(text)) => text.as_str(),
            Some(other) => return Err(self.wrong_kind(field, other, "a text")),
        };
        if text.len() > LONGEST_TEXT || text.chars().any(char::is_control) {
            return Err(self.unlike(field, text, "a plain text"));
        }
        Ok(Some(text).filter(|text| !text.is_empty()))
    }

    /// A text that must be present.
    pub(super) fn word(&self, field: &str) -> Result<&'a str, ContentError> {
        let text = self.text(field)?;
        text.ok_or_else(|| self.error(field, "is missing"))
    }

    /// An id: letters, digits, `_` and `-`.
    pub(super) fn id(&self, field: &str) -> Result<String, ContentError> {
        let id = self.word(field)?;
        let plain = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-');
        if id.len() <= 80 && id.chars().all(plain) {
            return Ok(id.to_owned());
        }
        Err(self.unlike(field, id, "an id"))
    }

    /// Text read by `read`, `None` if it is absent or empty; what `read` refuses is not `kind`.
    pub(super) fn maybe<T>(
        &self,
        field: &str,
        kind: &str,
        read: impl FnOnce(&'a str) -> Option<T>,
    ) -> Result<Option<T>, ContentError> {
        self.text(field)?
            .map(|text| read(text).ok_or_else(|| self.unlike(field, text, kind)))
            .transpose()
    }

    /// Text read by `read`, which must be present.
    pub(super) fn read<T>(
        &self,
        field: &str,
        kind: &str,
        read: impl FnOnce(&'a str) -> Option<T>,
    ) -> Result<T, ContentError> {
        let value = self.maybe(field, kind, read)?;
        value.ok_or_else(|| self.error(field, "is missing"))
    }

    /// A number that must be present and in `range`.
    pub(super) fn number(
        &self,
        field: &str,
        range: RangeInclusive<i16>,
    ) -> Result<i16, ContentError> {
        let value = self.maybe_number(field, range)?;
        value.ok_or_else(|| self.error(field, "is missing"))
    }

    /// A number in `range`, `None` if it is absent or empty.
    pub(super) fn maybe_number(
        &self,
        field: &str,
        range: RangeInclusive<i16>,
    ) -> Result<Option<i16>, ContentError> {
        let kind = format!("a number from {} to {}", range.start(), range.end());
        self.maybe(field, &kind, |text| {
            let number = i16::try_from(times::digits(text)?).ok()?;
            range.contains(&number).then_some(number)
        })
    }

    /// A lap time, ms; `None` if it is absent, empty, or lost: of a time in whole seconds upstream keeps only the minutes
    /// (`1:54.000` becomes `1`) or nothing.
    pub(super) fn lap_time(&self, field: &str) -> Result<Option<i32>, ContentError> {
        if self
            .text(field)?
            .is_some_and(|text| times::digits(text).is_some())
        {
            return Ok(None);
        }
        self.maybe(field, "a lap time", |text| {
            times::milliseconds(text).filter(|ms| *ms > 0)
        })
    }

    /// A day, `None` if it is absent or empty.
    pub(super) fn maybe_date(&self, field: &str) -> Result<Option<NaiveDate>, ContentError> {
        let day = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
        self.maybe(field, "a day such as 2024-03-02", day)
    }

    /// A day that must be present.
    pub(super) fn date(&self, field: &str) -> Result<NaiveDate, ContentError> {
        let day = self.maybe_date(field)?;
        day.ok_or_else(|| self.error(field, "is missing"))
    }

    /// An object inside, `None` if it is absent.
    pub(super) fn maybe_node(&self, field: &str) -> Result<Option<Self>, ContentError> {
        match self.fields.get(field) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => self.child(field, value).map(Some),
        }
    }

    /// An object inside, which must be present.
    pub(super) fn node(&self, field: &str) -> Result<Self, ContentError> {
        let node = self.maybe_node(field)?;
        node.ok_or_else(|| self.error(field, "is missing"))
    }

    /// A list of objects, which must be present.
    pub(super) fn nodes(&self, field: &str) -> Result<Vec<Self>, ContentError> {
        match self.fields.get(field) {
            Some(Value::Array(values)) => values
                .iter()
                .enumerate()
                .map(|(index, value)| self.child(&format!("{field}[{index}]"), value))
                .collect(),
            None | Some(Value::Null) => Err(self.error(field, "is missing")),
            Some(other) => Err(self.wrong_kind(field, other, "a list")),
        }
    }

    /// An error about a field.
    pub(super) fn error(&self, field: &str, problem: impl Into<String>) -> ContentError {
        ContentError {
            url: self.url.to_owned(),
            race: self.race,
            field: self.path_to(field),
            problem: problem.into(),
        }
    }

    /// An error about a field whose text is not of a `kind`.
    pub(super) fn unlike(&self, field: &str, text: &str, kind: &str) -> ContentError {
        let mut shown: String = text.chars().take(40).collect();
        if shown.len() < text.len() {
            shown.push('…');
        }
        self.error(field, format!("{shown:?} does not read as {kind}"))
    }

    fn child(&self, field: &str, value: &'a Value) -> Result<Self, ContentError> {
        let fields = value
            .as_object()
            .ok_or_else(|| self.wrong_kind(field, value, "an object"))?;
        Ok(Self {
            url: self.url,
            race: self.race,
            path: self.path_to(field),
            fields,
        })
    }

    fn wrong_kind(&self, field: &str, value: &Value, wanted: &str) -> ContentError {
        let problem = format!("is {} where {wanted} belongs", kind(value));
        self.error(field, problem)
    }

    fn path_to(&self, field: &str) -> String {
        if self.path.is_empty() {
            return field.to_owned();
        }
        format!("{}.{field}", self.path)
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a bare number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
