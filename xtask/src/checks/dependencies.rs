//! Licences, sources and bans of everything that is linked or built: cargo-deny asks `deny.toml`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::workspace::{Workspace, output, succeed};

/// The program that is asked.
const PROGRAM: &str = "cargo-deny";
/// One version for everybody: a newer one may find more, which is for the day on which this line changes.
const VERSION: &str = "0.20.2";

pub fn check(workspace: &Workspace) -> Result<()> {
    let program = installed(workspace)?;
    let mut deny = Command::new(program);
    workspace.prepare(&mut deny);
    // Offline: cargo has all that it needs to know in Cargo.lock, and nothing else may decide.
    succeed(deny.args(["--offline", "--locked", "--all-features", "check", "licenses", "bans", "sources"]))
}

/// Where it is, once it is there. It is built as fast as can be: it runs for seconds.
fn installed(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.cargo_target()?.join("tools");
    let program = folder.join("bin").join(format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX));
    if is_it(&program) {
        return Ok(program);
    }
    eprintln!("ci: building {PROGRAM} {VERSION} (once)");
    let building = folder.join("building");
    let mut cargo = workspace.cargo();
    cargo.args(["install", PROGRAM, "--version", VERSION, "--locked", "--debug", "--force", "--quiet"]);
    cargo.arg("--root").arg(&folder).arg("--target-dir").arg(&building);
    succeed(cargo.env("CARGO_PROFILE_DEV_DEBUG", "false"))
        .with_context(|| format!("cannot build {PROGRAM}, which `deny.toml` is for"))?;
    let _ = fs::remove_dir_all(&building); // what it was built from is of no use any more
    ensure!(is_it(&program), "`cargo install` left no {PROGRAM} {VERSION} under `{}`", folder.display());
    Ok(program)
}

fn is_it(program: &Path) -> bool {
    program.exists()
        && output(Command::new(program).arg("--version"))
            .is_ok_and(|said| said.split_whitespace().last() == Some(VERSION))
}
