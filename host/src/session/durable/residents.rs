//! Persistent sessions in memory, in the order of their last use.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use crate::id::VmId;
use crate::manager::Actor;

/// Persistent sessions in memory, in the order of their last use.
pub(super) struct Residents {
    /// How many may stay.
    most: usize,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    uses: u64,
    last_use: HashMap<VmId, u64>,
    order: BTreeMap<u64, Weak<Actor>>,
    /// Sessions on disk that a client has left: they may leave memory.
    left: Vec<Weak<Actor>>,
}

impl Residents {
    pub fn new(most: usize) -> Residents {
        Residents { most, inner: Mutex::default() }
    }

    /// Notes that a session is used, and gives those that have to go: idle ones, the longest unused first.
    pub fn used(&self, actor: &Arc<Actor>) -> Vec<Arc<Actor>> {
        let mut inner = self.inner();
        inner.forget(actor.id());
        inner.uses += 1;
        let now = inner.uses;
        inner.last_use.insert(actor.id().clone(), now);
        inner.order.insert(now, Arc::downgrade(actor));
        inner.take_surplus(self.most)
    }

    /// A session is in memory no more.
    pub fn forget(&self, id: &VmId) {
        self.inner().forget(id);
    }

    pub fn left(&self, actor: &Arc<Actor>) {
        self.inner().left.push(Arc::downgrade(actor));
    }

    pub fn take_left(&self) -> Vec<Arc<Actor>> {
        let left = std::mem::take(&mut self.inner().left);
        left.iter().filter_map(Weak::upgrade).collect()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn forget(&mut self, id: &VmId) {
        if let Some(at) = self.last_use.remove(id) {
            self.order.remove(&at);
        }
    }

    fn take_surplus(&mut self, most: usize) -> Vec<Arc<Actor>> {
        let surplus = self.order.len().saturating_sub(most);
        if surplus == 0 {
            return Vec::new(); // as nearly always
        }
        self.order.retain(|_, actor| actor.strong_count() > 0);
        let order = &self.order;
        self.last_use.retain(|_, at| order.contains_key(at));
        let surplus = self.order.len().saturating_sub(most);
        // One more than may stay is in the list, so the one that is used now is never reached by its order.
        let idle = self.order.values().filter_map(Weak::upgrade).filter(|actor| actor.may_be_put_away());
        let going: Vec<_> = idle.take(surplus).collect();
        going.iter().for_each(|actor| self.forget(actor.id()));
        going
    }
}
