//! The files of a database cluster: which version created them, and how they are created.

use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use rustix::process::Signal;

use crate::process::EndOnDrop;

use super::{OWNER_ROLE, Purpose, account::Account, binaries::Binaries, folder::Folder};

/// Text sorts by code point, the same on every machine, in any character set.
const LOCALE: &str = if cfg!(target_os = "macos") {
    "C"
} else {
    "C.UTF-8"
};

/// The major version of the PostgreSQL that created a cluster; `None` if there is no cluster yet.
pub(super) fn version(cluster: &Path) -> Result<Option<u32>> {
    match fs::read_to_string(cluster.join("PG_VERSION")) {
        Ok(text) => {
            let major = text.trim().parse().ok();
            major.map(Some).with_context(|| {
                format!(
                    "{}/PG_VERSION has the unknown version {:?}: start over with `f1 reset`",
                    cluster.display(),
                    text.trim()
                )
            })
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            ensure!(
                !cluster.exists(),
                "{} is not a PostgreSQL database: start over with `f1 reset`",
                cluster.display()
            );
            Ok(None)
        }
        Err(error) => Err(error).with_context(|| format!("cannot read {}", cluster.display())),
    }
}

/// Creates the cluster of a folder.
///
/// It is created under another name and renamed when it is complete, so that a run killed at any
/// moment leaves either no cluster or a working one.
pub(super) async fn create(
    folder: &Folder,
    binaries: &Binaries,
    account: &Account,
    purpose: Purpose,
) -> Result<()> {
    let unfinished = Unfinished::create(folder, account)?;
    let mut command = account.command(binaries.program("initdb"));
    command
        .arg("--pgdata")
        .arg(&unfinished.path)
        .args(["--auth=trust", "--encoding=UTF8"])
        .arg(format!("--locale={LOCALE}"))
        .arg(format!("--username={OWNER_ROLE}"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    if purpose == Purpose::Throwaway {
        command.arg("--no-sync");
    }
    let child = command.spawn().with_context(|| {
        format!(
            "cannot run {} as {account}",
            binaries.program("initdb").display()
        )
    })?;
    let guard = EndOnDrop::new(child.id(), (Signal::KILL, Duration::from_secs(5)));
    let output = child.wait_with_output().await?;
    guard.disarm();
    ensure!(
        output.status.success(),
        "initdb failed ({}):\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    fs::rename(&unfinished.path, folder.cluster())
        .with_context(|| format!("cannot create {}", folder.cluster().display()))
}

/// A cluster that is being created. It is deleted on drop unless it was renamed.
struct Unfinished {
    path: PathBuf,
}

impl Unfinished {
    fn create(folder: &Folder, account: &Account) -> Result<Self> {
        let path = folder.unfinished_cluster();
        fs::create_dir(&path)
            .and_then(|()| account.give(&path))
            .with_context(|| format!("cannot create {} for {account}", path.display()))?;
        Ok(Self { path })
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}
