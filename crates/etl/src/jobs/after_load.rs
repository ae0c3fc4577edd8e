//! What follows from a load.

use anyhow::Result;

use super::{Due, Job, ledger};
use crate::Context;

/// Runs what follows from a load, in the order of the table: the forecasts, and then the scores and the title odds if
/// anything changed since they last ran. `run` runs one job and shows its progress.
pub async fn after_load(ctx: &Context, mut run: impl AsyncFnMut(Job) -> Result<()>) -> Result<()> {
    for &job in Job::ALL {
        let is_due = match job.due() {
            // Forecasts also come due as time passes, without a new release.
            Due::AfterRelease => true,
            Due::AfterNews => ledger::is_behind(&ctx.pool, job).await?,
            _ => false,
        };
        if is_due {
            run(job).await?;
        }
    }
    Ok(())
}
