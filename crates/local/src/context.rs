//! What every command knows: settings, sources, clock, and where the data folder is.

use std::path::PathBuf;

use anyhow::{Result, bail};
use etl::Sources;
use schema::Clock;
use sqlx::postgres::PgConnectOptions;

use crate::{
    database::pool,
    environment::Environment,
    postgres::{Claim, Folder, Holder, Owner},
};

/// What every command knows.
#[derive(Debug, Clone)]
pub struct Context {
    /// The environment variables that `f1` reads.
    pub environment: Environment,
    /// The data folder that `--data-dir` names.
    pub data_dir: Option<PathBuf>,
    /// The addresses of the upstreams.
    pub sources: Sources,
    /// The clock of this process.
    pub clock: Clock,
    /// SQL that creates the roles. It runs at each start of a server, and must be idempotent.
    pub roles_sql: &'static str,
}

impl Context {
    /// The data folder, created if it is missing.
    pub fn folder(&self) -> Result<Folder> {
        Folder::open(self.data_dir.as_deref(), &self.environment)
    }

    /// Takes ownership of the data folder for `command`. The error names the current owner.
    pub fn claim_folder(&self, command: &'static str) -> Result<(Folder, Owner)> {
        let folder = self.folder()?;
        match Owner::claim(&folder, command)? {
            Claim::Ours(owner) => Ok((folder, owner)),
            Claim::Taken(holder) => {
                let way_out = match &holder {
                    Some(Holder { pid, .. }) => format!("stop it (`kill {pid}`)"),
                    None => "stop it".into(),
                };
                bail!(
                    "{} is using the data folder {}: {way_out}, or choose another folder with `--data-dir`",
                    Holder::name(holder.as_ref()),
                    folder.path().display()
                )
            }
        }
    }

    /// The context of the jobs of `etl`. Must be called inside the runtime that runs them.
    pub fn of_jobs(&self, options: PgConnectOptions) -> Result<etl::Context> {
        Ok(etl::Context {
            pool: pool(options, 4),
            sources: self.sources.clone(),
            http: etl::sources::http::Http::new()?,
            clock: self.clock,
            job_run: None,
        })
    }
}
