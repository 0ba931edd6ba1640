//! The command, from start to exit, on a file of one line, beside the reference interpreter.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::measure::Pairs;
use crate::plan::Plan;
use crate::report::{Row, Target};

const NAME: &str = "command, start to exit";

/// The rival, looked up on the path.
const INTERPRETER: &str = "lua5.4";

/// Chosen: loading the guest may take as long as three more interpreters.
const TARGET: f64 = 4.0;

pub fn rows(plan: &Plan) -> Result<Vec<Row>> {
    let bioxen = plan.binaries.join(format!("bioxen{}", std::env::consts::EXE_SUFFIX));
    if !bioxen.exists() {
        return Ok(vec![skipped(
            "no `bioxen` beside this program; `cargo build --release -p bioxen-cli` makes it",
        )]);
    }
    if Command::new(INTERPRETER).arg("-v").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
        return Ok(vec![skipped("no `lua5.4` on the path; the package `lua5.4` has it")]);
    }
    let file = plan.folder.join("one_line.lua");
    fs::create_dir_all(&plan.folder).and_then(|()| fs::write(&file, "print('GATTACA')\n"))?;
    measured(plan, &bioxen, &file)
}

fn measured(plan: &Plan, bioxen: &Path, file: &Path) -> Result<Vec<Row>> {
    let pairs = Pairs::measure(
        plan.rounds(30, 150),
        || run(Command::new(bioxen).arg("run").arg(file)),
        || run(Command::new(INTERPRETER).arg(file)),
    )?;
    let target = Target::ratio("median ratio", pairs.ratio().median, TARGET);
    Ok(vec![Row::paired("start", NAME, &pairs).target(target).note("`bioxen run FILE` beside `lua5.4 FILE`")])
}

fn skipped(why: &str) -> Row {
    eprintln!("skipped: {why}");
    Row::new("start", NAME).note(format!("skipped: {why}"))
}

fn run(command: &mut Command) -> Result<Duration> {
    let start = Instant::now();
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status();
    let elapsed = start.elapsed();
    let status = status.with_context(|| format!("cannot start `{}`", command.get_program().display()))?;
    ensure!(status.success(), "`{}` ended with {status}", command.get_program().display());
    Ok(elapsed)
}
