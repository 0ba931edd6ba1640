//! A fresh VM: made, given one line, dropped.

use std::time::{Duration, Instant};

use anyhow::Result;
use bioxen_lua::{Vm, VmConfig};

use crate::measure::Pairs;
use crate::native;
use crate::plan::Plan;
use crate::report::{Row, Target};

const LINE: &str = "return 1 + 1";

/// VMs in a sample, so that a sample is long beside the clock's resolution and a page fault.
const BATCH: u32 = 100;

/// Chosen: half of what a native state costs.
const TARGET: f64 = 0.5;

pub fn rows(plan: &Plan) -> Result<Vec<Row>> {
    let pairs = Pairs::measure(plan.rounds(40, 200), || ours(plan), native)?;
    let target = Target::ratio("median ratio", pairs.ratio().median, TARGET);
    Ok(vec![Row::paired("fresh", "fresh VM, one line, drop", &pairs).target(target)])
}

fn ours(plan: &Plan) -> Result<Duration> {
    let start = Instant::now();
    for _ in 0..BATCH {
        let mut vm = Vm::new(&plan.engine, VmConfig::default())?;
        anyhow::ensure!(vm.exec(LINE).wait()?.value::<i64>()? == 2);
    }
    Ok(start.elapsed() / BATCH)
}

fn native() -> Result<Duration> {
    let start = Instant::now();
    for _ in 0..BATCH {
        let lua = native::state()?;
        anyhow::ensure!(lua.load(LINE).eval::<i64>()? == 2);
    }
    Ok(start.elapsed() / BATCH)
}
