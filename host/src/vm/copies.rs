//! Copies of a VM: snapshots, restoring, forks, and a new environment under the same Lua state.

use std::sync::Arc;

use crate::chunk::Terms;
use crate::config::{Setup, VmConfig};
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::exec::Exec;
use crate::guest::{Control, EXCEPTION_RESERVE, Image, Instance, Lasting, Pages, Reply, Request};
use crate::snapshot::Snapshot;
use crate::value::Value;

use super::checkpoint::Progress;
use super::phase::{Ending, Live, Phase, ended, stopped};
use super::{Finished, Vm};

impl Vm {
    /// Takes a snapshot of the whole Lua state. Garbage is collected first, under the limits of a call; when a
    /// finalizer that this calls fails or reaches a limit, the VM goes back to where it was and the snapshot
    /// is taken of that. What finalizers print comes with the next call.
    ///
    /// Files that are open are no part of it: in a copy they are closed, and using one is an error.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Stopped`] and [`ErrorKind::Ended`] when there is no state to take.
    pub fn snapshot(&mut self) -> Exec<'_, Snapshot> {
        Exec::new(self.auxiliary(), async move { self.take_snapshot().await })
    }

    /// Puts the state of a snapshot in the place of the VM's own. Limits, mounts, variables, modules and
    /// streams stay those of this VM. Randomness is seeded anew unless
    /// [`VmConfig::seed`](crate::VmConfig::seed) was given.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::SnapshotTooLarge`] when it needs more memory than the VM may use,
    /// [`ErrorKind::SnapshotOwner`] when it is another tenant's, [`ErrorKind::SnapshotDamaged`] when it
    /// contradicts itself; then the VM is as before. [`ErrorKind::QuotaExceeded`] when there is no room for
    /// an instance or its memory: then the state of the snapshot waits, and the next call tries again.
    pub fn restore(&mut self, snapshot: &Snapshot) -> Result<()> {
        let pages = self.admitted(snapshot)?;
        let mut lasting = self.leave();
        let theirs = snapshot.lasting();
        lasting.next_handle = lasting.next_handle.max(theirs.next_handle);
        lasting.running = lasting.running.max(theirs.running);
        self.place(pages, lasting)
    }

    /// A VM with the state of a snapshot.
    ///
    /// # Errors
    ///
    /// As [`Vm::new`] and [`Vm::restore`].
    pub fn from_snapshot(engine: &Engine, snapshot: &Snapshot, config: VmConfig) -> Result<Vm> {
        let mut vm = Vm::unborn(engine, config, Lasting::default())?;
        let pages = vm.admitted(snapshot)?;
        vm.place(pages, snapshot.lasting())?;
        Ok(vm)
    }

    /// So many VMs with the state that this one has now, as [`Vm::snapshot`] takes it, and with its
    /// configuration. They share memory with each other until they change it.
    ///
    /// # Errors
    ///
    /// As [`Vm::snapshot`] and [`Vm::new`].
    pub fn fork(&mut self, count: usize) -> Exec<'_, Vec<Vm>> {
        Exec::new(self.auxiliary(), async move {
            let snapshot = self.take_snapshot().await?;
            let pages = self.admitted(&snapshot)?;
            let twin = |_| self.twin(pages.clone(), snapshot.lasting(), Arc::default());
            (0..count).map(twin).collect()
        })
    }

    /// Gives the VM the mounts, variables, modules and module path of another configuration, and keeps its
    /// Lua state, its limits and its streams. Files that were open are closed.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfig`] for settings that contradict each other; then the VM is as before. Beside
    /// that as [`Vm::snapshot`].
    pub fn set_environment(&mut self, environment: VmConfig) -> Result<()> {
        let VmConfig { mounts, variables, modules, module_path, packages, .. } = environment;
        let known = self.setup.config.clone();
        let config = VmConfig { mounts, variables, modules, module_path, packages, ..known };
        let setup = Setup::new(config, self.engine.config().max_memory)?;
        if setup.needs_threads() {
            self.engine.auxiliary().start()?;
        }
        let pages = self.current_pages()?;
        self.setup = setup;
        let lasting = self.leave();
        self.place(self.woken(pages), lasting)
    }

    /// Modules of an installed package, none if its environment has no such package.
    pub(crate) fn modules_of(&self, package: &str) -> &[String] {
        self.setup.config.packages.get(package).map_or(&[], Vec::as_slice)
    }

    /// Runs a chunk of the host's own on a copy of this VM, under its limits, with a standard library of its
    /// own: the chunk's argument is the table of the script's globals. No code of the script runs, and the VM
    /// stays as it is.
    pub(crate) fn inspect(&mut self, source: &'static str, name: &'static str) -> Exec<'_> {
        Exec::new(self.auxiliary(), async move {
            let pages = self.current_pages()?;
            let lasting = self.lasting();
            let mut copy = self.twin(self.woken(pages), lasting, self.control.clone())?;
            let request = Request::Inspect { source: source.as_bytes(), name: name.as_bytes() };
            let finished = copy.perform_from(request, Ending::Call, false).await?;
            copy.told(finished, request)
        })
    }

    async fn take_snapshot(&mut self) -> Result<Snapshot> {
        let finished = self.perform_from(Request::Rest, Ending::Rest, true).await?;
        if finished.went_well() {
            self.keep_output(finished);
        } else {
            self.undo(); // after a hard stop there is nothing left to undo
        }
        if self.keeps_checkpoints() {
            self.catch_up().await;
        }
        let pages = self.current_pages()?;
        let base = self.engine.image().base.clone();
        let tenant = self.setup.config.tenant.clone();
        Ok(Snapshot::new(base, pages, &self.lasting(), tenant))
    }

    fn keep_output(&mut self, finished: Finished) {
        if let Phase::Ready(live) = &mut self.phase {
            let state = live.instance.state();
            state.stdout.keep(finished.stdout.into_bytes());
            state.stderr.keep(finished.stderr.into_bytes());
        }
    }

    /// The memory between two calls.
    fn current_pages(&mut self) -> Result<Pages> {
        self.settle_dropped();
        let (phase, pages) = match self.phase.take() {
            Phase::Ready(mut live) => {
                let pages = self.pages_of(&mut live);
                (Phase::Ready(live), pages)
            }
            Phase::Parked(checkpoint, lasting) => {
                let pages = checkpoint.pages.clone();
                (Phase::Parked(checkpoint, lasting), Ok(pages))
            }
            Phase::Ended(lasting) => (Phase::Ended(lasting), Err(ended())),
            other => (other, Err(stopped())),
        };
        self.phase = phase;
        pages
    }

    fn pages_of(&self, live: &mut Live) -> Result<Pages> {
        let image = self.engine.image();
        check_quiescent(&mut live.instance, image)?;
        if !self.keeps_checkpoints() {
            return Ok(live.instance.pages(image));
        }
        while live.catch_up(image) == Progress::More {}
        let pages = live.checkpoint.as_ref().map(|checkpoint| checkpoint.pages.clone()).unwrap_or_default();
        // Where there is no room for a checkpoint the next call is refused, and not the copy.
        let _ = self.count(live);
        Ok(pages)
    }

    /// What a copy takes along of what outlives an instance.
    fn lasting(&mut self) -> Lasting {
        let lasting = match &mut self.phase {
            Phase::Ready(live) | Phase::Running(live) => &live.instance.state().lasting,
            Phase::Parked(_, lasting) | Phase::Stopped(lasting) | Phase::Ended(lasting) => lasting,
        };
        lasting.carried()
    }

    /// The pages of a snapshot that this VM may take, ready to be woken.
    fn admitted(&self, snapshot: &Snapshot) -> Result<Pages> {
        snapshot.check_owner(self.setup.config.tenant.as_ref())?;
        let most = match self.limits().memory {
            Some(limit) => limit.saturating_sub(EXCEPTION_RESERVE as u64),
            None => self.engine.config().max_memory,
        };
        Ok(self.woken(snapshot.unpack(&self.engine.image().base, most)?.into_owned()))
    }

    /// Makes the guest in these pages renew itself at its next call.
    fn woken(&self, mut pages: Pages) -> Pages {
        let image = self.engine.image();
        pages.write_u32(&image.base, image.layout.asleep, 1);
        pages
    }

    fn place(&mut self, pages: Pages, lasting: Lasting) -> Result<()> {
        self.phase = Phase::Parked(pages.into(), lasting);
        self.revive()
    }

    fn twin(&self, pages: Pages, lasting: Lasting, control: Arc<Control>) -> Result<Vm> {
        let mut twin = Vm {
            engine: self.engine.clone(),
            setup: self.setup.clone(),
            control,
            phase: Phase::Stopped(Lasting::default()),
            terms: Terms::default(),
        };
        twin.place(pages, lasting)?;
        Ok(twin)
    }
}

/// Memory is all of the state only while no call is under way in the guest.
fn check_quiescent(instance: &mut Instance, image: &Image) -> Result<()> {
    if instance.is_quiescent(image) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Engine, "the guest's stack is not empty between two calls"))
}

impl Finished {
    /// Whether a request to rest did all of its work.
    fn went_well(&self) -> bool {
        matches!(&self.answer, Ok(Reply::Values(values)) if values[..] == [Value::Boolean(true)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    #[test]
    fn a_snapshot_that_leaves_no_room_for_exceptions_is_refused_before_anything_changes() {
        let engine = Engine::new().unwrap();
        let mut large = Vm::new(&engine, VmConfig::default()).unwrap();
        large.exec("x = ('x'):rep(2 << 20)").wait().unwrap();
        let snapshot = large.snapshot().wait().unwrap();
        let vm = |memory: u64| {
            let limits = Limits { memory: Some(memory), ..Limits::default() };
            let mut vm = Vm::new(&engine, VmConfig::default().limits(limits)).unwrap();
            vm.exec("kept = 7").wait().unwrap();
            vm
        };
        for less in [1, 128 << 10] {
            let mut vm = vm(snapshot.memory() + (128 << 10) - less);
            assert_eq!(vm.restore(&snapshot).unwrap_err().kind(), ErrorKind::SnapshotTooLarge);
            assert_eq!(vm.get::<i64>("kept").wait().unwrap(), 7);
        }
        let mut vm = vm(snapshot.memory() + (128 << 10));
        vm.restore(&snapshot).unwrap();
        assert_eq!(vm.exec("return #x").wait().unwrap().value::<i64>().unwrap(), 2 << 20);
    }

    /// A snapshot may say any number.
    #[test]
    #[cfg(target_os = "linux")]
    fn a_vm_without_handles_left_opens_nothing() {
        use crate::fs::Mount;
        use std::path::Path;
        let folder = tempfile::tempdir().unwrap();
        let engine = Engine::new().unwrap();
        let mount = Mount::read_write(folder.path(), "/data").unwrap();
        let mut vm = Vm::new(&engine, VmConfig::default().mount(mount)).unwrap();
        vm.exec("io.open('/data/file', 'w'):close()").wait().unwrap().value::<()>().unwrap();
        let pages = vm.current_pages().unwrap();
        drop(vm.leave());
        let lasting = Lasting { next_handle: i32::MAX as u32, ..Lasting::default() };
        vm.place(vm.woken(pages), lasting).unwrap();
        let tries = "for i = 1, 50 do assert(not io.open('/data/file')) end";
        vm.exec(tries).wait().unwrap().value::<()>().unwrap();
        let open = Path::new("/proc/self/fd").read_dir().unwrap().flatten();
        let of_it = open.filter(|entry| {
            entry
                .path()
                .read_link()
                .is_ok_and(|file| file.starts_with(folder.path()) && file != folder.path())
        });
        assert_eq!(of_it.count(), 0, "files that nobody can close");
    }
}
