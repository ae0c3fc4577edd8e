//! What commands write for people. A reader that goes away, as in `f1-etl status | head -1`, is no error: it has read what
//! it wanted.

use std::{
    fmt::Display,
    io::{self, ErrorKind, Write as _},
};

use anyhow::Result;

/// Writes text to standard output. Once the reader has gone away it does nothing, and a job goes on.
pub(super) fn print(text: impl Display) -> Result<()> {
    let mut out = io::stdout().lock();
    let written = write!(out, "{text}").and_then(|()| out.flush());
    unless_reader_left(written.map_err(Into::into))
}

/// Writes a line to standard output.
pub(super) fn print_line(line: impl Display) -> Result<()> {
    print(format_args!("{line}\n"))
}

/// Writes a value as JSON to standard output.
pub(super) fn print_json(value: &impl serde::Serialize) -> Result<()> {
    print_line(serde_json::to_string_pretty(value)?)
}

/// Writes a line to standard error, which carries remarks only: a remark that nobody reads is lost.
pub(super) fn remark(line: impl Display) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// The outcome of writing to standard output, where a closed pipe is a success.
pub(super) fn unless_reader_left(written: Result<()>) -> Result<()> {
    let is_closed = |error: &io::Error| error.kind() == ErrorKind::BrokenPipe;
    match written {
        Err(error) if error.downcast_ref::<io::Error>().is_some_and(is_closed) => Ok(()),
        other => other,
    }
}
