//! The environment variables that `f1` reads.

use std::{env, ffi::OsString, path::PathBuf};

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use clap::Parser;
use etl::Sources;
use schema::Clock;

/// The environment variables of `f1` itself. An empty variable counts as not set.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// `DATABASE_URL`: a PostgreSQL to use instead of a private one.
    pub database_url: Option<String>,
    /// `PG_BIN`: the folder of PostgreSQL's server programs.
    pub pg_bin: Option<PathBuf>,
    /// `PATH`, as its folders.
    pub path: Vec<PathBuf>,
    /// `HOME`.
    pub home: Option<PathBuf>,
    /// `XDG_DATA_HOME`; its specification says to ignore a relative path.
    pub xdg_data_home: Option<PathBuf>,
    /// `CARGO`: the cargo that runs this process, if one does.
    pub cargo: Option<OsString>,
}

/// Settings that `f1-etl` and `f1-api` also take as options; `f1` takes them from the environment
/// only.
#[derive(Debug, Parser)]
#[command(name = "f1")]
pub struct Settings {
    /// The addresses of the upstreams.
    #[command(flatten)]
    pub sources: Sources,

    #[arg(env = "F1_NOW", value_name = "F1_NOW", value_parser = schema::clock::parse_instant)]
    now: Option<DateTime<Utc>>,

    #[arg(
        env = "F1_CLOCK_SPEED",
        value_name = "F1_CLOCK_SPEED",
        default_value_t = 1.0
    )]
    clock_speed: f64,
}

impl Environment {
    /// Reads the environment of this process.
    pub fn read() -> Result<Self> {
        let database_url = variable("DATABASE_URL")
            .map(OsString::into_string)
            .transpose()
            .ok()
            .context("DATABASE_URL is not valid text")?;
        Ok(Self {
            database_url,
            pg_bin: variable("PG_BIN").map(PathBuf::from),
            path: variable("PATH").map_or_else(Vec::new, |path| env::split_paths(&path).collect()),
            home: variable("HOME").map(PathBuf::from),
            xdg_data_home: variable("XDG_DATA_HOME")
                .map(PathBuf::from)
                .filter(|path| path.is_absolute()),
            cargo: variable("CARGO"),
        })
    }

    /// The first folder of `PATH` that contains all these programs.
    #[must_use]
    pub fn folder_on_path(&self, programs: &[&str]) -> Option<&PathBuf> {
        self.path
            .iter()
            .find(|folder| programs.iter().all(|name| folder.join(name).is_file()))
    }
}

impl Settings {
    /// Reads the settings. Ends the process with a usage error if one is wrong.
    #[must_use]
    pub fn from_environment() -> Self {
        Self::parse_from(["f1"])
    }

    /// The clock that the whole process shares, started now.
    #[must_use]
    pub fn clock(&self) -> Clock {
        Clock::starting_at(self.now, self.clock_speed)
    }
}

fn variable(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}
