//! The engine that work on packages runs on: a small one, which is made in a few milliseconds where the one of VMs
//! takes a hundred. Rockspecs and manifests are programs, and run in it; what VMs are given needs none.

use std::sync::{Arc, Mutex, Weak};

use bioxen_lua::{Engine, EngineConfig};
use pyo3::prelude::*;

use crate::engine;
use crate::errors::raise;
use crate::lock::locked;

/// The library works on four things at once, each with one VM at a time; the rest is for those on their way out.
const LIVE_VMS: u32 = 16;

static SHARED: Mutex<Weak<Engine>> = Mutex::new(Weak::new());

/// The engine of this process. With the last who has it its threads end; the next one makes another.
///
/// # Errors
///
/// In a fork of a process that had loaded the package, and when there is no room for an engine.
pub fn package_engine() -> PyResult<Arc<Engine>> {
    engine::check()?;
    shared().map_err(raise) // without the lock
}

fn shared() -> bioxen_lua::Result<Arc<Engine>> {
    let mut shared = locked(&SHARED);
    if let Some(engine) = shared.upgrade() {
        return Ok(engine);
    }
    let engine = Arc::new(Engine::with(EngineConfig { live_vms: LIVE_VMS, ..EngineConfig::default() })?);
    *shared = Arc::downgrade(&engine);
    Ok(engine)
}
