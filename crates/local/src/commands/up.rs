//! `f1 up`: starts everything and serves until Ctrl-C.

use std::process::ExitCode;

use anyhow::{Result, anyhow};
use etl::{
    aside::Aside,
    sources::{f1db, http::Http},
};
use sqlx::postgres::PgConnectOptions;

use crate::{
    cli::Up,
    context::Context,
    database::{API_ROLE, DEMO, Database, ETL_ROLE, MAIN, is_empty, pool},
    demo_database,
    fill::{self, Content},
    listen::Listeners,
    serve::Site,
    signals::{Signals, exit_code},
};

/// Runs `f1 up`. A request to end is a success once the site is served, and gives the signal's
/// exit code before.
pub async fn run(context: &Context, options: &Up) -> Result<ExitCode> {
    let mut signals = Signals::listen()?;
    let (mut database, mut site, content) = tokio::select! {
        started = start(context, options) => started?,
        signal = signals.next() => return Ok(exit_code(signal)),
    };
    announce(&format!("site {}  API {}", site.web_url, site.api_url));
    let as_etl = database.options_of(database_of(content), ETL_ROLE)?;
    let context = context.clone();
    let mut filling = Aside::start(async move || fill(&context, as_etl, content).await)?;
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

/// Takes the data folder, then the addresses: a second `f1 up` then reports the first one instead
/// of a port in use.
async fn start(context: &Context, options: &Up) -> Result<(Database, Site, Content)> {
    let (database, listeners) = if let Some(database) = Database::external(context) {
        let listeners = Listeners::bind(options).await?;
        database.prepare_external(context).await?;
        (database, listeners)
    } else {
        let (folder, owner) = context.claim_folder("up")?;
        let listeners = Listeners::bind(options).await?;
        let database = Database::start(context, folder, owner).await?;
        (database, listeners)
    };
    let content = choose(context, options, &database).await?;
    if content == Content::Demo {
        demo_database::prepare(&database, context.clock.now()).await?;
    }
    let as_api = database.options_of(database_of(content), API_ROLE)?;
    let site = Site::start(listeners, pool(as_api, 16), context.clock)?;
    Ok((database, site, content))
}

/// The simulated championship if `--demo` asks for it, or if the database is empty and the source
/// does not answer.
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
             (set F1DB_URL or `--upstream` for another source; the next start tries again)"
        );
        return Ok(Content::Demo);
    }
    Ok(Content::Real)
}

/// Fills the database while the site is already served from it. A failure is a warning: the site
/// shows what is stored, and the next start tries again.
async fn fill(context: &Context, as_etl: PgConnectOptions, content: Content) {
    let ctx = match context.of_jobs(as_etl) {
        Ok(ctx) => ctx,
        Err(error) => return warn(Err(error)),
    };
    let answer = match content {
        // A job would retry for minutes, which is too long while somebody waits.
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
            "f1: warning: {}; the site shows what is stored, the next start tries again",
            etl::words(&error)
        );
    }
}

fn database_of(content: Content) -> &'static str {
    match content {
        Content::Real => MAIN,
        Content::Demo => DEMO,
    }
}

#[expect(
    clippy::print_stdout,
    reason = "this line is the output of the command"
)]
fn announce(line: &str) {
    println!("{line}");
}
