//! Sixteen scripts that take all the memory they get, each in its own way, at once.

use anyhow::{Context, Result, ensure};
use bioxen_lua::{Engine, EngineConfig, Limits, Manager, ManagerConfig, VmConfig, VmId};

use crate::figures::{Row, mebibytes};
use crate::process;

const CAP: u64 = 16 << 20;
/// What may be resident beside the caps.
const BESIDE: u64 = 8 << 20;
/// How much of its cap each bomb takes at least. A table that doubles stops well before the end.
const FILLED: u64 = CAP / 4;
/// Enough to fill it, and to go on then. All of them are at it at the same time, since they have equal turns.
const FUEL: u64 = 1_500_000_000;

/// Each of them keeps what it has, and tries again when it is told that there is no more.
const BOMBS: [(&str, &str); 16] = [
    ("doubled text", "s = 'x' while true do pcall(function() s = s .. s end) end"),
    (
        "repeated text",
        "t = {} while true do pcall(function() t[#t + 1] = ('x'):rep(1000):rep(100 + #t) end) end",
    ),
    ("an array", "t = {} while true do pcall(function() for i = #t + 1, 1 << 40 do t[i] = i end end) end"),
    (
        "hashed keys",
        "t = {} n = 0 while true do pcall(function() while true do n = n + 1 t['k' .. n] = n end end) end",
    ),
    ("nested tables", "t = {} while true do pcall(function() while true do t = { t, {} } end end) end"),
    (
        "closures",
        "t = {} while true do pcall(function() while true do local n = #t t[n + 1] = function() return n end end end) end",
    ),
    (
        "coroutines",
        "t = {} while true do pcall(function() while true do local co = coroutine.create(function() coroutine.yield() end) coroutine.resume(co) t[#t + 1] = co end end) end",
    ),
    (
        "joined pieces",
        "t = {} for i = 1, 20000 do t[i] = ('x'):rep(i % 100) end kept = {} while true do pcall(function() kept[#kept + 1] = table.concat(t, #kept) end) end",
    ),
    (
        "substituted text",
        "s = ('ab'):rep(50000) kept = {} while true do pcall(function() kept[#kept + 1] = s:gsub('a', 'xy' .. #kept) end) end",
    ),
    (
        "formatted text",
        "kept = {} while true do pcall(function() while true do kept[#kept + 1] = ('%099d'):format(#kept) end end) end",
    ),
    (
        "many constants",
        "kept = {} while true do pcall(function() local t = {} for i = 1, 5000 do t[i] = 'x' .. i .. '_' .. #kept end kept[#kept + 1] = load('return {\"' .. table.concat(t, '\",\"') .. '\"}') end) end",
    ),
    (
        "deep recursion",
        "local function f(n) return f(n + 1) + 1 end t = {} while true do pcall(f, 1) pcall(function() while true do t[#t + 1] = {} end end) end",
    ),
    (
        "weak tables",
        "t = setmetatable({}, { __mode = 'k' }) k = {} while true do pcall(function() while true do local key = {} t[key] = { key } k[#k + 1] = key end end) end",
    ),
    (
        "errors that are large",
        "kept = {} while true do local _, e = pcall(function() error({ ('x'):rep(1000):rep(200), kept }) end) pcall(function() kept[#kept + 1] = e end) end",
    ),
    (
        "finalizers",
        "kept = {} while true do pcall(function() while true do kept[#kept + 1] = setmetatable({}, { __gc = function(o) kept[#kept + 1] = o end }) end end) end",
    ),
    (
        "packed bytes",
        "kept = {} local z = ('z'):rep(1000):rep(60) while true do pcall(function() kept[#kept + 1] = string.pack('s4s4', z, z .. #kept) end) end",
    ),
];

pub fn measure() -> Result<Vec<Row>> {
    let engine = Engine::with(EngineConfig { live_vms: 32, ..EngineConfig::default() })?;
    let config = ManagerConfig { limits: Limits::none(), ..ManagerConfig::default() };
    let manager = Manager::new(&engine, config)?;
    round(&manager).context("to warm up")?;
    let idle = process::resident()?;
    process::forget_peak()?;
    let used = round(&manager)?;
    let peak = process::peak()?.saturating_sub(idle);
    let allowed = CAP * BOMBS.len() as u64 + BESIDE;
    ensure!(peak <= allowed, "{peak} bytes were resident, {allowed} were allowed");
    ensure!(peak >= used / 2, "{peak} bytes were resident of {used}: they were not there at once");
    Ok(vec![
        Row::new(
            "16 memory bombs at once, resident",
            mebibytes(peak),
            format!("16 caps of 16 MiB and 8 MiB, {}", mebibytes(allowed)),
        ),
        Row::new("what the guests used of their caps", mebibytes(used), mebibytes(CAP * BOMBS.len() as u64)),
    ])
}

/// Explodes all of them, and gives what their guests used at once.
fn round(manager: &Manager) -> Result<u64> {
    let limits = Limits { memory: Some(CAP), fuel: Some(FUEL), time: None, ..Limits::default() };
    let mut jobs = Vec::new();
    for (at, (_, bomb)) in BOMBS.iter().enumerate() {
        let vm = manager
            .create_vm(VmId::new(format!("bomb-{at}"))?, VmConfig::default().limits(limits.clone()))?;
        jobs.push((vm.exec(*bomb)?, vm));
    }
    let mut used = 0;
    let mut vms = Vec::new();
    for ((job, vm), (name, _)) in jobs.into_iter().zip(BOMBS) {
        let outcome = job.wait()?;
        let memory = outcome.usage.memory;
        ensure!((FILLED..=CAP).contains(&memory), "{name}: {memory} bytes, {:?}", outcome.result);
        ensure!(outcome.result.is_err(), "{name} ended by itself");
        used += memory;
        vms.push(vm);
    }
    vms.iter().try_for_each(|vm| vm.terminate())?;
    Ok(used)
}
