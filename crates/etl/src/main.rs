//! `f1-etl`: loads, computes, scores. Exit codes: 0 done or nothing due, 75 not published yet, 1 failed, 2 usage.

use std::process::ExitCode;

use chrono::{DateTime, Utc};
use clap::Parser;
use etl::{Context, Sources, cli::Command, sources::http::Http};
use schema::Clock;
use tracing_subscriber::EnvFilter;

/// Ingests results, computes features and forecasts, scores them.
#[derive(Debug, Parser)]
#[command(version)]
struct Config {
    /// The database, as a role that may write
    #[arg(
        long,
        env,
        hide_env_values = true,
        default_value = "postgres://f1_etl@127.0.0.1/f1"
    )]
    database_url: String,
    #[command(flatten)]
    sources: Sources,
    /// Start the clock here instead of now, for replays (UTC)
    #[arg(long, env = "F1_NOW", value_parser = schema::clock::parse_instant)]
    now: Option<DateTime<Utc>>,
    /// Seconds that pass on that clock in one real second
    #[arg(long, env = "F1_CLOCK_SPEED", default_value_t = 1.0)]
    clock_speed: f64,
    /// What to log, in `tracing` directives
    #[arg(long, env = "RUST_LOG", default_value = "info,sqlx=warn")]
    log: EnvFilter,
    #[command(subcommand)]
    command: Command,
}

#[tokio::main]
async fn main() -> ExitCode {
    let config = Config::parse();
    tracing_subscriber::fmt()
        .with_env_filter(config.log.clone())
        .with_writer(std::io::stderr)
        .init();
    run(config).await.unwrap_or_else(|error| {
        tracing::error!("{error:#}");
        ExitCode::FAILURE
    })
}

async fn run(config: Config) -> anyhow::Result<ExitCode> {
    let pool = schema::database::pool(&config.database_url, 4)?;
    schema::database::check_schema(&pool).await?;
    let clock = Clock::starting_at(config.now, config.clock_speed);
    let ctx = Context {
        pool,
        sources: config.sources,
        http: Http::new()?,
        clock,
        job_run: None,
    };
    etl::cli::run(&ctx, config.command).await
}
