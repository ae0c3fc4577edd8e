//! `f1 exec` and `f1 psql`: a program on the local database.

use std::{ffi::OsString, process::ExitCode};

use anyhow::{Context as _, Result};

use crate::{
    child,
    context::Context,
    database::{Database, MAIN},
    postgres::{self, OWNER_ROLE},
    signals::{Signals, exit_code},
};

/// Runs `f1 exec`: any command, as the owner of the database.
pub async fn exec(context: &Context, command: &[OsString]) -> Result<ExitCode> {
    let (program, arguments) = command.split_first().context("no command given")?;
    with_database(context, "exec", async |database, signals| {
        let url = database.url(MAIN, OWNER_ROLE)?;
        child::run(program, arguments, &url, signals).await
    })
    .await
}

/// Runs `f1 psql`.
pub async fn psql(context: &Context, arguments: &[OsString]) -> Result<ExitCode> {
    with_database(context, "psql", async |database, signals| {
        let url = database.url(MAIN, OWNER_ROLE)?;
        let program = postgres::psql(&context.environment)?;
        let mut all = vec![OsString::from(&url)];
        all.extend_from_slice(arguments);
        child::run(program.as_os_str(), &all, &url, signals).await
    })
    .await
}

/// Opens the database, runs `work` on it, and stops the server if this command started it.
pub(crate) async fn with_database(
    context: &Context,
    name: &'static str,
    work: impl AsyncFnOnce(&mut Database, &mut Signals) -> Result<ExitCode>,
) -> Result<ExitCode> {
    let mut signals = Signals::listen()?;
    let mut database = tokio::select! {
        database = Database::open(context, name) => database?,
        signal = signals.next() => return Ok(exit_code(signal)),
    };
    let outcome = work(&mut database, &mut signals).await;
    if !signals.must_end() {
        tokio::select! {
            waited = database.wait_for_guests() => waited?,
            _ = signals.next() => {}
        }
    }
    database.close().await?;
    outcome
}
