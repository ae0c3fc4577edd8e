//! `f1 up`: everything, until Ctrl-C.

use std::process::ExitCode;

use anyhow::{Result, anyhow};
use etl::{
    background::BackgroundTask,
    sources::{f1db, http::Http},
};
use sqlx::postgres::PgConnectOptions;

use crate::{
    cli::Up,
    database::{Context, DEMO, Database, MAIN, is_empty, pool},
    demo,
    etl::{ROLE as ETL_ROLE, context_of_jobs},
    fill::{self, Content},
    listen::Listeners,
    serve::Site,
    signals::Signals,
};

/// The role that only reads; `deploy/roles.sql` makes it.
const API_ROLE: &str = "f1_api";

/// Runs `f1 up`. Ends well when it is asked to end, with the signal's exit code when that happens
/// before everything runs.
pub async fn run(context: &Context, options: &Up) -> Result<ExitCode> {
    let mut signals = Signals::listen()?;
    let (mut database, mut site, content) = tokio::select! {
        started = start(context, options) => started?,
        signal = signals.next() => return Ok(signal.exit_code()),
    };
    announce(&format!("site {}  API {}", site.web_url, site.api_url));
    let as_etl = database.options_of(name(content), ETL_ROLE)?;
    let context = context.clone();
    let mut filling = BackgroundTask::start(async move || fill(&context, as_etl, content).await)?;
    let mut is_filling = true;
    let outcome = loop {
        tokio::select! {
            _ = signals.next() => break Ok(ExitCode::SUCCESS),
            error = database.failure() => break Err(error),
            error = site.failure() => break Err(error),
            filled = filling.outcome(), if is_filling => {
                is_filling = false;
                warn(filled);
            }
        }
    };
    drop(filling);
    site.stop().await;
    database.close().await?;
    outcome
}

/// Takes the addresses, and before them the folder: of two `f1 up` the second shall hear of the
/// first, not of a port.
async fn start(context: &Context, options: &Up) -> Result<(Database, Site, Content)> {
    let (database, listeners) = if let Some(database) = Database::outside(context) {
        let listeners = Listeners::bind(options).await?;
        database.prepare_outside(context).await?;
        (database, listeners)
    } else {
        let (folder, owner) = context.claim_folder("up")?;
        let listeners = Listeners::bind(options).await?;
        let database = Database::start(context, folder, owner).await?;
        (database, listeners)
    };
    let content = choose(context, options, &database).await?;
    if content == Content::Demo {
        demo::prepare(&database, context.clock.now()).await?;
    }
    let as_api = database.options_of(name(content), API_ROLE)?;
    let site = Site::start(listeners, pool(as_api, 16), context.clock)?;
    Ok((database, site, content))
}

/// The simulated championship if it is wanted, or if there is no other to show.
async fn choose(context: &Context, options: &Up, database: &Database) -> Result<Content> {
    if options.demo {
        return Ok(Content::Demo);
    }
    let pool = pool(database.owner_options(MAIN)?, 1);
    let is_empty = is_empty(&pool).await;
    pool.close().await;
    if is_empty? && let Err(error) = f1db::probe(&Http::new()?, &context.sources.f1db_url).await {
        eprintln!(
            "f1: no answer from {error}; showing a simulated demo championship \
             (F1DB_URL or `--upstream` names another source, the next start tries again)"
        );
        return Ok(Content::Demo);
    }
    Ok(Content::Real)
}

/// Fills the database while the site already shows it. What fails now is tried again at the next
/// start, and what there is can be shown.
async fn fill(context: &Context, as_etl: PgConnectOptions, content: Content) {
    let ctx = match context_of_jobs(context, as_etl) {
        Ok(ctx) => ctx,
        Err(error) => return warn(Err(error)),
    };
    let answer = match content {
        // A job would ask again and again: right at night, tiresome here.
        Content::Real => f1db::probe(&ctx.http, &ctx.sources.f1db_url).await,
        Content::Demo => Ok(()),
    };
    match answer {
        Ok(()) => warn(fill::load(&ctx, content).await),
        Err(error) => warn(Err(anyhow!("no answer from {error}"))),
    }
    if matches!(is_empty(&ctx.pool).await, Ok(false)) {
        warn(fill::forecast(&ctx).await);
        if content == Content::Real {
            warn(fill::catch_up(&ctx).await);
        }
    }
}

fn warn(outcome: Result<()>) {
    if let Err(error) = outcome {
        eprintln!(
            "f1: warning: {}; the site shows what there is, the next start tries again",
            etl::error_chain(&error)
        );
    }
}

fn name(content: Content) -> &'static str {
    match content {
        Content::Real => MAIN,
        Content::Demo => DEMO,
    }
}

#[expect(clippy::print_stdout, reason = "the one line that the command is for")]
fn announce(line: &str) {
    println!("{line}");
}
