//! Memory of idle VMs: many are made, given one line each, and kept. It happens in a process of its own
//! for each count, so that nothing else is in the figures.

use std::ffi::OsString;
use std::fs;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use bioxen_lua::{Engine, EngineConfig, Manager, ManagerConfig, Quota, Vm, VmConfig, VmId};
use serde::{Deserialize, Serialize};

use crate::measure::Summary;
use crate::native;
use crate::plan::Plan;
use crate::report::{Row, Target, Unit};

/// The first argument of the process that does the work.
pub const CHILD: &str = "idle-child";

const LINE: &str = "return 1 + 1";

/// VMs in the figure for one.
const FEW: u32 = 1_000;

/// VMs that should fit in a process.
const MANY: u32 = 10_000;

/// Chosen: memory of one idle VM.
const TARGET_ONE: u64 = 96 << 10;

/// Chosen: memory of a process in which 10,000 VMs live.
const TARGET_MANY: u64 = 1 << 30;

const RESIDENT: &str = "counts a page of the image again for each VM that maps it";
const OWN: &str = "counts shared pages once; what would be free without the VM";

/// What a process found out about itself.
#[derive(Debug, Serialize, Deserialize)]
struct Found {
    before: Memory,
    after: Memory,
    /// Time to make all VMs and give each its line.
    seconds: f64,
}

/// Memory of this process, in bytes.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Memory {
    pub resident: f64,
    /// As `resident`, but a page that several VMs map, such as one of the image, counts once.
    proportional: f64,
    /// What the kernel needs to describe the mappings; it is not in the others.
    page_tables: f64,
}

pub fn rows(plan: &Plan) -> Result<Vec<Row>> {
    let few = Sides::measure(plan.rounds(1, 5), "ours", FEW)?;
    let sessions = Sides::measure(plan.rounds(1, 3), "sessions", FEW)?;
    let many = Sides::measure(plan.rounds(1, 3), "ours", MANY)?;
    let each =
        |of: fn(&Memory) -> f64| move |found: &Found| (of(&found.after) - of(&found.before)) / f64::from(FEW);
    Ok(vec![
        few.memory("idle VM, RSS", each(|memory| memory.resident), TARGET_ONE).note(RESIDENT),
        few.memory("idle VM, PSS and page tables", each(Memory::own), TARGET_ONE).note(OWN),
        sessions
            .row("idle session, PSS and page tables", each(Memory::own))
            .unit(Unit::Bytes)
            .note("with its checkpoint, its queues and its name; no target was set"),
        many.memory("10,000 live VMs, RSS", |found| found.after.resident, TARGET_MANY),
        many.memory("10,000 live VMs, PSS and page tables", |found| found.after.own(), TARGET_MANY),
        many.row("10,000 live VMs, time to make", |found| found.seconds).note("one line run in each"),
    ])
}

/// What the processes of both sides found.
struct Sides {
    ours: Vec<Found>,
    native: Vec<Found>,
}

impl Sides {
    fn measure(rounds: usize, ours: &str, count: u32) -> Result<Sides> {
        let mut sides = Sides { ours: Vec::new(), native: Vec::new() };
        for _ in 0..rounds {
            sides.ours.push(in_child(ours, count)?);
            sides.native.push(in_child("native", count)?);
        }
        Ok(sides)
    }

    fn memory(&self, name: &str, value: impl Fn(&Found) -> f64, at_most: u64) -> Row {
        let row = self.row(name, value).unit(Unit::Bytes);
        let median = row.ours.map_or(f64::NAN, |ours| ours.median);
        row.target(Target::bytes("median", median, at_most))
    }

    fn row(&self, name: &str, value: impl Fn(&Found) -> f64) -> Row {
        let ours: Vec<f64> = self.ours.iter().map(&value).collect();
        let native: Vec<f64> = self.native.iter().map(&value).collect();
        let ratios: Vec<f64> = ours.iter().zip(&native).map(|(ours, native)| ours / native).collect();
        let row = Row::new("idle", name).ours(Summary::of(&ours)).native(Summary::of(&native));
        row.ratio(Summary::of(&ratios))
    }
}

fn in_child(side: &str, count: u32) -> Result<Found> {
    let program = std::env::current_exe().context("the path of this program")?;
    let output = Command::new(program).args([CHILD, side, &count.to_string()]).output()?;
    ensure!(
        output.status.success(),
        "{count} VMs ({side}): {}",
        String::from_utf8_lossy(&output.stderr).trim_end()
    );
    serde_json::from_slice(&output.stdout).context("what the process found")
}

/// What the process of its own does: side and count come as arguments, what was found goes to standard
/// output.
pub fn child(arguments: &[OsString]) -> Result<()> {
    let [side, count] = arguments else { bail!("`{CHILD}` needs a side and a count") };
    let count = count.to_str().and_then(|count| count.parse().ok()).context("the count is no number")?;
    let found = match side.to_str() {
        Some("ours") => ours(count)?,
        Some("sessions") => sessions(count)?,
        Some("native") => natively(count)?,
        _ => bail!("`{CHILD}` knows the sides `ours`, `sessions` and `native`"),
    };
    println!("{}", serde_json::to_string(&found)?);
    Ok(())
}

fn ours(count: u32) -> Result<Found> {
    let engine = Engine::with(EngineConfig { live_vms: count, ..EngineConfig::default() })?;
    keep(count, || {
        let mut vm = Vm::new(&engine, VmConfig::default())?;
        ensure!(vm.exec(LINE).wait()?.value::<i64>()? == 2);
        Ok(vm)
    })
}

/// Two lines each: the second one has a checkpoint of the first to begin with.
fn sessions(count: u32) -> Result<Found> {
    let engine = Engine::with(EngineConfig { live_vms: count + 1, ..EngineConfig::default() })?;
    let quota = Quota::none();
    let config = ManagerConfig { quota: quota.clone(), tenant_quota: quota, ..ManagerConfig::default() };
    let manager = Manager::new(&engine, config)?;
    let names = std::cell::Cell::new(0);
    keep(count, || {
        names.set(names.get() + 1);
        let session = manager.create_session(VmId::new(format!("s{}", names.get()))?, VmConfig::default())?;
        for _ in 0..2 {
            session.send("1 + 1")?.wait()?;
        }
        ensure!(session.read()?.bytes == b"2\n2\n");
        Ok(session)
    })
}

fn natively(count: u32) -> Result<Found> {
    keep(count, || {
        let lua = native::state()?;
        ensure!(lua.load(LINE).eval::<i64>()? == 2);
        Ok(lua)
    })
}

fn keep<T>(count: u32, make: impl Fn() -> Result<T>) -> Result<Found> {
    drop(make()?); // what the first one needs for all is not its own
    let mut kept = Vec::with_capacity(count as usize);
    let before = Memory::now()?;
    let start = Instant::now();
    for _ in 0..count {
        kept.push(make()?);
    }
    let seconds = start.elapsed().as_secs_f64();
    Ok(Found { before, after: Memory::now()?, seconds })
}

impl Memory {
    /// What would be free without this process.
    fn own(&self) -> f64 {
        self.proportional + self.page_tables
    }

    pub fn now() -> Result<Memory> {
        let rollup = fs::read_to_string("/proc/self/smaps_rollup").context("memory of this process")?;
        let status = fs::read_to_string("/proc/self/status").context("status of this process")?;
        Ok(Memory {
            resident: field(&rollup, "Rss:")?,
            proportional: field(&rollup, "Pss:")?,
            page_tables: field(&status, "VmPTE:")?,
        })
    }
}

/// A field that the kernel gives in KiB, in bytes.
fn field(text: &str, name: &str) -> Result<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|rest| rest.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    Ok(number.with_context(|| format!("the kernel does not say `{name}`"))? * 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_in_bytes() {
        let text = "Rss:                  96 kB\nPss:                   7 kB\n";
        assert_eq!(field(text, "Pss:").unwrap(), 7.0 * 1024.0);
        assert!(field(text, "VmPTE:").is_err());
    }
}
