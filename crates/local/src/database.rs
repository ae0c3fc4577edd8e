//! The PostgreSQL that a command works on: a private one, started or shared, or one from outside.

use std::{
    path::PathBuf,
    str::FromStr,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, anyhow, bail};
use etl::Sources;
use schema::{Clock, MIGRATOR};
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions, PgSslMode},
};
use tokio::time;

use crate::{
    environment::Environment,
    postgres::{
        self, Claim, Folder, Guest, Holder, OWNER_ROLE, Owner, Purpose, Server, Throwaway, guests,
    },
};

/// The database of the site.
pub const MAIN: &str = "f1";

/// The database of the demo championship.
pub const DEMO: &str = "f1_demo";

/// How long to wait for another `f1` that starts or stops.
const PATIENCE: Duration = Duration::from_mins(5);

/// What all commands need to know.
#[derive(Debug, Clone)]
pub struct Context {
    /// The environment variables that concern us.
    pub environment: Environment,
    /// The data folder, if one was chosen.
    pub data_dir: Option<PathBuf>,
    /// Where the data comes from.
    pub sources: Sources,
    /// What time it is.
    pub clock: Clock,
    /// SQL that makes the roles; executed at each start of a server, so it must bear that.
    pub roles_sql: &'static str,
}

/// A PostgreSQL server to work on.
#[derive(Debug)]
pub struct Database {
    place: Place,
}

#[derive(Debug)]
enum Place {
    /// The one that `DATABASE_URL` names. We start nothing and stop nothing.
    Outside { url: String },
    /// The server of another `f1`.
    Shared { port: u16, _guest: Guest },
    /// Ours, on a durable folder. The server is dropped, hence stopped, before the lock is free.
    Private {
        server: Server,
        owner: Owner,
        folder: Folder,
    },
    /// Ours, for one test run.
    Throwaway { server: Server, folder: Throwaway },
}

impl Context {
    /// The data folder, made if it is missing.
    pub fn folder(&self) -> Result<Folder> {
        Folder::open(self.data_dir.as_deref(), &self.environment)
    }

    /// Takes the data folder for `command`, or says who has it.
    pub fn claim_folder(&self, command: &'static str) -> Result<(Folder, Owner)> {
        let folder = self.folder()?;
        match Owner::claim(&folder, command)? {
            Claim::Ours(owner) => Ok((folder, owner)),
            Claim::Taken(holder) => {
                let way_out = match &holder {
                    Some(Holder { pid, .. }) => format!("stop it (`kill {pid}`)"),
                    None => "stop it".into(),
                };
                bail!(
                    "{} is using the data folder {}: {way_out}, or choose another folder with `--data-dir`",
                    name(holder.as_ref()),
                    folder.path().display()
                )
            }
        }
    }
}

impl Database {
    /// The server from outside, if `DATABASE_URL` names one.
    #[must_use]
    pub fn outside(context: &Context) -> Option<Self> {
        let url = context.environment.database_url.clone()?;
        let place = Place::Outside { url };
        Some(Self { place })
    }

    /// The server from outside; else that of the data folder's live owner; else one started for
    /// `command`.
    pub async fn open(context: &Context, command: &'static str) -> Result<Self> {
        if let Some(database) = Self::outside(context) {
            return Ok(database);
        }
        let folder = context.folder()?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            match Owner::claim(&folder, command)? {
                Claim::Ours(owner) => return Self::start(context, folder, owner).await,
                Claim::Taken(Some(Holder { port: Some(_), .. })) => {
                    let guest = Guest::enter(&folder)?;
                    // Only now will the owner wait for us, if it has not begun to stop.
                    let port = Holder::read(&folder).and_then(|holder| holder.port);
                    if let Some(port) = port {
                        let place = Place::Shared {
                            port,
                            _guest: guest,
                        };
                        return Ok(Self { place });
                    }
                }
                Claim::Taken(holder) if Instant::now() >= deadline => bail!(
                    "{} has neither started nor stopped its PostgreSQL in {} for {} seconds: end it, then try again",
                    name(holder.as_ref()),
                    folder.path().display(),
                    PATIENCE.as_secs()
                ),
                Claim::Taken(_) => time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    /// Starts the server of a data folder that is ours, with its roles and its main database
    /// migrated.
    pub async fn start(context: &Context, folder: Folder, mut owner: Owner) -> Result<Self> {
        let server = postgres::start(&folder, &context.environment, Purpose::Durable).await?;
        prepare(server.port(), context.roles_sql).await?;
        migrate(&options(&postgres::url(server.port(), MAIN, OWNER_ROLE))?)
            .await
            .with_context(|| {
                format!(
                    "the database in {} does not fit this version of `f1` (`f1 reset` starts over)",
                    folder.path().display()
                )
            })?;
        owner.announce(Some(server.port()))?;
        let place = Place::Private {
            server,
            owner,
            folder,
        };
        Ok(Self { place })
    }

    /// The server from outside; else one that is deleted with all its data when it stops. It has
    /// the roles: each test migrates a database of its own, and migrations grant to them.
    pub async fn open_throwaway(context: &Context) -> Result<Self> {
        if let Some(database) = Self::outside(context) {
            database.make_roles_outside(context).await?;
            return Ok(database);
        }
        let folder = tokio::task::spawn_blocking(|| {
            postgres::sweep()?;
            Throwaway::create()
        })
        .await??;
        let environment = &context.environment;
        let server = postgres::start(folder.folder(), environment, Purpose::Throwaway).await?;
        prepare(server.port(), context.roles_sql).await?;
        let place = Place::Throwaway { server, folder };
        Ok(Self { place })
    }

    /// Makes the roles on a server from outside and migrates its main database; one of ours has
    /// both from its start.
    pub async fn prepare_outside(&self, context: &Context) -> Result<()> {
        if let Place::Outside { .. } = &self.place {
            self.make_roles_outside(context).await?;
            self.migrate(MAIN).await?;
        }
        Ok(())
    }

    /// Brings the tables of a database up to date.
    pub async fn migrate(&self, database: &str) -> Result<()> {
        migrate(&self.owner_options(database)?)
            .await
            .with_context(|| format!("cannot migrate the database {database}"))
    }

    /// The URL of a database for a role. From outside there is one URL, for every role and for
    /// [`MAIN`]; another database is looked for on the same server.
    pub fn url(&self, database: &str, role: &str) -> Result<String> {
        let port = match &self.place {
            Place::Outside { url } if database == MAIN => return Ok(url.clone()),
            Place::Outside { .. } => {
                let options = self.owner_options(database)?;
                return Ok(options.to_url_lossy().into());
            }
            Place::Shared { port, .. } => *port,
            Place::Private { server, .. } | Place::Throwaway { server, .. } => server.port(),
        };
        Ok(postgres::url(port, database, role))
    }

    /// How a role connects to a database, in the sense of [`Self::url`].
    pub fn options_of(&self, database: &str, role: &str) -> Result<PgConnectOptions> {
        match &self.place {
            Place::Outside { url } => {
                let options =
                    PgConnectOptions::from_str(url).context("DATABASE_URL is no PostgreSQL URL")?;
                Ok(if database == MAIN {
                    options
                } else {
                    options.database(database)
                })
            }
            _ => options(&self.url(database, role)?),
        }
    }

    /// How the owner of everything connects to a database.
    pub fn owner_options(&self, database: &str) -> Result<PgConnectOptions> {
        self.options_of(database, OWNER_ROLE)
    }

    /// Whether there is a database of this name.
    pub async fn exists(&self, database: &str) -> Result<bool> {
        let mut connection = self.connect(MAIN).await?;
        let exists = exists(&mut connection, database).await?;
        connection.close().await?;
        Ok(exists)
    }

    /// Makes a database unless it exists.
    pub async fn create(&self, database: &str) -> Result<()> {
        let mut connection = self.connect(MAIN).await?;
        create_if_missing(&mut connection, database).await?;
        Ok(connection.close().await?)
    }

    /// Deletes a database that nobody uses.
    pub async fn delete(&self, database: &str) -> Result<()> {
        let mut connection = self.connect(MAIN).await?;
        sqlx::raw_sql(AssertSqlSafe(format!("DROP DATABASE {}", quoted(database))))
            .execute(&mut connection)
            .await
            .with_context(|| format!("cannot delete the database {database}"))?;
        Ok(connection.close().await?)
    }

    async fn make_roles_outside(&self, context: &Context) -> Result<()> {
        if let Place::Outside { .. } = &self.place {
            let mut connection = self.connect(MAIN).await?;
            make_roles(&mut connection, context.roles_sql).await?;
            connection.close().await?;
        }
        Ok(())
    }

    async fn connect(&self, database: &str) -> Result<PgConnection> {
        connect(&self.owner_options(database)?).await
    }

    /// Waits until the server ends although nobody stopped it; forever where that is not ours to
    /// watch. The error says why.
    pub async fn failure(&mut self) -> anyhow::Error {
        match &mut self.place {
            Place::Outside { .. } | Place::Shared { .. } => std::future::pending().await,
            Place::Private { server, .. } | Place::Throwaway { server, .. } => {
                server.failure().await
            }
        }
    }

    /// Waits until no other `f1` uses our server, and lets no more in.
    pub async fn wait_for_guests(&mut self) -> Result<()> {
        let Place::Private { owner, folder, .. } = &mut self.place else {
            return Ok(());
        };
        owner.announce(None)?;
        if guests::are_there(folder)? {
            eprintln!("f1: other commands use this PostgreSQL: waiting for them (Ctrl-C stops it)");
        }
        guests::leave(folder).await
    }

    /// Stops what we started, and waits for it.
    pub async fn close(self) -> Result<()> {
        match self.place {
            Place::Outside { .. } | Place::Shared { .. } => Ok(()),
            Place::Private {
                server, mut owner, ..
            } => {
                // Who comes now shall wait for us to go, not use a server that stops.
                owner.announce(None)?;
                server.stop().await
            }
            Place::Throwaway { server, folder } => {
                server.stop().await?;
                drop(folder);
                Ok(())
            }
        }
    }
}

/// A pool of connections, made as they are needed. Must be called inside the runtime that uses it.
#[must_use]
pub fn pool(options: PgConnectOptions, connections: u32) -> PgPool {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(5))
        .connect_lazy_with(options.disable_statement_logging())
}

/// Whether a database holds no race.
pub async fn is_empty(pool: &PgPool) -> Result<bool> {
    let is_empty = sqlx::query_scalar("SELECT NOT EXISTS (SELECT FROM races)");
    Ok(is_empty.fetch_one(pool).await?)
}

fn name(holder: Option<&Holder>) -> String {
    holder.map_or_else(|| "another `f1`".into(), Holder::to_string)
}

/// Makes the roles and the main database of a private server.
async fn prepare(port: u16, roles_sql: &'static str) -> Result<()> {
    let options = options(&postgres::url(port, "postgres", OWNER_ROLE))?;
    let mut connection = connect(&options).await?;
    make_roles(&mut connection, roles_sql).await?;
    create_if_missing(&mut connection, MAIN).await?;
    Ok(connection.close().await?)
}

async fn make_roles(connection: &mut PgConnection, roles_sql: &'static str) -> Result<()> {
    const INSUFFICIENT_PRIVILEGE: &str = "42501";
    match sqlx::raw_sql(roles_sql).execute(connection).await {
        Err(sqlx::Error::Database(error))
            if error.code().as_deref() == Some(INSUFFICIENT_PRIVILEGE) =>
        {
            Err(anyhow!(
                "the role of DATABASE_URL may not make the roles that we need ({error}): let a superuser run deploy/roles.sql once on that server"
            ))
        }
        Err(error) => Err(error).context("cannot make the roles"),
        Ok(_) => Ok(()),
    }
}

async fn migrate(options: &PgConnectOptions) -> Result<()> {
    let mut connection = connect(options).await?;
    MIGRATOR.run(&mut connection).await?;
    Ok(connection.close().await?)
}

async fn connect(options: &PgConnectOptions) -> Result<PgConnection> {
    PgConnection::connect_with(options)
        .await
        .context("cannot connect to PostgreSQL")
}

async fn create_if_missing(connection: &mut PgConnection, database: &str) -> Result<()> {
    if !exists(connection, database).await? {
        sqlx::raw_sql(AssertSqlSafe(format!(
            "CREATE DATABASE {}",
            quoted(database)
        )))
        .execute(connection)
        .await
        .with_context(|| format!("cannot make the database {database}"))?;
    }
    Ok(())
}

async fn exists(connection: &mut PgConnection, database: &str) -> Result<bool> {
    Ok(
        sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
            .bind(database)
            .fetch_one(connection)
            .await?,
    )
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A private server speaks no TLS, whatever PGSSLMODE wants of others.
fn options(url: &str) -> Result<PgConnectOptions> {
    Ok(PgConnectOptions::from_str(url)?.ssl_mode(PgSslMode::Disable))
}
