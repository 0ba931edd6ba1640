//! Sessions of a manager.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

use crate::config::VmConfig;
use crate::engine::Engine;
use crate::error::Result;
use crate::id::VmId;
use crate::manager::{self, Actor, ManagedVm, Manager, Reservation, Shared, VmState};
use crate::vm::Vm;

use super::clients::ClientId;
use super::config::SessionConfig;
use super::core::{Core, watch};
use super::durable::{Durable, now};
use super::persistence::Persistence;
use super::status::{SessionState, SessionStatus};
use super::{Session, no_session};

impl Manager {
    /// Makes a session under a name, and attaches to it. Sessions and VMs share their names. A
    /// [persistent](SessionConfig::persistence) one is on disk when this returns; this waits for that.
    ///
    /// # Errors
    ///
    /// As [`create_vm`](Manager::create_vm); [`ErrorKind::InvalidConfig`](crate::ErrorKind::InvalidConfig)
    /// for settings of the session out of range, and for a persistent one without a
    /// [state directory](crate::ManagerConfig::state_dir). When the state cannot be written there is no
    /// session: [`ErrorKind::Storage`](crate::ErrorKind::Storage), or
    /// [`ErrorKind::QuotaExceeded`](crate::ErrorKind::QuotaExceeded).
    pub fn create_session(&self, id: VmId, config: impl Into<SessionConfig>) -> Result<Session> {
        self.session_from(id, config.into(), Vm::new)
    }

    /// Makes a session whose VM comes from anything.
    pub(super) fn session_from(
        &self,
        id: VmId,
        config: SessionConfig,
        make: impl FnOnce(&Engine, VmConfig) -> Result<Vm>,
    ) -> Result<Session> {
        let manager = self.shared();
        let reserved = manager.reserve(&id)?;
        Newcomer::new(manager, reserved, config, make)?.enter(manager)
    }

    /// Attaches to a session. The first thing to read is what no client has read yet. A session that is on
    /// disk comes back from there, which waits for the disk; after a process was killed, output that was
    /// read since the last save can be read again.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) when there is no session of that name, and
    /// [`ErrorKind::Attached`](crate::ErrorKind::Attached) when it has a client and lets no
    /// [second](crate::SecondClient) in.
    ///
    /// Of one on disk: [`ErrorKind::Storage`](crate::ErrorKind::Storage) when it cannot be read,
    /// [`ErrorKind::SnapshotDamaged`](crate::ErrorKind::SnapshotDamaged), saying whether
    /// [`recover`](Manager::recover) helps, [`SnapshotVersion`](crate::ErrorKind::SnapshotVersion) and
    /// [`SnapshotGuest`](crate::ErrorKind::SnapshotGuest), naming the version that wrote it,
    /// [`SnapshotOwner`](crate::ErrorKind::SnapshotOwner) when it is another tenant's than the host gives it,
    /// [`SnapshotTooLarge`](crate::ErrorKind::SnapshotTooLarge), and those of
    /// [`create_session`](Manager::create_session). Its files stay as they are.
    pub fn attach(&self, id: &VmId) -> Result<Session> {
        let vm = self.get(id)?;
        let core = vm.actor().session().ok_or_else(|| no_session(id))?.clone();
        let client = core.attach()?;
        vm.actor().used();
        Ok(Session { core, vm, client, auxiliary: self.shared().engine.auxiliary().clone() })
    }

    /// Every session, in the order of their names, those on disk included: of them the beginning of each
    /// file is read.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) when the directory cannot be read,
    /// [`ErrorKind::Terminated`](crate::ErrorKind::Terminated) after a shutdown.
    pub fn sessions(&self) -> Result<Vec<SessionStatus>> {
        let status = |vm: ManagedVm| vm.actor().session().map(|core| status(core, &vm));
        let mut all: Vec<_> = self.handles()?.into_iter().filter_map(status).collect();
        if let Some(store) = &self.shared().store {
            let here: HashSet<VmId> = all.iter().map(|status| status.id.clone()).collect();
            all.extend(store.list(|id| here.contains(id))?);
            all.sort_by(|one, other| one.id.cmp(&other.id));
        }
        Ok(all)
    }
}

impl Shared {
    /// What the handles of a new session share.
    fn core(&self, id: &VmId, config: SessionConfig) -> Result<Arc<Core>> {
        config.check()?;
        if config.persistence == Persistence::None {
            return Ok(Core::new(id.clone(), config, None));
        }
        let store = self.store.as_ref().ok_or_else(Persistence::no_directory)?;
        let durable = Durable::new(store, id, config.vm.tenant.as_ref(), config.persistence, now());
        Ok(Core::new(id.clone(), config, Some(durable)))
    }

    /// Ends a session when its time is over.
    pub(crate) fn watch(&self, core: &Arc<Core>, vm: &ManagedVm) {
        if core.config.idle_time.is_some() || core.config.life_time.is_some() {
            self.handle.spawn(watch(core.clone(), vm.downgrade()));
        }
    }
}

/// A new session that nobody finds yet, with its first client.
pub(super) struct Newcomer<'a> {
    core: Arc<Core>,
    client: ClientId,
    vm: manager::Newcomer<'a>,
}

impl<'a> Newcomer<'a> {
    pub fn new(
        manager: &'a Shared,
        reserved: Reservation<'a>,
        config: SessionConfig,
        make: impl FnOnce(&Engine, VmConfig) -> Result<Vm>,
    ) -> Result<Newcomer<'a>> {
        let core = manager.core(reserved.id(), config)?;
        let client = core.attach()?;
        let config = core.console.given_to(core.config.vm_config());
        let vm = manager.create(reserved, config, Some(core.clone()), make)?;
        Ok(Newcomer { core, client, vm })
    }

    /// Gives it its name.
    pub fn enter(self, manager: &Arc<Shared>) -> Result<Session> {
        let Newcomer { core, client, vm } = self;
        Ok(Newcomer::entered((core, client), vm.enter(manager)?, manager))
    }

    /// Gives all of them their names at once.
    pub fn enter_all(newcomers: Vec<Newcomer<'_>>, manager: &Arc<Shared>) -> Result<Vec<Session>> {
        let parts = newcomers.into_iter().map(|Newcomer { core, client, vm }| ((core, client), vm));
        let (clients, vms): (Vec<_>, Vec<_>) = parts.unzip();
        let actors = manager::Newcomer::enter_all(vms, manager)?;
        let sessions = clients.into_iter().zip(actors);
        Ok(sessions.map(|(client, actor)| Newcomer::entered(client, actor, manager)).collect())
    }

    fn entered((core, client): (Arc<Core>, ClientId), actor: Arc<Actor>, manager: &Arc<Shared>) -> Session {
        let vm = ManagedVm::new(actor, Arc::downgrade(manager));
        manager.watch(&core, &vm);
        Session { core, vm, client, auxiliary: manager.engine.auxiliary().clone() }
    }
}

pub(super) fn status(core: &Arc<Core>, vm: &ManagedVm) -> SessionStatus {
    let (clients, unread) = core.attendance();
    let (memory, fuel) = vm.actor().status().map_or((0, 0), |status| (status.memory, status.fuel));
    SessionStatus {
        id: core.id.clone(),
        tenant: core.config.vm.tenant.clone(),
        state: state(core, vm),
        clients,
        written: core.console.output.written(),
        unread,
        memory,
        fuel,
        idle: core.idle_since(vm).map(|since| Instant::now().saturating_duration_since(since)),
    }
}

fn state(core: &Core, vm: &ManagedVm) -> SessionState {
    let console = &core.console;
    match console.exit() {
        _ if !vm.actor().is_alive() => SessionState::Terminated,
        Some(status) => SessionState::Ended(status),
        None if console.input.is_awaited() => SessionState::AwaitingInput,
        None if vm.status().is_ok_and(|status| status.state == VmState::Stored) => SessionState::Stored,
        None if !console.is_idle() || vm.actor().idle_since().is_none() => SessionState::Running,
        None if console.is_unfinished() => SessionState::Unfinished,
        None => SessionState::Idle,
    }
}
