//! Checkpoints, snapshots and forks. Native Lua has none of them: where there is a rival it is a state
//! that is made anew and runs again what made the first one.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use bioxen_lua::{Engine, EngineConfig, Limits, OnStop, Snapshot, Vm, VmConfig};

use crate::measure::{Pairs, Summary};
use crate::native;
use crate::plan::Plan;
use crate::report::{Row, Target, Unit};

/// Calls in a sample.
const BATCH: u32 = 200;

/// A small VM: twenty globals and a few functions.
const SMALL: &str = "
  for i = 1, 20 do _G['sample' .. i] = {name = 'sample ' .. i, reads = i * 1000, gc = 0.4 + i / 100} end
  function total() local n = 0; for i = 1, 20 do n = n + _G['sample' .. i].reads end; return n end
  function mean() return total() / 20 end
  local calls = 0
  function next_call() calls = calls + 1; return calls end";

/// What makes the memory of a VM so large, and what a call then changes of it.
struct Sized {
    name: &'static str,
    fill: &'static str,
    change: &'static str,
    /// Chosen: small beside the call itself, and beside the copying of all memory.
    at_most: Duration,
}

const SIZED: [Sized; 2] = [
    Sized {
        name: "checkpoint, VM of 1 MiB",
        fill: "data = {} for i = 1, 30000 do data[i] = i end n = 0",
        change: "n = n + 1",
        at_most: Duration::from_micros(20),
    },
    Sized {
        name: "checkpoint, VM of 64 MiB, 64 KiB changed",
        fill: "data = {} for i = 1, 3700000 do data[i] = i end n = 0",
        change: "n = n + 1 for i = 1, 4096 do data[i] = n end",
        at_most: Duration::from_millis(1),
    },
];

/// Chosen: a snapshot and a restore of a small VM together.
const THERE_AND_BACK: Duration = Duration::from_millis(1);

/// Chosen: what a small VM takes on disk.
const ON_DISK: u64 = 64 * 1024;

const FORKS: usize = 1_000;

/// Chosen, for all of them.
const ALL_FORKS: Duration = Duration::from_millis(100);

pub fn rows(plan: &Plan) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for sized in &SIZED {
        rows.push(checkpoint(plan, sized)?);
    }
    rows.extend(snapshot(plan)?);
    rows.push(forks(plan)?);
    Ok(rows)
}

/// What a call costs more under `OnStop::RollBack`, of pairs of samples.
fn checkpoint(plan: &Plan, sized: &Sized) -> Result<Row> {
    let mut kept = sized_vm(plan, sized, OnStop::RollBack)?;
    let mut plain = sized_vm(plan, sized, OnStop::Discard)?;
    let (mut cost, mut calls) = (Vec::new(), Vec::new());
    for _ in 0..plan.rounds(10, 40) {
        let plain = changes(&mut plain, sized)?;
        cost.push(changes(&mut kept, sized)? - plain);
        calls.push(plain);
    }
    let (cost, calls) = (Summary::of(&cost), Summary::of(&calls));
    let target = Target::seconds("median", cost.median, sized.at_most);
    let note = format!("of a call that takes {:.1} us without it", calls.median * 1e6);
    Ok(Row::new("copies", sized.name).ours(cost).target(target).note(note))
}

fn sized_vm(plan: &Plan, sized: &Sized, on_stop: OnStop) -> Result<Vm> {
    let limits = Limits { memory: Some(160 << 20), ..Limits::default() };
    let mut vm = Vm::new(&plan.engine, VmConfig::default().limits(limits).on_stop(on_stop))?;
    vm.exec(sized.fill).wait()?.value::<()>()?;
    changes(&mut vm, sized)?;
    Ok(vm)
}

/// Seconds for one call.
fn changes(vm: &mut Vm, sized: &Sized) -> Result<f64> {
    let start = Instant::now();
    for _ in 0..BATCH {
        vm.exec(sized.change).wait()?.value::<()>()?;
    }
    Ok((start.elapsed() / BATCH).as_secs_f64())
}

fn snapshot(plan: &Plan) -> Result<Vec<Row>> {
    let mut vm = small_vm(&plan.engine)?;
    let bytes = vm.snapshot().wait()?.to_bytes();
    let native = || native_small().map(|(_, time)| time);
    let whole = Pairs::measure(plan.rounds(50, 200), || there_and_back(plan, &mut vm), native)?;
    let target = Target::seconds("median", whole.ours().median, THERE_AND_BACK);
    let rows = [
        Row::paired("copies", "snapshot to bytes, restore, first call", &whole)
            .target(target)
            .note("native: a new state that runs the same set-up and call"),
        Row::new("copies", "snapshot of a small VM, on disk")
            .unit(Unit::Bytes)
            .ours(Summary::of(&[bytes.len() as f64]))
            .target(Target::bytes("size", bytes.len() as f64, ON_DISK)),
    ];
    Ok(rows.into())
}

fn small_vm(engine: &Engine) -> Result<Vm> {
    let mut vm = Vm::new(engine, VmConfig::default())?;
    vm.exec(SMALL).wait()?.value::<()>()?;
    Ok(vm)
}

fn there_and_back(plan: &Plan, vm: &mut Vm) -> Result<Duration> {
    let start = Instant::now();
    let bytes = vm.snapshot().wait()?.to_bytes();
    let snapshot = Snapshot::from_bytes(&plan.engine, &bytes)?;
    let mut copy = Vm::from_snapshot(&plan.engine, &snapshot, VmConfig::default())?;
    let total: i64 = copy.call("total", ()).wait()?.value()?;
    let elapsed = start.elapsed();
    ensure!(total == 210_000, "the copy counts {total}");
    Ok(elapsed)
}

/// A native state that has been set up, and how long that took with its first call.
fn native_small() -> Result<(mlua::Lua, Duration)> {
    let start = Instant::now();
    let lua = native::state()?;
    lua.load(SMALL).exec()?;
    let total: i64 = lua.load("return total()").eval()?;
    ensure!(total == 210_000, "the native state counts {total}");
    Ok((lua, start.elapsed()))
}

fn forks(plan: &Plan) -> Result<Row> {
    // Room for all of them, and for the one that they come from.
    let engine = Engine::with(EngineConfig { live_vms: FORKS as u32 + 1, ..EngineConfig::default() })?;
    let mut vm = small_vm(&engine)?;
    let ours = || {
        let start = Instant::now();
        let mut forks = vm.fork(FORKS).wait()?;
        let elapsed = start.elapsed();
        let last: i64 = forks[FORKS - 1].call("total", ()).wait()?.value()?;
        ensure!(last == 210_000, "the last fork counts {last}");
        Ok(elapsed)
    };
    let native = || {
        let start = Instant::now();
        let states: Result<Vec<_>> = (0..FORKS).map(|_| native_small()).collect();
        states.map(|_| start.elapsed())
    };
    let pairs = Pairs::measure(plan.rounds(3, 10), ours, native)?;
    let target = Target::seconds("median", pairs.ours().median, ALL_FORKS);
    Ok(Row::paired("copies", "1,000 forks of a small VM", &pairs)
        .target(target)
        .note("native: 1,000 new states that run the same set-up"))
}
