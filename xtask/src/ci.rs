//! `cargo xtask ci`: everything that must hold before a change lands, in one order.

use std::ffi::OsString;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::checks::{compiler, dependencies, lock, tree};
use crate::workspace::{Workspace, succeed};
use crate::{mirror, no_arguments, notices, python_package, setup};

struct Step {
    name: &'static str,
    action: fn(&Workspace) -> Result<()>,
}

/// What takes seconds comes before what takes minutes.
const STEPS: [Step; 13] = [
    Step { name: "format", action: |workspace| cargo(workspace, &["fmt", "--all", "--check"]) },
    Step { name: "tidy tree", action: tree::check },
    Step { name: "README's commands", action: tree::check_readme },
    Step { name: "minimum versions", action: lock::check },
    Step { name: "no compiler in the library", action: compiler::check },
    Step { name: "licences, sources and bans", action: dependencies::check },
    Step { name: "notices", action: notices::check },
    Step { name: "setup", action: install },
    Step { name: "clippy", action: clippy },
    Step { name: "documentation", action: documentation },
    Step { name: "packages for the tests", action: mirror::require },
    Step { name: "tests", action: tests },
    Step { name: "Python package", action: python_package::check },
];

pub fn verb(workspace: &Workspace, arguments: Vec<OsString>) -> Result<ExitCode> {
    no_arguments("ci", &arguments)?;
    let mut times = Vec::new();
    for (number, step) in STEPS.iter().enumerate() {
        eprintln!("ci: {} of {}: {}", number + 1, STEPS.len(), step.name);
        let start = Instant::now();
        let outcome = (step.action)(workspace);
        times.push((step.name, start.elapsed()));
        if outcome.is_err() {
            summarise(&times);
        }
        outcome.with_context(|| format!("ci stopped at `{}`", step.name))?;
    }
    summarise(&times);
    eprintln!("ci: all is well");
    Ok(ExitCode::SUCCESS)
}

fn summarise(times: &[(&str, Duration)]) {
    for (name, time) in times {
        eprintln!("ci: {:>7.1} s  {name}", time.as_secs_f64());
    }
}

fn cargo(workspace: &Workspace, arguments: &[&str]) -> Result<()> {
    succeed(workspace.cargo().args(arguments))
}

/// What clippy and the documentation build needs; the tests install the rest.
fn install(workspace: &Workspace) -> Result<()> {
    setup::compiler(workspace)
}

/// All tests; where everything they use can be installed, none of them may skip itself.
fn tests(workspace: &Workspace) -> Result<()> {
    let mut cargo = workspace.cargo();
    cargo.args(["xtask", "test"]);
    if mirror::is_debian() {
        let (name, value) = mirror::NOTHING_IS_SKIPPED;
        cargo.env(name, value);
    }
    succeed(&mut cargo)
}

fn clippy(workspace: &Workspace) -> Result<()> {
    cargo(workspace, &["clippy", "--release", "--workspace", "--all-targets", "--", "-D", "warnings"])
}

fn documentation(workspace: &Workspace) -> Result<()> {
    let mut command: Command = workspace.cargo();
    command.args([
        "doc",
        "--release",
        "--no-deps",
        "--package",
        "bioxen-lua",
        "--package",
        "bioxen-lua-guest",
    ]);
    succeed(command.env("RUSTDOCFLAGS", "-Dwarnings"))
}
