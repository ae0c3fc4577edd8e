//! `f1 reset`: deletes the local database.

use std::{
    io::{self, BufRead, IsTerminal, Write},
    path::Path,
    process::ExitCode,
};

use anyhow::{Result, bail};

use crate::{context::Context, postgres};

/// Runs `f1 reset`. It asks for confirmation unless `yes`; without a terminal it requires `--yes`.
pub fn run(context: &Context, yes: bool) -> Result<ExitCode> {
    let (folder, _owner) = context.claim_folder("reset")?;
    if !yes && !confirmed(folder.path())? {
        return Ok(ExitCode::FAILURE);
    }
    postgres::recover(&folder.cluster())?;
    folder.clear()?;
    eprintln!("f1: deleted the database in {}", folder.path().display());
    Ok(ExitCode::SUCCESS)
}

fn confirmed(path: &Path) -> Result<bool> {
    if !io::stdin().is_terminal() {
        bail!(
            "this deletes the database in {}: confirm with `f1 reset --yes`",
            path.display()
        );
    }
    eprint!("Delete the database in {}? [y/N] ", path.display());
    io::stderr().flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
