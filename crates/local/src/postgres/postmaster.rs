//! The file `postmaster.pid`: whether a server runs and is ready, and how to stop one that a killed
//! run left behind.

use std::{fs, path::Path, process, time::Duration};

use anyhow::{Context, Result, ensure};
use rustix::process::Signal;

use crate::process::{self as other, Step};

/// How a server is stopped: a fast shutdown, which writes everything out; an immediate shutdown,
/// which needs recovery at the next start; by force.
///
/// The first step can hang. PostgreSQL 15 and later run the checkpointer during the recovery from a
/// crash; a fast shutdown then ends the recovery, but the server waits for a checkpointer that
/// nobody asked to end. A full disk leads there: the write-ahead log cannot grow, the server
/// crashes and recovers. Nothing is lost, as the next start has to recover anyway.
pub(super) const STOP: [Step; 3] = [
    (Signal::INT, Duration::from_secs(30)),
    (Signal::QUIT, Duration::from_secs(10)),
    (Signal::KILL, Duration::from_secs(5)),
];

/// The part of `postmaster.pid` that is needed here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PidFile {
    /// Line 1: the process id of the server.
    pub pid: u32,
    /// Line 8: whether the server accepts connections.
    pub is_ready: bool,
}

impl PidFile {
    /// Reads the file of a cluster; `None` if it is missing or still being written.
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

/// Stops the server that a killed run left on this cluster, so that the next one can start.
///
/// Only the owner of the data folder may call this: then any running server is an orphan.
pub fn recover(cluster: &Path) -> Result<()> {
    let Some(PidFile { pid, .. }) = PidFile::read(cluster) else {
        return Ok(());
    };
    if serves(pid, cluster) {
        eprintln!("f1: stopping the server that an earlier run left behind (process {pid})");
        ensure!(
            other::end(&[pid], &STOP, || !serves(pid, cluster)),
            "the server that an earlier run left behind does not stop: end process {pid}"
        );
    }
    disown(cluster)
}

/// Whether this process is the server of this cluster, and not an unrelated one with a reused id.
fn serves(pid: u32, cluster: &Path) -> bool {
    other::command_line(pid).is_some_and(|line| line.contains(&*cluster.to_string_lossy()))
}

/// Makes a stale `postmaster.pid` harmless by writing our own process id to it.
///
/// PostgreSQL ignores a stale file unless a process with that id exists: an unrelated one after a
/// restart of the machine, or a zombie that nobody collects, as in many containers. It also ignores
/// the id of its parent, which we are, and still checks that no child of the dead server uses its
/// shared memory. Deleting the file would skip that check.
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
    fn the_process_and_its_readiness_are_read() {
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
