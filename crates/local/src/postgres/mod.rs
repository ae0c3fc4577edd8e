//! A private PostgreSQL: found or installed, made, started, stopped and recovered.
//!
//! Anybody on this machine may connect to it, without a password, as any role: it listens on
//! 127.0.0.1 only, and is meant for one's own machine.

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

/// What a server is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Its data is kept: what is committed survives a crash of the machine.
    Durable,
    /// Its data is thrown away with it: fast is better than safe.
    Throwaway,
}

/// Starts the server of a data folder that the caller owns; makes the cluster if there is none,
/// and stops an orphan first.
pub async fn start(folder: &Folder, environment: &Environment, purpose: Purpose) -> Result<Server> {
    folder.clear_unfinished()?;
    let cluster = folder.cluster();
    let made_by = cluster::version(&cluster)?;
    let existing = made_by.map(|major| (cluster.as_path(), major));
    let binaries = install::find_or_install(environment, existing).await?;
    let account = account::Account::of_cluster(&cluster)?;
    let way_out = match purpose {
        Purpose::Durable => "choose another folder with `--data-dir`",
        Purpose::Throwaway => "choose another with TMPDIR",
    };
    account.ensure_can_enter(folder.path(), way_out).await?;
    if made_by.is_none() {
        if purpose == Purpose::Durable {
            eprintln!(
                "f1: making a database in {} with PostgreSQL {}",
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
