//! The engine of this process: made when it is first needed, and let go when its threads have no user any more.
//! And what becomes of all that in a fork.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use bioxen_lua::{Engine, EngineConfig, Error, ErrorKind};
use pyo3::prelude::*;

use crate::errors;
use crate::lock::locked;

/// VMs that can live in one process unless [`reserve`] says more: making room for each takes some 7 us.
const LIVE_VMS: u32 = 2_000;

/// What is tried where the address space for so many is refused: a process may have a limit for that.
const FEWER: [u32; 2] = [1_000, 100];

static RESERVED: AtomicU32 = AtomicU32::new(LIVE_VMS);
static HOME: Mutex<Option<Home>> = Mutex::new(None);
static FORKED: AtomicBool = AtomicBool::new(false);

struct Home {
    engine: Engine,
    /// One for each user, and one more.
    users: Arc<()>,
    /// Whether the engine was given something that starts threads.
    threads: bool,
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

    /// The engine's threads are started for this one: they are to end with the last user.
    pub fn start_threads(&self) {
        if let Some(home) = home().as_mut() {
            home.threads = true;
        }
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

/// The engine.
pub fn lease() -> PyResult<Lease> {
    check()?;
    leased().map_err(errors::raise) // without the lock
}

fn leased() -> bioxen_lua::Result<Lease> {
    let mut place = home();
    let home = match place.take() {
        Some(home) => home,
        None => Home { engine: make()?, users: Arc::new(()), threads: false },
    };
    let home = place.insert(home);
    Ok(Lease { engine: home.engine.clone(), user: Some(home.users.clone()) })
}

/// VMs and managers that use the engine now.
pub fn users() -> usize {
    home().as_ref().map_or(0, |home| Arc::strong_count(&home.users) - 1)
}

/// Makes room for so many VMs.
pub fn reserve(live_vms: u32) -> PyResult<()> {
    check()?;
    match reserved(live_vms).map_err(errors::raise)? {
        None => Ok(()),
        Some(has) => {
            let message =
                format!("room for {has} VMs was made and is in use: reserve more before the first VM");
            Err(errors::refuse(ErrorKind::InvalidConfig, message))
        }
    }
}

/// The room that there is, where it is too small and in use.
fn reserved(live_vms: u32) -> bioxen_lua::Result<Option<u32>> {
    let mut home = home();
    let has = home.as_ref().map_or(0, |home| home.engine.config().live_vms);
    if has >= live_vms {
        return Ok(None);
    }
    if home.as_ref().is_some_and(|home| Arc::strong_count(&home.users) > 1) {
        return Ok(Some(has));
    }
    let engine = Engine::with(EngineConfig { live_vms, ..EngineConfig::default() })?;
    RESERVED.store(live_vms, Ordering::Relaxed);
    *home = Some(Home { engine, users: Arc::new(()), threads: false });
    Ok(None)
}

/// The exception for a VM that could not be made.
pub fn refused(error: Error) -> PyErr {
    if error.kind() != ErrorKind::QuotaExceeded {
        return errors::raise(error);
    }
    let room = home().as_ref().map_or(0, |home| home.engine.config().live_vms);
    let message = format!(
        "{room} VMs live, for as many as there is room; close some, or call `reserve_vms` before the first one is made"
    );
    errors::refuse(ErrorKind::QuotaExceeded, message)
}

fn make() -> bioxen_lua::Result<Engine> {
    let mut refused = None;
    let reserved = RESERVED.load(Ordering::Relaxed);
    for live_vms in [reserved].into_iter().chain(FEWER.into_iter().filter(|fewer| *fewer < reserved)) {
        match Engine::with(EngineConfig { live_vms, ..EngineConfig::default() }) {
            Ok(engine) => return Ok(engine),
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    refused.map_or_else(Engine::new, Err)
}

fn home() -> MutexGuard<'static, Option<Home>> {
    locked(&HOME)
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
