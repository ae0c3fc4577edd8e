//! The user account that runs the server's programs. PostgreSQL refuses to run as root, so root
//! runs them as another user.

use std::{
    env,
    ffi::OsStr,
    fmt, fs, io,
    os::unix::fs::{MetadataExt, chown},
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context, Result, bail, ensure};
use rustix::process::geteuid;
use tokio::process::Command;

/// The account that runs the server's programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Account {
    /// The user of this process.
    Current,
    /// An unprivileged user. Only root can switch to one.
    Other {
        /// Its name in `/etc/passwd`, or its number after a `#`.
        name: String,
        /// Its user id.
        uid: u32,
        /// The id of its group.
        gid: u32,
    },
}

impl Account {
    /// Chooses the account for a cluster: the owner of its folder if that exists; else the current
    /// user or, for root, `postgres` or `nobody`.
    pub fn of_cluster(cluster: &Path) -> Result<Self> {
        let me = geteuid();
        let owner = fs::metadata(cluster).ok();
        if !me.is_root() {
            ensure!(
                owner.is_none_or(|owner| owner.uid() == me.as_raw()),
                "{} belongs to another user: run `f1` as its owner, or choose another folder with `--data-dir`",
                cluster.display()
            );
            return Ok(Self::Current);
        }
        let accounts = read_accounts()?;
        if let Some(owner) = owner.filter(|owner| owner.uid() != 0) {
            let (uid, gid) = (owner.uid(), owner.gid());
            let name = accounts
                .into_iter()
                .find(|account| account.1 == uid)
                .map_or_else(|| format!("#{uid}"), |(name, ..)| name);
            return Ok(Self::Other { name, uid, gid });
        }
        let found = ["postgres", "nobody"]
            .iter()
            .find_map(|wanted| accounts.iter().find(|(name, ..)| name == wanted));
        let Some((name, uid, gid)) = found.cloned() else {
            bail!(
                "PostgreSQL does not run as root, and /etc/passwd has neither `postgres` nor `nobody` to run it: create one with `useradd --system postgres`"
            );
        };
        Ok(Self::Other { name, uid, gid })
    }

    /// Makes this account the owner of a folder.
    pub fn give(&self, folder: &Path) -> io::Result<()> {
        match self {
            Self::Current => Ok(()),
            Self::Other { uid, gid, .. } => chown(folder, Some(*uid), Some(*gid)),
        }
    }

    /// A command that this account runs. It gets a process group of its own, so that a terminal
    /// sends Ctrl-C to `f1` and not to the server, and no `PG…` variables, which are meant for
    /// other servers.
    #[must_use]
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .process_group(0)
            .current_dir("/")
            .stdin(Stdio::null())
            .env("LC_ALL", "C");
        for (name, _) in env::vars_os().filter(|(name, _)| is_setting_of_postgres(name)) {
            command.env_remove(name);
        }
        if let Self::Other { uid, gid, .. } = self {
            command.uid(*uid).gid(*gid);
        }
        command
    }

    /// Checks that this account can enter a folder. The error names the parent that blocks it.
    pub async fn ensure_can_enter(&self, folder: &Path, way_out: &str) -> Result<()> {
        if self.can_enter(folder).await? {
            return Ok(());
        }
        let parents: Vec<&Path> = folder.ancestors().collect();
        for parent in parents.into_iter().rev() {
            if !self.can_enter(parent).await? {
                bail!(
                    "{self} cannot enter {parent}, and the database would be in {folder}: {way_out}, or `chmod o+x {parent}`",
                    parent = parent.display(),
                    folder = folder.display()
                );
            }
        }
        Ok(())
    }

    /// Tried instead of computed, as more than permission bits can forbid it.
    async fn can_enter(&self, folder: &Path) -> Result<bool> {
        let status = self
            .command("sh")
            .args(["-c", r#"cd "$0""#])
            .arg(folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .await
            .with_context(|| format!("cannot run `sh` as {self}"))?;
        Ok(status.success())
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Current => f.write_str("this user"),
            Self::Other { name, .. } => write!(f, "user `{name}`"),
        }
    }
}

fn is_setting_of_postgres(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b"PG")
}

/// The name, user id and group id of each account.
fn read_accounts() -> Result<Vec<(String, u32, u32)>> {
    let path = PathBuf::from("/etc/passwd");
    let text =
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(text.lines().filter_map(parse_account).collect())
}

fn parse_account(line: &str) -> Option<(String, u32, u32)> {
    let mut fields = line.split(':');
    let name = fields.next()?.to_owned();
    let uid = fields.nth(1)?.parse().ok()?;
    let gid = fields.next()?.parse().ok()?;
    Some((name, uid, gid))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malformed_accounts_are_skipped() {
        let line = "postgres:x:101:104:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash";
        assert_eq!(parse_account(line), Some(("postgres".into(), 101, 104)));
        assert_eq!(parse_account("nobody:*:-2:-2:Nobody:/:/bin/false"), None);
        assert_eq!(parse_account(""), None);
    }
}
