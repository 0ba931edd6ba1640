//! Whole programs in Lua, each in a fresh VM. Each returns a checksum, which must be the same on both
//! sides.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use bioxen_lua::{Vm, VmConfig};

use crate::measure::{Pairs, Summary};
use crate::native;
use crate::plan::Plan;
use crate::report::{Row, Target};

/// The name of the row that sums up the others.
pub const MEAN: &str = "geometric mean";

/// Chosen: what all limits together may cost, over everything a program may do.
const TARGET: f64 = 2.3;

/// A program. Its first line is a comment that says what it stresses.
struct Program {
    name: &'static str,
    source: &'static str,
}

/// Sized so that one native run takes 15 to 60 ms on current machines.
const PROGRAMS: [Program; 21] = [
    Program { name: "fib", source: include_str!("../programs/fib.lua") },
    Program { name: "integers", source: include_str!("../programs/integers.lua") },
    Program { name: "mandelbrot", source: include_str!("../programs/mandelbrot.lua") },
    Program { name: "nbody", source: include_str!("../programs/nbody.lua") },
    Program { name: "arrays", source: include_str!("../programs/arrays.lua") },
    Program { name: "hashes", source: include_str!("../programs/hashes.lua") },
    Program { name: "strings", source: include_str!("../programs/strings.lua") },
    Program { name: "bytes", source: include_str!("../programs/bytes.lua") },
    Program { name: "patterns", source: include_str!("../programs/patterns.lua") },
    Program { name: "sorting", source: include_str!("../programs/sorting.lua") },
    Program { name: "closures", source: include_str!("../programs/closures.lua") },
    Program { name: "methods", source: include_str!("../programs/methods.lua") },
    Program { name: "metamethods", source: include_str!("../programs/metamethods.lua") },
    Program { name: "pcall", source: include_str!("../programs/pcall.lua") },
    Program { name: "coroutines", source: include_str!("../programs/coroutines.lua") },
    Program { name: "trees", source: include_str!("../programs/trees.lua") },
    Program { name: "queens", source: include_str!("../programs/queens.lua") },
    Program { name: "align", source: include_str!("../programs/align.lua") },
    Program { name: "kmers", source: include_str!("../programs/kmers.lua") },
    Program { name: "complement", source: include_str!("../programs/complement.lua") },
    Program { name: "translate", source: include_str!("../programs/translate.lua") },
];

/// The names, for `--only`.
pub fn names() -> impl Iterator<Item = &'static str> {
    PROGRAMS.iter().map(|program| program.name)
}

pub fn rows(plan: &Plan) -> Result<Vec<Row>> {
    let all = plan.wants("programs");
    let mut rows = Vec::new();
    for program in PROGRAMS.iter().filter(|program| all || plan.wants(program.name)) {
        let row = row(plan, program).with_context(|| format!("program `{}`", program.name))?;
        rows.push(row);
    }
    let ratios: Vec<Summary> = rows.iter().filter_map(|row| row.ratio).collect();
    let fastest: Vec<Summary> = rows.iter().filter_map(fastest).collect();
    let note = format!("of the fastest runs: {:.2}", Summary::geometric_mean(&fastest).median);
    let mean = Row::new("programs", MEAN).ratio(Summary::geometric_mean(&ratios)).note(note);
    rows.push(if all { mean.target(target(&ratios)) } else { mean });
    Ok(rows)
}

fn target(ratios: &[Summary]) -> Target {
    Target::ratio("median ratio", Summary::geometric_mean(ratios).median, TARGET)
}

/// Fastest run over fastest run, which a busy machine disturbs least.
fn fastest(row: &Row) -> Option<Summary> {
    Some(Summary::of(&[row.ours?.minimum / row.native?.minimum]))
}

fn row(plan: &Plan, program: &Program) -> Result<Row> {
    let (mut here, mut there) = (0, 0);
    let pairs = Pairs::measure(
        plan.rounds(3, 31),
        || ours(plan, program.source, &mut here),
        || native(program.source, &mut there),
    )?;
    ensure!(here == there, "checksum {here} in the sandbox, {there} natively");
    let stress = program.source.lines().next().unwrap_or_default().trim_start_matches("-- ");
    Ok(Row::paired("programs", program.name, &pairs).note(stress))
}

/// Making the VM and dropping it are measured elsewhere.
fn ours(plan: &Plan, source: &str, checksum: &mut i64) -> Result<Duration> {
    let mut vm = Vm::new(&plan.engine, VmConfig::default())?;
    let start = Instant::now();
    let outcome = vm.exec(source).wait()?;
    let elapsed = start.elapsed();
    *checksum = outcome.value::<i64>()?;
    Ok(elapsed)
}

fn native(source: &str, checksum: &mut i64) -> Result<Duration> {
    let lua = native::state()?;
    let start = Instant::now();
    let result = lua.load(source).eval::<i64>()?;
    let elapsed = start.elapsed();
    *checksum = result;
    Ok(elapsed)
}
