//! Advisory locks of PostgreSQL, by which processes on several hosts exclude each other.
//!
//! A lock belongs to a connection and ends with it, even if the process is killed. [`Context::begin`] takes one more, for
//! the length of a transaction: only one process writes at a time.
//!
//! [`Context::begin`]: crate::Context::begin

use std::time::Duration;

use sqlx::PgConnection;

/// PostgreSQL's `lock_not_available`.
const LOCK_NOT_AVAILABLE: &str = "55P03";
/// The server needs a moment to notice that the process that held a lock was killed.
pub(crate) const BRIEFLY: Duration = Duration::from_secs(2);

/// What a lock protects. Two locks are the same if both texts are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lock<'a> {
    kind: &'static str,
    subject: &'a str,
}

impl<'a> Lock<'a> {
    /// Only one tick runs at a time.
    pub(crate) const TICK: Lock<'static> = Lock {
        kind: "f1 tick",
        subject: "",
    };

    /// A job runs once at a time for the same races. The SQL function `job_lock_held` knows this lock.
    pub(crate) const fn job(subject: &'a str) -> Self {
        Self {
            kind: "f1 job",
            subject,
        }
    }

    /// Only one process at a time sends requests to an upstream.
    pub(crate) const fn upstream(upstream: &'a str) -> Self {
        Self {
            kind: "f1 upstream",
            subject: upstream,
        }
    }

    /// Takes the lock for this connection; `false` if another connection still has it after `patience`.
    pub(crate) async fn take(
        self,
        connection: &mut PgConnection,
        patience: Duration,
    ) -> sqlx::Result<bool> {
        // Zero would mean no limit.
        let limit = format!("{}ms", patience.as_millis().max(1));
        set_timeout(connection, &limit).await?;
        let taken = sqlx::query!(
            "SELECT pg_advisory_lock(hashtext($1), hashtext($2))",
            self.kind,
            self.subject
        )
        .fetch_one(&mut *connection)
        .await;
        set_timeout(connection, "0").await?;
        match taken {
            Ok(_) => Ok(true),
            Err(sqlx::Error::Database(error))
                if error.code().as_deref() == Some(LOCK_NOT_AVAILABLE) =>
            {
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// Gives the lock back before its connection ends.
    pub(crate) async fn release(self, connection: &mut PgConnection) -> sqlx::Result<()> {
        sqlx::query!(
            "SELECT pg_advisory_unlock(hashtext($1), hashtext($2))",
            self.kind,
            self.subject
        )
        .fetch_one(connection)
        .await?;
        Ok(())
    }
}

async fn set_timeout(connection: &mut PgConnection, limit: &str) -> sqlx::Result<()> {
    sqlx::query!("SELECT set_config('lock_timeout', $1, false)", limit)
        .fetch_one(connection)
        .await?;
    Ok(())
}
