//! Sessions that outlive the process: what goes to disk, when, and how it comes back.

mod ledger;
mod listing;
mod load;
mod residents;
mod store;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::{Error, ErrorKind, Result};
use crate::id::{TenantId, VmId};
use crate::manager::{Place, Recall};
use crate::record::{RecordHeader, RecordStatus, SessionRecord};
use crate::runtime::block_on;
use crate::snapshot::{Snapshot, guest_digest};
use crate::vm::Vm;

use super::config::CEILING;
use super::core::Core;
use super::persistence::Persistence;

pub(crate) use store::Store;

/// What ties a session to its file.
pub(crate) struct Durable {
    id: VmId,
    tenant: Option<TenantId>,
    store: Arc<Store>,
    pub persistence: Persistence,
    /// When the session was made, in milliseconds since 1970.
    pub created: u64,
    /// Counts what happens to the session.
    changes: AtomicU64,
    /// The count that is on disk.
    saved: AtomicU64,
    /// The count at which it could not be saved: nobody tries that again unasked.
    failed: AtomicU64,
    /// Locked across writing and removing, unlike any other lock here: that is what puts them in order. Only
    /// threads that may wait for a disk lock it.
    file: Mutex<File>,
}

/// What becomes of a session's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum File {
    /// It is written anew by each save.
    Kept,
    /// The session was terminated: a save that is late writes nothing.
    Removed,
}

/// The Lua state in a record.
enum Lua {
    State(Snapshot),
    /// That of the file, which is up to date.
    OnDisk,
    /// It was closed.
    Ended,
}

/// A session at a moment, to be written.
pub(crate) struct Draft {
    durable: Arc<Durable>,
    count: u64,
    record: SessionRecord,
    lua: Lua,
}

impl Durable {
    pub fn new(
        store: &Arc<Store>,
        id: &VmId,
        tenant: Option<&TenantId>,
        persistence: Persistence,
        created: u64,
    ) -> Arc<Durable> {
        Arc::new(Durable {
            id: id.clone(),
            tenant: tenant.cloned(),
            store: store.clone(),
            persistence,
            created,
            changes: AtomicU64::new(0),
            saved: AtomicU64::new(0),
            failed: AtomicU64::new(u64::MAX),
            file: Mutex::new(File::Kept),
        })
    }

    /// Something happens that the file does not know.
    pub fn change(&self) {
        self.changes.fetch_add(1, Ordering::AcqRel);
    }

    pub fn is_changed(&self) -> bool {
        self.saved.load(Ordering::Acquire) != self.changes.load(Ordering::Acquire)
    }

    /// Whether saving would do something, and has not just failed.
    pub fn is_worth_saving(&self) -> bool {
        self.is_changed() && self.may_be_saved()
    }

    /// Whether saving has not just failed.
    pub fn may_be_saved(&self) -> bool {
        self.failed.load(Ordering::Acquire) != self.changes.load(Ordering::Acquire)
    }

    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// Removes the session from disk, behind whatever writes it now.
    pub fn remove(&self) -> Result<()> {
        let mut file = self.file();
        *file = File::Removed;
        self.store.remove(&self.id)
    }

    fn file(&self) -> MutexGuard<'_, File> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn header(&self, fuel: u64) -> RecordHeader {
        RecordHeader {
            writer: RecordHeader::own_writer(),
            guest: guest_digest(),
            id: self.id.clone(),
            tenant: self.tenant.clone(),
            generation: 0,
            created: self.created,
            last_used: now(),
            fuel,
            running: std::time::Duration::ZERO,
            memory: 0,
            status: RecordStatus::Live,
        }
    }
}

impl Draft {
    /// Writes it, unless what is on disk is as new. Waits for the disk.
    pub fn write(self) -> Result<()> {
        let Draft { durable, count, mut record, lua } = self;
        check_size(&record)?;
        let file = durable.file();
        if *file == File::Removed {
            return Err(Error::new(
                ErrorKind::Terminated,
                format!("session `{}` was terminated", durable.id),
            ));
        }
        if durable.saved.load(Ordering::Acquire) >= count {
            return Ok(()); // the draft of an earlier moment, overtaken
        }
        lua.put_into(&mut record, &durable.store)?;
        durable.store.save(&mut record)?;
        durable.saved.store(count, Ordering::Release);
        Ok(())
    }
}

impl Lua {
    fn put_into(self, record: &mut SessionRecord, store: &Store) -> Result<()> {
        match self {
            Lua::State(snapshot) => {
                record.header.memory = snapshot.memory();
                record.header.running = snapshot.lasting().running;
                record.snapshot = snapshot.to_bytes();
            }
            Lua::OnDisk => {
                let stored = store.record(&record.header.id, record.header.tenant.as_ref())?;
                record.header.memory = stored.header.memory;
                record.header.running = stored.header.running;
                record.header.status = stored.header.status;
                record.snapshot = stored.snapshot;
            }
            Lua::Ended => {}
        }
        Ok(())
    }
}

impl Core {
    /// The session as it is now, to be written. Garbage is collected first, so finalizers may run.
    pub async fn draft(&self, durable: &Arc<Durable>, vm: &mut Vm) -> Result<Draft> {
        // What happens from here on is not in the draft.
        let count = durable.changes.load(Ordering::Acquire);
        let fuel = |vm: &Vm| vm.config().registration.as_ref().map_or(0, |owner| owner.fuel());
        let lua = match self.console.exit() {
            Some(_) => Lua::Ended,
            None => match vm.snapshot().await {
                Ok(snapshot) => Lua::State(snapshot),
                Err(error) if error.kind() == ErrorKind::Ended => Lua::Ended,
                Err(error) => return Err(error),
            },
        };
        Ok(self.drafted(durable, count, fuel(vm), lua))
    }

    /// As [`draft`](Core::draft), of a session whose VM is on disk: only what clients did is new.
    pub fn draft_without_vm(&self, durable: &Arc<Durable>, fuel: u64) -> Draft {
        let count = durable.changes.load(Ordering::Acquire);
        let lua = if self.console.exit().is_some() { Lua::Ended } else { Lua::OnDisk };
        self.drafted(durable, count, fuel, lua)
    }

    fn drafted(&self, durable: &Arc<Durable>, count: u64, fuel: u64, lua: Lua) -> Draft {
        let read = self.read_position();
        let kept = self.console.kept();
        let mut header = durable.header(fuel);
        header.status = match (kept.exit, &lua) {
            (Some(status), _) => RecordStatus::Ended(status),
            (None, Lua::Ended) => RecordStatus::Ended(0),
            (None, _) => RecordStatus::Live,
        };
        let record = SessionRecord {
            header,
            output: kept.output,
            output_start: kept.output_start,
            readers: vec![read],
            pending: kept.pending,
            input: Vec::new(),
            snapshot: Vec::new(),
        };
        Draft { durable: durable.clone(), count, record, lua }
    }

    /// Whether its jobs end when their state is on disk.
    pub fn saves_each_call(&self) -> bool {
        self.durable.as_ref().is_some_and(|durable| durable.persistence == Persistence::EachCall)
    }

    /// Saves the session, on a thread that may wait for the disk.
    pub async fn save(&self, vm: &mut Vm) -> Result<()> {
        let Some(durable) = &self.durable else { return Ok(()) };
        let count = durable.changes.load(Ordering::Acquire);
        let saved = match self.draft(durable, vm).await {
            Ok(draft) => durable.store.write(draft).await,
            Err(error) => Err(error),
        };
        saved.inspect_err(|_| durable.failed.store(count, Ordering::Release))
    }

    /// As [`save`](Core::save), of a session whose VM is on disk.
    pub async fn save_without_vm(&self, fuel: u64) -> Result<()> {
        let Some(durable) = &self.durable else { return Ok(()) };
        let draft = self.draft_without_vm(durable, fuel);
        let count = draft.count;
        let saved = durable.store.write(draft).await;
        saved.inspect_err(|_| durable.failed.store(count, Ordering::Release))
    }

    /// Saves the session for the last time, on this thread, which may wait for the disk.
    pub fn save_last(&self, place: Place, fuel: u64) -> Result<()> {
        let Some(durable) = &self.durable else { return Ok(()) };
        match place {
            Place::Here(mut vm) => block_on(self.draft(durable, &mut vm)).and_then(Draft::write),
            Place::Elsewhere(_) => self.draft_without_vm(durable, fuel).write(),
        }
    }

    /// Whether something is not on disk.
    pub fn is_changed(&self) -> bool {
        self.durable.as_ref().is_some_and(|durable| durable.is_changed())
    }

    /// What brings the VM of a persistent session back that is on disk.
    pub fn recall(&self, durable: &Durable, vm: &Vm) -> Recall {
        load::recall(durable.store.clone(), self.id.clone(), vm.config().clone())
    }

    /// Saves a session for the first time, on this thread.
    pub fn save_first(&self, vm: &mut Vm) -> Result<()> {
        let Some(durable) = &self.durable else { return Ok(()) };
        durable.change();
        // A fresh VM waits for nothing but itself.
        block_on(self.draft(durable, vm)).and_then(Draft::write)
    }

    /// Removes what was written of a session that could not be made.
    pub fn discard(&self) {
        self.durable.iter().for_each(|durable| durable.store.discard(&self.id));
    }
}

/// A statement that is only begun has no ceiling where its host lifted that of sources.
fn check_size(record: &SessionRecord) -> Result<()> {
    if record.pending.len() <= CEILING {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Storage,
        format!(
            "the statement that is begun has {} bytes: at most {CEILING} can be stored; end or interrupt it",
            record.pending.len()
        ),
    ))
}

/// Milliseconds since 1970.
pub(super) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
