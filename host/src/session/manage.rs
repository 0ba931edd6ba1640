//! Sessions of a manager.

use std::sync::Arc;
use std::time::Instant;

use crate::error::Result;
use crate::id::VmId;
use crate::manager::{ManagedVm, Manager};

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
        let config = config.into();
        config.check()?;
        let core = Core::new(id.clone(), config);
        let client = core.attach()?;
        let vm_config = core.console.given_to(core.config.vm_config());
        let vm = self.handle(self.create_for(id, vm_config, Some(core.clone()))?);
        if core.config.idle_time.is_some() || core.config.life_time.is_some() {
            self.shared().handle.spawn(watch(core.clone(), vm.clone()));
        }
        Ok(Session { core, vm, client, auxiliary: self.shared().engine.auxiliary().clone() })
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
