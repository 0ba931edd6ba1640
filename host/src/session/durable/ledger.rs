//! What the sessions of a manager take on disk, counted for their tenants.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::error::Result;
use crate::fs::StateDir;
use crate::id::{TenantId, VmId};
use crate::manager::Shared;
use crate::quota::{Charge, Refused};
use crate::record::SessionRecord;

/// What the sessions of a manager take on disk, also of those that nobody has asked for.
pub(super) struct Ledger(Mutex<HashMap<VmId, Stored>>);

/// One session's generations, of which there are two at most.
struct Stored {
    charge: Charge,
    older: u64,
    newest: u64,
}

impl Ledger {
    /// Counts what a directory has. It may be more than is allowed: then nothing is added to it.
    pub fn of(dir: &StateDir, manager: &Shared) -> Ledger {
        let stored = dir.ids().into_iter().filter_map(|id| {
            // What cannot be looked at now is counted when it is saved.
            let (older, newest) = sizes(dir, &id).ok()?;
            let tenant = dir.peek(&id, SessionRecord::PEEK).and_then(|start| SessionRecord::peek(&start));
            let tenant = tenant.ok().and_then(|header| header.tenant);
            let account = manager.tenants.accounts(tenant.as_ref()).stored.clone();
            Some((id, Stored { charge: account.charge_anyway(older + newest), older, newest }))
        });
        Ledger(Mutex::new(stored.collect()))
    }

    /// Counts a state of so many bytes that is about to be written: it comes beside the newest one.
    pub fn begin(
        &self,
        manager: &Shared,
        id: &VmId,
        tenant: Option<&TenantId>,
        bytes: u64,
    ) -> Result<(), Refused> {
        let mut sessions = self.sessions();
        if let Some(stored) = sessions.get_mut(id) {
            let during = stored.older.max(bytes) + stored.newest;
            return stored.charge.set(during);
        }
        let charge = manager.tenants.accounts(tenant).stored.charge(bytes)?;
        sessions.insert(id.clone(), Stored { charge, older: 0, newest: 0 });
        Ok(())
    }

    /// The state was written.
    pub fn end(&self, id: &VmId, bytes: u64) {
        let mut sessions = self.sessions();
        let Some(stored) = sessions.get_mut(id) else { return };
        (stored.older, stored.newest) = (stored.newest, bytes);
        stored.count();
    }

    /// Looks again at what a session has that was not saved as it should have been, or was removed.
    pub fn recount(&self, id: &VmId, dir: &StateDir) {
        let found = sizes(dir, id);
        let mut sessions = self.sessions();
        let Some(stored) = sessions.get_mut(id) else { return };
        if dir.newest(id).is_none() {
            drop(sessions.remove(id));
            return;
        }
        if let Ok((older, newest)) = found {
            (stored.older, stored.newest) = (older, newest);
        }
        stored.count();
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<VmId, Stored>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stored {
    /// Counts what is there, which is not more than was counted while it was written.
    fn count(&mut self) {
        let _ = self.charge.set(self.older + self.newest);
    }
}

/// Bytes of the older generations and of the newest one.
fn sizes(dir: &StateDir, id: &VmId) -> Result<(u64, u64)> {
    let sizes = dir.sizes(id)?;
    let newest = sizes.last().copied().unwrap_or_default();
    Ok((sizes.iter().sum::<u64>() - newest, newest))
}
