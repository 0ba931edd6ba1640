//! Snapshots, restoring and forks of named VMs.

use tokio::task::{block_in_place, yield_now};

use crate::config::VmConfig;
use crate::engine::Engine;
use crate::error::Result;
use crate::id::VmId;
use crate::job::Job;
use crate::snapshot::Snapshot;
use crate::vm::Vm;

use super::newcomer::Newcomer;
use super::registry::{Reservation, Shared, closed};
use super::{ManagedVm, Manager};

impl ManagedVm {
    /// Takes a snapshot behind the jobs that wait, as [`Vm::snapshot`].
    ///
    /// # Errors
    ///
    /// As [`ManagedVm::exec`].
    pub fn snapshot(&self) -> Result<Job<Snapshot>> {
        self.actor().submit(Box::new(|vm| Box::pin(vm.snapshot())))
    }

    /// Puts the state of a snapshot in the place of the VM's own, behind the jobs that wait, as
    /// [`Vm::restore`].
    ///
    /// # Errors
    ///
    /// As [`ManagedVm::exec`].
    pub fn restore(&self, snapshot: Snapshot) -> Result<Job<()>> {
        self.actor().submit(Box::new(move |vm| Box::pin(async move { vm.restore(&snapshot) })))
    }
}

impl Manager {
    /// Makes a VM with the state of a snapshot under a name.
    ///
    /// # Errors
    ///
    /// As [`Manager::create_vm`] and [`Vm::from_snapshot`].
    pub fn create_vm_from(&self, id: VmId, snapshot: &Snapshot, config: VmConfig) -> Result<ManagedVm> {
        let reserved = self.shared().reserve(&id)?;
        let make = |engine: &Engine, config| Vm::from_snapshot(engine, snapshot, config);
        Ok(self.handle(self.shared().create(reserved, config, None, make)?.enter(self.shared())?))
    }

    /// Makes VMs under these names, with the state and the configuration that a VM has when the jobs which
    /// wait for it are done: all of them, or none. Each is counted for itself. The copies of a session's VM
    /// have no streams; [`Session::fork`](crate::Session::fork) makes sessions.
    ///
    /// # Errors
    ///
    /// As [`Manager::get`], [`ManagedVm::exec`], and [`ErrorKind::Exists`](crate::ErrorKind::Exists) when a
    /// name is taken, or given twice. In the job: the same, and those of [`Vm::snapshot`] and
    /// [`Manager::create_vm`].
    pub fn fork_vm(&self, id: &VmId, names: Vec<VmId>) -> Result<Job<Vec<ManagedVm>>> {
        self.shared().check_free(&names)?;
        let source = self.get(id)?;
        let (manager, is_session) = (source.manager().clone(), source.actor().session().is_some());
        source.actor().submit(Box::new(move |vm| {
            Box::pin(async move {
                let snapshot = vm.snapshot().await?;
                let shared = manager.upgrade().ok_or_else(closed)?;
                let config = vm.config().clone();
                let config = if is_session { config.without_streams() } else { config };
                let make = |engine: &Engine, config| Vm::from_snapshot(engine, &snapshot, config);
                let make = |reserved| shared.create(reserved, config.clone(), None, make);
                let actors = Newcomer::enter_all(populate(&shared, &names, make).await?, &shared)?;
                Ok(actors.into_iter().map(|actor| ManagedVm::new(actor, manager.clone())).collect())
            })
        }))
    }
}

/// Makes something for each name, in a job of the manager: all of them, or none. Meanwhile the thread serves
/// no other VM: that takes its time, and may wait for the disk.
pub(crate) async fn populate<'a, T>(
    shared: &'a Shared,
    names: &[VmId],
    make: impl Fn(Reservation<'a>) -> Result<T>,
) -> Result<Vec<T>> {
    let reserved = shared.reserve_all(names)?;
    let made = block_in_place(|| reserved.into_iter().map(make).collect::<Result<Vec<T>>>())?;
    yield_now().await; // a job that was ended meanwhile ends here, and leaves nothing behind
    Ok(made)
}
