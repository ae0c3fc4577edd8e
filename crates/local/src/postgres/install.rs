//! What to do when a machine has no PostgreSQL at all.

use std::{io, path::Path, process::Stdio, time::Duration};

use anyhow::{Context, Result, bail, ensure};
use tokio::process::Command;

use crate::{environment::Environment, process::Leash};

use super::{
    account,
    binaries::{self, Binaries, OLDEST},
};

/// Finds the server programs, and installs them if there are none and root may: see
/// [`binaries::find_all`] and [`binaries::select`].
pub(super) async fn find_or_install(
    environment: &Environment,
    existing: Option<(&Path, u32)>,
) -> Result<Binaries> {
    let mut found = binaries::find_all(environment)?;
    if found.is_empty() {
        let apt = environment
            .folder_on_path(&["apt-get"])
            .filter(|_| Path::new("/etc/debian_version").exists());
        if apt.is_none() || !account::is_root()? {
            bail!(
                "no PostgreSQL server programs on this machine (initdb, postgres; version {OLDEST} or newer): type `{}`",
                command_to_type(environment)
            );
        }
        eprintln!("f1: no PostgreSQL server programs on this machine: installing them");
        if let Err(error) = apt_get(&["update"]).await {
            // What is known of the packages may do: one broken source of many spoils an update.
            eprintln!("f1: {error:#}");
        }
        apt_get(&["install", "-y", "postgresql"]).await?;
        found = binaries::find_all(environment)?;
        ensure!(
            !found.is_empty(),
            "`apt-get install -y postgresql` left no server programs in /usr/lib/postgresql: point PG_BIN at them"
        );
    }
    binaries::select(&found, existing)
}

/// Runs apt-get; what it prints goes to standard error, since standard output may be a child's.
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
    // Asked, never forced: half an installation would be worse than a late end.
    let leash = Leash::new(child.id(), ("TERM", Duration::from_mins(2)));
    let status = child.wait().await?;
    leash.release();
    ensure!(
        status.success(),
        "`{line}` failed ({status}); if its reason cannot be mended, point PG_BIN at the server programs of a PostgreSQL {OLDEST} or newer"
    );
    Ok(())
}

/// The one command that installs PostgreSQL here, by the package manager that is on `PATH`.
fn command_to_type(environment: &Environment) -> &'static str {
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
    fn a_machine_without_a_package_manager_we_know_is_told_of_homebrew() {
        let command = command_to_type(&Environment::default());
        assert_eq!(command, "brew install postgresql@17");
    }
}
