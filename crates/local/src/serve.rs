//! The API and the site, each on its own address, the second a client of the first.

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

/// How long requests that are under way may take to end.
const PATIENCE: Duration = Duration::from_secs(3);

/// Both servers, running until this is dropped.
#[derive(Debug)]
pub struct Site {
    /// Where the site is.
    pub web_url: String,
    /// Where the API is.
    pub api_url: String,
    stop: watch::Sender<()>,
    servers: JoinSet<io::Result<()>>,
}

impl Site {
    /// Starts to serve.
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

    /// Waits until one of them ends by itself, which it should not.
    pub async fn failure(&mut self) -> anyhow::Error {
        match self.servers.join_next().await {
            Some(Ok(Err(error))) => anyhow!(error).context("a server of ours failed"),
            Some(Err(error)) => anyhow!(error).context("a server of ours failed"),
            Some(Ok(Ok(()))) | None => anyhow!("a server of ours ended by itself"),
        }
    }

    /// Takes no more requests, and waits a little for those that are under way.
    pub async fn stop(mut self) {
        drop(self.stop);
        let all = async { while self.servers.join_next().await.is_some() {} };
        // Who is slower than that is cut off with what remains of this.
        let _ = time::timeout(PATIENCE, all).await;
    }

    fn serve(&mut self, listener: TcpListener, app: Router) {
        let mut stop = self.stop.subscribe();
        let told_to_stop = async move {
            // The sender sends nothing: it is dropped.
            let _ = stop.changed().await;
        };
        self.servers.spawn(async {
            axum::serve(listener, app)
                .with_graceful_shutdown(told_to_stop)
                .await
        });
    }
}

/// How this machine reaches an address it listens on.
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
    fn all_addresses_are_reached_at_the_machine_itself() {
        for (listening, reached) in [
            ("127.0.0.1:80", "http://127.0.0.1:80"),
            ("0.0.0.0:8080", "http://127.0.0.1:8080"),
            ("[::]:3000", "http://[::1]:3000"),
        ] {
            assert_eq!(url(listening.parse().unwrap()), reached);
        }
    }
}
