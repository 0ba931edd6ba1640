//! The sessions of a manager on disk.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use tokio::runtime::Handle;

use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::fs::StateDir;
use crate::id::{TenantId, VmId};
use crate::manager::{Actor, ManagerConfig, SessionConfigs, Shared};
use crate::record::{Expected, RecordCeilings, SessionRecord};
use crate::snapshot::{Snapshot, guest_digest};

use super::super::config::{CEILING, SessionConfig};
use super::Draft;
use super::ledger::Ledger;
use super::residents::Residents;

/// Bytes that a file may have beside its Lua state: output, a pending statement, and the header.
const BESIDE: u64 = 2 * CEILING as u64 + (1 << 20);

/// The sessions of a manager on disk.
pub(crate) struct Store {
    engine: Engine,
    /// Of the manager's runtime, whose threads wait for the disk.
    handle: Handle,
    configs: Option<Arc<SessionConfigs>>,
    manager: Weak<Shared>,
    residents: Residents,
    /// Made when it is first needed: it takes a look at every session.
    ledger: OnceLock<Ledger>,
    folder: Mutex<Folder>,
}

enum Folder {
    Open {
        dir: Arc<StateDir>,
        /// Sessions that could not be made, and whose files could not be removed: they do not exist.
        discarded: HashSet<VmId>,
    },
    /// The manager was shut down.
    Closed,
}

/// A session that was read.
pub(super) struct Loaded {
    pub config: SessionConfig,
    pub record: SessionRecord,
    /// None of one that has ended.
    pub snapshot: Option<Snapshot>,
}

impl Store {
    pub fn new(
        engine: Engine,
        handle: Handle,
        dir: StateDir,
        config: &ManagerConfig,
        manager: Weak<Shared>,
    ) -> Store {
        let folder = Mutex::new(Folder::Open { dir: Arc::new(dir), discarded: HashSet::new() });
        let configs = config.session_config.clone();
        let residents = Residents::new(config.resident_sessions);
        Store { engine, handle, configs, manager, residents, ledger: OnceLock::new(), folder }
    }

    /// A session in memory was used: others may have to go for it.
    pub fn used(&self, actor: &Arc<Actor>) {
        for surplus in self.residents.used(actor) {
            surplus.put_to_disk();
        }
    }

    /// Lets some sessions leave memory that nobody has a handle to any more.
    pub fn look_at_left(&self) {
        for left in self.residents.take_left() {
            left.leave_memory();
        }
    }

    /// The VM of a session is on disk: it leaves memory altogether, unless somebody has a handle to it.
    pub fn is_away(&self, actor: &Arc<Actor>) {
        self.residents.forget(actor.id());
        let retired = self.manager.upgrade().is_none_or(|manager| manager.retire(actor));
        if !retired && actor.session().is_some_and(|core| core.attendance().0 == 0) {
            self.residents.left(actor); // somebody looks at it just now, or has a handle without being a client
        }
    }

    /// A client has left a session.
    pub fn left(&self, actor: &Arc<Actor>) {
        self.residents.left(actor);
    }

    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Whether a session of this name is on disk.
    pub fn has(&self, id: &VmId) -> bool {
        match &*self.folder() {
            Folder::Open { dir, discarded } => !discarded.contains(id) && dir.newest(id).is_some(),
            Folder::Closed => false,
        }
    }

    /// Gives the folder to the next process, once nobody writes to it any more.
    pub fn close(&self) {
        let before = std::mem::replace(&mut *self.folder(), Folder::Closed);
        let Folder::Open { dir, discarded } = before else { return };
        for id in discarded {
            let _ = dir.remove(&id); // the disk refused before; the name comes back with the next process
        }
    }

    pub(super) fn dir(&self) -> Result<Arc<StateDir>> {
        match &*self.folder() {
            Folder::Open { dir, .. } => Ok(dir.clone()),
            Folder::Closed => Err(closed()),
        }
    }

    /// Writes a session on a thread that may wait for the disk.
    pub async fn write(&self, draft: Draft) -> Result<()> {
        self.blocking(move || draft.write()).await
    }

    /// Does something on a thread that may wait for the disk.
    pub(super) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.handle.spawn_blocking(work).await.unwrap_or_else(|_| Err(closed()))
    }

    /// Makes a record the newest one of its session. Waits for the disk.
    pub(super) fn save(&self, record: &mut SessionRecord) -> Result<()> {
        let dir = self.dir()?;
        let id = record.header.id.clone();
        record.header.generation = dir.newest(&id).map_or(1, |newest| newest.saturating_add(1));
        let bytes = record.encode();
        let manager = self.manager.upgrade().ok_or_else(closed)?;
        let ledger = self.ledger(&dir, &manager);
        let size = bytes.len() as u64;
        ledger.begin(&manager, &id, record.header.tenant.as_ref(), size)?;
        match dir.save(&id, record.header.generation, &bytes) {
            Ok(()) => ledger.end(&id, size),
            Err(error) => {
                ledger.recount(&id, &dir);
                return Err(error);
            }
        }
        if let Folder::Open { discarded, .. } = &mut *self.folder() {
            discarded.remove(&id);
        }
        Ok(())
    }

    /// Removes a session. Waits for the disk.
    pub fn remove(&self, id: &VmId) -> Result<()> {
        let dir = self.dir()?;
        let removed = dir.remove(id);
        self.recount(&dir, id);
        match removed {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()), // it was never written, or is gone
        }
    }

    /// Forgets a session that could not be made.
    pub fn discard(&self, id: &VmId) {
        let Ok(dir) = self.dir() else { return };
        let removed = dir.remove(id);
        self.recount(&dir, id);
        if removed.is_err()
            && dir.newest(id).is_some()
            && let Folder::Open { discarded, .. } = &mut *self.folder()
        {
            discarded.insert(id.clone());
        }
    }

    /// Reads a session, with what the host gives it.
    pub(super) fn load(&self, id: &VmId) -> Result<Loaded> {
        self.dir()?.load(id, self.ceiling(), |bytes| self.loaded(id, bytes))
    }

    /// Goes back to the newest state that can be read.
    pub(super) fn recover(&self, id: &VmId) -> Result<()> {
        let dir = self.dir()?;
        let recovered = dir.recover(id, self.ceiling(), |bytes| self.loaded(id, bytes));
        self.recount(&dir, id);
        recovered.map(|_| ())
    }

    /// Reads a session of this tenant.
    pub(super) fn record(&self, id: &VmId, tenant: Option<&TenantId>) -> Result<SessionRecord> {
        self.dir()?.load(id, self.ceiling(), |bytes| self.decoded(id, tenant, bytes))
    }

    fn ledger(&self, dir: &StateDir, manager: &Shared) -> &Ledger {
        self.ledger.get_or_init(|| Ledger::of(dir, manager))
    }

    /// Counts a session again that was not saved but changed on disk.
    fn recount(&self, dir: &StateDir, id: &VmId) {
        if let Some(manager) = self.manager.upgrade() {
            self.ledger(dir, &manager).recount(id, dir);
        }
    }

    fn loaded(&self, id: &VmId, bytes: &[u8]) -> Result<Loaded> {
        let header = SessionRecord::peek(bytes)?;
        let config = self.config(id, header.tenant.as_ref())?;
        let record = self.decoded(id, config.vm.tenant.as_ref(), bytes)?;
        let snapshot = match record.snapshot.is_empty() {
            true => None,
            false => Some(Snapshot::from_bytes(&self.engine, &record.snapshot)?),
        };
        Ok(Loaded { config, record, snapshot })
    }

    fn decoded(&self, id: &VmId, tenant: Option<&TenantId>, bytes: &[u8]) -> Result<SessionRecord> {
        let ceilings = RecordCeilings {
            output: CEILING as u64,
            input: CEILING as u64,
            readers: 1,
            snapshot: self.ceiling() - BESIDE,
        };
        SessionRecord::decode(bytes, &Expected { guest: &guest_digest(), id, tenant, ceilings })
    }

    fn config(&self, id: &VmId, tenant: Option<&TenantId>) -> Result<SessionConfig> {
        let mut config = match &self.configs {
            Some(configs) => configs(id, tenant)?,
            None => {
                let mut config = SessionConfig::default();
                config.vm.tenant = tenant.cloned();
                config
            }
        };
        config.persistence = config.persistence.of_stored();
        config.check()?;
        Ok(config)
    }

    /// Bytes of the largest file that is read. What does not compress grows by a 255th.
    fn ceiling(&self) -> u64 {
        let memory = self.engine.config().max_memory;
        memory + memory / 128 + BESIDE
    }

    fn folder(&self) -> MutexGuard<'_, Folder> {
        self.folder.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn closed() -> Error {
    Error::new(ErrorKind::Terminated, "the manager was shut down; make another one")
}
