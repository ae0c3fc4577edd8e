//! The command `f1`: the whole forecasting site on one machine, over a private PostgreSQL.

pub mod child;
pub mod cli;
pub mod commands;
pub mod context;
pub mod database;
pub mod demo_database;
pub mod environment;
pub mod fill;
pub mod listen;
pub mod postgres;
pub mod process;
pub mod serve;
pub mod signals;

use std::process::ExitCode;

use anyhow::Result;

use crate::{
    cli::{Cli, Command},
    commands::{etl, exec, reset, test, up},
    context::Context,
    environment::{Environment, Settings},
};

/// Runs a command line. `roles_sql` creates the roles of a server that lacks them.
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
