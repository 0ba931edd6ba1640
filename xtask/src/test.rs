//! `cargo xtask test`: all tests, and at the end how many there were.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::process::{ExitCode, Stdio};

use anyhow::{Context, Result};

use crate::workspace::{self, Workspace};
use crate::{mirror, setup};

/// `cargo xtask attack`: the hostile corpora alone, with what they print.
pub fn attack(workspace: &Workspace, arguments: Vec<OsString>) -> Result<ExitCode> {
    setup::compiler(workspace)?;
    let mut cargo = workspace.cargo();
    // The same selection as for all tests, so that nothing is built twice.
    cargo.args(["test", "--release", "--workspace", "--test", "attack", "--"]).args(arguments);
    workspace::status(&mut cargo)
}

pub fn verb(workspace: &Workspace, arguments: Vec<OsString>) -> Result<ExitCode> {
    setup::compiler(workspace)?;
    setup::suite(workspace)?;
    mirror::build(workspace)?;
    let mut cargo = workspace.cargo();
    cargo.args(["test", "--release", "--workspace"]).args(arguments).stdout(Stdio::piped());
    let mut running = cargo.spawn().context("cannot start cargo")?;
    let printed = running.stdout.take().context("cargo's output is piped")?;
    let totals = pass_on(BufReader::new(printed), &mut std::io::stdout().lock());
    let status = running.wait()?;
    let totals = totals.context("cannot hand on what the tests print")?;
    println!("{} passed, {} failed, {} skipped", totals.passed, totals.failed, totals.skipped);
    Ok(workspace::exit_code(status))
}

/// The sum over all test programs of a run.
#[derive(Debug, Default, PartialEq)]
struct Totals {
    passed: u64,
    failed: u64,
    skipped: u64,
}

impl Totals {
    /// Adds what a test program says when it ends; any other line changes nothing.
    fn add(&mut self, line: &str) {
        let Some((_, counts)) = line.strip_prefix("test result: ").and_then(|result| result.split_once(". "))
        else {
            return;
        };
        for count in counts.split("; ") {
            let Some((number, what)) = count.split_once(' ') else {
                continue;
            };
            let total = match what.trim_end() {
                "passed" => &mut self.passed,
                "failed" => &mut self.failed,
                "ignored" => &mut self.skipped,
                _ => continue,
            };
            *total += number.parse::<u64>().unwrap_or(0);
        }
    }
}

/// Copies what cargo prints, line by line as it comes, and counts on the way.
fn pass_on(mut from: impl BufRead, to: &mut impl Write) -> Result<Totals> {
    let mut totals = Totals::default();
    let mut line = Vec::new();
    while from.read_until(b'\n', &mut line)? > 0 {
        to.write_all(&line)?;
        to.flush()?;
        totals.add(&String::from_utf8_lossy(&line));
        line.clear();
    }
    Ok(totals)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(printed: &str, passed: u64, failed: u64, skipped: u64) {
        let mut copy = Vec::new();
        let totals = pass_on(printed.as_bytes(), &mut copy).unwrap();
        assert_eq!(totals, Totals { passed, failed, skipped });
        assert_eq!(copy, printed.as_bytes());
    }

    #[test]
    fn results_are_added_up() {
        let one =
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n";
        let two = "test result: FAILED. 10 passed; 2 failed; 0 ignored; 0 measured; 7 filtered out; finished in 1s\n";
        check("", 0, 0, 0);
        check(one, 3, 0, 1);
        check(&format!("\nrunning 4 tests\ntest a ... ok\n\n{one}\n{two}"), 13, 2, 1);
    }

    #[test]
    fn other_lines_change_nothing() {
        check("5 passed; 3 failed\ntest result: ok\ntest result: ok. many passed; x\n", 0, 0, 0);
        check("no end of line", 0, 0, 0);
    }
}
