//! The files of a release as tables whose cells can be read and changed.

use std::{str::FromStr, sync::Arc};

use crate::release::csv::split;

/// A file.
#[derive(Clone)]
pub(crate) struct Table {
    columns: Arc<[String]>,
    /// All rows but the header.
    pub(crate) rows: Vec<Row>,
}

/// A row. Its cells are as written: text in quotes, numbers bare, null empty.
#[derive(Clone)]
pub(crate) struct Row {
    columns: Arc<[String]>,
    cells: Vec<String>,
}

impl Table {
    /// Reads a file.
    pub(crate) fn parse(csv: &str) -> Self {
        let mut lines = csv.lines();
        let header = split(lines.next().unwrap()).into_iter();
        let columns: Arc<[String]> = header.map(|name| bare(name).to_owned()).collect();
        let row = |line| Row {
            columns: columns.clone(),
            cells: split(line).into_iter().map(str::to_owned).collect(),
        };
        let rows = lines.map(row).collect();
        Self { columns, rows }
    }

    /// Writes the wanted rows.
    pub(crate) fn csv(&self, wanted: impl Fn(&Row) -> bool) -> String {
        let header: Vec<String> = self.columns.iter().map(|name| quoted(name)).collect();
        let rows = self.rows.iter().filter(|row| wanted(row));
        let lines = rows.map(|row| row.cells.join(",") + "\n");
        [header.join(",") + "\n"].into_iter().chain(lines).collect()
    }

    /// A row of nulls.
    pub(crate) fn blank(&self) -> Row {
        Row {
            columns: self.columns.clone(),
            cells: vec![String::new(); self.columns.len()],
        }
    }

    /// Whether the file has a column.
    pub(crate) fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|name| name == column)
    }
}

impl Row {
    /// A cell as text, which is empty for null.
    pub(crate) fn text(&self, column: &str) -> &str {
        bare(&self.cells[self.index(column)])
    }

    /// A cell as text, if it is not null.
    pub(crate) fn maybe(&self, column: &str) -> Option<&str> {
        Some(self.text(column)).filter(|text| !text.is_empty())
    }

    /// A cell as a number, if it is not null.
    pub(crate) fn number<T: FromStr>(&self, column: &str) -> Option<T> {
        let text = self.maybe(column)?;
        let number = text.parse().ok();
        assert!(number.is_some(), "{column}: {text:?} is not a number");
        number
    }

    /// Writes text into a cell.
    pub(crate) fn put_text(&mut self, column: &str, text: &str) {
        let index = self.index(column);
        self.cells[index] = quoted(text);
    }

    /// Writes a number, a boolean or null into a cell.
    pub(crate) fn put(&mut self, column: &str, value: Option<impl ToString>) {
        let index = self.index(column);
        self.cells[index] = value.map(|value| value.to_string()).unwrap_or_default();
    }

    fn index(&self, column: &str) -> usize {
        let found = self.columns.iter().position(|name| name == column);
        found.unwrap_or_else(|| panic!("no column {column} among {:?}", self.columns))
    }
}

fn bare(cell: &str) -> &str {
    cell.trim_matches('"')
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}
