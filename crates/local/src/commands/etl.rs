//! `f1 etl`: a command of `f1-etl` on the local database.

use std::process::ExitCode;

use anyhow::Result;
use etl::{
    aside::Aside,
    cli::{self, Command},
};
use tokio_util::sync::CancellationToken;

use crate::{
    commands::exec::with_database,
    context::Context,
    database::{ETL_ROLE, MAIN},
    signals::exit_code,
};

/// Runs `f1 etl`.
pub async fn run(context: &Context, command: Command) -> Result<ExitCode> {
    with_database(context, "etl", async |database, signals| {
        tokio::select! {
            prepared = database.prepare_external(context) => prepared?,
            signal = signals.next() => return Ok(exit_code(signal)),
        }
        let options = database.options_of(MAIN, ETL_ROLE)?;
        let context = context.clone();
        let ends_gently = command.ends_gently();
        let stop = CancellationToken::new();
        let stop_of_work = stop.clone();
        let mut work = Aside::start(async move || {
            let ctx = context.of_jobs(options)?;
            cli::run(&ctx, command, &stop_of_work).await
        })?;
        loop {
            tokio::select! {
                outcome = work.outcome() => return outcome?,
                // Work that waits for an upstream would notice this late.
                error = database.failure() => return Err(error),
                signal = signals.next() => {
                    if !ends_gently || stop.is_cancelled() {
                        return Ok(exit_code(signal));
                    }
                    stop.cancel();
                }
            }
        }
    })
    .await
}
