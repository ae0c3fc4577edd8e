//! A running server, as a child process.

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

/// A server that accepts connections on a port of 127.0.0.1. Dropping it stops the server and waits
/// for its end.
#[derive(Debug)]
pub struct Server {
    child: Child,
    pid: u32,
    port: u16,
    log: PathBuf,
}

/// How long a start may take. Recovery after a crash is the longest part of it.
const PATIENCE: Duration = Duration::from_mins(5);

/// How often a start is tried when another process takes the port first.
const ATTEMPTS: u32 = 5;

/// Settings of every server.
const SETTINGS: &[&str] = &[
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "shared_buffers=256MB",
    "max_wal_size=2GB",
    "jit=off",
    // Parallel workers need more of /dev/shm than a container usually has.
    "max_parallel_workers_per_gather=0",
    "timezone=UTC",
    "log_timezone=UTC",
];

/// Additional settings of a throw-away server, which many tests use at once.
const THROWAWAY_SETTINGS: &[&str] = &[
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=200",
];

impl Server {
    /// Starts the server of a cluster and waits until it accepts connections. No other server may
    /// run on the cluster.
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

    /// The port that the server listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Waits until the server ends unexpectedly. The error has the end of its log.
    pub async fn failure(&mut self) -> anyhow::Error {
        match self.child.wait().await {
            Ok(status) => failure("ended unexpectedly", status, &self.log),
            Err(error) => error.into(),
        }
    }

    /// Stops the server and waits for its end.
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
        let pid = child.id().context("PostgreSQL ended at once")?;
        Ok(Self {
            child,
            pid,
            port,
            log: folder.log(),
        })
    }

    /// The server is ready when `postmaster.pid` says so and names our child: a file left by a
    /// killed run may say so, too.
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
                "PostgreSQL is not ready after {} seconds: see {}",
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
            eprintln!("f1: PostgreSQL does not stop: end process {}", self.pid);
        }
    }
}

/// A port that was free just now. The kernel does not assign it again soon.
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
