//! `f1-etl`: loads, computes, scores. Exit codes: 0 done or nothing due, 75 not published yet, 1 failed, 2 usage,
//! 130 a `backfill` that was stopped.

use std::process::ExitCode;

use chrono::{DateTime, Utc};
use clap::{Parser, ValueEnum};
use etl::{Context, Sources, cli::Command, sources::http::Http};
use schema::Clock;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

/// Ingests results, computes features and forecasts, scores them.
#[derive(Debug, Parser)]
#[command(version)]
struct Config {
    /// URL of the database, with a role that may write
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
    /// What to log, as `tracing` directives
    #[arg(
        long,
        env = "RUST_LOG",
        default_value = "info,sqlx=warn,tokio_cron_scheduler=warn"
    )]
    log: EnvFilter,
    /// Format of the log
    #[arg(long, env = "LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    log_format: LogFormat,
    #[command(subcommand)]
    command: Command,
}

/// The format of a line of the log.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum LogFormat {
    /// For people
    Text,
    /// A JSON object
    Json,
}

#[tokio::main]
async fn main() -> ExitCode {
    let config = Config::parse();
    let log = tracing_subscriber::fmt()
        .with_env_filter(config.log.clone())
        .with_writer(std::io::stderr)
        .with_ansi(is_coloured());
    match config.log_format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
    run(config).await.unwrap_or_else(|error| {
        tracing::error!("{}", etl::error_chain(&error));
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
    let stop = CancellationToken::new();
    if config.command.ends_gently() {
        stop_on_signals(stop.clone())?;
    }
    etl::cli::run(&ctx, config.command, &stop).await
}

/// The first SIGTERM or Ctrl-C cancels `stop`, the second ends the process.
fn stop_on_signals(stop: CancellationToken) -> anyhow::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::spawn(async move {
        loop {
            let code = tokio::select! {
                _ = interrupt.recv() => 130,
                _ = terminate.recv() => 143,
            };
            if stop.is_cancelled() {
                std::process::exit(code);
            }
            stop.cancel();
        }
    });
    Ok(())
}

/// Whether the log is coloured: on a terminal, unless `NO_COLOR` is set.
fn is_coloured() -> bool {
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    std::io::IsTerminal::is_terminal(&std::io::stderr()) && !no_color
}
