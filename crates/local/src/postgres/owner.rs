//! Who may start and stop the server of a data folder: the one that holds its lock.

use std::{
    fmt,
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Seek, Write},
    process,
};

use anyhow::{Context, Result};

use crate::process::is_alive;

use super::folder::Folder;

/// The right to start and stop the server of a data folder, held until this is dropped.
///
/// The kernel keeps the lock, so that of a killed process is gone with it. What the file says is
/// for others to read: who we are, and where our server listens.
#[derive(Debug)]
pub struct Owner {
    file: File,
    command: &'static str,
}

/// Another `f1` that owns a data folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Its process id.
    pub pid: u32,
    /// What it does, such as `up`.
    pub command: String,
    /// Where its server listens; `None` while that starts or stops.
    pub port: Option<u16>,
}

/// The answer to [`Owner::claim`].
#[derive(Debug)]
pub enum Claim {
    /// The folder is ours.
    Ours(Owner),
    /// Somebody lives there; `None` when they have not said who they are yet.
    Taken(Option<Holder>),
}

impl Owner {
    /// Takes the lock of a folder if nobody has it. `command` is what others are told we do.
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

    /// Tells others where the server listens, or that they have to wait.
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
        // Stale words do no harm, see `Holder::read`; this is tidiness.
        let _ = self.file.set_len(0);
    }
}

impl Holder {
    /// Reads what the owner of a folder says. The words of a dead one are not believed: between a
    /// new owner's taking the lock and its speaking, they are still there.
    #[must_use]
    pub fn read(folder: &Folder) -> Option<Self> {
        let text = fs::read_to_string(folder.lock()).ok()?;
        Self::parse(&text).filter(|holder| is_alive(holder.pid))
    }

    fn parse(text: &str) -> Option<Self> {
        // A line counts once it is complete: the owner may be writing.
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
    fn half_written_words_are_not_read() {
        let whole = "pid 12\ncommand up\nport 5432\n";
        let holder = |port| {
            Some(Holder {
                pid: 12,
                command: "up".into(),
                port,
            })
        };
        assert_eq!(Holder::parse(whole), holder(Some(5432)));
        assert_eq!(Holder::parse("pid 12\ncommand up\nport 54"), holder(None));
        assert_eq!(Holder::parse("pid 12\ncommand up\n"), holder(None));
        assert_eq!(Holder::parse("pid 12\n"), None);
        assert_eq!(Holder::parse("rubbish"), None);
        assert_eq!(Holder::parse(""), None);
    }
}
