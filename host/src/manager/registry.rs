//! The names of a manager: which VM has which, until the manager is shut down.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};

use tokio::runtime::{Handle, Runtime};

use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::fs::StateDir;
use crate::id::VmId;
use crate::quota::Charge;
use crate::registration::HeldThreads;
use crate::session::Store;

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
    /// Sessions on disk, whose names are taken too.
    pub store: Option<Arc<Store>>,
    registry: Mutex<Registry>,
    /// Told when a name is no longer moving.
    moved: Condvar,
}

enum Registry {
    Open { names: HashMap<VmId, Name>, runtime: Runtime },
    Closed,
}

/// Who has a name.
enum Name {
    /// A VM that is being made.
    Reserved,
    /// A session that comes from disk or is removed there: who asks for it waits.
    Moving,
    /// A VM, counted and shown as long as it has the name.
    Taken(Arc<Actor>, #[expect(dead_code, reason = "they count by being there")] (Charge, Shown)),
}

impl Shared {
    pub fn new(
        engine: Engine,
        config: ManagerConfig,
        runtime: Runtime,
        dir: Option<StateDir>,
        own: &Weak<Shared>,
    ) -> Shared {
        let handle = runtime.handle().clone();
        let store =
            dir.map(|dir| Arc::new(Store::new(engine.clone(), handle.clone(), dir, &config, own.clone())));
        let registry = Mutex::new(Registry::Open { names: HashMap::new(), runtime });
        let tenants = Tenants::new(&config.quota, config.tenant_quota.clone());
        Shared {
            engine,
            config,
            handle,
            tenants,
            held: Arc::default(),
            store,
            registry,
            moved: Condvar::new(),
        }
    }

    /// Keeps a name for a VM that is then made.
    pub fn reserve(&self, id: &VmId) -> Result<Reservation<'_>> {
        match &mut *self.settled(id) {
            Registry::Closed => Err(closed()),
            Registry::Open { names, .. } => match names.entry(id.clone()) {
                Entry::Occupied(_) => Err(exists(id)),
                Entry::Vacant(_) if self.stores(id).is_some() => Err(exists(id)),
                Entry::Vacant(place) => {
                    place.insert(Name::Reserved);
                    Ok(Reservation { shared: self, id: id.clone() })
                }
            },
        }
    }

    /// Keeps several names, or none of them.
    pub fn reserve_all(&self, ids: &[VmId]) -> Result<Vec<Reservation<'_>>> {
        ids.iter().map(|id| self.reserve(id)).collect()
    }

    /// Gives names that are reserved to VMs: nobody sees some of them without the others.
    pub fn fill(&self, named: Vec<(VmId, Arc<Actor>, (Charge, Shown))>) -> Result<()> {
        let mut registry = self.registry();
        let Registry::Open { names, .. } = &mut *registry else { return Err(closed()) };
        names.extend(named.into_iter().map(|(id, actor, counted)| (id, Name::Taken(actor, counted))));
        Ok(()) // dropping the reservations tells those who wait
    }

    /// Whether names could be had now, all of them.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Exists`] when one of them is taken, or given twice.
    pub fn check_free(&self, ids: &[VmId]) -> Result<()> {
        match &*self.registry() {
            Registry::Closed => Err(closed()),
            Registry::Open { names, .. } => {
                let mut seen = HashSet::new();
                let mut taken = |id: &VmId| {
                    names.contains_key(id) || self.stores(id).is_some() || !seen.insert(id.clone())
                };
                ids.iter().find(|id| taken(id)).map_or(Ok(()), |id| Err(exists(id)))
            }
        }
    }

    /// The VM of a name; or its name, when it is a session that is on disk alone.
    pub fn claim(&self, id: &VmId) -> Result<Claim<'_>> {
        match &mut *self.settled(id) {
            Registry::Closed => Err(closed()),
            Registry::Open { names, .. } => match names.entry(id.clone()) {
                Entry::Occupied(name) => match name.get() {
                    Name::Taken(actor, _) => Ok(Claim::Here(actor.clone())),
                    Name::Reserved | Name::Moving => Err(not_found(id)),
                },
                Entry::Vacant(place) => {
                    let store = self.stores(id).ok_or_else(|| not_found(id))?.clone();
                    place.insert(Name::Moving);
                    Ok(Claim::Stored(Reservation { shared: self, id: id.clone() }, store))
                }
            },
        }
    }

    /// Takes a VM out, if it has its name still. Who asks for that name waits until it is free.
    pub fn take_out(&self, actor: &Arc<Actor>) -> Option<Reservation<'_>> {
        let mut registry = self.registry();
        let Registry::Open { names, .. } = &mut *registry else { return None };
        let before = match names.get_mut(actor.id()) {
            Some(name) if name.is(actor) => std::mem::replace(name, Name::Moving),
            _ => return None,
        };
        drop(registry);
        drop(before); // what was counted may tell others
        Some(Reservation { shared: self, id: actor.id().clone() })
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

    /// Lets a session leave memory that is all on disk, when nobody has a handle to it. Whether it left.
    pub fn retire(&self, actor: &Arc<Actor>) -> bool {
        let mut registry = self.registry();
        let Registry::Open { names, .. } = &mut *registry else { return true };
        // One is the registry's and one the caller's. Another one could only come from here.
        let alone = Arc::strong_count(actor) <= 2;
        let retires =
            alone && actor.is_all_on_disk() && names.get(actor.id()).is_some_and(|name| name.is(actor));
        let name = if retires { names.remove(actor.id()) } else { None };
        drop(registry);
        if retires {
            actor.session().iter().for_each(|core| core.retire());
        }
        drop(name);
        retires
    }

    /// Frees the name of a VM, if it has it still.
    pub fn forget(&self, actor: &Arc<Actor>) {
        let mut registry = self.registry();
        let Registry::Open { names, .. } = &mut *registry else { return };
        let found = names.get(actor.id()).is_some_and(|name| name.is(actor));
        let name = if found { names.remove(actor.id()) } else { None };
        drop(registry);
        drop(name);
    }

    /// Closes the registry: what it had. Nothing when somebody was first.
    pub fn close(&self) -> Option<(Vec<Arc<Actor>>, Runtime)> {
        let before = std::mem::replace(&mut *self.registry(), Registry::Closed);
        self.moved.notify_all();
        match before {
            Registry::Open { names, runtime } => Some((taken(&names), runtime)),
            Registry::Closed => None,
        }
    }

    /// The registry at a moment when a name is not moving.
    fn settled(&self, id: &VmId) -> MutexGuard<'_, Registry> {
        let moving = |registry: &mut Registry| match registry {
            Registry::Open { names, .. } => matches!(names.get(id), Some(Name::Moving)),
            Registry::Closed => false,
        };
        self.moved.wait_while(self.registry(), moving).unwrap_or_else(PoisonError::into_inner)
    }

    /// The store, when it has a session of this name.
    fn stores(&self, id: &VmId) -> Option<&Arc<Store>> {
        self.store.as_ref().filter(|store| store.has(id))
    }

    fn registry(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Name {
    /// Whether it is that of this VM.
    fn is(&self, actor: &Arc<Actor>) -> bool {
        match self {
            Name::Taken(known, _) => Arc::ptr_eq(known, actor),
            Name::Reserved | Name::Moving => false,
        }
    }
}

/// Who is behind a name.
pub(crate) enum Claim<'a> {
    Here(Arc<Actor>),
    /// A session on disk. Who asks for it waits until the reservation is filled or dropped.
    Stored(Reservation<'a>, Arc<Store>),
}

/// A name without a VM; free again when it is dropped.
pub(crate) struct Reservation<'a> {
    shared: &'a Shared,
    id: VmId,
}

impl Reservation<'_> {
    pub fn id(&self) -> &VmId {
        &self.id
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        if let Registry::Open { names, .. } = &mut *self.shared.registry()
            && matches!(names.get(&self.id), Some(Name::Reserved | Name::Moving))
        {
            names.remove(&self.id);
        }
        self.shared.moved.notify_all();
    }
}

fn taken(names: &HashMap<VmId, Name>) -> Vec<Arc<Actor>> {
    let actors = names.values().filter_map(|name| match name {
        Name::Taken(actor, _) => Some(actor.clone()),
        Name::Reserved | Name::Moving => None,
    });
    actors.collect()
}

fn exists(id: &VmId) -> Error {
    Error::new(
        ErrorKind::Exists,
        format!(
            "the name `{id}` is taken: expected a free one; terminate the VM or session that has it first"
        ),
    )
}

fn not_found(id: &VmId) -> Error {
    Error::new(ErrorKind::NotFound, format!("no VM named `{id}`; `create_vm` makes one, `vms` lists them"))
}

pub(crate) fn closed() -> Error {
    Error::new(ErrorKind::Terminated, "the manager was shut down; make another one")
}
