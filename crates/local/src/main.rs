//! The command `f1`.

use std::{
    io::{self, IsTerminal},
    process::ExitCode,
};

use local::{cli::Cli, environment::Settings};
use tracing_subscriber::{EnvFilter, filter::LevelFilter};

/// Creates the database's roles, the same as in production.
const ROLES: &str = include_str!("../../../deploy/roles.sql");

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::from_arguments();
    let settings = Settings::from_environment();
    tracing_subscriber::fmt()
        .with_env_filter(
            EnvFilter::builder()
                .with_default_directive(LevelFilter::WARN.into())
                .from_env_lossy(),
        )
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .init();
    local::run(cli, settings, ROLES)
        .await
        .unwrap_or_else(|error| {
            eprintln!("f1: {}", etl::words(&error));
            ExitCode::FAILURE
        })
}
