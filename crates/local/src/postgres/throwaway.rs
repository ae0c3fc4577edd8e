//! Data folders that nobody will miss: one for each run of `f1 test`.

use std::{
    env, fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::Path,
    process,
};

use anyhow::{Context, Result, bail};
use schema::Clock;

use super::{
    account,
    folder::Folder,
    owner::{Claim, Owner},
    postmaster,
};

/// A data folder below the system's temporary folder, owned by us, deleted when this is dropped.
#[derive(Debug)]
pub struct Throwaway {
    folder: Folder,
    _owner: Owner,
}

const PREFIX: &str = "f1-test-";

impl Throwaway {
    /// Makes a new one.
    pub fn create() -> Result<Self> {
        let parent = env::temp_dir();
        let now = Clock::starting_at(None, 1.0).now().timestamp_micros();
        let name = format!("{PREFIX}{}-{now}", process::id());
        // It gets its name when we own it: before, a sweep would take it for abandoned.
        let nameless = parent.join(format!(".{name}"));
        let path = parent.join(&name);
        let make = || -> Result<Self> {
            fs::create_dir(&nameless)?;
            fs::set_permissions(&nameless, fs::Permissions::from_mode(0o755))?;
            let Claim::Ours(owner) = Owner::claim(&Folder::existing(&nameless)?, "test")? else {
                bail!("somebody else took it");
            };
            fs::rename(&nameless, &path)?;
            let folder = Folder::existing(&path)?;
            Ok(Self {
                folder,
                _owner: owner,
            })
        };
        make().with_context(|| {
            format!(
                "cannot make a temporary folder in {}: set TMPDIR to one we may write to",
                parent.display()
            )
        })
    }

    /// Where it is.
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
    let me = account::current_uid()?;
    let parent = env::temp_dir();
    let entries = fs::read_dir(&parent)
        .with_context(|| format!("cannot read the temporary folder {}", parent.display()))?;
    for entry in entries.flatten() {
        // In a folder that everybody may write to, only what is ours counts.
        let is_ours = entry
            .metadata()
            .is_ok_and(|metadata| metadata.is_dir() && metadata.uid() == me);
        if is_ours && entry.file_name().to_string_lossy().starts_with(PREFIX) {
            // One that resists must not keep the tests from running.
            if let Err(error) = remove_abandoned(&entry.path()) {
                eprintln!(
                    "f1: an earlier test run left {}: {error:#}",
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
