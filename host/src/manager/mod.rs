//! Named VMs, run on the manager's own threads.

mod actor;
mod config;
mod copies;
mod handle;
mod last_save;
mod newcomer;
mod observe;
mod registry;
mod shutdown;
mod status;
mod step;
mod tenants;

use std::fmt;
use std::sync::Arc;

use tokio::runtime::Builder;

use crate::chunk::Chunk;
use crate::config::VmConfig;
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::fs::{Disk, StateDir};
use crate::id::{TenantId, VmId};
use crate::job::Job;
use crate::quota::Quota;
use crate::runtime::{self, FILE_THREADS};
use crate::vm::Vm;

pub(crate) use actor::Actor;
pub use config::{ManagerConfig, SessionConfigs};
pub(crate) use copies::populate;
pub use handle::ManagedVm;
pub(crate) use handle::WeakVm;
pub(crate) use newcomer::Newcomer;
pub(crate) use observe::Observer;
pub(crate) use registry::{Claim, Reservation, Shared, closed};
pub use shutdown::Shutdown;
pub use status::{VmState, VmStatus};
pub(crate) use step::{Place, Recall, Work};

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
    /// cannot be started. With a [state directory](ManagerConfig::state_dir): [`ErrorKind::InUse`], naming the
    /// process that has it, and [`ErrorKind::Storage`] when it is no directory, cannot be written, belongs to
    /// another user, or others may write to it.
    pub fn new(engine: &Engine, config: ManagerConfig) -> Result<Manager> {
        config.check()?;
        let wait = config.state_dir_wait;
        let dir = config.state_dir.as_ref().map(|path| StateDir::open_within(path, wait)).transpose()?;
        Manager::with(engine, config, dir)
    }

    /// As [`new`](Manager::new), on any disk.
    pub(crate) fn on(engine: &Engine, config: ManagerConfig, disk: Arc<dyn Disk>) -> Result<Manager> {
        config.check()?;
        let dir = StateDir::on(disk, config.state_dir_wait)?;
        Manager::with(engine, config, Some(dir))
    }

    fn with(engine: &Engine, config: ManagerConfig, dir: Option<StateDir>) -> Result<Manager> {
        engine.auxiliary().start()?;
        let mut builder = Builder::new_multi_thread();
        builder
            .max_blocking_threads(FILE_THREADS)
            .thread_name("bioxen-vms")
            .global_queue_interval(POLLS_BETWEEN_LOOKS)
            .event_interval(POLLS_BETWEEN_LOOKS);
        let runtime = runtime::start(&mut builder, config.workers).map_err(|error| {
            Error::new(ErrorKind::Engine, format!("cannot start the manager's threads: {error}"))
                .with_source(error)
        })?;
        let shared = Arc::new_cyclic(|own| Shared::new(engine.clone(), config, runtime, dir, own));
        Ok(Manager(Arc::new(Alive { shared })))
    }

    /// Makes a VM under a name.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Exists`] when the name is taken; [`ErrorKind::InvalidConfig`] as [`Vm::new`], and for
    /// limits above [`ManagerConfig::limits`]; [`ErrorKind::QuotaExceeded`] as [`Vm::new`], and when a
    /// quota is used up; [`ErrorKind::Terminated`] after a shutdown.
    pub fn create_vm(&self, id: VmId, config: VmConfig) -> Result<ManagedVm> {
        Ok(self.handle(self.create(id, config)?))
    }

    /// The VM of a name. That of a session on disk comes back from there.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] when there is none, [`ErrorKind::Terminated`] after a shutdown; for a session on
    /// disk as [`attach`](Manager::attach).
    pub fn get(&self, id: &VmId) -> Result<ManagedVm> {
        Ok(self.handle(self.find(id)?))
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
    pub fn vms(&self) -> Result<Vec<VmStatus>> {
        // One that is terminated meanwhile is left out.
        Ok(self.shared().actors()?.iter().filter_map(|actor| actor.status().ok()).collect())
    }

    pub(crate) fn handles(&self) -> Result<Vec<ManagedVm>> {
        Ok(self.shared().actors()?.into_iter().map(|actor| self.handle(actor)).collect())
    }

    /// Lowers what a tenant may use, from now on; what it has it keeps. A field that is `None` leaves its
    /// ceiling as it is.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfig`] when a ceiling would be raised; then none is changed.
    pub fn tighten(&self, tenant: &TenantId, quota: Quota) -> Result<()> {
        self.shared().tenants.tighten(tenant, &quota)
    }

    /// Stops what runs on the VM of a name, as [`ManagedVm::interrupt`].
    ///
    /// # Errors
    ///
    /// As [`Manager::get`].
    pub fn interrupt(&self, id: &VmId) -> Result<()> {
        self.get(id)?.interrupt()
    }

    /// Ends the VM of a name, as [`ManagedVm::terminate`]. A session that is on disk alone is removed there,
    /// whatever is wrong with it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] when there is none, and those of [`ManagedVm::terminate`].
    pub fn terminate(&self, id: &VmId) -> Result<()> {
        match self.shared().claim(id)? {
            Claim::Here(actor) => self.handle(actor).terminate(),
            Claim::Stored(_moving, store) => store.remove(id),
        }
    }

    /// Ends every VM and the manager's threads, whatever the guests do, and waits for them for
    /// [`ManagerConfig::shutdown_time`] at most. Jobs end with an error of kind [`ErrorKind::Terminated`],
    /// and so does everything that is asked of the manager later.
    pub fn shutdown(&self) -> Shutdown {
        shutdown::shutdown(self.shared())
    }

    /// Makes a VM under a name, for whatever is built on one.
    pub(crate) fn create(&self, id: VmId, config: VmConfig) -> Result<Arc<Actor>> {
        let reserved = self.shared().reserve(&id)?;
        self.shared().create(reserved, config, None, Vm::new)?.enter(self.shared())
    }

    /// The VM of a name, brought back from disk if it is there alone.
    pub(crate) fn find(&self, id: &VmId) -> Result<Arc<Actor>> {
        match self.shared().claim(id)? {
            Claim::Here(actor) => Ok(actor),
            Claim::Stored(moving, store) => self.load(moving, &store),
        }
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.0.shared
    }

    pub(crate) fn handle(&self, actor: Arc<Actor>) -> ManagedVm {
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
