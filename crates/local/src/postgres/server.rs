//! A running server, started as our child and stopped with this value.

use std::{
    fs::{self, File},
    io,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::ExitStatus,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow, ensure};
use tokio::{process::Child, task, time};

use crate::process;

use super::{
    Purpose,
    account::Account,
    binaries::Binaries,
    folder::Folder,
    postmaster::{PidFile, STOP},
};

/// A server that takes connections on a port of 127.0.0.1. Dropping it stops it, and waits.
#[derive(Debug)]
pub struct Server {
    child: Child,
    pid: u32,
    port: u16,
    log: PathBuf,
}

/// How long a start may take; recovery after a crash is the longest part of it.
const PATIENCE: Duration = Duration::from_mins(5);

/// How often a start is tried when somebody else snatches the port.
const ATTEMPTS: u32 = 5;

/// Settings of every server.
const SETTINGS: &[&str] = &[
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "shared_buffers=256MB",
    "max_wal_size=2GB",
    "jit=off",
    // Workers share memory in /dev/shm, of which a container has too little.
    "max_parallel_workers_per_gather=0",
    "timezone=UTC",
    "log_timezone=UTC",
];

/// Settings of a server whose data nobody will miss, and that many tests use at once.
const THROWAWAY_SETTINGS: &[&str] = &[
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=200",
];

impl Server {
    /// Starts the server of a cluster that is not running, and waits until it takes connections.
    pub async fn start(
        folder: &Folder,
        binaries: &Binaries,
        account: &Account,
        purpose: Purpose,
    ) -> Result<Self> {
        for _ in 1..ATTEMPTS {
            match Self::spawn(folder, binaries, account, purpose)?
                .wait_until_ready(folder)
                .await
            {
                Err(_) if port_was_taken(&folder.log()) => {}
                result => return result,
            }
        }
        Self::spawn(folder, binaries, account, purpose)?
            .wait_until_ready(folder)
            .await
    }

    /// Where it listens.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Waits until it ends by itself, which it should not. The error says what it said last.
    pub async fn failure(&mut self) -> anyhow::Error {
        match self.child.wait().await {
            Ok(status) => failure("ended by itself", status, &self.log),
            Err(error) => error.into(),
        }
    }

    /// Stops it in order, and waits until it is gone.
    pub async fn stop(self) -> Result<()> {
        task::spawn_blocking(move || drop(self))
            .await
            .context("cannot stop PostgreSQL")
    }

    fn spawn(
        folder: &Folder,
        binaries: &Binaries,
        account: &Account,
        purpose: Purpose,
    ) -> Result<Self> {
        let log = File::create(folder.log())
            .with_context(|| format!("cannot write {}", folder.log().display()))?;
        let port = free_port()?;
        let program = binaries.program("postgres");
        let mut command = account.command(&program);
        command
            .arg("-D")
            .arg(folder.cluster())
            .args(["-p", &port.to_string()])
            .stdout(log.try_clone()?)
            .stderr(log);
        let extra = match purpose {
            Purpose::Durable => &[],
            Purpose::Throwaway => THROWAWAY_SETTINGS,
        };
        for setting in SETTINGS.iter().chain(extra) {
            command.args(["-c", setting]);
        }
        let child = command
            .spawn()
            .with_context(|| format!("cannot run {} as {account}", program.display()))?;
        let pid = child.id().context("PostgreSQL ended before it had begun")?;
        Ok(Self {
            child,
            pid,
            port,
            log: folder.log(),
        })
    }

    /// Ready is what `postmaster.pid` calls so, provided that it speaks of our child.
    async fn wait_until_ready(mut self, folder: &Folder) -> Result<Self> {
        let cluster = folder.cluster();
        let deadline = Instant::now() + PATIENCE;
        let ready = Some(PidFile {
            pid: self.pid,
            is_ready: true,
        });
        while PidFile::read(&cluster) != ready {
            if let Some(status) = self.child.try_wait()? {
                return Err(failure("did not start", status, &self.log));
            }
            ensure!(
                Instant::now() < deadline,
                "PostgreSQL is not ready after {} seconds: {} says why",
                PATIENCE.as_secs(),
                self.log.display()
            );
            time::sleep(Duration::from_millis(10)).await;
        }
        Ok(self)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let child = &mut self.child;
        let is_gone = || matches!(child.try_wait(), Ok(Some(_)));
        if !process::end(&[self.pid], &STOP, is_gone) {
            eprintln!(
                "f1: PostgreSQL does not stop: end process {} by hand",
                self.pid
            );
        }
    }
}

/// A port that was free a moment ago; the kernel does not hand it out again soon.
fn free_port() -> io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}

fn port_was_taken(log: &Path) -> bool {
    tail(log).contains("could not bind")
}

fn failure(what: &str, status: ExitStatus, log: &Path) -> anyhow::Error {
    anyhow!(
        "PostgreSQL {what} ({status}); the end of {}:\n{}",
        log.display(),
        tail(log)
    )
}

/// The last lines of a text file.
fn tail(path: &Path) -> String {
    let text = fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(15)..].join("\n")
}
