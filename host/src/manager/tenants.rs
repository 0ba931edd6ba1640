//! The accounts of a manager and of its tenants.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use crate::error::Result;
use crate::id::TenantId;
use crate::quota::{Accounts, Quota, Scope};

/// Tenants that are remembered before the first look for those that are gone.
const FIRST_SWEEP: usize = 64;

/// The accounts of a manager and of its tenants.
pub(crate) struct Tenants {
    manager: Arc<Accounts>,
    quota: Quota,
    known: Mutex<Known>,
}

/// Tenants with a VM, and those whose quota was tightened, which is kept for ever.
#[derive(Default)]
struct Known {
    live: HashMap<TenantId, Weak<Accounts>>,
    tightened: HashMap<TenantId, Arc<Accounts>>,
    sweep_at: usize,
}

impl Tenants {
    pub fn new(manager: &Quota, tenant: Quota) -> Tenants {
        Tenants {
            manager: Accounts::new(&Scope::Manager, manager, None),
            quota: tenant,
            known: Mutex::default(),
        }
    }

    /// The accounts that a VM is counted in: its tenant's, or the manager's where it has none.
    pub fn accounts(&self, tenant: Option<&TenantId>) -> Arc<Accounts> {
        match tenant {
            Some(tenant) => self.of(tenant, &mut self.known()),
            None => self.manager.clone(),
        }
    }

    /// Lowers what a tenant may use.
    pub fn tighten(&self, tenant: &TenantId, quota: &Quota) -> Result<()> {
        let mut known = self.known();
        let accounts = self.of(tenant, &mut known);
        accounts.tighten(quota)?;
        known.tightened.insert(tenant.clone(), accounts);
        Ok(())
    }

    fn of(&self, tenant: &TenantId, known: &mut Known) -> Arc<Accounts> {
        if let Some(accounts) = known.live.get(tenant).and_then(Weak::upgrade) {
            return accounts;
        }
        known.sweep();
        let accounts = Accounts::new(&Scope::Tenant(tenant.clone()), &self.quota, Some(&self.manager));
        known.live.insert(tenant.clone(), Arc::downgrade(&accounts));
        accounts
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// Forgets tenants that have nothing any more, once in a while: as often as their number doubles.
    fn sweep(&mut self) {
        if self.live.len() < self.sweep_at.max(FIRST_SWEEP) {
            return;
        }
        self.live.retain(|_, accounts| accounts.strong_count() > 0);
        self.sweep_at = self.live.len() * 2;
    }
}
