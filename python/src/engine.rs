//! The engine of this process: made when it is first needed, and let go when its threads have no user any more.
//! And what becomes of all that in a fork.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bioxen_lua::{Engine, EngineConfig, ErrorKind};
use pyo3::prelude::*;

use crate::errors;

/// VMs that can live in one process, and what is tried where the address space for them is refused: a
/// process may have a limit for that.
const LIVE_VMS: [u32; 3] = [10_000, 1_000, 100];

static HOME: Mutex<Option<Home>> = Mutex::new(None);
static FORKED: AtomicBool = AtomicBool::new(false);

struct Home {
    engine: Engine,
    /// One for each user, and one more.
    users: Arc<()>,
    /// Whether the engine was given something that starts threads.
    threads: bool,
}

/// What uses the engine: whether it may start the engine's threads.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// It runs on the threads that ask.
    Alone,
    Threads,
}

/// A use of the engine, as long as it lives.
pub struct Lease {
    engine: Engine,
    user: Option<Arc<()>>,
}

impl Lease {
    pub fn engine(&self) -> &Engine {
        &self.engine
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if is_forked() {
            return;
        }
        let mut home = home();
        self.user = None;
        let idle = home.as_ref().is_some_and(|home| home.threads && Arc::strong_count(&home.users) == 1);
        let engine = if idle { home.take() } else { None };
        drop(home);
        drop(engine); // its threads end; the next user makes another engine, in some milliseconds
    }
}

/// The engine, for something that starts its threads.
pub fn lease() -> PyResult<Lease> {
    lease_for(Use::Threads)
}

/// The engine.
pub fn lease_for(purpose: Use) -> PyResult<Lease> {
    check()?;
    let mut home = home();
    if home.is_none() {
        *home = Some(Home { engine: make().map_err(errors::raise)?, users: Arc::new(()), threads: false });
    }
    let Some(home) = home.as_mut() else { return Err(errors::refuse(ErrorKind::Engine, "no engine")) };
    home.threads |= purpose == Use::Threads;
    Ok(Lease { engine: home.engine.clone(), user: Some(home.users.clone()) })
}

/// VMs and managers that use the engine now.
pub fn users() -> usize {
    home().as_ref().map_or(0, |home| Arc::strong_count(&home.users) - 1)
}

fn make() -> bioxen_lua::Result<Engine> {
    let mut refused = None;
    for live_vms in LIVE_VMS {
        match Engine::with(EngineConfig { live_vms, ..EngineConfig::default() }) {
            Ok(engine) => return Ok(engine),
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    refused.map_or_else(Engine::new, Err)
}

fn home() -> MutexGuard<'static, Option<Home>> {
    HOME.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on nothing of this process is used: it is a copy of one whose threads are elsewhere.
pub fn mark_forked() {
    FORKED.store(true, Ordering::Release);
}

pub fn is_forked() -> bool {
    FORKED.load(Ordering::Acquire)
}

/// # Errors
///
/// In a fork of a process that had loaded the package.
pub fn check() -> PyResult<()> {
    if !is_forked() {
        return Ok(());
    }
    Err(errors::refuse(
        ErrorKind::Engine,
        "this process was forked from one that had imported `pylua_bioxen_vm_lib`: VMs and their threads do not come \
         along in a fork; start processes with `multiprocessing.get_context(\"spawn\")` or `subprocess`",
    ))
}

/// Something that is left as it is in a fork: dropping it there would wait for threads that are not there.
pub struct Kept<T>(Option<T>);

impl<T> Kept<T> {
    pub fn new(value: T) -> Kept<T> {
        Kept(Some(value))
    }

    pub fn get(&self) -> Option<&T> {
        self.0.as_ref()
    }
}

impl<T> Drop for Kept<T> {
    fn drop(&mut self) {
        if is_forked() {
            std::mem::forget(self.0.take());
        }
    }
}
