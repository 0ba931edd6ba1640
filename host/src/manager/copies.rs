//! Snapshots, restoring and forks of named VMs.

use std::sync::Arc;

use tokio::task::yield_now;

use crate::config::VmConfig;
use crate::engine::Engine;
use crate::error::Result;
use crate::id::VmId;
use crate::job::Job;
use crate::snapshot::Snapshot;
use crate::vm::Vm;

use super::actor::Actor;
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
        let make = |engine: &Engine, config| Vm::from_snapshot(engine, snapshot, config);
        Ok(self.handle(self.create_as(id, config, None, make)?))
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
                let make = |reserved| {
                    let make = |engine: &Engine, config| Vm::from_snapshot(engine, &snapshot, config);
                    Ok((shared.make(reserved, config.clone(), None, make)?, ()))
                };
                let made = populate(&shared, &names, make).await?;
                Ok(made.into_iter().map(|(actor, ())| ManagedVm::new(actor, manager.clone())).collect())
            })
        }))
    }
}

/// Makes a VM for each name, and what belongs to it; only when all are made they get their names.
pub(crate) async fn populate<'a, T>(
    shared: &'a Shared,
    names: &[VmId],
    make: impl Fn(Reservation<'a>) -> Result<(Newcomer<'a>, T)>,
) -> Result<Vec<(Arc<Actor>, T)>> {
    let mut newcomers = Vec::new();
    for reserved in shared.reserve_all(names)? {
        newcomers.push(make(reserved)?);
        yield_now().await; // many copies must not keep other VMs waiting
    }
    newcomers.into_iter().map(|(newcomer, with)| Ok((newcomer.enter()?, with))).collect()
}
