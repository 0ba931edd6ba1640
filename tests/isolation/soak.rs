//! A mixed load for minutes or hours: sessions on disk, VMs, copies, packages, attacks, and everything ended and begun
//! anew from time to time. A model says what each session must hold; what the process has of the system stays flat.

use std::fmt;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use bioxen_lua::{
    Engine, EngineConfig, Environment, Environments, InstallOptions, Limits, Manager, ManagerConfig,
    Persistence, Repository, SessionConfig, VmConfig, VmId,
};

use crate::figures::{Row, mebibytes};
use crate::process::{self, Holdings};
use crate::rocks::{Rock, Shelf, quick_folder};

mod client;

use client::{Client, Kept, Steps};

const CLIENTS: u64 = 4;
/// How long a manager lives, then its sessions go to the next one.
const LIFE: Duration = Duration::from_secs(10);
/// Sessions that are kept in memory: fewer than there are.
const RESIDENT: usize = 6;
/// What is written twice and more has found its place by then.
const WARM_UP: u32 = 3;
/// How much more may be resident at the end of a life than after those.
const GROWTH: u64 = 16 << 20;
/// How many mappings more: the host's own allocator has some of its own.
const MAPPINGS: usize = 200;

/// How many threads more: those of the engine's pool stay, and are started when so many clients need them at once.
const THREADS: usize = 20;

/// What all lives share.
struct World {
    engine: Engine,
    environment: Environment,
    folder: tempfile::TempDir,
    /// Where the environment's packages come from.
    _shelf: Shelf,
    _environments: Environments,
}

/// What is left of a life, with its manager gone.
#[derive(Debug, Clone)]
struct Rest {
    resident: u64,
    mappings: usize,
    holdings: Holdings,
}

pub fn measure(time: Duration) -> Result<Vec<Row>> {
    let world = World::new()?;
    let end = Instant::now() + time;
    let mut kept: Vec<Kept> = (0..CLIENTS).map(Kept::new).collect();
    let (mut steps, mut lives, mut peak) = (Steps::default(), 0, 0);
    let (mut begin, mut last): (Option<Rest>, Option<Rest>) = (None, None);
    while Instant::now() < end || lives <= WARM_UP {
        process::forget_peak()?;
        world.live(&mut kept, &mut steps).with_context(|| format!("life {lives}"))?;
        peak = peak.max(process::peak()?);
        lives += 1;
        let rest = Rest::now()?;
        println!("life {lives}: {} resident, {rest}", mebibytes(rest.resident));
        if let Some(begin) = &begin {
            rest.check(begin).with_context(|| format!("life {lives}"))?;
        } else if lives == WARM_UP {
            begin = Some(rest.clone());
        }
        last = Some(rest);
    }
    let (begin, last) = begin.zip(last).context("it was too short")?;
    Ok(rows(time, lives, &steps, &begin, &last, peak))
}

fn rows(time: Duration, lives: u32, steps: &Steps, begin: &Rest, last: &Rest, peak: u64) -> Vec<Row> {
    let title = format!("soak of {} s, {lives} managers", time.as_secs());
    let all: u64 = steps.values().sum();
    let mut rows = vec![Row::new(title, format!("{all} steps as the model says"), "all")];
    rows.extend(steps.iter().map(|(step, count)| Row::new(format!("  {step}"), count.to_string(), "")));
    let resident = format!("{} then, {} at the end", mebibytes(begin.resident), mebibytes(last.resident));
    rows.push(Row::new("  resident between managers", resident, format!("{} more", mebibytes(GROWTH))));
    rows.push(Row::new("  resident at most", mebibytes(peak), ""));
    let held =
        |rest: &Rest| format!("{}, {}, {}", rest.holdings.handles, rest.holdings.threads, rest.mappings);
    let found = format!("{} then, {} at the end", held(begin), held(last));
    rows.push(Row::new("  handles, threads, mappings", found, format!("0, {THREADS}, {MAPPINGS} more")));
    rows
}

impl fmt::Display for Rest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Holdings { handles, threads, .. } = self.holdings;
        write!(formatter, "{handles} handles, {threads} threads, {} mappings", self.mappings)
    }
}

impl Rest {
    fn now() -> Result<Rest> {
        Ok(Rest {
            resident: process::resident()?,
            mappings: fs::read_to_string("/proc/self/maps")?.lines().count(),
            holdings: Holdings::now()?,
        })
    }

    fn check(&self, begin: &Rest) -> Result<()> {
        let flat = self.resident <= begin.resident + GROWTH
            && self.mappings <= begin.mappings + MAPPINGS
            && self.holdings.handles <= begin.holdings.handles
            && self.holdings.threads <= begin.holdings.threads + THREADS;
        ensure!(flat, "something stays behind: {begin:?}, then {self:?}");
        Ok(())
    }
}

impl World {
    fn new() -> Result<World> {
        let engine = Engine::with(EngineConfig { live_vms: 100, ..EngineConfig::default() })?;
        let folder = quick_folder();
        let shelf = Shelf::new(&[Rock::plain("say", "1.3-1")]);
        let environments = Environments::open(&engine, folder.path().join("home"))?;
        let address = shelf.path().to_str().context("a path that is text")?;
        environments.repositories().add(Repository::new("shelf", address)?).wait()?;
        let environment = environments.create("bio").wait()?;
        environment.install(&["say".parse()?], InstallOptions::default()).wait()?;
        Ok(World { engine, environment, folder, _shelf: shelf, _environments: environments })
    }

    fn manager(&self) -> Result<Manager> {
        let given = |_: &VmId, _: Option<&_>| Ok(session_config());
        let config = ManagerConfig {
            state_dir: Some(self.folder.path().join("states")),
            resident_sessions: RESIDENT,
            session_config: Some(Arc::new(given)),
            shutdown_time: Duration::from_secs(30),
            ..ManagerConfig::default()
        };
        Ok(Manager::new(&self.engine, config)?)
    }

    /// One manager: all clients work with it, and leave it to the next one.
    fn live(&self, kept: &mut [Kept], steps: &mut Steps) -> Result<()> {
        let manager = self.manager()?;
        let failed = AtomicBool::new(false);
        let end = Instant::now() + LIFE;
        let work = |kept: &mut Kept| -> Result<Steps> {
            let mut client = Client::new(&manager, &self.engine, &self.environment, kept);
            client.look_at_all()?;
            while Instant::now() < end && !failed.load(Ordering::Relaxed) {
                client.step().inspect_err(|_| failed.store(true, Ordering::Relaxed))?;
            }
            Ok(client.steps)
        };
        let done: Vec<Result<Steps>> = thread::scope(|scope| {
            let working: Vec<_> = kept.iter_mut().map(|kept| scope.spawn(|| work(kept))).collect();
            working.into_iter().map(|thread| thread.join().expect("a client does not panic")).collect()
        });
        for done in done {
            done?.into_iter().for_each(|(step, count)| *steps.entry(step).or_default() += count);
        }
        let shutdown = manager.shutdown();
        ensure!(shutdown.unsaved.is_empty() && shutdown.held.is_empty(), "{shutdown:?}");
        left_over(&self.folder.path().join("states"))
    }
}

/// What every session is given.
fn session_config() -> SessionConfig {
    let limits = Limits { fuel: Some(20_000_000), memory: Some(8 << 20), ..Limits::default() };
    let vm = VmConfig::default().limits(limits);
    SessionConfig { persistence: Persistence::EachCall, vm, ..SessionConfig::default() }
}

fn left_over(states: &Path) -> Result<()> {
    for entry in fs::read_dir(states)? {
        let name = entry?.file_name().display().to_string();
        ensure!(!name.contains("tmp"), "{name} is left in the folder of states");
    }
    Ok(())
}
