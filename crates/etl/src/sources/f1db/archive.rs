//! An opened release: a zip of CSV files, whose cells are read as text.

use std::io::{Cursor, Read as _};

use polars::prelude::{CsvReadOptions, SerReader as _};
use zip::ZipArchive;

use super::sheet::{Sheet, SheetError};

/// The largest unpacked file, which refuses a zip bomb; real files have up to 4 MB.
const LARGEST_FILE: u64 = 512 << 20;

/// The zip is not a readable archive.
#[derive(Debug, thiserror::Error)]
#[error("not a readable release archive: {0}")]
pub struct ArchiveError(#[from] zip::result::ZipError);

/// An opened release.
pub struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
}

impl<'a> Archive<'a> {
    /// Reads the zip's directory, without unpacking a file.
    pub fn open(bytes: &'a [u8]) -> Result<Self, ArchiveError> {
        Ok(Self {
            zip: ZipArchive::new(Cursor::new(bytes))?,
        })
    }

    /// Unpacks and reads `f1db-{name}.csv`.
    pub fn sheet(&mut self, name: &str) -> Result<Sheet, SheetError> {
        let file = format!("f1db-{name}.csv");
        let text = self
            .unpack(&file)
            .map_err(|problem| SheetError::file(&file, problem))?;
        let frame = CsvReadOptions::default()
            .with_infer_schema_length(Some(0))
            .with_rechunk(true)
            .into_reader_with_file_handle(Cursor::new(text))
            .finish()
            .map_err(|error| SheetError::file(&file, error.to_string()))?;
        Sheet::new(file, &frame)
    }

    fn unpack(&mut self, file: &str) -> Result<Vec<u8>, String> {
        let entry = self.zip.by_name(file).map_err(|error| match error {
            zip::result::ZipError::FileNotFound => "the release lacks this file".to_owned(),
            other => other.to_string(),
        })?;
        let mut text = Vec::new();
        let size = entry
            .take(LARGEST_FILE + 1)
            .read_to_end(&mut text)
            .map_err(|error| error.to_string())?;
        if size as u64 > LARGEST_FILE {
            return Err("is far too large to be part of a release".to_owned());
        }
        Ok(text)
    }
}
