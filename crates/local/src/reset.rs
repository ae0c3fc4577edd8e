//! `f1 reset`: deletes the local database.

use std::{
    io::{self, BufRead, IsTerminal, Write},
    path::Path,
    process::ExitCode,
};

use anyhow::{Result, bail};

use crate::{database::Context, postgres};

/// Runs `f1 reset`. It asks unless `yes`; where nobody can answer, it wants `--yes`.
pub fn run(context: &Context, yes: bool) -> Result<ExitCode> {
    let (folder, _owner) = context.claim_folder("reset")?;
    if !yes && !confirmed(folder.path())? {
        return Ok(ExitCode::FAILURE);
    }
    postgres::recover(&folder.cluster())?;
    folder.clear()?;
    eprintln!("f1: the database in {} is deleted", folder.path().display());
    Ok(ExitCode::SUCCESS)
}

fn confirmed(path: &Path) -> Result<bool> {
    if !io::stdin().is_terminal() {
        bail!(
            "this would delete the database in {}: say `f1 reset --yes`",
            path.display()
        );
    }
    eprint!("Delete the database in {}? [y/N] ", path.display());
    io::stderr().flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
