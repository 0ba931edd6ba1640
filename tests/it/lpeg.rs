//! The guest's own `lpeg` and `re` beside those of Debian: the same programs, the same results.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use bioxen_lua::{Chunk, Limits, Snapshot, Value, Values, Vm, VmConfig};

use crate::support::{engine, exec, limited, skip, text, vm};

/// The interpreter that `lpeg` is compared in, with Debian's module.
const INTERPRETER: &str = "lua5.4";

/// Numbers of patterns that one run makes: its output stays below the ceiling of a VM's stream.
const BATCH: u32 = 500;

/// Subjects for each pattern.
const SUBJECTS: u32 = 4;

fn programs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("lua/fixtures/lpeg")
}

/// Whether there is something to compare with; a line says when not.
fn can_compare() -> bool {
    let check = "assert(require 'lpeg'.version() == '1.0.2'); require 're'";
    let there = Command::new(INTERPRETER).args(["-e", check]).output().is_ok_and(|it| it.status.success());
    if !there {
        skip("Debian's lpeg: `apt-get install lua5.4 lua-lpeg`");
    }
    there
}

/// Lines of output by the number of the pattern that they begin with.
type Lines = BTreeMap<u32, Vec<String>>;

fn by_number(output: &str) -> Lines {
    let mut lines = Lines::new();
    for line in output.split_inclusive('\n') {
        let number = line.split(':').next().and_then(|number| number.parse().ok());
        match number {
            Some(number) => lines.entry(number).or_default().push(line.to_string()),
            None => panic!("a line without a number: {line}"),
        }
    }
    lines
}

/// What the program prints in a VM for patterns `first..first + BATCH`.
fn in_the_guest(vm: &mut Vm, name: &str, source: &str, seed: u32, first: u32) -> Lines {
    let numbers = [seed, first, first + BATCH - 1, SUBJECTS];
    let arguments = numbers.iter().map(|number| Value::from(i64::from(*number))).collect();
    let chunk = Chunk::new(source).name(format!("@{name}")).arguments(Values(arguments));
    let outcome = vm.exec(chunk).wait().expect("the VM takes calls");
    assert!(outcome.result.is_ok(), "seed {seed}, from {first}: {:?}", outcome.result);
    by_number(&outcome.stdout.to_string())
}

/// The same of the real module. It dies of some patterns, by its own assertions; such a one is left out, and the run
/// goes on behind it.
fn in_debian(name: &str, seed: u32, first: u32) -> Lines {
    let mut lines = Lines::new();
    let mut from = first;
    while from < first + BATCH {
        let numbers = [seed, from, first + BATCH - 1, SUBJECTS].map(|number| number.to_string());
        let mut command = Command::new(INTERPRETER);
        let output = command.current_dir(programs()).arg(name).args(&numbers).output().expect("it runs");
        lines.append(&mut by_number(&String::from_utf8_lossy(&output.stdout)));
        if output.status.success() {
            break;
        }
        let died = lines.range(from..).last().map_or(from, |(last, _)| *last);
        lines.remove(&died);
        from = died + 1;
    }
    lines
}

/// Compares `batches` runs of the program; says how many lines were the same.
#[track_caller]
fn compare(name: &str, seed: u32, batches: u32) -> usize {
    let source = fs::read_to_string(programs().join(name)).expect("the program is there");
    let limits = Limits { fuel: None, time: Some(Duration::from_secs(600)), ..Limits::default() };
    let mut vm = vm(limited(limits));
    let mut same = 0;
    for first in (0..batches).map(|batch| batch * BATCH + 1) {
        let ours = in_the_guest(&mut vm, name, &source, seed, first);
        for (number, lines) in in_debian(name, seed, first) {
            assert_eq!(ours.get(&number), Some(&lines), "`{name}` with seed {seed}, pattern {number}");
            same += lines.len();
        }
    }
    same
}

#[test]
fn random_patterns_match_as_they_do_in_debians_lpeg() {
    if can_compare() {
        let same = compare("random.lua", 2026, 80);
        assert!(same > 100_000, "only {same} lines");
    }
}

#[test]
fn random_texts_match_as_they_do_in_debians_re() {
    if can_compare() {
        let same = compare("random_re.lua", 7, 12);
        assert!(same > 20_000, "only {same} lines");
    }
}

/// Patterns, compiled and not, are memory like any other: they come along with a snapshot.
#[test]
fn patterns_survive_a_snapshot_and_a_fork() {
    let make = "lpeg = require 'lpeg'
        words = lpeg.Ct((lpeg.C(lpeg.R'az'^1) / string.upper + 1)^0)
        assert(#words:match('a b') == 2)
        later = lpeg.P{lpeg.Cs('(' * (lpeg.V(1) / '<%0>')^0 * ')')}
        re = require 're'
        pair = re.compile('{:k: %a+ :} \"=\" {%d+}')";
    let ask = "local k = pair:match('x=1')
        return table.concat(words:match('to be'), ',') .. later:match('(())') .. k .. re.gsub('a', '.', '%0%0')";
    let expected = "TO,BE(<()>)1aa";
    let mut vm = vm(VmConfig::default());
    exec(&mut vm, make).value::<()>().expect("the chunk runs");
    let bytes = vm.snapshot().wait().expect("a snapshot can be taken").to_bytes();
    let read = Snapshot::from_bytes(engine(), &bytes).expect("the bytes are a snapshot");
    let mut copy = Vm::from_snapshot(engine(), &read, VmConfig::default()).expect("a VM takes it");
    assert_eq!(text(&mut copy, ask), expected, "in the copy");
    let mut forks = vm.fork(1).wait().expect("a VM can be forked");
    assert_eq!(text(&mut forks[0], ask), expected, "in the fork");
    assert_eq!(text(&mut vm, ask), expected, "in the VM itself");
}
