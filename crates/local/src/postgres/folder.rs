//! The data folder of a private PostgreSQL server: cluster, log and locks.

use std::{
    fs,
    io::{self, ErrorKind},
    os::unix::fs::PermissionsExt,
    path::{self, Path, PathBuf},
    process,
};

use anyhow::{Context, Result};
use rustix::process::geteuid;

use crate::environment::Environment;

/// A data folder that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    path: PathBuf,
}

/// The prefix of an unfinished cluster's name.
const UNFINISHED: &str = "postgres.new-";

impl Folder {
    /// The folder that `--data-dir` names, else the default. It is created if it is missing.
    pub fn open(chosen: Option<&Path>, environment: &Environment) -> Result<Self> {
        let is_root = geteuid().is_root();
        let path = match chosen {
            Some(path) => path::absolute(path)?,
            None => default_path(is_root, environment)?,
        };
        // Root's server runs as another user, who must be able to enter the folder.
        create(&path, if is_root { 0o755 } else { 0o700 }).with_context(|| {
            format!(
                "cannot create the data folder {}: choose another with `--data-dir`",
                path.display()
            )
        })?;
        Self::existing(&path)
    }

    /// A folder that exists already.
    pub fn existing(path: &Path) -> Result<Self> {
        let path = fs::canonicalize(path)
            .with_context(|| format!("cannot find the data folder {}", path.display()))?;
        Ok(Self { path })
    }

    /// The path of the folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The database cluster.
    #[must_use]
    pub fn cluster(&self) -> PathBuf {
        self.path.join("postgres")
    }

    /// The database cluster while it is created. The name has our process id, as the `initdb` of a
    /// killed run may still be writing to its own.
    #[must_use]
    pub fn unfinished_cluster(&self) -> PathBuf {
        self.path.join(format!("{UNFINISHED}{}", process::id()))
    }

    /// The log of the server.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.path.join("postgres.log")
    }

    /// The lock of its owner.
    #[must_use]
    pub fn lock(&self) -> PathBuf {
        self.path.join("owner.lock")
    }

    /// The lock shared by the commands that use the owner's server.
    #[must_use]
    pub fn guests(&self) -> PathBuf {
        self.path.join("guests.lock")
    }

    /// Deletes the unfinished clusters of killed runs.
    pub fn clear_unfinished(&self) -> Result<()> {
        let entries = fs::read_dir(&self.path)
            .with_context(|| format!("cannot read {}", self.path.display()))?;
        for entry in entries.flatten() {
            if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
                // A cluster that is still being written is deleted next time.
                let _ = fs::remove_dir_all(entry.path());
            }
        }
        Ok(())
    }

    /// Deletes the cluster and the log. The locks stay, as other processes may wait for them.
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

/// Creates a folder and its missing parents with this mode, regardless of the umask.
fn create(path: &Path, mode: u32) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        create(parent, mode)?;
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
    fn the_default_folder_depends_on_the_user() {
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
