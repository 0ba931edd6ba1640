//! Sessions that come back from disk.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::config::VmConfig;
use crate::error::{Error, ErrorKind, Result};
use crate::id::VmId;
use crate::manager::{Actor, Claim, Manager, Place, Recall, Reservation};
use crate::record::RecordStatus;
use crate::snapshot::Snapshot;
use crate::vm::Vm;

use super::super::clients::Clients;
use super::super::console::{Console, Kept};
use super::super::core::Core;
use super::store::{Loaded, Store};
use super::{Durable, now};

impl Manager {
    /// Goes back to the older state of a session whose newest one is [damaged](crate::SessionState::Damaged),
    /// and removes that. A session that can be read stays as it is.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] when no session of that name is on disk, [`ErrorKind::SnapshotDamaged`] when
    /// none of its states is intact, those of [`attach`](Manager::attach) when it is something else that is
    /// wrong with them, and [`ErrorKind::Storage`]. Whatever is wrong other than damage, nothing is removed.
    pub fn recover(&self, id: &VmId) -> Result<()> {
        match self.shared().claim(id)? {
            Claim::Here(actor) => match actor.session().and_then(|core| core.durable.as_ref()) {
                Some(durable) => durable.store.recover(id),
                None => Err(not_stored(id)),
            },
            Claim::Stored(_moving, store) => store.recover(id),
        }
    }

    /// Brings a session back whose name is held meanwhile.
    pub(crate) fn load(&self, moving: Reservation<'_>, store: &Arc<Store>) -> Result<Arc<Actor>> {
        let id = moving.id();
        let Loaded { config, record, snapshot } = store.load(id)?;
        let header = record.header;
        let durable = Durable::new(store, id, header.tenant.as_ref(), config.persistence, header.created);
        let kept = Kept {
            output_start: record.output_start,
            output: record.output,
            pending: record.pending,
            exit: match header.status {
                RecordStatus::Live => None,
                RecordStatus::Ended(status) => Some(status),
            },
        };
        let clients = Clients::resumed(record.readers.into_iter().max().unwrap_or(record.output_start));
        let console = Arc::new(Console::resumed(config.output, config.input, kept));
        let core = Core::resumed(id.clone(), config, console, clients, born(header.created), durable);
        let vm_config = core.console.given_to(core.config.vm_config());
        let made = |config| match snapshot {
            Some(snapshot) => Vm::from_snapshot(store.engine(), &snapshot, config),
            None => Vm::ended(store.engine(), config),
        };
        let made = |config| made(config).map(Box::new).map(Place::Here);
        let shared = self.shared();
        let actor = shared.make(moving, vm_config, Some(core.clone()), made)?.enter(shared)?;
        actor.registration().count_fuel(header.fuel);
        shared.watch(&core, &self.handle(actor.clone()));
        Ok(actor)
    }
}

/// When a session was made, on this machine's other clock.
fn born(created: u64) -> Instant {
    let present = Instant::now();
    present.checked_sub(Duration::from_millis(now().saturating_sub(created))).unwrap_or(present)
}

/// Brings the VM of a session back whose console stayed here.
pub(super) fn recall(store: Arc<Store>, id: VmId, config: VmConfig) -> Recall {
    Arc::new(move || {
        let (store, id, config) = (store.clone(), id.clone(), config.clone());
        Box::pin(async move {
            let reading = store.clone();
            let back = move || {
                let record = reading.record(&id, config.tenant.as_ref())?;
                if record.snapshot.is_empty() {
                    return Vm::ended(reading.engine(), config);
                }
                let snapshot = Snapshot::from_bytes(reading.engine(), &record.snapshot)?;
                Vm::from_snapshot(reading.engine(), &snapshot, config)
            };
            store.blocking(back).await
        })
    })
}

fn not_stored(id: &VmId) -> Error {
    Error::new(ErrorKind::NotFound, format!("`{id}` is not persistent: it has no state on disk"))
}
