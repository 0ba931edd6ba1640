//! One line in a VM that already ran others; both sides compile it each time.

use std::time::{Duration, Instant};

use anyhow::Result;
use bioxen_lua::{Vm, VmConfig};
use mlua::Lua;

use crate::measure::Pairs;
use crate::native;
use crate::plan::Plan;
use crate::report::{Row, Target};

const LINE: &str = "return 1 + 1";

/// Calls in a sample.
const BATCH: u32 = 1_000;

/// Chosen: what crossing into the guest and back may add.
const TARGET: f64 = 2.5;

pub fn rows(plan: &Plan) -> Result<Vec<Row>> {
    let mut vm = Vm::new(&plan.engine, VmConfig::default())?;
    let lua = native::state()?;
    let pairs = Pairs::measure(plan.rounds(40, 200), || ours(&mut vm), || native(&lua))?;
    let target = Target::ratio("median ratio", pairs.ratio().median, TARGET);
    Ok(vec![Row::paired("warm", "one line in a warm VM", &pairs).target(target)])
}

fn ours(vm: &mut Vm) -> Result<Duration> {
    let start = Instant::now();
    for _ in 0..BATCH {
        anyhow::ensure!(vm.exec(LINE).wait()?.value::<i64>()? == 2);
    }
    Ok(start.elapsed() / BATCH)
}

fn native(lua: &Lua) -> Result<Duration> {
    let start = Instant::now();
    for _ in 0..BATCH {
        anyhow::ensure!(lua.load(LINE).eval::<i64>()? == 2);
    }
    Ok(start.elapsed() / BATCH)
}
