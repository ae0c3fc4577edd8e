//! Finds PostgreSQL's programs on this machine.

use std::{
    cmp::Reverse,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail, ensure};

use crate::environment::Environment;

/// The oldest supported major version.
pub(super) const OLDEST: u32 = 15;

/// The required programs: the first creates a cluster, the second serves it.
const PROGRAMS: [&str; 2] = ["initdb", "postgres"];

/// A folder with PostgreSQL's server programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    /// The path of the folder.
    pub folder: PathBuf,
    /// The major version, such as 15.
    pub major: u32,
}

impl Binaries {
    /// The path of one program.
    #[must_use]
    pub fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// All installations found, best first: only that of `PG_BIN` if it is set; else Debian's and
/// Homebrew's, newest first, then that on `PATH`.
pub(super) fn find_all(environment: &Environment) -> Result<Vec<Binaries>> {
    if let Some(folder) = &environment.pg_bin {
        for name in PROGRAMS {
            ensure!(
                folder.join(name).is_file(),
                "PG_BIN is {}, which has no `{name}`: set it to the folder of PostgreSQL's server programs",
                folder.display()
            );
        }
        return Ok(vec![inspect(folder)?]);
    }
    let packages = [
        ("/usr/lib/postgresql", ""),
        ("/opt/homebrew/opt", "postgresql@"),
        ("/usr/local/opt", "postgresql@"),
    ];
    let packaged = packages
        .iter()
        .flat_map(|(parent, prefix)| numbered(Path::new(parent), prefix));
    let on_path = environment.folder_on_path(&PROGRAMS).cloned();
    Ok(packaged
        .chain(on_path)
        .filter(|folder| PROGRAMS.iter().all(|name| folder.join(name).is_file()))
        // A broken installation is skipped.
        .filter_map(|folder| inspect(&folder).ok())
        .collect())
}

/// Chooses an installation: the first that is new enough, or the one of an existing cluster's
/// major version.
pub(super) fn select(found: &[Binaries], existing: Option<(&Path, u32)>) -> Result<Binaries> {
    let mut usable = found.iter().filter(|binaries| binaries.major >= OLDEST);
    let Some(first) = usable.clone().next() else {
        let folders = found
            .iter()
            .map(|binaries| {
                format!(
                    "version {} in {}",
                    binaries.major,
                    binaries.folder.display()
                )
            })
            .collect::<Vec<_>>()
            .join(", ");
        bail!(
            "PostgreSQL is too old ({folders}): install {OLDEST} or newer, or set PG_BIN to the folder of its server programs"
        );
    };
    let Some((cluster, major)) = existing else {
        return Ok(first.clone());
    };
    usable
        .find(|binaries| binaries.major == major)
        .cloned()
        .with_context(|| {
            format!(
                "the database in {} was created by PostgreSQL {major}, and the server programs in {} are version {}: set PG_BIN to the folder of version {major}, or start over with `f1 reset`",
                cluster.display(),
                first.folder.display(),
                first.major
            )
        })
}

/// The program psql: the newest one beside server programs, else the one on `PATH`.
pub fn psql(environment: &Environment) -> Result<PathBuf> {
    find_all(environment)?
        .iter()
        .map(|binaries| binaries.program("psql"))
        .find(|program| program.is_file())
        .or_else(|| Some(environment.folder_on_path(&["psql"])?.join("psql")))
        .context("no psql on this machine: install PostgreSQL's client, or set PG_BIN to a folder that has it")
}

/// The `bin` folders below `parent/<prefix><number>`, highest number first.
fn numbered(parent: &Path, prefix: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(parent) else {
        return Vec::new();
    };
    let mut folders: Vec<(u32, PathBuf)> = entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let number = entry.file_name().to_str()?.strip_prefix(prefix)?.parse();
            Some((number.ok()?, entry.path().join("bin")))
        })
        .collect();
    folders.sort_by_key(|(number, _)| Reverse(*number));
    folders.into_iter().map(|(_, folder)| folder).collect()
}

fn inspect(folder: &Path) -> Result<Binaries> {
    let program = folder.join("postgres");
    let output = Command::new(&program)
        .arg("--version")
        .output()
        .with_context(|| format!("cannot run {}", program.display()))?;
    let answer = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let major = parse_major(&answer).with_context(|| {
        format!(
            "cannot read the version of {} from {answer:?}",
            program.display()
        )
    })?;
    Ok(Binaries {
        folder: folder.to_owned(),
        major,
    })
}

/// Reads `postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)`, `… 18beta1` and the like.
fn parse_major(answer: &str) -> Option<u32> {
    let (_, version) = answer.split_once("(PostgreSQL) ")?;
    let end = version
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(version.len());
    version[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binaries(major: u32) -> Binaries {
        Binaries {
            folder: format!("/pg/{major}").into(),
            major,
        }
    }

    #[test]
    fn versions_are_read() {
        let debian = "postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)";
        assert_eq!(parse_major(debian), Some(15));
        assert_eq!(parse_major("postgres (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(parse_major("postgres (PostgreSQL) 17"), Some(17));
        assert_eq!(parse_major("psql"), None);
    }

    #[test]
    fn the_first_new_enough_version_is_chosen() {
        let found = [binaries(13), binaries(17), binaries(16)];
        assert_eq!(select(&found, None).unwrap().major, 17);

        let error = select(&found[..1], None).unwrap_err().to_string();
        assert!(error.contains("version 13 in /pg/13"), "{error}");
        assert!(error.contains("15 or newer"), "{error}");
    }

    #[test]
    fn a_cluster_requires_its_own_version() {
        let found = [binaries(17), binaries(16)];
        let cluster = Path::new("/data/postgres");
        assert_eq!(select(&found, Some((cluster, 16))).unwrap().major, 16);

        let error = select(&found, Some((cluster, 15))).unwrap_err().to_string();
        for part in ["/data/postgres", "PostgreSQL 15", "PG_BIN", "f1 reset"] {
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn a_pg_bin_without_the_programs_is_refused() {
        let environment = Environment {
            pg_bin: Some("/nonexistent".into()),
            ..Environment::default()
        };
        let error = find_all(&environment).unwrap_err().to_string();
        assert!(error.contains("/nonexistent"), "{error}");
    }
}
