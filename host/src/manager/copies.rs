//! Snapshots, restoring and forks of named VMs.

use std::sync::Arc;

use tokio::task::spawn_blocking;

use crate::config::VmConfig;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::id::VmId;
use crate::job::{AnyJob, Job, Promise};
use crate::outcome::Failure;
use crate::snapshot::Snapshot;
use crate::vm::Vm;

use super::newcomer::Newcomer;
use super::registry::{Shared, closed};
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
        let taken = source.actor().submit(Box::new(move |vm| {
            Box::pin(async move {
                let snapshot = vm.snapshot().await?;
                let config = vm.config().clone();
                Ok((snapshot, if is_session { config.without_streams() } else { config }))
            })
        }))?;
        Ok(populate(self.shared(), taken, move |(snapshot, config)| {
            let shared = manager.upgrade().ok_or_else(closed)?;
            let make = |engine: &Engine, config| Vm::from_snapshot(engine, &snapshot, config);
            let newcomers = shared.reserve_all(&names)?.into_iter();
            let newcomers = newcomers.map(|reserved| shared.create(reserved, config.clone(), None, make));
            let actors = Newcomer::enter_all(newcomers.collect::<Result<_>>()?, &shared)?;
            Ok(actors.into_iter().map(|actor| ManagedVm::new(actor, manager.clone())).collect())
        }))
    }
}

/// Makes copies of what a job gives, on a thread that may take its time and may wait for the disk. It is no
/// job of the VM that is copied: once the state was taken, the end of that VM takes no copy back, and what
/// the answer says is what is there.
pub(crate) fn populate<T: Send + 'static, U: Send + 'static>(
    shared: &Shared,
    taken: Job<T>,
    make: impl FnOnce(T) -> Result<U> + Send + 'static,
) -> Job<U> {
    let promise = Promise::new(0, || Err(Error::failed(Failure::Interrupted)));
    let job = Job::new(promise.clone());
    let kept = Kept(promise);
    shared.handle.spawn(async move {
        let made = match taken.await {
            Ok(_) if !kept.0.begin() => return, // it was cancelled
            Ok(taken) => spawn_blocking(move || make(taken)).await.unwrap_or_else(|_| Err(closed())),
            Err(error) => Err(error),
        };
        kept.0.fulfil(made);
    });
    job
}

/// A promise that is kept, or refused when the manager's threads end.
struct Kept<T>(Arc<Promise<T>>);

impl<T> Drop for Kept<T> {
    fn drop(&mut self) {
        self.0.fulfil(Err(closed()));
    }
}
