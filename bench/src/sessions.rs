//! Sessions of a manager: making them, a line there and back, a line among neighbours that never rest, and
//! putting them to disk. The rival is a native Lua state for each session, on this thread.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, ensure};
use bioxen_lua::{
    Engine, EngineConfig, Limits, Manager, ManagerConfig, OnStop, Persistence, Quota, Session, SessionConfig,
    VmConfig, VmId,
};
use mlua::Lua;

use crate::idle::Memory;
use crate::measure::{Pairs, Summary};
use crate::native;
use crate::plan::Plan;
use crate::report::{Row, Target, Unit, quantity};

const LINE: &str = "x = (x or 0) + 1";

/// Sessions in a sample.
const BATCH: u32 = 50;

/// Lines in a sample.
const LINES: u32 = 200;

/// Threads that run guests, as many as the target was set for.
const WORKERS: usize = 2;

const NEIGHBOURS: usize = 20;

const WRITERS: u32 = 4;
const REWRITE: &str =
    "text = nil collectgarbage() n = (n or 0) + 1 text = string.char(n % 256):rep(16 << 20)";

/// Chosen, for the 99th percentile.
const PING: Duration = Duration::from_millis(10);

/// Persistent sessions, of which a few are in memory.
const NAMED: u32 = 10_000;
const RESIDENT: usize = 100;

pub fn rows(plan: &Plan) -> Result<Vec<Row>> {
    let mut rows = vec![made(plan)?, line(plan)?, ping(plan)?, among_writers(plan)?];
    rows.extend(stored(plan)?);
    Ok(rows)
}

fn id(name: &str, number: u32) -> Result<VmId> {
    Ok(VmId::new(format!("{name}{number}"))?)
}

fn made(plan: &Plan) -> Result<Row> {
    let manager = Manager::new(&plan.engine, ManagerConfig::default())?;
    let ours = || {
        let start = Instant::now();
        for number in 0..BATCH {
            let session = manager.create_session(id("s", number)?, VmConfig::default())?;
            ensure!(session.send(LINE)?.wait()?.failed == 0);
            session.terminate()?;
        }
        Ok(start.elapsed() / BATCH)
    };
    let native = || {
        let start = Instant::now();
        for _ in 0..BATCH {
            native::state()?.load(LINE).exec()?;
        }
        Ok(start.elapsed() / BATCH)
    };
    let pairs = Pairs::measure(plan.rounds(20, 100), ours, native)?;
    let rate = 1.0 / pairs.ours().median;
    Ok(Row::paired("sessions", "session made, one line, ended", &pairs)
        .note(format!("{rate:.0} sessions a second, one after the other")))
}

/// A line to a thread of the manager, and its output back.
fn line(plan: &Plan) -> Result<Row> {
    let manager = Manager::new(&plan.engine, ManagerConfig::default())?;
    let session = manager.create_session(id("s", 0)?, VmConfig::default())?;
    let lua = native::state()?;
    let ours = || {
        let start = Instant::now();
        for _ in 0..LINES {
            session.send("1 + 1")?.wait()?;
            ensure!(session.read()?.bytes == b"2\n");
        }
        Ok(start.elapsed() / LINES)
    };
    let pairs = Pairs::measure(plan.rounds(20, 100), ours, || native_line(&lua))?;
    Ok(Row::paired("sessions", "line sent, run, output read", &pairs)
        .note("to another thread and back; native: the same line, loaded and run on this thread"))
}

fn native_line(lua: &Lua) -> Result<Duration> {
    let start = Instant::now();
    for _ in 0..LINES {
        ensure!(lua.load("return tostring(1 + 1)").eval::<String>()? == "2");
    }
    Ok(start.elapsed() / LINES)
}

/// How long a line takes while others use all the time they are given.
fn ping(plan: &Plan) -> Result<Row> {
    let endless = Limits { time: None, fuel: None, ..Limits::default() };
    let config = ManagerConfig { workers: WORKERS, limits: endless.clone(), ..ManagerConfig::default() };
    let manager = Manager::new(&plan.engine, config)?;
    for number in 0..NEIGHBOURS {
        let neighbour =
            manager.create_vm(id("n", number as u32)?, VmConfig::default().limits(endless.clone()))?;
        drop(neighbour.exec("while true do end")?); // it goes on
    }
    let times = pings(plan, &manager)?;
    let name = format!("line among {NEIGHBOURS} that spin on {WORKERS} threads");
    let row = Row::new("sessions", name).ours(times).note(tail(&times));
    Ok(row.target(Target::seconds("p99", times.p99, PING)))
}

fn pings(plan: &Plan, manager: &Manager) -> Result<Summary> {
    let session = manager.create_session(id("ping", 0)?, VmConfig::default())?;
    let mut times = Vec::new();
    for _ in 0..plan.rounds(300, 2_000) {
        let start = Instant::now();
        ensure!(session.send(LINE)?.wait()?.failed == 0);
        times.push(start.elapsed().as_secs_f64());
    }
    Ok(Summary::of(&times))
}

fn tail(times: &Summary) -> String {
    format!("max {} of {}", quantity(times.maximum, Unit::Seconds), times.count)
}

/// The same among a few whose every call rewrites much memory, all of which is in the next checkpoint.
fn among_writers(plan: &Plan) -> Result<Row> {
    let manager = Manager::new(&plan.engine, ManagerConfig { workers: WORKERS, ..ManagerConfig::default() })?;
    let done = AtomicBool::new(false);
    let times = thread::scope(|scope| {
        let mut writers = Vec::new();
        for number in 0..WRITERS {
            let config = VmConfig::default().on_stop(OnStop::RollBack);
            let writer = manager.create_vm(id("w", number)?, config)?;
            let done = &done;
            writers.push(scope.spawn(move || -> Result<()> {
                while !done.load(Ordering::Relaxed) {
                    writer.exec(REWRITE)?.wait()?.value::<()>()?;
                }
                Ok(())
            }));
        }
        let times = pings(plan, &manager);
        done.store(true, Ordering::Relaxed);
        writers
            .into_iter()
            .try_for_each(|writer| writer.join().map_err(|_| anyhow!("a writer panicked"))?)?;
        times
    })?;
    let name = format!("line among {WRITERS} that rewrite 16 MiB a call and roll back");
    Ok(Row::new("sessions", name).ours(times).note(tail(&times)))
}

/// Persistent sessions: one that is saved with each line, and ten thousand names of which a hundred are in
/// memory.
fn stored(plan: &Plan) -> Result<Vec<Row>> {
    let folder = tempfile::tempdir()?;
    let engine = Engine::with(EngineConfig { live_vms: RESIDENT as u32 + 20, ..EngineConfig::default() })?;
    let quota = Quota { vms: None, stored: None, ..Quota::default() };
    let config = ManagerConfig {
        state_dir: Some(folder.path().to_path_buf()),
        resident_sessions: RESIDENT,
        quota: quota.clone(),
        tenant_quota: quota,
        ..ManagerConfig::default()
    };
    let manager = Manager::new(&engine, config)?;
    let saved = saved_lines(plan, &manager)?;
    let named = plan.rounds(300, NAMED as usize) as u32;
    let before = Memory::now()?;
    let start = Instant::now();
    for number in 0..named {
        let session = manager.create_session(id("named", number)?, persistent(Persistence::OnIdle))?;
        session.send(format!("me = {number}"))?.wait()?;
    }
    let made = start.elapsed().as_secs_f64() / f64::from(named);
    let added = Memory::now()?.resident - before.resident;
    let mut woken = Vec::new();
    for number in (0..plan.rounds(50, 500) as u32).map(|number| number * 7 % named) {
        let start = Instant::now();
        let session = manager.attach(&id("named", number)?)?;
        session.send("me")?.wait()?;
        woken.push(start.elapsed().as_secs_f64());
        ensure!(session.read()?.bytes == format!("{number}\n").as_bytes());
    }
    Ok(vec![
        saved,
        Row::new("sessions", format!("{named} names, {RESIDENT} in memory: make one, put one to disk"))
            .ours(Summary::of(&[made])),
        Row::new("sessions", format!("{named} names, {RESIDENT} in memory: RSS that they add"))
            .unit(Unit::Bytes)
            .ours(Summary::of(&[added])),
        Row::new("sessions", "back from disk, one line")
            .ours(Summary::of(&woken))
            .note("attached, restored, run"),
    ])
}

fn persistent(persistence: Persistence) -> SessionConfig {
    SessionConfig { persistence, ..SessionConfig::default() }
}

fn saved_lines(plan: &Plan, manager: &Manager) -> Result<Row> {
    let session: Session = manager.create_session(id("saved", 0)?, persistent(Persistence::EachCall))?;
    let mut times = Vec::new();
    for _ in 0..plan.rounds(30, 200) {
        let start = Instant::now();
        ensure!(session.send(LINE)?.wait()?.failed == 0);
        times.push(start.elapsed().as_secs_f64());
    }
    Ok(Row::new("sessions", "line that is on disk when it returns")
        .ours(Summary::of(&times))
        .note("two fsyncs of this disk are in it"))
}
