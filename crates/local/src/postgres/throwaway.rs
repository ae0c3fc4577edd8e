//! Throw-away data folders, one for each run of `f1 test`.

use std::{
    env, fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::Path,
    process,
};

use anyhow::{Context, Result, bail};
use rustix::process::geteuid;
use schema::Clock;

use super::{
    folder::Folder,
    owner::{Claim, Owner},
    postmaster,
};

/// A data folder that we own below the system's temporary folder. It is deleted on drop.
#[derive(Debug)]
pub struct Throwaway {
    folder: Folder,
    _owner: Owner,
}

const PREFIX: &str = "f1-test-";

impl Throwaway {
    /// Creates a folder with a unique name.
    pub fn create() -> Result<Self> {
        let parent = env::temp_dir();
        let now = Clock::starting_at(None, 1.0).now().timestamp_micros();
        let name = format!("{PREFIX}{}-{now}", process::id());
        // Renamed once we own it: a sweep takes a folder without an owner for abandoned.
        let unclaimed = parent.join(format!(".{name}"));
        let path = parent.join(&name);
        let make = || -> Result<Self> {
            fs::create_dir(&unclaimed)?;
            fs::set_permissions(&unclaimed, fs::Permissions::from_mode(0o755))?;
            let Claim::Ours(owner) = Owner::claim(&Folder::existing(&unclaimed)?, "test")? else {
                bail!("another process owns it");
            };
            fs::rename(&unclaimed, &path)?;
            let folder = Folder::existing(&path)?;
            Ok(Self {
                folder,
                _owner: owner,
            })
        };
        make().with_context(|| {
            format!(
                "cannot create a temporary folder in {}: set TMPDIR to a writable folder",
                parent.display()
            )
        })
    }

    /// The data folder.
    #[must_use]
    pub fn folder(&self) -> &Folder {
        &self.folder
    }
}

impl Drop for Throwaway {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(self.folder.path()) {
            eprintln!(
                "f1: cannot delete {}: {error}",
                self.folder.path().display()
            );
        }
    }
}

/// Stops the servers and deletes the folders of test runs that were killed.
pub fn sweep() -> Result<()> {
    let me = geteuid().as_raw();
    let parent = env::temp_dir();
    let entries = fs::read_dir(&parent)
        .with_context(|| format!("cannot read the temporary folder {}", parent.display()))?;
    for entry in entries.flatten() {
        // The temporary folder is shared with other users: only our own folders count.
        let is_ours = entry
            .metadata()
            .is_ok_and(|metadata| metadata.is_dir() && metadata.uid() == me);
        if is_ours && entry.file_name().to_string_lossy().starts_with(PREFIX) {
            // A folder that cannot be deleted must not keep the tests from running.
            if let Err(error) = remove_abandoned(&entry.path()) {
                eprintln!(
                    "f1: cannot clean up {} of an earlier test run: {error:#}",
                    entry.path().display()
                );
            }
        }
    }
    Ok(())
}

fn remove_abandoned(path: &Path) -> Result<()> {
    let folder = Folder::existing(path)?;
    if let Claim::Ours(_owner) = Owner::claim(&folder, "test")? {
        postmaster::recover(&folder.cluster())?;
        fs::remove_dir_all(path)?;
    }
    Ok(())
}
