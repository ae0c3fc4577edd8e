//! The statements that `f1` itself sends to a server: roles, databases, migrations.

use std::{str::FromStr, time::Duration};

use anyhow::{Context as _, Result, anyhow};
use schema::MIGRATOR;
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions, PgSslMode},
};

/// A pool that connects on first use. Must be called inside the runtime that uses it.
#[must_use]
pub fn pool(options: PgConnectOptions, connections: u32) -> PgPool {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(5))
        .connect_lazy_with(options.disable_statement_logging())
}

/// Whether a database has no races.
pub async fn is_empty(pool: &PgPool) -> Result<bool> {
    let is_empty = sqlx::query_scalar("SELECT NOT EXISTS (SELECT FROM races)");
    Ok(is_empty.fetch_one(pool).await?)
}

/// Connects to a private server, which has no TLS; `PGSSLMODE` is meant for other servers.
pub(super) fn private_options(url: &str) -> Result<PgConnectOptions> {
    Ok(PgConnectOptions::from_str(url)?.ssl_mode(PgSslMode::Disable))
}

pub(super) async fn connect(options: &PgConnectOptions) -> Result<PgConnection> {
    PgConnection::connect_with(options)
        .await
        .context("cannot connect to PostgreSQL")
}

pub(super) async fn migrate(options: &PgConnectOptions) -> Result<()> {
    let mut connection = connect(options).await?;
    MIGRATOR.run(&mut connection).await?;
    Ok(connection.close().await?)
}

pub(super) async fn create_roles(
    connection: &mut PgConnection,
    roles_sql: &'static str,
) -> Result<()> {
    const INSUFFICIENT_PRIVILEGE: &str = "42501";
    match sqlx::raw_sql(roles_sql).execute(connection).await {
        Err(sqlx::Error::Database(error))
            if error.code().as_deref() == Some(INSUFFICIENT_PRIVILEGE) =>
        {
            Err(anyhow!(
                "the role of DATABASE_URL may not create the roles `f1_etl` and `f1_api` ({error}): run deploy/roles.sql once on that server as a superuser"
            ))
        }
        Err(error) => Err(error).context("cannot create the roles"),
        Ok(_) => Ok(()),
    }
}

pub(super) async fn create_database(connection: &mut PgConnection, name: &str) -> Result<()> {
    if !database_exists(connection, name).await? {
        sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {}", quoted(name))))
            .execute(connection)
            .await
            .with_context(|| format!("cannot create the database {name}"))?;
    }
    Ok(())
}

pub(super) async fn drop_database(connection: &mut PgConnection, name: &str) -> Result<()> {
    sqlx::raw_sql(AssertSqlSafe(format!("DROP DATABASE {}", quoted(name))))
        .execute(connection)
        .await
        .with_context(|| format!("cannot delete the database {name}"))?;
    Ok(())
}

pub(super) async fn database_exists(connection: &mut PgConnection, name: &str) -> Result<bool> {
    Ok(
        sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
            .bind(name)
            .fetch_one(connection)
            .await?,
    )
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
