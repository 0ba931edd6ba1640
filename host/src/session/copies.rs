//! Snapshots, restoring and forks of sessions.

use crate::engine::Engine;
use crate::error::Result;
use crate::id::VmId;
use crate::job::Job;
use crate::manager::{Manager, closed, populate};
use crate::snapshot::Snapshot;
use crate::vm::Vm;

use super::Session;
use super::config::SessionConfig;
use super::manage::Newcomer;

impl Session {
    /// Takes a snapshot of the Lua state behind the input that waits, as [`Vm::snapshot`]. Output, input and
    /// a statement that is only begun are no part of it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Detached`](crate::ErrorKind::Detached) and
    /// [`ErrorKind::Terminated`](crate::ErrorKind::Terminated). In the job those of [`Vm::snapshot`].
    pub fn snapshot(&self) -> Result<Job<Snapshot>> {
        self.core.check_attached(self.client)?;
        self.vm.snapshot()
    }

    /// Puts the state of a snapshot in the place of the session's own, behind the input that waits, as
    /// [`Vm::restore`]. Output stays; a statement that is only begun is dropped. A session that `os.exit`
    /// has ended goes on.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Detached`](crate::ErrorKind::Detached) and
    /// [`ErrorKind::Terminated`](crate::ErrorKind::Terminated). In the job those of [`Vm::restore`]; then the
    /// session is as before.
    pub fn restore(&self, snapshot: Snapshot) -> Result<Job<()>> {
        self.core.check_attached(self.client)?;
        let console = self.core.console.clone();
        self.vm.actor().submit(Box::new(move |vm| {
            Box::pin(async move {
                vm.restore(&snapshot)?;
                console.begin_anew();
                Ok(())
            })
        }))
    }

    /// Makes sessions under these names, behind the input that waits: with the Lua state and the settings of
    /// this one, each with output and a client of its own, and counted for itself. All of them, or none.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Exists`](crate::ErrorKind::Exists) when a name is taken, or given twice,
    /// [`ErrorKind::Detached`](crate::ErrorKind::Detached) and
    /// [`ErrorKind::Terminated`](crate::ErrorKind::Terminated). In the job: the same, and those of
    /// [`Vm::snapshot`] and [`Manager::create_session`].
    pub fn fork(&self, names: Vec<VmId>) -> Result<Job<Vec<Session>>> {
        self.core.check_attached(self.client)?;
        let manager = self.vm.manager().clone();
        let shared = manager.upgrade().ok_or_else(closed)?;
        shared.check_free(&names)?;
        let settings = self.core.config.clone();
        let taken = self.vm.actor().submit(Box::new(move |vm| {
            Box::pin(async move {
                let snapshot = vm.snapshot().await?;
                let vm = vm.config().clone().without_streams();
                Ok((snapshot, SessionConfig { vm, ..settings }))
            })
        }))?;
        Ok(populate(&shared, taken, move |(snapshot, settings)| {
            let shared = manager.upgrade().ok_or_else(closed)?;
            let make = |engine: &Engine, config| Vm::from_snapshot(engine, &snapshot, config);
            let newcomers = shared.reserve_all(&names)?.into_iter();
            let newcomers =
                newcomers.map(|reserved| Newcomer::new(&shared, reserved, settings.clone(), make));
            Newcomer::enter_all(newcomers.collect::<Result<_>>()?, &shared)
        }))
    }
}

impl Manager {
    /// Makes a session with the Lua state of a snapshot under a name, and attaches to it.
    ///
    /// # Errors
    ///
    /// As [`Manager::create_session`] and [`Vm::from_snapshot`].
    pub fn create_session_from(
        &self,
        id: VmId,
        snapshot: &Snapshot,
        config: impl Into<SessionConfig>,
    ) -> Result<Session> {
        self.session_from(id, config.into(), |engine, config| Vm::from_snapshot(engine, snapshot, config))
    }
}
