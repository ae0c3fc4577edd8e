//! What the server says of itself in `postmaster.pid`, and what to do about one that was left
//! behind.

use std::{fs, path::Path, process, time::Duration};

use anyhow::{Context, Result, ensure};

use crate::process::{self as other, Step};

/// How a server is stopped: at once but in order, which writes everything out; at once, to be
/// recovered at the next start; by force. On a full disk the first was seen to wait for a minute, in vain.
pub(super) const STOP: [Step; 3] = [
    ("INT", Duration::from_secs(30)),
    ("QUIT", Duration::from_secs(10)),
    ("KILL", Duration::from_secs(5)),
];

/// The part of `postmaster.pid` that we read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PidFile {
    /// Line 1: the server's process.
    pub pid: u32,
    /// Line 8: whether it takes connections.
    pub is_ready: bool,
}

impl PidFile {
    /// Reads the file of a cluster; `None` when no server runs or one is just writing it.
    #[must_use]
    pub(super) fn read(cluster: &Path) -> Option<Self> {
        Self::parse(&fs::read_to_string(path(cluster)).ok()?)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let pid = lines.next()?.trim().parse().ok()?;
        let is_ready = lines.nth(6).is_some_and(|status| status.trim() == "ready");
        Some(Self { pid, is_ready })
    }
}

/// Stops the server that a killed run left on this cluster, and clears the way for the next.
///
/// Only for the owner of the data folder: any server found is an orphan then.
pub fn recover(cluster: &Path) -> Result<()> {
    let Some(PidFile { pid, .. }) = PidFile::read(cluster) else {
        return Ok(());
    };
    if serves(pid, cluster) {
        eprintln!("f1: stopping the server that an earlier run left behind (process {pid})");
        ensure!(
            other::end(&[pid], &STOP, || !serves(pid, cluster)),
            "the server that an earlier run left behind does not stop: end process {pid} by hand"
        );
    }
    disown(cluster)
}

/// Whether this process is the server of this cluster, and not another with the same number.
fn serves(pid: u32, cluster: &Path) -> bool {
    other::command_line(pid).is_some_and(|line| line.contains(&*cluster.to_string_lossy()))
}

/// Makes a `postmaster.pid` whose server is gone harmless.
///
/// PostgreSQL overlooks such a file by itself, unless a process with that number exists: an
/// unrelated one after a restart of the machine, or the dead one that nobody collects, as in many
/// containers. Deleting the file would also disarm the check that no child of the dead server
/// still uses its memory. So we put our own number there: the server overlooks its parent's, and
/// checks the rest.
fn disown(cluster: &Path) -> Result<()> {
    let path = path(cluster);
    let Ok(text) = fs::read_to_string(&path) else {
        return Ok(());
    };
    let rest = text.split_once('\n').map_or("", |(_, rest)| rest);
    fs::write(&path, format!("{}\n{rest}", process::id()))
        .with_context(|| format!("cannot write {}", path.display()))
}

fn path(cluster: &Path) -> std::path::PathBuf {
    cluster.join("postmaster.pid")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_and_the_eighth_line_count() {
        let text = "4711\n/data\n1700000000\n5432\n\n127.0.0.1\n 12 34\nready   \n";
        let file = |is_ready| {
            Some(PidFile {
                pid: 4711,
                is_ready,
            })
        };
        assert_eq!(PidFile::parse(text), file(true));
        assert_eq!(
            PidFile::parse(&text.replace("ready", "starting")),
            file(false)
        );
        assert_eq!(PidFile::parse("4711\n/data\n"), file(false));
        assert_eq!(PidFile::parse(""), None);
    }
}
