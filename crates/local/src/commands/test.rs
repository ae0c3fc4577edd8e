//! `f1 test`: the tests of the workspace, against a throw-away server.

use std::{
    ffi::{OsStr, OsString},
    process::ExitCode,
};

use anyhow::Result;

use crate::{
    child,
    context::Context,
    database::{Database, MAIN},
    postgres::OWNER_ROLE,
    signals::{Signals, exit_code},
};

/// Runs `f1 test`; `arguments` are for `cargo test`.
pub async fn run(context: &Context, arguments: &[OsString]) -> Result<ExitCode> {
    let mut signals = Signals::listen()?;
    let database = tokio::select! {
        database = Database::open_throwaway(context) => database?,
        signal = signals.next() => return Ok(exit_code(signal)),
    };
    let cargo = context.environment.cargo.as_deref();
    let outcome = child::run(
        cargo.unwrap_or(OsStr::new("cargo")),
        &cargo_arguments(arguments),
        &database.url(MAIN, OWNER_ROLE)?,
        &mut signals,
    )
    .await;
    database.close().await?;
    outcome
}

/// `test --workspace` and the arguments; `--workspace` is left out if they choose packages.
fn cargo_arguments(arguments: &[OsString]) -> Vec<OsString> {
    let chooses_packages = arguments
        .iter()
        .map(|argument| argument.to_string_lossy())
        .take_while(|argument| argument != "--")
        .any(|argument| {
            let is_short = argument.starts_with("-p") && !argument.starts_with("--");
            let name = argument
                .split_once('=')
                .map_or(&*argument, |(name, _)| name);
            is_short || matches!(name, "--package" | "--workspace" | "--all")
        });
    let mut all = vec![OsString::from("test")];
    if !chooses_packages {
        all.push("--workspace".into());
    }
    all.extend_from_slice(arguments);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_package_replaces_the_workspace() {
        for (given, expected) in [
            ("", "test --workspace"),
            ("-p model", "test -p model"),
            ("-pmodel --release", "test -pmodel --release"),
            ("--package=model", "test --package=model"),
            ("--profile ci", "test --workspace --profile ci"),
            ("--workspace", "test --workspace"),
            ("name -- -p x", "test --workspace name -- -p x"),
        ] {
            let words: Vec<OsString> = given.split_whitespace().map(OsString::from).collect();
            let line = cargo_arguments(&words).join(OsStr::new(" "));
            assert_eq!(line, expected, "{given}");
        }
    }
}
