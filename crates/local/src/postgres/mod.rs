//! A private PostgreSQL server: finds or installs its programs, creates its cluster, starts, stops
//! and recovers it. `docs/decisions.md` says why no crate does this for us.
//!
//! The server listens on 127.0.0.1 only. Every user of the machine may connect to it as any role
//! without a password, so it is meant for a personal machine.

mod account;
mod binaries;
mod cluster;
mod folder;
pub mod guests;
mod install;
mod owner;
mod postmaster;
mod server;
mod throwaway;

use anyhow::Result;
use tokio::task;

use crate::environment::Environment;

pub use self::{
    binaries::psql,
    folder::Folder,
    guests::Guest,
    owner::{Claim, Holder, Owner},
    postmaster::recover,
    server::Server,
    throwaway::{Throwaway, sweep},
};

/// The role that owns the cluster and its databases.
pub const OWNER_ROLE: &str = "f1_owner";

/// Whether a server's data is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Commits survive a crash of the machine.
    Durable,
    /// The data is deleted with the server, which trades safety for speed.
    Throwaway,
}

/// Starts the server of a data folder that the caller owns. Creates the cluster if there is none,
/// and first stops a server that a killed run left on it.
pub async fn start(folder: &Folder, environment: &Environment, purpose: Purpose) -> Result<Server> {
    folder.clear_unfinished()?;
    let cluster = folder.cluster();
    let created_by = cluster::version(&cluster)?;
    let existing = created_by.map(|major| (cluster.as_path(), major));
    let binaries = install::find_or_install(environment, existing).await?;
    let account = account::Account::of_cluster(&cluster)?;
    let way_out = match purpose {
        Purpose::Durable => "choose another folder with `--data-dir`",
        Purpose::Throwaway => "choose another folder with TMPDIR",
    };
    account.ensure_can_enter(folder.path(), way_out).await?;
    if created_by.is_none() {
        if purpose == Purpose::Durable {
            eprintln!(
                "f1: creating a database in {} with PostgreSQL {}",
                folder.path().display(),
                binaries.major
            );
        }
        cluster::create(folder, &binaries, &account, purpose).await?;
    } else {
        let cluster = cluster.clone();
        task::spawn_blocking(move || recover(&cluster)).await??;
    }
    Server::start(folder, &binaries, &account, purpose).await
}

/// The URL of a database on a private server, for one of its roles.
#[must_use]
pub fn url(port: u16, database: &str, role: &str) -> String {
    format!("postgres://{role}@127.0.0.1:{port}/{database}")
}
