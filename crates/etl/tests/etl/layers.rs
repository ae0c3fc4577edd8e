//! The layers of `lib.rs`: nothing below the jobs uses them.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Modules below `jobs`.
const BELOW: [&str; 17] = [
    "background.rs",
    "calendar",
    "calendar.rs",
    "context.rs",
    "dataset",
    "dataset.rs",
    "error_chain.rs",
    "evaluation",
    "evaluation.rs",
    "features",
    "predictions.rs",
    "frames.rs",
    "identity",
    "locks.rs",
    "merge",
    "race_filter.rs",
    "sources",
];
/// What they do not use.
const ABOVE: [&str; 4] = ["jobs", "tick", "serve", "cli"];

#[test]
fn nothing_below_the_jobs_uses_them() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for file in BELOW
        .iter()
        .flat_map(|module| rust_files(&source.join(module)))
    {
        let text = fs::read_to_string(&file).unwrap();
        let code: Vec<&str> = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect();
        let code = code.join("\n");
        for module in ABOVE {
            // `use crate::{…, jobs::…}` stands on a line of its own once it is formatted.
            let uses = [format!("crate::{module}"), format!("\n    {module}::")];
            let is_used = uses.iter().any(|path| code.contains(path));
            assert!(!is_used, "{} uses {module}", file.display());
        }
    }
}

/// The file, or all Rust files below a folder.
fn rust_files(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path).unwrap() {
        let entry = entry.unwrap().path();
        if entry.is_dir() {
            files.extend(rust_files(&entry));
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            files.push(entry);
        }
    }
    assert!(!files.is_empty(), "{} has no Rust files", path.display());
    files
}
