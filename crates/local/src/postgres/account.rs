//! The user who runs the server's programs: ourselves, or somebody else when we are root, since
//! PostgreSQL refuses to run as root.

use std::{
    env,
    ffi::OsStr,
    fmt, fs, io,
    os::unix::fs::{MetadataExt, chown},
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context, Result, bail, ensure};
use tokio::process::Command;

/// Who runs the server's programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Account {
    /// The user we are.
    Ourselves,
    /// An unprivileged user; only root can say so.
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
    /// Chooses who runs the server of a cluster: the owner of its folder if that exists; else
    /// ourselves or, when we are root, `postgres` or `nobody`.
    pub fn of_cluster(cluster: &Path) -> Result<Self> {
        let me = current_uid()?;
        let owner = fs::metadata(cluster).ok();
        if me != 0 {
            ensure!(
                owner.is_none_or(|owner| owner.uid() == me),
                "{} belongs to another user: run `f1` as its owner, or choose another folder with `--data-dir`",
                cluster.display()
            );
            return Ok(Self::Ourselves);
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
                "PostgreSQL does not run as root, and /etc/passwd names neither `postgres` nor `nobody` to run it: `useradd --system postgres` makes one"
            );
        };
        Ok(Self::Other { name, uid, gid })
    }

    /// Makes a folder this account's own.
    pub fn give(&self, folder: &Path) -> io::Result<()> {
        match self {
            Self::Ourselves => Ok(()),
            Self::Other { uid, gid, .. } => chown(folder, Some(*uid), Some(*gid)),
        }
    }

    /// A command that this account runs: in a process group of its own, so that a terminal's
    /// Ctrl-C reaches us and not the server, and untouched by settings meant for other servers.
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

    /// Checks that this account can enter a folder; an error names the parent that blocks it.
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

    /// Tried, not computed: permission bits are not all that may forbid it.
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
            Self::Ourselves => f.write_str("this user"),
            Self::Other { name, .. } => write!(f, "user `{name}`"),
        }
    }
}

/// Whether we are root.
pub(super) fn is_root() -> Result<bool> {
    Ok(current_uid()? == 0)
}

/// Our user id. The standard library does not tell; the program `id` does, everywhere.
pub(super) fn current_uid() -> Result<u32> {
    let output = std::process::Command::new("id")
        .arg("-u")
        .output()
        .context("cannot run `id -u`")?;
    String::from_utf8_lossy(&output.stdout)
        .trim()
        .parse()
        .context("`id -u` does not print a number")
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
    fn accounts_are_read_and_nonsense_is_passed_over() {
        let line = "postgres:x:101:104:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash";
        assert_eq!(parse_account(line), Some(("postgres".into(), 101, 104)));
        assert_eq!(parse_account("nobody:*:-2:-2:Nobody:/:/bin/false"), None);
        assert_eq!(parse_account(""), None);
    }
}
