//! The folder in which everything of one private PostgreSQL lies.

use std::{
    fs,
    io::{self, ErrorKind},
    os::unix::fs::PermissionsExt,
    path::{self, Path, PathBuf},
    process,
};

use anyhow::{Context, Result};

use crate::environment::Environment;

use super::account;

/// A data folder that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    path: PathBuf,
}

/// How the name of an unfinished cluster begins.
const UNFINISHED: &str = "postgres.new-";

impl Folder {
    /// The folder chosen by `--data-dir`, else the default, made if it is missing.
    pub fn open(chosen: Option<&Path>, environment: &Environment) -> Result<Self> {
        let is_root = account::is_root()?;
        let path = match chosen {
            Some(path) => path::absolute(path)?,
            None => default_path(is_root, environment)?,
        };
        // Root's server runs as somebody else, who must get through.
        make(&path, if is_root { 0o755 } else { 0o700 }).with_context(|| {
            format!(
                "cannot make the data folder {}: choose another with `--data-dir`",
                path.display()
            )
        })?;
        Self::existing(&path)
    }

    /// A folder that is there already.
    pub fn existing(path: &Path) -> Result<Self> {
        let path = fs::canonicalize(path)
            .with_context(|| format!("cannot find the data folder {}", path.display()))?;
        Ok(Self { path })
    }

    /// The folder itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The database cluster.
    #[must_use]
    pub fn cluster(&self) -> PathBuf {
        self.path.join("postgres")
    }

    /// The database cluster while it is made. The name is this process's own, since the `initdb` of
    /// a killed run may still be writing.
    #[must_use]
    pub fn unfinished_cluster(&self) -> PathBuf {
        self.path.join(format!("{UNFINISHED}{}", process::id()))
    }

    /// What the server has to say.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.path.join("postgres.log")
    }

    /// The lock of its owner.
    #[must_use]
    pub fn lock(&self) -> PathBuf {
        self.path.join("owner.lock")
    }

    /// The lock of those who use the owner's server.
    #[must_use]
    pub fn guests(&self) -> PathBuf {
        self.path.join("guests.lock")
    }

    /// Deletes the clusters that killed runs did not finish.
    pub fn clear_unfinished(&self) -> Result<()> {
        let entries = fs::read_dir(&self.path)
            .with_context(|| format!("cannot read {}", self.path.display()))?;
        for entry in entries.flatten() {
            if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
                // What is still being written is deleted next time.
                let _ = fs::remove_dir_all(entry.path());
            }
        }
        Ok(())
    }

    /// Deletes the cluster and the log. The locks stay: others may be waiting for them.
    pub fn clear(&self) -> Result<()> {
        self.clear_unfinished()?;
        for path in [self.cluster(), self.log()] {
            let result = if path.is_dir() {
                fs::remove_dir_all(&path)
            } else {
                fs::remove_file(&path)
            };
            match result {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(error).with_context(|| format!("cannot delete {}", path.display()));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn default_path(is_root: bool, environment: &Environment) -> Result<PathBuf> {
    if is_root {
        return Ok("/var/lib/f1".into());
    }
    environment
        .xdg_data_home
        .clone()
        .or_else(|| Some(environment.home.as_ref()?.join(".local/share")))
        .map(|data| data.join("f1"))
        .context("neither HOME nor XDG_DATA_HOME is set: choose a data folder with `--data-dir`")
}

/// Makes a folder and its missing parents, with this mode whatever the umask says.
fn make(path: &Path, mode: u32) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        make(parent, mode)?;
    }
    match fs::create_dir(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        Err(error) => Err(error),
        Ok(()) => fs::set_permissions(path, fs::Permissions::from_mode(mode)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_follows_the_user() {
        let mut environment = Environment {
            home: Some("/home/ann".into()),
            ..Environment::default()
        };
        let path = |environment: &Environment| default_path(false, environment).unwrap();
        assert_eq!(path(&environment), Path::new("/home/ann/.local/share/f1"));

        environment.xdg_data_home = Some("/data".into());
        assert_eq!(path(&environment), Path::new("/data/f1"));
        assert_eq!(
            default_path(true, &environment).unwrap(),
            Path::new("/var/lib/f1")
        );

        let error = default_path(false, &Environment::default()).unwrap_err();
        assert!(error.to_string().contains("--data-dir"), "{error}");
    }
}
