//! Connection pools, and the check that the database has the schema of this program.

use sqlx::{
    ConnectOptions as _, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::MIGRATOR;

/// The schema of the database is not the one this program was built for.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// Migrations are missing.
    #[error("the database lacks migration {version} ({description}): run `sqlx migrate run`")]
    Behind {
        /// The first missing migration.
        version: i64,
        /// Its name.
        description: String,
    },
    /// The database is newer than the program.
    #[error(
        "the database has migration {version}, which this program does not know: install the newer release"
    )]
    Ahead {
        /// The unknown migration.
        version: i64,
    },
    /// A migration was changed after it ran.
    #[error("migration {version} was changed after the database ran it")]
    Changed {
        /// The changed migration.
        version: i64,
    },
    /// The database did not answer, or has never been migrated.
    #[error("cannot read the list of migrations: {cause}")]
    Unreadable {
        /// The cause. It is part of the message, so it is not a `source`.
        cause: sqlx::Error,
    },
}

/// A pool of at most `connections` to `url`. Connects lazily.
pub fn pool(url: &str, connections: u32) -> Result<PgPool, sqlx::Error> {
    // Jobs and requests log their own durations, so slow statements are not logged here.
    let options = url.parse::<PgConnectOptions>()?.disable_statement_logging();
    Ok(PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(std::time::Duration::from_secs(5))
        .connect_lazy_with(options))
}

/// Compares the applied migrations with the embedded ones.
pub async fn check_schema(pool: &PgPool) -> Result<(), SchemaError> {
    let applied: Vec<(i64, Vec<u8>)> = sqlx::query_as(
        "SELECT version, checksum FROM _sqlx_migrations WHERE success ORDER BY version",
    )
    .fetch_all(pool)
    .await
    .map_err(|cause| SchemaError::Unreadable { cause })?;
    for migration in MIGRATOR.iter() {
        match applied
            .iter()
            .find(|(version, _)| *version == migration.version)
        {
            None => {
                let description = migration.description.to_string();
                return Err(SchemaError::Behind {
                    version: migration.version,
                    description,
                });
            }
            Some((version, checksum)) if *checksum != *migration.checksum => {
                return Err(SchemaError::Changed { version: *version });
            }
            Some(_) => {}
        }
    }
    match applied
        .iter()
        .find(|(version, _)| !MIGRATOR.version_exists(*version))
    {
        Some((version, _)) => Err(SchemaError::Ahead { version: *version }),
        None => Ok(()),
    }
}
