//! The files of a database cluster: which version made them, and how they come to be.

use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, Result, ensure};

use crate::process::Leash;

use super::{OWNER_ROLE, Purpose, account::Account, binaries::Binaries, folder::Folder};

/// Every byte order is the same everywhere, and every character is known.
const LOCALE: &str = if cfg!(target_os = "macos") {
    "C"
} else {
    "C.UTF-8"
};

/// The major version of the PostgreSQL that made a cluster; `None` when there is none yet.
pub(super) fn version(cluster: &Path) -> Result<Option<u32>> {
    match fs::read_to_string(cluster.join("PG_VERSION")) {
        Ok(text) => {
            let major = text.trim().parse().ok();
            major.map(Some).with_context(|| {
                format!(
                    "{}/PG_VERSION says {:?}: start over with `f1 reset`",
                    cluster.display(),
                    text.trim()
                )
            })
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            ensure!(
                !cluster.exists(),
                "{} holds no PostgreSQL database: start over with `f1 reset`",
                cluster.display()
            );
            Ok(None)
        }
        Err(error) => Err(error).with_context(|| format!("cannot read {}", cluster.display())),
    }
}

/// Makes the cluster of a folder.
///
/// It is made under another name and renamed when it is whole, so that a run killed at any moment
/// leaves either no cluster or one that works.
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
    let leash = Leash::new(child.id(), ("KILL", Duration::from_secs(5)));
    let output = child.wait_with_output().await?;
    leash.release();
    ensure!(
        output.status.success(),
        "initdb failed ({}):\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    fs::rename(&unfinished.path, folder.cluster())
        .with_context(|| format!("cannot make {}", folder.cluster().display()))
}

/// A cluster in the making; deleted with this value unless it was renamed.
struct Unfinished {
    path: PathBuf,
}

impl Unfinished {
    fn create(folder: &Folder, account: &Account) -> Result<Self> {
        let path = folder.unfinished_cluster();
        fs::create_dir(&path)
            .and_then(|()| account.give(&path))
            .with_context(|| format!("cannot make {} for {account}", path.display()))?;
        Ok(Self { path })
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}
