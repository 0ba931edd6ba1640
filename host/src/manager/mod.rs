//! Named VMs, run on the manager's own threads.

mod actor;
mod config;
mod handle;
mod registry;
mod shutdown;

use std::fmt;
use std::sync::Arc;

use tokio::runtime::Builder;

use crate::chunk::Chunk;
use crate::config::VmConfig;
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::id::VmId;
use crate::job::Job;
use crate::session::Core;
use crate::vm::Vm;

pub(crate) use actor::Work;
pub use config::ManagerConfig;
pub use handle::ManagedVm;
pub use shutdown::Shutdown;

use actor::Actor;
use registry::Shared;

/// Polls between two looks at VMs that were given work from outside, and at timers. A poll is a slice of
/// a guest, up to 400 us: a VM that wakes up waits for four of them at most, beside its place in the queue.
const POLLS_BETWEEN_LOOKS: u32 = 4;

/// Named VMs, run on the manager's own threads: one VM runs one thing at a time, in order; different VMs
/// run at once, and none waits for another that spins.
///
/// Cheap to clone; clones are the same manager. When the last one is dropped everything ends, as
/// [`shutdown`](Manager::shutdown) does. A host function that holds a clone keeps the manager alive for
/// as long as its VM lives: end such a manager by `shutdown`.
///
/// ```
/// use bioxen_lua::{Engine, Manager, ManagerConfig, VmConfig, VmId};
/// let manager = Manager::new(&Engine::new()?, ManagerConfig::default())?;
/// let counter = manager.create_vm(VmId::new("counter")?, VmConfig::default())?;
/// counter.exec("n = 0")?.wait()?;
/// let first = counter.exec("n = n + 1")?;
/// let second = counter.exec("n = n + 1; return n")?;
/// assert_eq!(second.wait()?.value::<i64>()?, 2);
/// first.wait()?;
/// # Ok::<(), bioxen_lua::Error>(())
/// ```
#[derive(Clone)]
pub struct Manager(Arc<Alive>);

/// Lives as long as a clone of the manager; handles hold only what is inside.
struct Alive {
    shared: Arc<Shared>,
}

impl Manager {
    /// Starts the manager's threads.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfig`] for a setting out of range, [`ErrorKind::Engine`] when the threads
    /// cannot be started.
    pub fn new(engine: &Engine, config: ManagerConfig) -> Result<Manager> {
        config.check()?;
        engine.auxiliary().start()?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(config.workers)
            .thread_name("bioxen-vms")
            .global_queue_interval(POLLS_BETWEEN_LOOKS)
            .event_interval(POLLS_BETWEEN_LOOKS)
            .enable_all()
            .build()
            .map_err(|error| {
                Error::new(ErrorKind::Engine, format!("cannot start the manager's threads: {error}"))
                    .with_source(error)
            })?;
        let shared = Arc::new(Shared::new(engine.clone(), config, runtime));
        Ok(Manager(Arc::new(Alive { shared })))
    }

    /// Makes a VM under a name.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Exists`] when the name is taken; [`ErrorKind::InvalidConfig`] and
    /// [`ErrorKind::QuotaExceeded`] as [`Vm::new`]; [`ErrorKind::Terminated`] after a shutdown.
    pub fn create_vm(&self, id: VmId, config: VmConfig) -> Result<ManagedVm> {
        self.create(id, config, None)
    }

    pub(crate) fn create(&self, id: VmId, config: VmConfig, session: Option<Arc<Core>>) -> Result<ManagedVm> {
        let shared = self.shared();
        let reserved = shared.reserve(&id)?;
        let vm = Vm::new(&shared.engine, config)?;
        let actor = Actor::new(id, shared.handle.clone(), vm, session);
        reserved.fill(actor.clone())?;
        Ok(self.handle(actor))
    }

    /// The VM of a name.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] when there is none, [`ErrorKind::Terminated`] after a shutdown.
    pub fn get(&self, id: &VmId) -> Result<ManagedVm> {
        Ok(self.handle(self.shared().find(id)?))
    }

    /// Runs a chunk on the VM of a name, as [`ManagedVm::exec`].
    ///
    /// # Errors
    ///
    /// As [`Manager::get`] and [`ManagedVm::exec`].
    pub fn exec(&self, id: &VmId, chunk: impl Into<Chunk>) -> Result<Job> {
        self.get(id)?.exec(chunk)
    }

    /// Every VM, in the order of their names.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Terminated`] after a shutdown.
    pub fn vms(&self) -> Result<Vec<ManagedVm>> {
        self.handles()
    }

    pub(crate) fn handles(&self) -> Result<Vec<ManagedVm>> {
        Ok(self.shared().actors()?.into_iter().map(|actor| self.handle(actor)).collect())
    }

    /// Stops what runs on the VM of a name, as [`ManagedVm::interrupt`].
    ///
    /// # Errors
    ///
    /// As [`Manager::get`].
    pub fn interrupt(&self, id: &VmId) -> Result<()> {
        self.get(id)?.interrupt()
    }

    /// Ends the VM of a name, as [`ManagedVm::terminate`].
    ///
    /// # Errors
    ///
    /// As [`Manager::get`].
    pub fn terminate(&self, id: &VmId) -> Result<()> {
        self.get(id)?.terminate()
    }

    /// Ends every VM and the manager's threads, whatever the guests do, and waits for them for
    /// [`ManagerConfig::shutdown_time`] at most. Jobs end with an error of kind [`ErrorKind::Terminated`],
    /// and so does everything that is asked of the manager later.
    pub fn shutdown(&self) -> Shutdown {
        shutdown::shutdown(self.shared())
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.0.shared
    }

    fn handle(&self, actor: Arc<Actor>) -> ManagedVm {
        ManagedVm::new(actor, Arc::downgrade(self.shared()))
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        shutdown::shutdown(&self.shared);
    }
}

impl fmt::Debug for Manager {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Manager({:?})", self.shared().config)
    }
}
