//! The engine: one for a process, shared by all its VMs.

use std::fmt;
use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};
use crate::guest::{CompiledGuest, Image, Pool};
use crate::runtime::Auxiliary;

/// How large an [`Engine`] is. Address space is reserved for the whole pool, memory is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineConfig {
    /// VMs that can live at once, 1 to 100,000. Default 1,000. Each may take 8 GiB of address space,
    /// and about four of the mappings that Linux allows a process (65,530 by default).
    pub live_vms: u32,
    /// Bytes that a VM's memory limit may allow, up to 4 GiB, which is the default.
    pub max_memory: u64,
    /// Threads for host functions that block, and as many again for input that does, 1 to 1,000.
    /// Started when they are needed, they stay as long as the engine. Default 32.
    pub blocking_threads: usize,
}

impl Default for EngineConfig {
    fn default() -> EngineConfig {
        EngineConfig { live_vms: 1_000, max_memory: 1 << 32, blocking_threads: 32 }
    }
}

/// The guest, loaded, and the pool that VMs are made from. Cheap to clone; clones are the same engine.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    image: Image,
    config: EngineConfig,
    auxiliary: Arc<Auxiliary>,
}

impl Engine {
    /// An engine of the default size.
    ///
    /// # Errors
    ///
    /// As [`Engine::with`].
    pub fn new() -> Result<Engine> {
        Engine::with(EngineConfig::default())
    }

    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfig`] for a size out of range; [`ErrorKind::Engine`] when the processor is
    /// older than x86-64-v2, or the address space for the pool cannot be reserved.
    pub fn with(config: EngineConfig) -> Result<Engine> {
        Engine::make(config, Image::load)
    }

    /// An engine whose VMs run another guest. What names the guest, here and in snapshots, names the embedded one.
    pub(crate) fn of(guest: CompiledGuest<'_>, config: EngineConfig) -> Result<Engine> {
        Engine::make(config, |pool| Image::of(guest, pool))
    }

    fn make(config: EngineConfig, load: impl FnOnce(Pool) -> Result<Image>) -> Result<Engine> {
        check(&config)?;
        let image = load(Pool { live_vms: config.live_vms, max_memory: config.max_memory })?;
        let auxiliary = Arc::new(Auxiliary::new(config.blocking_threads));
        Ok(Engine(Arc::new(Inner { image, config, auxiliary })))
    }

    /// How large it is.
    pub fn config(&self) -> &EngineConfig {
        &self.0.config
    }

    /// SHA-256 of the guest, in hexadecimal: which Lua this engine runs.
    pub fn guest_digest(&self) -> &'static str {
        bioxen_lua_guest::DIGEST
    }

    /// Blocking host functions that run now, those included that outlived their call.
    pub fn busy_threads(&self) -> usize {
        self.0.auxiliary.busy()
    }

    pub(crate) fn image(&self) -> &Image {
        &self.0.image
    }

    pub(crate) fn auxiliary(&self) -> &Arc<Auxiliary> {
        &self.0.auxiliary
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Engine({:?})", self.0.config)
    }
}

fn check(config: &EngineConfig) -> Result<()> {
    let refuse = |name: &str, range: &str| {
        Err(Error::new(ErrorKind::InvalidConfig, format!("engine setting `{name}`: expected {range}")))
    };
    if !(1..=100_000).contains(&config.live_vms) {
        return refuse("live_vms", "1 to 100,000");
    }
    if !(crate::Limits::MEMORY_FLOOR..=1 << 32).contains(&config.max_memory) {
        return refuse("max_memory", "1 MiB to 4 GiB");
    }
    if !(1..=1_000).contains(&config.blocking_threads) {
        return refuse("blocking_threads", "1 to 1,000");
    }
    Ok(())
}
