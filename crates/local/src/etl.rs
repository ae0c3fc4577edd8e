//! `f1 etl`: a command of `f1-etl` on the local database.

use std::process::ExitCode;

use anyhow::Result;
use etl::{
    background::BackgroundTask,
    cli::{self, Command},
};
use sqlx::postgres::PgConnectOptions;
use tokio_util::sync::CancellationToken;

use crate::{
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
        let ends_gently = command.ends_gently();
        let stop = CancellationToken::new();
        let told = stop.clone();
        let mut work = BackgroundTask::start(async move || {
            let ctx = context_of_jobs(&context, options)?;
            cli::run(&ctx, command, &told).await
        })?;
        loop {
            tokio::select! {
                outcome = work.outcome() => return outcome?,
                // Work that waits for something else would not notice for long.
                error = database.failure() => return Err(error),
                signal = signals.next() => {
                    if !ends_gently || stop.is_cancelled() {
                        return Ok(signal.exit_code());
                    }
                    stop.cancel();
                }
            }
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
