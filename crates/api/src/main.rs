//! `f1-api`: serves the JSON API until SIGTERM or Ctrl-C.

use std::{net::SocketAddr, process::ExitCode};

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use clap::Parser;
use schema::Clock;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};
use tracing_subscriber::EnvFilter;

/// Read-only JSON over results and forecasts.
#[derive(Debug, Parser)]
#[command(version)]
struct Config {
    /// URL of the database, with a role that may only read
    #[arg(
        long,
        env,
        hide_env_values = true,
        default_value = "postgres://f1_api@127.0.0.1/f1"
    )]
    database_url: String,
    /// Number of connections to the database
    #[arg(long, env, default_value_t = 16)]
    database_connections: u32,
    /// Address to listen on
    #[arg(long, env, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Start the clock here instead of now, for replays (UTC)
    #[arg(long, env = "F1_NOW", value_parser = schema::clock::parse_instant)]
    now: Option<DateTime<Utc>>,
    /// Seconds that pass on that clock in one real second
    #[arg(long, env = "F1_CLOCK_SPEED", default_value_t = 1.0)]
    clock_speed: f64,
    /// What to log, in `tracing` directives
    #[arg(long, env = "RUST_LOG", default_value = "info")]
    log: EnvFilter,
}

#[tokio::main]
async fn main() -> ExitCode {
    let config = Config::parse();
    tracing_subscriber::fmt()
        .with_env_filter(config.log.clone())
        .with_writer(std::io::stderr)
        .with_ansi(is_coloured())
        .init();
    match serve(config).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(config: Config) -> anyhow::Result<()> {
    let pool = schema::database::pool(&config.database_url, config.database_connections)?;
    schema::database::check_schema(&pool).await?;
    let listener = TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("cannot listen on {}", config.listen))?;
    tracing::info!(address = %listener.local_addr()?, "listening");
    let app = api::app(pool, Clock::starting_at(config.now, config.clock_speed));
    let mut terminate = signal(SignalKind::terminate())?;
    let stop = async move {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
    };
    axum::serve(listener, app)
        .with_graceful_shutdown(stop)
        .await?;
    Ok(())
}

/// Whether standard error is a terminal and `NO_COLOR` is not set.
fn is_coloured() -> bool {
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    std::io::IsTerminal::is_terminal(&std::io::stderr()) && !no_color
}
