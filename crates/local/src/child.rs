//! Runs one command for the caller and ends with its exit code.

use std::{
    ffi::{OsStr, OsString},
    io::{self, IsTerminal},
    os::unix::process::ExitStatusExt,
    process::{ExitCode, ExitStatus},
    time::Duration,
};

use anyhow::{Context, Result};
use rustix::process::Signal;
use tokio::{
    process::{Child, Command},
    time,
};

use crate::{process, signals::Signals};

/// How long a command may take to end after the first request.
const PATIENCE: Duration = Duration::from_secs(10);

/// Runs a command with `DATABASE_URL` set. Returns its exit code, or 128 and the number of the
/// signal that ended it.
///
/// A request to end is passed on to the command and all its descendants, which are then waited
/// for. The command stays in our process group: a terminal sends it Ctrl-C by itself, and the
/// command decides what that means (psql only cancels the query).
pub async fn run(
    program: &OsStr,
    arguments: &[OsString],
    database_url: &str,
    signals: &mut Signals,
) -> Result<ExitCode> {
    let mut child = Command::new(program)
        .args(arguments)
        .env("DATABASE_URL", database_url)
        .spawn()
        .with_context(|| format!("cannot run `{}`", program.display()))?;
    let status = loop {
        tokio::select! {
            status = child.wait() => break status?,
            signal = signals.next() => {
                if signal == Signal::INT && at_terminal() {
                    continue;
                }
                break end(&mut child, signal, signals).await?;
            }
        }
    };
    Ok(exit_code(status))
}

/// The exit code that a shell would report.
fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status
        .code()
        .unwrap_or_else(|| 128 + status.signal().unwrap_or_default());
    ExitCode::from(u8::try_from(code).unwrap_or(u8::MAX))
}

/// Ends the command and its descendants; by force after [`PATIENCE`] or at a second request.
async fn end(child: &mut Child, signal: Signal, signals: &mut Signals) -> io::Result<ExitStatus> {
    let Some(pid) = child.id() else {
        return child.wait().await;
    };
    // Listed first: when a parent has ended, its children can no longer be found.
    let family = process::suspend_tree(pid);
    process::send(signal, &family);
    process::send(Signal::CONT, &family);
    tokio::select! {
        () = ended(child, &family) => {}
        () = time::sleep(PATIENCE) => kill(&family),
        _ = signals.next() => kill(&family),
    }
    child.wait().await
}

/// Kills what is left of a family, including what it has started since it was listed.
fn kill(family: &[u32]) {
    for pid in alive(family) {
        process::send(Signal::KILL, &process::suspend_tree(pid));
    }
}

async fn ended(child: &mut Child, family: &[u32]) {
    // An error of `wait` is reported by the caller's own `wait`.
    let _ = child.wait().await;
    // Some descendants ignore the signal: the background jobs of a shell ignore Ctrl-C.
    process::send(Signal::TERM, &alive(family));
    while !alive(family).is_empty() {
        time::sleep(Duration::from_millis(20)).await;
    }
}

fn alive(family: &[u32]) -> Vec<u32> {
    family
        .iter()
        .copied()
        .filter(|pid| process::is_alive(*pid))
        .collect()
}

fn at_terminal() -> bool {
    io::stdin().is_terminal() || io::stdout().is_terminal() || io::stderr().is_terminal()
}
