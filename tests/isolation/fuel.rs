//! Whether a script costs the same fuel, and says the same, in whatever VM, on whatever thread, beside whom.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Result, ensure};
use bioxen_lua::{Engine, Limits, ManagedVm, Manager, ManagerConfig, Outcome, Vm, VmConfig, VmId};

use crate::figures::Row;
use crate::random::Random;
use crate::scripts::{Script, different};

const SCRIPTS: usize = 1_000;
/// Most scripts end before.
const FUEL: u64 = 100_000_000;
const THREADS: usize = 2;
/// VMs that take turns on the threads of a manager.
const AT_ONCE: usize = 8;

pub fn measure() -> Result<Vec<Row>> {
    let engine = Engine::new()?;
    let scripts = different(SCRIPTS)?;
    let first = one_by_one(&engine, &scripts);
    let second = interleaved(&engine, &scripts)?;
    let mut ended = 0;
    for (script, (first, second)) in scripts.iter().zip(first.iter().zip(&second)) {
        ensure!(first == second, "{}: {first:?}, then {second:?}", script.name);
        ended += usize::from(first.as_ref().is_some_and(|run| run.fuel < FUEL));
    }
    ensure!(ended > SCRIPTS * 8 / 10, "only {ended} scripts ended before their fuel");
    let found = format!("all equal, {ended} ended before their fuel");
    Ok(vec![Row::new(format!("fuel and output of {SCRIPTS} scripts, twice"), found, "equal")])
}

/// What must be equal.
#[derive(Debug, PartialEq)]
struct Run {
    fuel: u64,
    memory: u64,
    result: String,
    output: Vec<u8>,
}

impl Run {
    fn of(outcome: &Outcome) -> Run {
        Run {
            fuel: outcome.usage.fuel,
            memory: outcome.usage.memory,
            result: format!("{:?}", outcome.result),
            output: [outcome.stdout.as_bytes(), outcome.stderr.as_bytes()].concat(),
        }
    }
}

fn config() -> VmConfig {
    let limits = Limits { fuel: Some(FUEL), time: Some(Duration::from_secs(120)), ..Limits::default() };
    VmConfig::default().limits(limits).seed(7)
}

/// In order, on threads of the program's own.
fn one_by_one(engine: &Engine, scripts: &[Script]) -> Vec<Option<Run>> {
    let next = AtomicUsize::new(0);
    let runs = Mutex::new(Vec::new());
    runs.lock().expect("not poisoned").resize_with(scripts.len(), || None);
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while let Some((at, script)) = take(&next, scripts) {
                    let run = Vm::new(engine, config()).and_then(|mut vm| vm.exec(&*script.source).wait());
                    runs.lock().expect("not poisoned")[at] = run.ok().as_ref().map(Run::of);
                }
            });
        }
    });
    runs.into_inner().expect("not poisoned")
}

fn take<'a>(next: &AtomicUsize, scripts: &'a [Script]) -> Option<(usize, &'a Script)> {
    let at = next.fetch_add(1, Ordering::Relaxed);
    scripts.get(at).map(|script| (at, script))
}

/// In another order, many at once, on the threads of a manager.
fn interleaved(engine: &Engine, scripts: &[Script]) -> Result<Vec<Option<Run>>> {
    let manager = Manager::new(engine, ManagerConfig { limits: Limits::none(), ..ManagerConfig::default() })?;
    let mut order: Vec<usize> = (0..scripts.len()).collect();
    let mut random = Random(42);
    (1..order.len()).rev().for_each(|at| order.swap(at, random.below(at as u64 + 1) as usize));
    let mut runs: Vec<Option<Run>> = Vec::new();
    runs.resize_with(scripts.len(), || None);
    for some in order.chunks(AT_ONCE) {
        let begin = |at: &usize| -> Result<_> {
            let vm: ManagedVm = manager.create_vm(VmId::new(format!("vm-{at}"))?, config())?;
            Ok((vm.exec(&*scripts[*at].source)?, vm))
        };
        let begun = some.iter().map(begin).collect::<Result<Vec<_>>>()?;
        for ((job, vm), at) in begun.into_iter().zip(some) {
            runs[*at] = Some(Run::of(&job.wait()?));
            vm.terminate()?;
        }
    }
    Ok(runs)
}
