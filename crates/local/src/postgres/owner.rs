//! The owner of a data folder: the one process that may start and stop its server.

use std::{
    fmt,
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Seek, Write},
    process,
};

use anyhow::{Context, Result};

use crate::process::is_alive;

use super::folder::Folder;

/// The right to start and stop the server of a data folder, until this is dropped.
///
/// It is a file lock, which the kernel releases when a process is killed. The content of the file
/// tells other processes who the owner is and where its server listens.
#[derive(Debug)]
pub struct Owner {
    file: File,
    command: &'static str,
}

/// Another `f1` that owns a data folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The process id.
    pub pid: u32,
    /// The command that it runs, such as `up`.
    pub command: String,
    /// The port of its server; `None` while the server starts or stops.
    pub port: Option<u16>,
}

/// The answer to [`Owner::claim`].
#[derive(Debug)]
pub enum Claim {
    /// We own the folder now.
    Ours(Owner),
    /// Another process owns it; `None` if it has not written its name yet.
    Taken(Option<Holder>),
}

impl Owner {
    /// Takes the lock of a folder if it is free. `command` is our command, for others to read.
    pub fn claim(folder: &Folder, command: &'static str) -> Result<Claim> {
        let path = folder.lock();
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .with_context(|| {
                format!(
                    "cannot open {}: run `f1` as the owner of the folder, or choose another with `--data-dir`",
                    path.display()
                )
            })?;
        match file.try_lock() {
            Ok(()) => {
                let mut owner = Self { file, command };
                owner
                    .announce(None)
                    .with_context(|| format!("cannot write {}", path.display()))?;
                Ok(Claim::Ours(owner))
            }
            Err(TryLockError::WouldBlock) => Ok(Claim::Taken(Holder::read(folder))),
            Err(TryLockError::Error(error)) => {
                Err(error).with_context(|| format!("cannot lock {}", path.display()))
            }
        }
    }

    /// Writes the port of the server for other processes; `None` makes them wait.
    pub fn announce(&mut self, port: Option<u16>) -> io::Result<()> {
        let mut text = format!("pid {}\ncommand {}\n", process::id(), self.command);
        if let Some(port) = port {
            text.push_str("port ");
            text.push_str(&port.to_string());
            text.push('\n');
        }
        self.file.set_len(0)?;
        self.file.rewind()?;
        self.file.write_all(text.as_bytes())
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        // For tidiness only: `Holder::read` ignores stale content.
        let _ = self.file.set_len(0);
    }
}

impl Holder {
    /// Reads who owns a folder. The entry of a dead process is ignored: it is still there between
    /// the moment a new owner takes the lock and the moment it writes its own.
    #[must_use]
    pub fn read(folder: &Folder) -> Option<Self> {
        let text = fs::read_to_string(folder.lock()).ok()?;
        Self::parse(&text).filter(|holder| is_alive(holder.pid))
    }

    /// Names an owner in a message, also one that has not written who it is.
    #[must_use]
    pub fn name(holder: Option<&Self>) -> String {
        holder.map_or_else(|| "another `f1`".into(), Self::to_string)
    }

    fn parse(text: &str) -> Option<Self> {
        // Incomplete lines are ignored, as the owner may be writing.
        let value = |name: &str| {
            text.split_inclusive('\n')
                .find_map(|line| line.strip_prefix(name)?.strip_suffix('\n'))
        };
        Some(Self {
            pid: value("pid ")?.parse().ok()?,
            command: value("command ")?.to_owned(),
            port: value("port ").and_then(|port| port.parse().ok()),
        })
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`f1 {}` (process {})", self.command, self.pid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn incomplete_lines_are_ignored() {
        let complete = "pid 12\ncommand up\nport 5432\n";
        let holder = |port| {
            Some(Holder {
                pid: 12,
                command: "up".into(),
                port,
            })
        };
        assert_eq!(Holder::parse(complete), holder(Some(5432)));
        assert_eq!(Holder::parse("pid 12\ncommand up\nport 54"), holder(None));
        assert_eq!(Holder::parse("pid 12\ncommand up\n"), holder(None));
        assert_eq!(Holder::parse("pid 12\n"), None);
        assert_eq!(Holder::parse("rubbish"), None);
        assert_eq!(Holder::parse(""), None);
    }
}
