//! Runs `f1` as a user does, each test on a data folder of its own.

mod running;
mod scratch;

use std::{
    fs,
    path::Path,
    process::{Command, Output},
    thread,
    time::{Duration, Instant},
};

use rustix::process::geteuid;

pub(crate) use self::{running::Running, scratch::Scratch};

/// The user and group id of `nobody` on nearly every system.
pub(crate) const NOBODY: u32 = 65534;

/// The process that `postmaster.pid` names.
pub(crate) fn postmaster(cluster: &Path) -> Option<u32> {
    let text = fs::read_to_string(cluster.join("postmaster.pid")).ok()?;
    text.lines().next()?.trim().parse().ok()
}

/// Waits up to a minute until a condition is met.
pub(crate) fn wait_for(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while !condition() {
        assert!(
            Instant::now() < deadline,
            "waited for {what} for a minute in vain"
        );
        thread::sleep(Duration::from_millis(5));
    }
}

/// Runs a program to its end.
pub(crate) fn run(mut command: Command) -> Output {
    command.output().unwrap()
}

/// Runs a program that must succeed, and returns its output.
pub(crate) fn stdout(command: Command) -> String {
    let output = run(command);
    assert!(output.status.success(), "{}", stderr(&output));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Runs a program that must fail with an error message that contains all `parts`.
pub(crate) fn assert_fails(command: Command, parts: &[&str]) {
    let output = run(command);
    let message = stderr(&output);
    assert_eq!(output.status.code(), Some(1), "{message}");
    for part in parts {
        assert!(message.contains(part), "{part:?} is not in: {message}");
    }
}

/// Whether the tests run as root. Reports a skipped test if they do not.
pub(crate) fn is_root(test: &str) -> bool {
    let is_root = geteuid().is_root();
    if !is_root {
        eprintln!("SKIPPED, needs root: {test}");
    }
    is_root
}
