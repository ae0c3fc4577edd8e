//! The addresses of the site and the API, bound before anything else starts.

use std::{io, net::SocketAddr};

use anyhow::{Result, anyhow};
use tokio::net::TcpListener;

use crate::cli::Up;

/// Both listeners of `f1 up`.
#[derive(Debug)]
pub struct Listeners {
    /// For the site.
    pub web: TcpListener,
    /// For the API.
    pub api: TcpListener,
}

impl Listeners {
    /// Binds both addresses. The error names the address that is not available, and its option.
    pub async fn bind(options: &Up) -> Result<Self> {
        Ok(Self {
            web: bind("--web", options.web()).await?,
            api: bind("--api", options.api()).await?,
        })
    }
}

async fn bind(option: &str, address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        let reason = if error.kind() == io::ErrorKind::AddrInUse {
            format!("port {} is in use", address.port())
        } else {
            error.to_string()
        };
        anyhow!("cannot listen on {address}: {reason}; choose another address with `{option}`")
    })
}
