//! The forecasting site on one machine, over a private PostgreSQL: what the command `f1` does.

pub mod child;
pub mod cli;
pub mod database;
pub mod demo;
pub mod environment;
pub mod etl;
pub mod exec;
pub mod fill;
pub mod listen;
pub mod postgres;
pub mod process;
pub mod reset;
pub mod serve;
pub mod signals;
pub mod test;
pub mod up;

use std::process::ExitCode;

use anyhow::Result;

use crate::{
    cli::{Cli, Command},
    database::Context,
    environment::{Environment, Settings},
};

/// Runs a command line. `roles_sql` makes the roles of a server; where they exist it does nothing.
pub async fn run(cli: Cli, settings: Settings, roles_sql: &'static str) -> Result<ExitCode> {
    let clock = settings.clock();
    let context = Context {
        environment: Environment::read()?,
        data_dir: cli.data_dir.clone(),
        sources: cli.upstream.clone().unwrap_or(settings.sources),
        clock,
        roles_sql,
    };
    match cli.into_command() {
        Command::Up(options) => up::run(&context, &options).await,
        Command::Test { args } => test::run(&context, &args).await,
        Command::Exec { command } => exec::exec(&context, &command).await,
        Command::Psql { args } => exec::psql(&context, &args).await,
        Command::Reset { yes } => reset::run(&context, yes),
        Command::Etl(command) => etl::run(&context, command).await,
    }
}
