//! A release's files as rows whose cells can be read and changed.

use std::{str::FromStr, sync::Arc};

/// A file.
#[derive(Clone)]
pub(super) struct Sheet {
    columns: Arc<[String]>,
    /// The rows below the header.
    pub(super) rows: Vec<Row>,
}

/// A row; its cells stand as written: text in quotes, numbers bare, null as nothing.
#[derive(Clone)]
pub(super) struct Row {
    columns: Arc<[String]>,
    cells: Vec<String>,
}

impl Sheet {
    /// Reads a file.
    pub(super) fn parse(csv: &str) -> Self {
        let mut lines = csv.lines();
        let header = split(lines.next().unwrap());
        let columns: Arc<[String]> = header.iter().map(|name| bare(name).to_owned()).collect();
        let row = |line| Row {
            columns: columns.clone(),
            cells: split(line),
        };
        let rows = lines.map(row).collect();
        Self { columns, rows }
    }

    /// Writes the rows that are wanted.
    pub(super) fn csv(&self, wanted: impl Fn(&Row) -> bool) -> String {
        let header: Vec<String> = self.columns.iter().map(|name| quoted(name)).collect();
        let rows = self.rows.iter().filter(|row| wanted(row));
        let lines = rows.map(|row| row.cells.join(",") + "\n");
        [header.join(",") + "\n"].into_iter().chain(lines).collect()
    }

    /// A row without a value.
    pub(super) fn blank(&self) -> Row {
        Row {
            columns: self.columns.clone(),
            cells: vec![String::new(); self.columns.len()],
        }
    }

    /// Whether there is such a column.
    pub(super) fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|name| name == column)
    }
}

impl Row {
    /// A cell as text; null is empty.
    pub(super) fn text(&self, column: &str) -> &str {
        bare(&self.cells[self.index(column)])
    }

    /// A cell as text, unless it is null.
    pub(super) fn maybe(&self, column: &str) -> Option<&str> {
        Some(self.text(column)).filter(|text| !text.is_empty())
    }

    /// A cell as a number, unless it is null.
    pub(super) fn number<T: FromStr>(&self, column: &str) -> Option<T> {
        let text = self.maybe(column)?;
        let number = text.parse().ok();
        assert!(number.is_some(), "{column}: {text:?} is not a number");
        number
    }

    /// Puts a text into a cell.
    pub(super) fn write(&mut self, column: &str, text: &str) {
        let index = self.index(column);
        self.cells[index] = quoted(text);
    }

    /// Puts a number or a boolean into a cell, or nothing.
    pub(super) fn put(&mut self, column: &str, value: Option<impl ToString>) {
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

fn split(line: &str) -> Vec<String> {
    let mut in_quotes = false;
    line.split(|letter| {
        in_quotes ^= letter == '"';
        letter == ',' && !in_quotes
    })
    .map(str::to_owned)
    .collect()
}
