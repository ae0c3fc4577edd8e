//! Installs PostgreSQL where it is missing and `f1` may, or says how to.

use std::{io, path::Path, process::Stdio, time::Duration};

use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Signal, geteuid};
use tokio::process::Command;

use crate::{environment::Environment, process::EndOnDrop};

use super::binaries::{self, Binaries, OLDEST};

/// Finds the server programs; see [`binaries::find_all`] and [`binaries::select`]. If there are
/// none, root on Debian installs them.
pub(super) async fn find_or_install(
    environment: &Environment,
    existing: Option<(&Path, u32)>,
) -> Result<Binaries> {
    let mut found = binaries::find_all(environment)?;
    if found.is_empty() {
        let apt = environment
            .folder_on_path(&["apt-get"])
            .filter(|_| Path::new("/etc/debian_version").exists());
        if apt.is_none() || !geteuid().is_root() {
            bail!(
                "no PostgreSQL server programs on this machine (initdb, postgres; version {OLDEST} or newer): install them with `{}`",
                install_command(environment)
            );
        }
        eprintln!("f1: no PostgreSQL server programs on this machine: installing them");
        if let Err(error) = apt_get(&["update"]).await {
            // One broken package source fails the update; the known packages may suffice.
            eprintln!("f1: {error:#}");
        }
        apt_get(&["install", "-y", "postgresql"]).await?;
        found = binaries::find_all(environment)?;
        ensure!(
            !found.is_empty(),
            "`apt-get install -y postgresql` installed no server programs in /usr/lib/postgresql: set PG_BIN to their folder"
        );
    }
    binaries::select(&found, existing)
}

/// Runs apt-get. Its output goes to standard error, as standard output is the command's own.
async fn apt_get(arguments: &[&str]) -> Result<()> {
    let line = format!("apt-get {}", arguments.join(" "));
    eprintln!("f1: {line}");
    let mut child = Command::new("apt-get")
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null())
        .stdout(io::stderr())
        .spawn()
        .with_context(|| format!("cannot run `{line}`"))?;
    // Never killed: a late end is better than half an installation.
    let guard = EndOnDrop::new(child.id(), (Signal::TERM, Duration::from_mins(2)));
    let status = child.wait().await?;
    guard.disarm();
    ensure!(
        status.success(),
        "`{line}` failed ({status}); if you cannot fix the cause, set PG_BIN to the server programs of PostgreSQL {OLDEST} or newer"
    );
    Ok(())
}

/// The command that installs PostgreSQL with the package manager on `PATH`.
fn install_command(environment: &Environment) -> &'static str {
    let commands = [
        ("apt-get", "sudo apt-get install postgresql"),
        ("dnf", "sudo dnf install postgresql-server"),
        ("pacman", "sudo pacman -S postgresql"),
        ("apk", "sudo apk add postgresql"),
        ("zypper", "sudo zypper install postgresql-server"),
    ];
    commands
        .iter()
        .find(|(manager, _)| environment.folder_on_path(&[manager]).is_some())
        .map_or("brew install postgresql@17", |(_, command)| command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_known_package_manager_homebrew_is_suggested() {
        let command = install_command(&Environment::default());
        assert_eq!(command, "brew install postgresql@17");
    }
}
