//! `f1-web`: serves the site until SIGINT or SIGTERM.

use std::{net::SocketAddr, process::ExitCode};

use anyhow::Context as _;
use clap::Parser;
use client::Client;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};
use tracing_subscriber::EnvFilter;

/// Server-rendered pages over the API.
#[derive(Debug, Parser)]
#[command(version)]
struct Config {
    /// Address of the API
    #[arg(long, env, default_value = "http://127.0.0.1:8080")]
    api_url: client::Url,
    /// Address to listen on
    #[arg(long, env, default_value = "127.0.0.1:3000")]
    listen: SocketAddr,
    /// Log filter, in `tracing` directives
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
    let client = Client::new(config.api_url)?;
    let listener = TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("cannot listen on {}", config.listen))?;
    tracing::info!(address = %listener.local_addr()?, "listening");
    let mut terminate = signal(SignalKind::terminate())?;
    let stop = async move {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
    };
    axum::serve(listener, web::app(client))
        .with_graceful_shutdown(stop)
        .await?;
    Ok(())
}

/// Whether log lines are coloured: on a terminal, unless `NO_COLOR` is set.
fn is_coloured() -> bool {
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    std::io::IsTerminal::is_terminal(&std::io::stderr()) && !no_color
}
