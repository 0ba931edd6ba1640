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
    /// Goes before the name is free.
    written: Written,
    reserved: Reservation<'a>,
    actor: Arc<Actor>,
    counted: (Charge, Shown),
}

/// What is on disk of a session that has no name yet.
struct Written(Option<Arc<Core>>);

impl Shared {
    /// Makes a new VM for a name that was reserved; a persistent session is on disk then.
    pub fn create<'a>(
        &'a self,
        reserved: Reservation<'a>,
        config: VmConfig,
        session: Option<Arc<Core>>,
        make: impl FnOnce(&Engine, VmConfig) -> Result<Vm>,
    ) -> Result<Newcomer<'a>> {
        config.limits.check_within(&self.config.limits)?;
        let core = session.clone();
        let place = |config| {
            let mut vm = make(&self.engine, config)?;
            let saved = core.iter().try_for_each(|core| core.save_first(&mut vm));
            saved.inspect_err(|_| core.iter().for_each(|core| core.discard()))?;
            Ok(Place::Here(Box::new(vm)))
        };
        let newcomer = self.make(reserved, config, session, place)?;
        Ok(Newcomer { written: Written(core), ..newcomer })
    }

    /// Makes a VM for a name that was reserved.
    pub fn make<'a>(
        &'a self,
        reserved: Reservation<'a>,
        mut config: VmConfig,
        session: Option<Arc<Core>>,
        make: impl FnOnce(VmConfig) -> Result<Place>,
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
        let place = make(config)?;
        let actor = Actor::new(registration, tenant, accounts, self.handle.clone(), place, session);
        Ok(Newcomer { written: Written(None), reserved, actor, counted })
    }
}

impl Newcomer<'_> {
    /// Gives it its name.
    pub fn enter(self, manager: &Shared) -> Result<Arc<Actor>> {
        let actor = self.actor.clone();
        Newcomer::enter_all(vec![self], manager)?;
        Ok(actor)
    }

    /// Gives all of them their names at once.
    pub fn enter_all(newcomers: Vec<Newcomer<'_>>, manager: &Shared) -> Result<Vec<Arc<Actor>>> {
        let actors: Vec<_> = newcomers.iter().map(|newcomer| newcomer.actor.clone()).collect();
        let (mut kept, mut named) = (Vec::new(), Vec::new());
        for Newcomer { written, reserved, actor, counted } in newcomers {
            named.push((reserved.id().clone(), actor, counted));
            kept.push((written, reserved)); // if they cannot enter, these are dropped in this order
        }
        manager.fill(named)?;
        kept.iter_mut().for_each(|(written, _)| written.0 = None);
        actors.iter().for_each(Actor::used); // they count among those in memory from now on
        Ok(actors)
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        self.0.iter().for_each(|core| core.discard());
    }
}
