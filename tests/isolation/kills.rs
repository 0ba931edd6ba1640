//! How late a deadline is: behind every form of endless work, on an idle machine and under twice its load.

use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use bioxen_lua::{Engine, Failure, Limits, Manager, ManagerConfig, Resource, VmConfig, VmId};

use crate::figures::{Row, Times};

const KILLS: usize = 1_000;
const DEADLINE: Duration = Duration::from_millis(20);
/// How late a stop may be.
const IDLE: Duration = Duration::from_millis(50);
const LOADED: Duration = Duration::from_millis(500);

const LOOPS: [&str; 8] = [
    "while true do end",
    "while true do pcall(error) end",
    "local f = coroutine.wrap(function() while true do coroutine.yield() end end) while true do f() end",
    "string.find(('a'):rep(300000), ('.-'):rep(20) .. 'b')",
    "local t t = setmetatable({}, { __index = function(_, k) return t[k + 1] end }) while true do pcall(function() return t[1] end) end",
    "local t = {} for i = 1, 1e5 do t[i] = i end while true do table.sort(t, function(a, b) return a > b end) end",
    "local s = ('x'):rep(16 << 20) while true do local _ = s .. 'y' end",
    "local m = {} m.__gc = function() setmetatable({}, m) end while true do setmetatable({}, m) collectgarbage() end",
];

pub fn measure() -> Result<Vec<Row>> {
    let engine = Engine::new()?;
    let config = ManagerConfig { limits: Limits::none(), ..ManagerConfig::default() };
    let manager = Manager::new(&engine, config)?;
    let idle = kill(&manager)?.row("lateness of kills, idle", IDLE)?;
    let spinners = 2 * available_parallelism()?.get();
    for at in 0..spinners {
        let vm = manager.create_vm(VmId::new(format!("spinner-{at}"))?, unlimited())?;
        drop(vm.exec("while true do end")?);
    }
    let loaded = kill(&manager)?.row(&format!("lateness of kills, {spinners} spinners"), LOADED)?;
    Ok(vec![idle, loaded])
}

pub fn unlimited() -> VmConfig {
    VmConfig::default().limits(Limits { fuel: None, time: None, ..Limits::default() })
}

/// How long after their deadlines callers knew of the ends, waiting for a thread included.
fn kill(manager: &Manager) -> Result<Times> {
    let limits = Limits { fuel: None, time: Some(DEADLINE), ..Limits::default() };
    let mut late = Vec::new();
    for at in 0..KILLS {
        let vm = manager.create_vm(VmId::new("victim")?, VmConfig::default().limits(limits.clone()))?;
        let begin = Instant::now();
        let outcome = vm.exec(LOOPS[at % LOOPS.len()])?.wait()?;
        let took = begin.elapsed();
        let killed = matches!(outcome.result, Err(Failure::Limit { resource: Resource::Time, .. }));
        ensure!(
            killed && took >= DEADLINE,
            "{}: {:?} after {took:?}",
            LOOPS[at % LOOPS.len()],
            outcome.result
        );
        late.push(took - DEADLINE);
        vm.terminate()?;
    }
    Ok(Times::new(late))
}
