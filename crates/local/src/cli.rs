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
    /// The command; `up` if it is left out.
    #[command(subcommand)]
    command: Option<Command>,

    /// Options of `up`, for `f1 --demo` and the like.
    #[command(flatten)]
    up: Up,

    /// Folder of the database [default: /var/lib/f1 as root, else f1 in the XDG data folder].
    #[arg(long, global = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,

    /// One server instead of all public data sources.
    #[arg(long, global = true, value_name = "URL", value_parser = sources_below)]
    pub upstream: Option<Sources>,
}

/// The commands of `f1`.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start PostgreSQL, fill the database and serve the site until Ctrl-C.
    Up(Up),

    /// Run `cargo test --workspace` against a throw-away PostgreSQL.
    Test {
        /// Arguments for `cargo test`; `-p PACKAGE` replaces `--workspace`.
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

    /// Delete the local database and everything in it.
    Reset {
        /// Do not ask for confirmation.
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
    /// Address of the site [default: 127.0.0.1:3000].
    #[arg(long, value_name = "ADDRESS")]
    web: Option<SocketAddr>,

    /// Address of the API [default: 127.0.0.1:8080].
    #[arg(long, value_name = "ADDRESS")]
    api: Option<SocketAddr>,

    /// Show the simulated championship instead of the real one.
    #[arg(long)]
    pub demo: bool,
}

const AFTER_HELP: &str = "\
Environment:
  DATABASE_URL    use this PostgreSQL server instead of a private one
  PG_BIN          folder of the PostgreSQL server programs (initdb, postgres)
  F1DB_URL        address of F1DB's releases; `--upstream` wins
  JOLPICA_URL     address of Jolpica-F1; `--upstream` wins
  OPENF1_URL      address of OpenF1; `--upstream` wins
  RAW_KEEP_DAYS   days to keep the raw answers of the sources [default: 400]
  F1_NOW          start the clock at this UTC time, for replays
  F1_CLOCK_SPEED  seconds on that clock per real second [default: 1]
  RUST_LOG        what to log, in `tracing` directives [default: warn]

`f1 etl serve --help` lists the variables of the schedules.";

impl Cli {
    /// Reads the command line. Ends the process with a usage error if it is wrong.
    #[must_use]
    pub fn from_arguments() -> Self {
        Self::parse_checked(std::env::args_os()).unwrap_or_else(|error| error.exit())
    }

    /// The command to run.
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
    /// The address of the site.
    #[must_use]
    pub fn web(&self) -> SocketAddr {
        self.web.unwrap_or((Ipv4Addr::LOCALHOST, 3000).into())
    }

    /// The address of the API.
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

/// The addresses of all sources below one server.
fn sources_below(server: &str) -> Result<Sources, String> {
    let url = server.parse().map_err(|error| format!("{error}"))?;
    Sources::below(&url)
}

/// Puts back the `--` of `f1 test -- --nocapture`, which is for cargo: clap removes one that comes
/// first.
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
    fn the_default_command_is_up() {
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
    fn an_upstream_that_is_no_url_is_refused() {
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
    fn commands_of_the_etl_are_parsed_by_it() {
        let command = parse("f1 etl run compute_predictions --season 2025").into_command();
        let Command::Etl(etl::cli::Command::Run { season, .. }) = command else {
            panic!("read as {command:?}");
        };
        assert_eq!(season, Some(2025));
        let words = ["f1", "etl", "nonsense"].map(OsString::from);
        assert_eq!(Cli::parse_checked(words).unwrap_err().exit_code(), 2);
    }

    #[test]
    fn a_separator_that_comes_first_reaches_cargo() {
        for rest in ["-- --nocapture", "--", "-- -- x"] {
            let line = format!("f1 test --data-dir d {rest}");
            let words = rest.split(' ').collect::<Vec<_>>();
            assert_eq!(test_arguments(&line), words, "{line}");
        }
    }
}
