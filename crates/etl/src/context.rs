//! What every job is given: the database, the upstreams and the clock.

use chrono::{DateTime, Utc};
use reqwest::Url;
use schema::Clock;
use sqlx::{PgPool, Postgres, Transaction};

use crate::sources::http::Http;

/// The addresses of the upstreams.
#[derive(Debug, Clone, clap::Args)]
pub struct Sources {
    /// Address of F1DB's releases
    #[arg(long, env = "F1DB_URL", default_value = "https://github.com/f1db/f1db")]
    pub f1db_url: Url,
    /// Address of Jolpica-F1's API
    #[arg(
        long,
        env = "JOLPICA_URL",
        default_value = "https://api.jolpi.ca/ergast/f1"
    )]
    pub jolpica_url: Url,
    /// Address of `OpenF1`'s API
    #[arg(long, env = "OPENF1_URL", default_value = "https://api.openf1.org/v1")]
    pub openf1_url: Url,
    /// Days for which the bodies of answers are kept; their hashes and times are kept for ever
    #[arg(long, env = "RAW_KEEP_DAYS", default_value_t = RAW_KEEP_DAYS)]
    pub raw_keep_days: u16,
}

/// A season and its corrections.
const RAW_KEEP_DAYS: u16 = 400;

impl Sources {
    /// All upstreams below one server, at the paths of the replay server.
    pub fn below(server: &Url) -> Result<Self, String> {
        let at = |path: &str| {
            let text = format!("{}{path}", server.as_str().trim_end_matches('/'));
            Url::parse(&text).map_err(|error| format!("{text}: {error}"))
        };
        Ok(Self {
            f1db_url: at("/f1db/f1db")?,
            jolpica_url: at("/ergast/f1")?,
            openf1_url: at("/v1")?,
            raw_keep_days: RAW_KEEP_DAYS,
        })
    }
}

/// The context of a job.
#[derive(Debug, Clone)]
pub struct Context {
    /// The database, as the writing role.
    pub pool: PgPool,
    /// The addresses of the upstreams.
    pub sources: Sources,
    /// The client that asks them.
    pub http: Http,
    /// The clock of the jobs, which may be shifted.
    pub clock: Clock,
    /// The row of `job_runs` that this is for, once the ledger has recorded its start.
    pub job_run: Option<i64>,
}

impl Context {
    /// The time, UTC.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Begins a transaction that writes, once no other does: all jobs write the same tables. Corrections are recorded
    /// with the run of this context.
    pub async fn begin(&self) -> sqlx::Result<Transaction<'static, Postgres>> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query!(
            "SELECT pg_advisory_xact_lock(hashtext('f1 writer'), 0), set_config('f1.job_run', $1, true)",
            self.job_run.map_or(String::new(), |run| run.to_string())
        )
        .fetch_one(&mut *transaction)
        .await?;
        Ok(transaction)
    }
}
