//! Runs one command on behalf of the caller and ends the way it ends.

use std::{
    ffi::{OsStr, OsString},
    io::{self, IsTerminal},
    os::unix::process::ExitStatusExt,
    process::{ExitCode, ExitStatus},
    time::Duration,
};

use anyhow::{Context, Result};
use tokio::{
    process::{Child, Command},
    time,
};

use crate::{
    process,
    signals::{Signal, Signals},
};

/// How long a command may take to end once it was told to.
const PATIENCE: Duration = Duration::from_secs(10);

/// Runs a command with `DATABASE_URL` set and gives back its exit code, or 128 and the number of
/// the signal that ended it.
///
/// A request to end is passed on to the command and to everything it started; we wait for them.
/// The command stays in our process group: a terminal's Ctrl-C reaches it without our help, and
/// what it makes of that is its own affair (psql only abandons the query).
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
                if signal == Signal::Interrupt && at_terminal() {
                    continue;
                }
                break end(&mut child, signal, signals).await?;
            }
        }
    };
    Ok(exit_code(status))
}

/// The exit code a shell would report.
fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status
        .code()
        .unwrap_or_else(|| 128 + status.signal().unwrap_or_default());
    ExitCode::from(u8::try_from(code).unwrap_or(u8::MAX))
}

/// Ends the command and its descendants; impatiently after [`PATIENCE`] or at a second request.
async fn end(child: &mut Child, signal: Signal, signals: &mut Signals) -> io::Result<ExitStatus> {
    let Some(pid) = child.id() else {
        return child.wait().await;
    };
    // Listed now: once a parent is gone, nothing tells whose children they were.
    let family = process::held_tree(pid);
    let name = match signal {
        Signal::Interrupt => "INT",
        Signal::Terminate => "TERM",
        Signal::Hangup => "HUP",
    };
    process::send(name, &family);
    process::send("CONT", &family);
    tokio::select! {
        () = ended(child, &family) => {}
        () = time::sleep(PATIENCE) => kill(&family),
        _ = signals.next() => kill(&family),
    }
    child.wait().await
}

/// Kills what is left of a family, with what it has started since it was listed: who ignores a
/// request to end goes on working.
fn kill(family: &[u32]) {
    for pid in alive(family) {
        process::send("KILL", &process::held_tree(pid));
    }
}

async fn ended(child: &mut Child, family: &[u32]) {
    // An error of `wait` comes again, and is reported, at the caller's own `wait`.
    let _ = child.wait().await;
    // What it leaves behind did not heed the signal: a shell, for one, makes its background jobs
    // ignore Ctrl-C.
    process::send("TERM", &alive(family));
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
