//! `f1 etl`: a command of `f1-etl` on the local database.

use std::process::ExitCode;

use anyhow::Result;
use etl::cli::{self, Command};
use sqlx::postgres::PgConnectOptions;

use crate::{
    aside::Aside,
    database::{Context, MAIN},
    exec::on_database,
};

/// The role that writes; `deploy/roles.sql` makes it.
pub(crate) const ROLE: &str = "f1_etl";

/// Runs `f1 etl`.
pub async fn run(context: &Context, command: Command) -> Result<ExitCode> {
    on_database(context, "etl", async |database, signals| {
        tokio::select! {
            prepared = database.prepare_outside(context) => prepared?,
            signal = signals.next() => return Ok(signal.exit_code()),
        }
        let options = database.options_of(MAIN, ROLE)?;
        let context = context.clone();
        let mut work = Aside::start(async move || {
            let ctx = context_of_jobs(&context, options)?;
            cli::run(&ctx, command).await
        })?;
        tokio::select! {
            outcome = work.outcome() => outcome?,
            signal = signals.next() => Ok(signal.exit_code()),
        }
    })
    .await
}

/// What the jobs of the ETL are given. Must be called inside the runtime that they will use.
pub(crate) fn context_of_jobs(
    context: &Context,
    options: PgConnectOptions,
) -> Result<etl::Context> {
    Ok(etl::Context {
        pool: crate::database::pool(options, 4),
        sources: context.sources.clone(),
        http: etl::sources::http::Http::new()?,
        clock: context.clock,
        job_run: None,
    })
}
