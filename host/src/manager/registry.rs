//! The names of a manager: which VM has which, until the manager is shut down.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::runtime::{Handle, Runtime};

use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::id::VmId;
use crate::quota::Charge;
use crate::registration::HeldThreads;

use super::actor::Actor;
use super::config::ManagerConfig;
use super::observe::Shown;
use super::tenants::Tenants;

/// What the clones of a manager share, and its handles see as long as one of them lives.
pub(crate) struct Shared {
    pub engine: Engine,
    pub config: ManagerConfig,
    /// Of the manager's own runtime.
    pub handle: Handle,
    pub tenants: Tenants,
    pub held: Arc<HeldThreads>,
    registry: Mutex<Registry>,
}

enum Registry {
    Open { names: HashMap<VmId, Name>, runtime: Runtime },
    Closed,
}

/// Who has a name.
enum Name {
    /// A VM that is being made.
    Reserved,
    /// A VM, counted and shown as long as it has the name.
    Taken(Arc<Actor>, #[expect(dead_code, reason = "they count by being there")] (Charge, Shown)),
}

impl Shared {
    pub fn new(engine: Engine, config: ManagerConfig, runtime: Runtime) -> Shared {
        let handle = runtime.handle().clone();
        let registry = Mutex::new(Registry::Open { names: HashMap::new(), runtime });
        let tenants = Tenants::new(&config.quota, config.tenant_quota.clone());
        Shared { engine, config, handle, tenants, held: Arc::default(), registry }
    }

    /// Keeps a name for a VM that is then made.
    pub fn reserve(&self, id: &VmId) -> Result<Reservation<'_>> {
        match &mut *self.registry() {
            Registry::Closed => Err(closed()),
            Registry::Open { names, .. } => match names.entry(id.clone()) {
                Entry::Occupied(_) => Err(exists(id)),
                Entry::Vacant(place) => {
                    place.insert(Name::Reserved);
                    Ok(Reservation { shared: self, id: id.clone() })
                }
            },
        }
    }

    pub fn find(&self, id: &VmId) -> Result<Arc<Actor>> {
        match &*self.registry() {
            Registry::Closed => Err(closed()),
            Registry::Open { names, .. } => match names.get(id) {
                Some(Name::Taken(actor, _)) => Ok(actor.clone()),
                Some(Name::Reserved) | None => Err(not_found(id)),
            },
        }
    }

    /// Every VM, in the order of the names.
    pub fn actors(&self) -> Result<Vec<Arc<Actor>>> {
        let mut actors = match &*self.registry() {
            Registry::Closed => return Err(closed()),
            Registry::Open { names, .. } => taken(names),
        };
        actors.sort_by(|one, other| one.id().cmp(other.id()));
        Ok(actors)
    }

    /// Frees the name of a VM, if it has it still.
    pub fn forget(&self, actor: &Arc<Actor>) {
        let mut registry = self.registry();
        let Registry::Open { names, .. } = &mut *registry else { return };
        let found = match names.get(actor.id()) {
            Some(Name::Taken(known, _)) => Arc::ptr_eq(known, actor),
            Some(Name::Reserved) | None => false,
        };
        let name = if found { names.remove(actor.id()) } else { None };
        drop(registry);
        drop(name);
    }

    /// Closes the registry: what it had. Nothing when somebody was first.
    pub fn close(&self) -> Option<(Vec<Arc<Actor>>, Runtime)> {
        let before = std::mem::replace(&mut *self.registry(), Registry::Closed);
        match before {
            Registry::Open { names, runtime } => Some((taken(&names), runtime)),
            Registry::Closed => None,
        }
    }

    fn registry(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A name without a VM; free again when it is dropped.
pub(crate) struct Reservation<'a> {
    shared: &'a Shared,
    id: VmId,
}

impl Reservation<'_> {
    /// Gives the name to a VM.
    pub fn fill(self, actor: Arc<Actor>, counted: (Charge, Shown)) -> Result<()> {
        match &mut *self.shared.registry() {
            Registry::Closed => Err(closed()),
            Registry::Open { names, .. } => {
                names.insert(self.id.clone(), Name::Taken(actor, counted));
                Ok(())
            }
        }
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        if let Registry::Open { names, .. } = &mut *self.shared.registry()
            && matches!(names.get(&self.id), Some(Name::Reserved))
        {
            names.remove(&self.id);
        }
    }
}

fn taken(names: &HashMap<VmId, Name>) -> Vec<Arc<Actor>> {
    let actors = names.values().filter_map(|name| match name {
        Name::Taken(actor, _) => Some(actor.clone()),
        Name::Reserved => None,
    });
    actors.collect()
}

fn exists(id: &VmId) -> Error {
    Error::new(
        ErrorKind::Exists,
        format!("the name `{id}` is taken: expected a free one; terminate the VM that has it first"),
    )
}

fn not_found(id: &VmId) -> Error {
    Error::new(ErrorKind::NotFound, format!("no VM named `{id}`; `create_vm` makes one, `vms` lists them"))
}

fn closed() -> Error {
    Error::new(ErrorKind::Terminated, "the manager was shut down; make another one")
}
