//! The shared release without its older seasons, which these tests do not need and which take long to load.

use std::{
    fs,
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
    sync::OnceLock,
};

use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

/// The oldest season that is kept, a few before the first weekend of these tests.
const FIRST: i16 = 2018;

/// The path of the shortened archive. `None` without the shared folder.
pub(crate) fn recent() -> Option<&'static Path> {
    static ARCHIVE: OnceLock<Option<PathBuf>> = OnceLock::new();
    ARCHIVE.get_or_init(shorten).as_deref()
}

fn shorten() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/upstream/f1db");
    let whole = fs::File::open(folder.join("f1db-csv.zip")).ok()?;
    let mut whole = ZipArchive::new(whole).unwrap();
    let mut recent = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for index in 0..whole.len() {
        let mut file = whole.by_index(index).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        let header = text.lines().next().unwrap();
        let mut columns = header.split(',').take(2);
        let year = columns.position(|column| column == "\"year\"");
        let kept = text.lines().enumerate().filter(|(index, line)| {
            let cell = year.and_then(|at| line.split(',').nth(at));
            *index == 0 || cell.is_none_or(|cell| cell.parse::<i16>().unwrap() >= FIRST)
        });
        let kept: Vec<&str> = kept.map(|(_, line)| line).collect();
        recent
            .start_file(file.name().unwrap(), SimpleFileOptions::default())
            .unwrap();
        recent
            .write_all(format!("{}\n", kept.join("\n")).as_bytes())
            .unwrap();
    }
    // A concurrent test run writes the same bytes. The replay server reads when releases came out from the second file.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("recent-seasons");
    fs::create_dir_all(&target).unwrap();
    fs::copy(folder.join("releases.csv"), target.join("releases.csv")).ok();
    let (archive, part) = (
        target.join("f1db-csv.zip"),
        target.join(format!("{}.part", std::process::id())),
    );
    fs::write(&part, recent.finish().unwrap().into_inner()).unwrap();
    fs::rename(part, &archive).unwrap();
    Some(archive)
}
