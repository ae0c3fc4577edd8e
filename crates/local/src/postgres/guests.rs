//! Guests: commands that use the server of another `f1`. The owner of the server waits for them
//! before it stops the server.

use std::{
    fs::{File, OpenOptions},
    time::Duration,
};

use anyhow::{Context, Result};
use tokio::time;

use super::folder::Folder;

/// Keeps the server of another `f1` running until this is dropped, by a shared lock.
///
/// A guest first takes the lock and then checks whether the server is stopping; an owner first
/// announces that it is stopping and then checks for guests. So an owner overlooks no guest.
#[derive(Debug)]
pub struct Guest {
    _file: File,
}

impl Guest {
    /// Takes the shared lock.
    pub fn enter(folder: &Folder) -> Result<Self> {
        let file = open(folder)?;
        file.lock_shared()
            .with_context(|| format!("cannot lock {}", folder.guests().display()))?;
        Ok(Self { _file: file })
    }
}

/// Whether a guest uses our server.
pub fn are_there(folder: &Folder) -> Result<bool> {
    Ok(open(folder)?.try_lock().is_err())
}

/// Waits until no guest uses our server.
pub async fn wait_until_gone(folder: &Folder) -> Result<()> {
    while are_there(folder)? {
        time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

fn open(folder: &Folder) -> Result<File> {
    let path = folder.guests();
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .with_context(|| format!("cannot open {}", path.display()))
}
