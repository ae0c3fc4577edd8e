//! The PostgreSQL server that a command works on: a private one, started here or by another `f1`,
//! or the one that `DATABASE_URL` names.

mod sql;

use std::{
    str::FromStr,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use sqlx::{ConnectOptions as _, Connection as _, PgConnection, postgres::PgConnectOptions};
use tokio::time;

use crate::{
    context::Context,
    postgres::{
        self, Claim, Folder, Guest, Holder, OWNER_ROLE, Owner, Purpose, Server, Throwaway, guests,
    },
};

pub use self::sql::{is_empty, pool};

/// The database of the site.
pub const MAIN: &str = "f1";

/// The database of the demonstration championship.
pub const DEMO: &str = "f1_demo";

/// The role that writes; `deploy/roles.sql` creates it.
pub const ETL_ROLE: &str = "f1_etl";

/// The role that may only read; `deploy/roles.sql` creates it.
pub const API_ROLE: &str = "f1_api";

/// How long to wait for another `f1` that is starting or stopping.
const PATIENCE: Duration = Duration::from_mins(5);

/// A PostgreSQL server to work on.
#[derive(Debug)]
pub struct Database {
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    /// The server that `DATABASE_URL` names. It is neither started nor stopped here.
    External { url: String },
    /// The server of another `f1`.
    Shared { port: u16, _guest: Guest },
    /// Our server, on a durable folder. Fields are dropped in order: the server stops before the
    /// folder's lock is released.
    Private {
        server: Server,
        owner: Owner,
        folder: Folder,
    },
    /// Our server, for one test run.
    Throwaway { server: Server, folder: Throwaway },
}

impl Database {
    /// The external server, if `DATABASE_URL` is set.
    #[must_use]
    pub fn external(context: &Context) -> Option<Self> {
        let url = context.environment.database_url.clone()?;
        let kind = Kind::External { url };
        Some(Self { kind })
    }

    /// The external server; else that of the data folder's live owner; else one started for
    /// `command`.
    pub async fn open(context: &Context, command: &'static str) -> Result<Self> {
        if let Some(database) = Self::external(context) {
            return Ok(database);
        }
        let folder = context.folder()?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            match Owner::claim(&folder, command)? {
                Claim::Ours(owner) => return Self::start(context, folder, owner).await,
                Claim::Taken(Some(Holder { port: Some(_), .. })) => {
                    let guest = Guest::enter(&folder)?;
                    // Read again: from here on the owner waits for us, unless it was already
                    // stopping and has withdrawn its port.
                    let port = Holder::read(&folder).and_then(|holder| holder.port);
                    if let Some(port) = port {
                        let kind = Kind::Shared {
                            port,
                            _guest: guest,
                        };
                        return Ok(Self { kind });
                    }
                }
                Claim::Taken(holder) if Instant::now() >= deadline => bail!(
                    "{} has neither started nor stopped its PostgreSQL in {} for {} seconds: end it, then try again",
                    Holder::name(holder.as_ref()),
                    folder.path().display(),
                    PATIENCE.as_secs()
                ),
                Claim::Taken(_) => time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    /// Starts the server of a data folder that this process owns, creates its roles and migrates
    /// its main database.
    pub async fn start(context: &Context, folder: Folder, mut owner: Owner) -> Result<Self> {
        let server = postgres::start(&folder, &context.environment, Purpose::Durable).await?;
        set_up(server.port(), context.roles_sql).await?;
        let url = postgres::url(server.port(), MAIN, OWNER_ROLE);
        sql::migrate(&sql::private_options(&url)?)
            .await
            .with_context(|| {
                format!(
                    "the database in {} does not fit this version of `f1` (`f1 reset` starts over)",
                    folder.path().display()
                )
            })?;
        owner.announce(Some(server.port()))?;
        let kind = Kind::Private {
            server,
            owner,
            folder,
        };
        Ok(Self { kind })
    }

    /// The external server; else one that is deleted with all its data when it stops. Only its
    /// roles are created: each test migrates a database of its own, and migrations grant to the
    /// roles.
    pub async fn open_throwaway(context: &Context) -> Result<Self> {
        if let Some(database) = Self::external(context) {
            database.create_external_roles(context).await?;
            return Ok(database);
        }
        let folder = tokio::task::spawn_blocking(|| {
            postgres::sweep()?;
            Throwaway::create()
        })
        .await??;
        let environment = &context.environment;
        let server = postgres::start(folder.folder(), environment, Purpose::Throwaway).await?;
        set_up(server.port(), context.roles_sql).await?;
        let kind = Kind::Throwaway { server, folder };
        Ok(Self { kind })
    }

    /// Creates the roles of an external server and migrates its main database. A private server
    /// has both since its start.
    pub async fn prepare_external(&self, context: &Context) -> Result<()> {
        if let Kind::External { .. } = &self.kind {
            self.create_external_roles(context).await?;
            self.migrate(MAIN).await?;
        }
        Ok(())
    }

    /// Applies the migrations that a database lacks.
    pub async fn migrate(&self, database: &str) -> Result<()> {
        sql::migrate(&self.owner_options(database)?)
            .await
            .with_context(|| format!("cannot migrate the database {database}"))
    }

    /// The URL of a database for a role. An external server has one URL, used for every role and
    /// for [`MAIN`]; another database is looked for on the same server.
    pub fn url(&self, database: &str, role: &str) -> Result<String> {
        let port = match &self.kind {
            Kind::External { url } if database == MAIN => return Ok(url.clone()),
            Kind::External { .. } => {
                let options = self.owner_options(database)?;
                return Ok(options.to_url_lossy().into());
            }
            Kind::Shared { port, .. } => *port,
            Kind::Private { server, .. } | Kind::Throwaway { server, .. } => server.port(),
        };
        Ok(postgres::url(port, database, role))
    }

    /// How a role connects to a database; see [`Self::url`].
    pub fn options_of(&self, database: &str, role: &str) -> Result<PgConnectOptions> {
        match &self.kind {
            Kind::External { url } => {
                let options = PgConnectOptions::from_str(url)
                    .context("DATABASE_URL is not a PostgreSQL URL")?;
                Ok(if database == MAIN {
                    options
                } else {
                    options.database(database)
                })
            }
            _ => sql::private_options(&self.url(database, role)?),
        }
    }

    /// How the owner of all databases connects to one.
    pub fn owner_options(&self, database: &str) -> Result<PgConnectOptions> {
        self.options_of(database, OWNER_ROLE)
    }

    /// Whether a database exists.
    pub async fn exists(&self, database: &str) -> Result<bool> {
        let mut connection = self.connect().await?;
        let exists = sql::database_exists(&mut connection, database).await?;
        connection.close().await?;
        Ok(exists)
    }

    /// Creates a database unless it exists.
    pub async fn create(&self, database: &str) -> Result<()> {
        let mut connection = self.connect().await?;
        sql::create_database(&mut connection, database).await?;
        Ok(connection.close().await?)
    }

    /// Deletes a database that has no connections.
    pub async fn delete(&self, database: &str) -> Result<()> {
        let mut connection = self.connect().await?;
        sql::drop_database(&mut connection, database).await?;
        Ok(connection.close().await?)
    }

    async fn create_external_roles(&self, context: &Context) -> Result<()> {
        let mut connection = self.connect().await?;
        sql::create_roles(&mut connection, context.roles_sql).await?;
        Ok(connection.close().await?)
    }

    async fn connect(&self) -> Result<PgConnection> {
        sql::connect(&self.owner_options(MAIN)?).await
    }

    /// Waits until our own server ends unexpectedly; never returns for another's. The error has
    /// the end of the server's log.
    pub async fn failure(&mut self) -> anyhow::Error {
        match &mut self.kind {
            Kind::External { .. } | Kind::Shared { .. } => std::future::pending().await,
            Kind::Private { server, .. } | Kind::Throwaway { server, .. } => server.failure().await,
        }
    }

    /// Admits no further `f1` to our server, and waits until those that use it have ended.
    pub async fn wait_for_guests(&mut self) -> Result<()> {
        let Kind::Private { owner, folder, .. } = &mut self.kind else {
            return Ok(());
        };
        owner.announce(None)?;
        if guests::are_there(folder)? {
            eprintln!(
                "f1: waiting for other commands that use this PostgreSQL (Ctrl-C stops it now)"
            );
        }
        guests::wait_until_gone(folder).await
    }

    /// Stops the server if this process started it, and waits for its end.
    pub async fn close(self) -> Result<()> {
        match self.kind {
            Kind::External { .. } | Kind::Shared { .. } => Ok(()),
            Kind::Private {
                server, mut owner, ..
            } => {
                // A command that starts now must wait for our end instead of using the server.
                owner.announce(None)?;
                server.stop().await
            }
            Kind::Throwaway { server, folder } => {
                server.stop().await?;
                drop(folder);
                Ok(())
            }
        }
    }
}

/// Creates the roles and the main database of a private server.
async fn set_up(port: u16, roles_sql: &'static str) -> Result<()> {
    let url = postgres::url(port, "postgres", OWNER_ROLE);
    let mut connection = sql::connect(&sql::private_options(&url)?).await?;
    sql::create_roles(&mut connection, roles_sql).await?;
    sql::create_database(&mut connection, MAIN).await?;
    Ok(connection.close().await?)
}
