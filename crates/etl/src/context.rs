//! What every job is given: where to write, whom to ask, and what time it is.

use chrono::{DateTime, Utc};
use reqwest::Url;
use schema::Clock;
use sqlx::PgPool;

use crate::sources::http::Http;

/// Where the upstreams are.
#[derive(Debug, Clone, clap::Args)]
pub struct Sources {
    /// F1DB's releases
    #[arg(long, env = "F1DB_URL", default_value = "https://github.com/f1db/f1db")]
    pub f1db_url: Url,
}

impl Sources {
    /// All of them below one server, as the replay server lays them out.
    pub fn below(server: &Url) -> Result<Self, String> {
        let at = |path: &str| {
            let text = format!("{}{path}", server.as_str().trim_end_matches('/'));
            Url::parse(&text).map_err(|error| format!("{text}: {error}"))
        };
        Ok(Self {
            f1db_url: at("/f1db/f1db")?,
        })
    }
}

/// The context of a job.
#[derive(Debug, Clone)]
pub struct Context {
    /// The database, as the writing role.
    pub pool: PgPool,
    /// Upstreams.
    pub sources: Sources,
    /// How upstreams are asked.
    pub http: Http,
    /// What time it is.
    pub clock: Clock,
}

impl Context {
    /// The time, UTC.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }
}
