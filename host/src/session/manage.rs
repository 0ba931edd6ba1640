//! Sessions of a manager.

use std::sync::Arc;
use std::time::Instant;

use crate::config::VmConfig;
use crate::engine::Engine;
use crate::error::Result;
use crate::id::VmId;
use crate::manager::{ManagedVm, Manager, Shared};
use crate::vm::Vm;

use super::clients::ClientId;
use super::config::SessionConfig;
use super::core::{Core, watch};
use super::status::{SessionState, SessionStatus};
use super::{Session, no_session};

impl Manager {
    /// Makes a session under a name, and attaches to it. Sessions and VMs share their names.
    ///
    /// # Errors
    ///
    /// As [`create_vm`](Manager::create_vm); [`ErrorKind::InvalidConfig`](crate::ErrorKind::InvalidConfig)
    /// for settings of the session out of range.
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
        let prepared = Prepared::new(id.clone(), config)?;
        let actor = self.create_as(id, prepared.vm_config(), Some(prepared.core.clone()), make)?;
        Ok(prepared.session(self.shared(), self.handle(actor)))
    }

    /// Attaches to a session. The first thing to read is what no client has read yet.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) when there is no session of that name, and
    /// [`ErrorKind::Attached`](crate::ErrorKind::Attached) when it has a client and lets no
    /// [second](crate::SecondClient) in.
    pub fn attach(&self, id: &VmId) -> Result<Session> {
        let vm = self.get(id)?;
        let core = vm.actor().session().ok_or_else(|| no_session(id))?.clone();
        let client = core.attach()?;
        Ok(Session { core, vm, client, auxiliary: self.shared().engine.auxiliary().clone() })
    }

    /// Every session, in the order of their names.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Terminated`](crate::ErrorKind::Terminated) after a shutdown.
    pub fn sessions(&self) -> Result<Vec<SessionStatus>> {
        let status = |vm: ManagedVm| vm.actor().session().map(|core| status(core, &vm));
        Ok(self.handles()?.into_iter().filter_map(status).collect())
    }
}

/// A session with its first client, to which only the VM is missing.
pub(super) struct Prepared {
    pub core: Arc<Core>,
    client: ClientId,
}

impl Prepared {
    pub fn new(id: VmId, config: SessionConfig) -> Result<Prepared> {
        config.check()?;
        let core = Core::new(id, config);
        let client = core.attach()?;
        Ok(Prepared { core, client })
    }

    /// What its VM is made with.
    pub fn vm_config(&self) -> VmConfig {
        self.core.console.given_to(self.core.config.vm_config())
    }

    pub fn session(self, manager: &Shared, vm: ManagedVm) -> Session {
        let Prepared { core, client } = self;
        if core.config.idle_time.is_some() || core.config.life_time.is_some() {
            manager.handle.spawn(watch(core.clone(), vm.clone()));
        }
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
        None if !console.is_idle() || vm.actor().idle_since().is_none() => SessionState::Running,
        None if console.is_unfinished() => SessionState::Unfinished,
        None => SessionState::Idle,
    }
}
