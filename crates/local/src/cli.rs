//! The command line of `f1`.

use std::{
    ffi::OsString,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
};

use clap::{Args, CommandFactory, Parser, Subcommand, error::ErrorKind};
use etl::Sources;

/// The forecasting site on one machine, over a private PostgreSQL.
#[derive(Debug, Parser)]
#[command(name = "f1", version, after_help = AFTER_HELP)]
pub struct Cli {
    /// What to do; `up` when nothing is said.
    #[command(subcommand)]
    command: Option<Command>,

    /// `f1 --demo` is `f1 up --demo`.
    #[command(flatten)]
    up: Up,

    /// Folder that holds the database [default: /var/lib/f1 as root, else f1 in the XDG data folder].
    #[arg(long, global = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,

    /// One server that stands in for all public data sources.
    #[arg(long, global = true, value_name = "URL", value_parser = below)]
    pub upstream: Option<Sources>,
}

/// The commands of `f1`.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start PostgreSQL, fill the database and serve the site until Ctrl-C.
    Up(Up),

    /// Run `cargo test --workspace` against a throw-away PostgreSQL.
    Test {
        /// Arguments for `cargo test`; a package named among them replaces `--workspace`.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },

    /// Run a command with `DATABASE_URL` set.
    Exec {
        /// The command and its arguments.
        #[arg(last = true, required = true, value_name = "CMD")]
        command: Vec<OsString>,
    },

    /// Open psql on the database.
    Psql {
        /// Arguments for psql.
        #[arg(last = true)]
        args: Vec<OsString>,
    },

    /// Delete the database, to start over.
    Reset {
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },

    /// Run a command of `f1-etl` on the local database.
    #[command(subcommand)]
    Etl(etl::cli::Command),
}

/// Options of `f1 up`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct Up {
    /// Where the site listens [default: 127.0.0.1:3000].
    #[arg(long, value_name = "ADDRESS")]
    web: Option<SocketAddr>,

    /// Where the API listens [default: 127.0.0.1:8080].
    #[arg(long, value_name = "ADDRESS")]
    api: Option<SocketAddr>,

    /// Show the simulated championship instead of the real one.
    #[arg(long)]
    pub demo: bool,
}

const AFTER_HELP: &str = "\
Environment:
  DATABASE_URL    use this PostgreSQL and start none
  PG_BIN          folder of the PostgreSQL server programs (initdb, postgres)
  F1DB_URL        where F1DB's releases are, unless `--upstream` says it
  JOLPICA_URL     where Jolpica-F1 is, unless `--upstream` says it
  OPENF1_URL      where OpenF1 is, unless `--upstream` says it
  RAW_KEEP_DAYS   days for which what upstreams answered is kept [default: 400]
  F1_NOW          start the clock here instead of now (UTC), for replays
  F1_CLOCK_SPEED  seconds that pass on that clock in one real second
  RUST_LOG        what to log, in `tracing` directives [default: warn]

`f1 etl serve --help` has those of the schedules.";

impl Cli {
    /// Reads the command line, or ends the process with the usage, as clap does.
    #[must_use]
    pub fn from_arguments() -> Self {
        Self::parse_checked(std::env::args_os()).unwrap_or_else(|error| error.exit())
    }

    /// The command asked for.
    #[must_use]
    pub fn into_command(self) -> Command {
        match self.command {
            None => Command::Up(self.up),
            Some(Command::Up(options)) => Command::Up(options.or(&self.up)),
            Some(command) => command,
        }
    }

    fn parse_checked(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let arguments: Vec<OsString> = arguments.into_iter().collect();
        let mut cli = Self::try_parse_from(&arguments)?;
        let for_up = matches!(cli.command, None | Some(Command::Up(_)));
        if !for_up && cli.up != Up::default() {
            return Err(Self::command_for_errors().error(
                ErrorKind::ArgumentConflict,
                "--web, --api and --demo are options of `f1 up`",
            ));
        }
        if let Some(Command::Test { args }) = &mut cli.command {
            restore_separator(args, &arguments);
        }
        Ok(cli)
    }

    fn command_for_errors() -> clap::Command {
        <Self as CommandFactory>::command()
    }
}

impl Up {
    /// Where the site listens.
    #[must_use]
    pub fn web(&self) -> SocketAddr {
        self.web.unwrap_or((Ipv4Addr::LOCALHOST, 3000).into())
    }

    /// Where the API listens.
    #[must_use]
    pub fn api(&self) -> SocketAddr {
        self.api.unwrap_or((Ipv4Addr::LOCALHOST, 8080).into())
    }

    fn or(self, earlier: &Self) -> Self {
        Self {
            web: self.web.or(earlier.web),
            api: self.api.or(earlier.api),
            demo: self.demo || earlier.demo,
        }
    }
}

/// All sources below one server.
fn below(server: &str) -> Result<Sources, String> {
    let url = server.parse().map_err(|error| format!("{error}"))?;
    Sources::below(&url)
}

/// Puts back the `--` of `f1 test -- --nocapture`: clap takes one that comes first for its own,
/// but to cargo it means something.
fn restore_separator(rest: &mut Vec<OsString>, whole: &[OsString]) {
    let before = whole.len().checked_sub(rest.len() + 1);
    if before.is_some_and(|index| whole[index] == "--") {
        rest.insert(0, "--".into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Cli {
        Cli::parse_checked(line.split(' ').map(OsString::from)).unwrap()
    }

    fn test_arguments(line: &str) -> Vec<OsString> {
        match parse(line).into_command() {
            Command::Test { args } => args,
            other => panic!("{line} is read as {other:?}"),
        }
    }

    fn up(line: &str) -> Up {
        match parse(line).into_command() {
            Command::Up(up) => up,
            other => panic!("{line} is read as {other:?}"),
        }
    }

    #[test]
    fn definition_is_sound() {
        <Cli as CommandFactory>::command().debug_assert();
    }

    #[test]
    fn nothing_said_is_up() {
        let nothing = up("f1");
        assert_eq!(nothing.web().to_string(), "127.0.0.1:3000");
        assert_eq!(nothing.api().to_string(), "127.0.0.1:8080");
        assert!(!nothing.demo);
        assert_eq!(up("f1 --demo"), up("f1 up --demo"));
        assert_eq!(
            up("f1 --web 127.0.0.1:1 up --demo"),
            up("f1 up --web 127.0.0.1:1 --demo")
        );
    }

    #[test]
    fn options_of_up_are_refused_elsewhere() {
        let words = ["f1", "--demo", "reset"].map(OsString::from);
        let error = Cli::parse_checked(words).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ArgumentConflict);
    }

    #[test]
    fn global_options_stand_before_or_after_the_command() {
        for line in [
            "f1 --data-dir d --upstream http://u",
            "f1 --data-dir d --upstream http://u up",
            "f1 up --data-dir d --upstream http://u",
            "f1 --data-dir d exec --upstream http://u -- true",
            "f1 test --data-dir d --upstream http://u -p model",
            "f1 etl --data-dir d --upstream http://u load",
            "f1 --data-dir d etl load --upstream http://u",
            "f1 etl status --upstream http://u --json --data-dir d",
        ] {
            let cli = parse(line);
            assert_eq!(cli.data_dir, Some("d".into()), "{line}");
            let sources = cli.upstream.unwrap();
            assert_eq!(sources.f1db_url.as_str(), "http://u/f1db/f1db", "{line}");
        }
    }

    #[test]
    fn an_upstream_must_be_a_url() {
        let words = ["f1", "--upstream", "nonsense"].map(OsString::from);
        let error = Cli::parse_checked(words).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains("--upstream"), "{error}");
    }

    #[test]
    fn arguments_of_cargo_are_untouched() {
        for rest in [
            "",
            "-p model",
            "--release -- --nocapture --skip x",
            "name -- -- x",
        ] {
            let words = rest.split_whitespace().collect::<Vec<_>>();
            let line = format!("f1 test {rest}");
            assert_eq!(test_arguments(line.trim()), words, "{line}");
        }
    }

    #[test]
    fn commands_of_the_etl_are_its_own() {
        let command = parse("f1 etl run compute_predictions --season 2025").into_command();
        let Command::Etl(etl::cli::Command::Run { season, .. }) = command else {
            panic!("read as {command:?}");
        };
        assert_eq!(season, Some(2025));
        let words = ["f1", "etl", "nonsense"].map(OsString::from);
        assert_eq!(Cli::parse_checked(words).unwrap_err().exit_code(), 2);
    }

    #[test]
    fn cargo_gets_its_separator_even_when_it_comes_first() {
        for rest in ["-- --nocapture", "--", "-- -- x"] {
            let line = format!("f1 test --data-dir d {rest}");
            let words = rest.split(' ').collect::<Vec<_>>();
            assert_eq!(test_arguments(&line), words, "{line}");
        }
    }
}
