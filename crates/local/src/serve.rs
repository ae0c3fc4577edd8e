//! The API and the site, each on its own address. The site is a client of the API.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use anyhow::{Context as _, Result, anyhow};
use axum::Router;
use client::Client;
use schema::Clock;
use sqlx::PgPool;
use tokio::{net::TcpListener, sync::watch, task::JoinSet, time};

use crate::listen::Listeners;

/// How long running requests may take to end.
const PATIENCE: Duration = Duration::from_secs(3);

/// Both servers. They run until this is dropped.
#[derive(Debug)]
pub struct Site {
    /// The address of the site.
    pub web_url: String,
    /// The address of the API.
    pub api_url: String,
    stop: watch::Sender<()>,
    servers: JoinSet<io::Result<()>>,
}

impl Site {
    /// Starts both servers.
    pub fn start(listeners: Listeners, pool: PgPool, clock: Clock) -> Result<Self> {
        let mut site = Self {
            web_url: url(listeners.web.local_addr()?),
            api_url: url(listeners.api.local_addr()?),
            stop: watch::Sender::default(),
            servers: JoinSet::new(),
        };
        let client = Client::new(site.api_url.parse().context("the address of the API")?)?;
        site.serve(listeners.api, api::app(pool, clock));
        site.serve(listeners.web, web::app(client));
        Ok(site)
    }

    /// Waits until one of the servers ends unexpectedly.
    pub async fn failure(&mut self) -> anyhow::Error {
        match self.servers.join_next().await {
            Some(Ok(Err(error))) => anyhow!(error).context("the web server failed"),
            Some(Err(error)) => anyhow!(error).context("the web server failed"),
            Some(Ok(Ok(()))) | None => anyhow!("the web server ended unexpectedly"),
        }
    }

    /// Accepts no more requests, and waits a few seconds for the running ones.
    pub async fn stop(mut self) {
        drop(self.stop);
        let all = async { while self.servers.join_next().await.is_some() {} };
        // Slower requests are cut off when the servers are dropped.
        let _ = time::timeout(PATIENCE, all).await;
    }

    fn serve(&mut self, listener: TcpListener, app: Router) {
        let mut stop = self.stop.subscribe();
        let stopped = async move {
            // Nothing is ever sent: the wait ends when the sender is dropped.
            let _ = stop.changed().await;
        };
        self.servers.spawn(async {
            axum::serve(listener, app)
                .with_graceful_shutdown(stopped)
                .await
        });
    }
}

/// The URL by which this machine reaches an address that it listens on.
fn url(mut address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    format!("http://{address}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unspecified_addresses_are_reached_by_loopback() {
        for (listening, reached) in [
            ("127.0.0.1:80", "http://127.0.0.1:80"),
            ("0.0.0.0:8080", "http://127.0.0.1:8080"),
            ("[::]:3000", "http://[::1]:3000"),
        ] {
            assert_eq!(url(listening.parse().unwrap()), reached);
        }
    }
}
