//! Commands that use the server of another: whoever started it for one command waits for them.

use std::{
    fs::{File, OpenOptions},
    time::Duration,
};

use anyhow::{Context, Result};
use tokio::time;

use super::folder::Folder;

/// Our stay at the server of another `f1`, until this is dropped.
///
/// A guest enters first and asks then whether the server stays; an owner says first that it stops
/// and looks then for guests. So none is overlooked.
#[derive(Debug)]
pub struct Guest {
    _file: File,
}

impl Guest {
    /// Enters.
    pub fn enter(folder: &Folder) -> Result<Self> {
        let file = open(folder)?;
        file.lock_shared()
            .with_context(|| format!("cannot lock {}", folder.guests().display()))?;
        Ok(Self { _file: file })
    }
}

/// Whether somebody uses our server.
pub fn are_there(folder: &Folder) -> Result<bool> {
    Ok(open(folder)?.try_lock().is_err())
}

/// Waits until nobody uses our server.
pub async fn leave(folder: &Folder) -> Result<()> {
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
