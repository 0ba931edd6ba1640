//! Benchmarks of `bioxen-lua`, each beside native Lua in the same run.

mod arguments;
mod call;
mod copies;
mod fresh;
mod idle;
mod load;
mod machine;
mod measure;
mod native;
mod packages;
mod plan;
mod plot;
mod programs;
mod report;
mod sessions;
mod start;
mod stop;
mod warm;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use bioxen_lua::Engine;

use crate::arguments::{Arguments, HELP};
use crate::load::Load;
use crate::machine::Machine;
use crate::plan::Plan;
use crate::report::{Report, Row};

type Benchmark = fn(&Plan) -> Result<Vec<Row>>;

/// Exit status for a wrong command line.
const USAGE: u8 = 2;

/// In the order in which they run.
const BENCHMARKS: [(&str, Benchmark); 10] = [
    ("fresh", fresh::rows),
    ("warm", warm::rows),
    ("call", call::rows),
    ("copies", copies::rows),
    ("idle", idle::rows),
    ("start", start::rows),
    ("sessions", sessions::rows),
    ("packages", packages::rows),
    ("stop", stop::rows),
    ("programs", programs::rows),
];

fn main() -> ExitCode {
    let typed: Vec<OsString> = std::env::args_os().skip(1).collect();
    let done = match typed.split_first() {
        Some((first, rest)) if first == idle::CHILD => idle::child(rest),
        _ => match Arguments::parse(typed) {
            Ok(arguments) => run(arguments),
            Err(message) => {
                eprintln!("error: {message}\n\n{HELP}");
                return ExitCode::from(USAGE);
            }
        },
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<()> {
    if arguments.help {
        println!("{HELP}");
        return Ok(());
    }
    let binaries = binaries()?;
    let folder = binaries.parent().unwrap_or(&binaries).join("bench");
    let (json, svg) = (arguments.json, arguments.svg);
    let (json, svg) = (json.unwrap_or(folder.join("bench.json")), svg.unwrap_or(folder.join("bench.svg")));
    let engine = Engine::new()?;
    let mut machine = Machine::of(&engine);
    let plan = Plan { engine, effort: arguments.effort, only: arguments.only, binaries, folder };
    let start = Load::now();
    let rows = measure(&plan)?;
    if let (Some(start), Some(end)) = (start, Load::now()) {
        machine.others = end.others_since(&start, machine.cores);
    }
    let report = Report { machine, effort: plan.effort, rows };
    println!("{}", report.table());
    write(&json, &serde_json::to_string_pretty(&report)?)?;
    plot::svg(&report).map_or(Ok(()), |picture| write(&svg, &picture))
}

fn measure(plan: &Plan) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (name, benchmark) in BENCHMARKS {
        if plan.wants(name) || name == "programs" && programs::names().any(|program| plan.wants(program)) {
            eprintln!("measuring: {name}");
            rows.extend(benchmark(plan).with_context(|| format!("benchmark `{name}`"))?);
        }
    }
    Ok(rows)
}

/// The folder where cargo put this program.
fn binaries() -> Result<PathBuf> {
    let program = std::env::current_exe().context("the path of this program")?;
    Ok(program.parent().context("this program lies in no folder")?.to_path_buf())
}

fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
    }
    fs::write(path, text).with_context(|| format!("cannot write `{}`", path.display()))?;
    println!("written: {}", path.display());
    Ok(())
}
