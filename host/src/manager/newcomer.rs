//! VMs on their way into a manager: made, counted, and without a name that others see.

use std::sync::Arc;

use crate::config::VmConfig;
use crate::engine::Engine;
use crate::error::Result;
use crate::quota::{Account, Charge, Counted, Scope};
use crate::registration::Registration;
use crate::session::Core;
use crate::vm::Vm;

use super::actor::Actor;
use super::observe::{LIVE, Shown};
use super::registry::{Reservation, Shared};
use super::step::Place;

/// A VM that is made and counted. Nobody finds it before it [enters](Newcomer::enter); dropped before, it
/// leaves nothing behind.
pub(crate) struct Newcomer<'a> {
    reserved: Reservation<'a>,
    actor: Arc<Actor>,
    counted: (Charge, Shown),
}

impl Shared {
    /// Makes a VM for a name that was reserved.
    pub fn make<'a>(
        &'a self,
        reserved: Reservation<'a>,
        mut config: VmConfig,
        session: Option<Arc<Core>>,
        make: impl FnOnce(&Engine, VmConfig) -> Result<Vm>,
    ) -> Result<Newcomer<'a>> {
        config.limits.check_within(&self.config.limits)?;
        let id = reserved.id().clone();
        let accounts = self.tenants.accounts(config.tenant.as_ref());
        let counted = (accounts.vms.charge(1)?, Shown::new(LIVE));
        let scope = Scope::Vm(id.clone());
        let memory = Account::new(Counted::Memory, scope, None, Some(accounts.memory.clone()));
        let registration = Registration::new(id, memory, self.held.clone());
        config.registration = Some(registration.clone());
        let tenant = config.tenant.clone();
        let place = Place::Here(Box::new(make(&self.engine, config)?));
        let actor = Actor::new(registration, tenant, accounts, self.handle.clone(), place, session);
        Ok(Newcomer { reserved, actor, counted })
    }
}

impl Newcomer<'_> {
    /// Gives it its name.
    pub fn enter(self) -> Result<Arc<Actor>> {
        self.reserved.fill(self.actor.clone(), self.counted)?;
        Ok(self.actor)
    }
}
