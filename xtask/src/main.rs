//! `cargo xtask VERB`: everything that is done to this workspace, one verb each.

mod checks;
mod ci;
mod fuzz;
mod guest;
mod mirror;
mod notices;
mod package;
mod python;
mod python_package;
mod run;
mod setup;
mod soak;
mod suite;
mod test;
mod toolchain;
mod venv;
mod workspace;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use anyhow::Result;

use crate::workspace::Workspace;

/// Exit status for a command line that says nothing this program understands.
const USAGE: u8 = 2;

struct Verb {
    name: &'static str,
    arguments: &'static str,
    summary: &'static str,
    action: fn(&Workspace, Vec<OsString>) -> Result<ExitCode>,
}

const VERBS: [Verb; 17] = [
    Verb {
        name: "setup",
        arguments: "",
        summary: "install the pinned guest compiler and the official Lua tests under target/toolchain",
        action: setup::verb,
    },
    Verb {
        name: "run",
        arguments: "SCRIPT [ARGS...]",
        summary: "build the command and run a Lua program, with examples/data mounted at /data",
        action: run::verb,
    },
    Verb {
        name: "test",
        arguments: "[ARGS...]",
        summary: "run all tests; ARGS go to cargo test",
        action: test::verb,
    },
    Verb {
        name: "fuzz",
        arguments: "[TARGET...] [--runs N | --time SECONDS] [--address]",
        summary: "run the fuzz targets one after the other, and print the table; --address looks for bad addresses too",
        action: fuzz::verb,
    },
    Verb {
        name: "attack",
        arguments: "[CORPUS[/NAME]...]",
        summary: "run the hostile corpora, ask the ten questions after each case, and print the table",
        action: test::attack,
    },
    Verb {
        name: "python",
        arguments: "[ARGS...]",
        summary: "build the Python package, check its wheel and types, run its tests; ARGS go to pytest",
        action: python_package::verb,
    },
    Verb {
        name: "bench",
        arguments: "[ARGS...]",
        summary: "run the benchmarks; ARGS go to them",
        action: bench,
    },
    Verb {
        name: "bench-python",
        arguments: "[--quick]",
        summary: "measure the Python package beside a process for each call and lupa",
        action: python_package::bench,
    },
    Verb {
        name: "soak",
        arguments: "[--time 10m]",
        summary: "run a mixed load beside a model, 2 minutes or as long as asked for",
        action: soak::verb,
    },
    Verb {
        name: "guest",
        arguments: "",
        summary: "build the guest and write it to target/guest/guest.wasm",
        action: guest::build_verb,
    },
    Verb {
        name: "bless",
        arguments: "[--golden]",
        summary: "accept the guest as it is built now: renew guest-lua/guest.sha256 (and the golden files)",
        action: guest::bless_verb,
    },
    Verb {
        name: "component",
        arguments: "",
        summary: "write the guest as a component to target/guest/guest.component.wasm",
        action: guest::component_verb,
    },
    Verb {
        name: "mirror",
        arguments: "",
        summary: "make the LuaRocks server that the tests of packages use, out of Debian's packages",
        action: mirror::verb,
    },
    Verb {
        name: "notices",
        arguments: "",
        summary: "renew THIRD-PARTY-CRATES.md, the notices of the crates inside binaries",
        action: notices::verb,
    },
    Verb {
        name: "package",
        arguments: "",
        summary: "make crates that carry the ready guest, under target/package",
        action: package::verb,
    },
    Verb {
        name: "ci",
        arguments: "",
        summary: "everything that must hold before a change lands",
        action: ci::verb,
    },
    Verb { name: "help", arguments: "", summary: "show this list", action: help },
];

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let name = arguments.next().unwrap_or_else(|| "help".into());
    let Some(verb) = VERBS.iter().find(|verb| name == verb.name) else {
        eprintln!("error: no verb `{}`; `cargo xtask help` lists them", name.display());
        return ExitCode::from(USAGE);
    };
    let outcome = Workspace::find().and_then(|workspace| (verb.action)(&workspace, arguments.collect()));
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

/// Refuses arguments on behalf of a verb that takes none.
fn no_arguments(verb: &str, arguments: &[OsString]) -> Result<()> {
    if let Some(argument) = arguments.first() {
        anyhow::bail!("`cargo xtask {verb}` takes no argument, but was given `{}`", argument.display());
    }
    Ok(())
}

fn bench(workspace: &Workspace, arguments: Vec<OsString>) -> Result<ExitCode> {
    setup::compiler(workspace)?;
    let mut cargo = workspace.cargo();
    cargo.args(["run", "--release", "--package", "bioxen-bench", "--"]).args(arguments);
    workspace::status(&mut cargo)
}

fn help(_: &Workspace, _: Vec<OsString>) -> Result<ExitCode> {
    let mut text = String::from("usage: cargo xtask VERB\n\n");
    for verb in &VERBS {
        let usage = format!("{} {}", verb.name, verb.arguments);
        text += &format!("  {usage:<24} {}\n", verb.summary);
    }
    text += &format!("\n{}\n", run::HELP);
    // Whoever closes the pipe has read enough.
    let _ = std::io::stdout().write_all(text.as_bytes());
    Ok(ExitCode::SUCCESS)
}
