//! Persistent sessions in memory, in the order of their last use.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use crate::id::VmId;
use crate::manager::Actor;

/// Sessions that are looked at, at each use of one, whether they may leave memory.
const LOOKS: usize = 4;

/// Persistent sessions in memory, in the order of their last use.
pub(super) struct Residents {
    /// How many may stay.
    most: usize,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    /// Those whose VM is in memory, by their last use.
    here: Order,
    /// Those without a client whose VM may be on disk: they may leave memory altogether.
    left: Order,
}

/// Sessions, each once.
#[derive(Default)]
struct Order {
    next: u64,
    places: HashMap<VmId, u64>,
    sessions: BTreeMap<u64, Weak<Actor>>,
}

impl Residents {
    pub fn new(most: usize) -> Residents {
        Residents { most, inner: Mutex::default() }
    }

    /// Notes that a session is used, and gives those that have to go: idle ones, the longest unused first.
    pub fn used(&self, actor: &Arc<Actor>) -> Vec<Arc<Actor>> {
        let mut inner = self.inner();
        inner.here.put_last(actor);
        inner.here.take_surplus(self.most)
    }

    /// The VM of a session is in memory no more.
    pub fn forget(&self, id: &VmId) {
        self.inner().here.remove(id);
    }

    /// A session may have nobody who has a handle to it.
    pub fn left(&self, actor: &Arc<Actor>) {
        self.inner().left.put_last(actor);
    }

    /// Some of those that were left.
    pub fn take_left(&self) -> Vec<Arc<Actor>> {
        let mut inner = self.inner();
        (0..LOOKS).map_while(|_| inner.left.take_first()).filter_map(|actor| actor.upgrade()).collect()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Order {
    fn put_last(&mut self, actor: &Arc<Actor>) {
        self.remove(actor.id());
        self.next += 1;
        self.places.insert(actor.id().clone(), self.next);
        self.sessions.insert(self.next, Arc::downgrade(actor));
    }

    fn remove(&mut self, id: &VmId) {
        if let Some(place) = self.places.remove(id) {
            self.sessions.remove(&place);
        }
    }

    fn take_first(&mut self) -> Option<Weak<Actor>> {
        let (place, actor) = self.sessions.pop_first()?;
        match actor.upgrade() {
            Some(actor) => drop(self.places.remove(actor.id())),
            None => self.places.retain(|_, other| *other != place), // it was terminated
        }
        Some(actor)
    }

    fn take_surplus(&mut self, most: usize) -> Vec<Arc<Actor>> {
        if self.sessions.len() <= most {
            return Vec::new(); // as nearly always
        }
        self.forget_terminated();
        let surplus = self.sessions.len().saturating_sub(most);
        // So many are before the one that is used now.
        let idle = self.sessions.values().filter_map(Weak::upgrade).filter(|actor| actor.may_be_put_away());
        let going: Vec<_> = idle.take(surplus).collect();
        going.iter().for_each(|actor| self.remove(actor.id()));
        going
    }

    fn forget_terminated(&mut self) {
        self.sessions.retain(|_, actor| actor.strong_count() > 0);
        let sessions = &self.sessions;
        self.places.retain(|_, place| sessions.contains_key(place));
    }
}
