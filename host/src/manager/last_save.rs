//! What a manager that ends does for its persistent sessions.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Instant;

use tokio::runtime::Handle;

use crate::id::VmId;
use crate::vm::InterruptHandle;

use super::actor::{Actor, Rested};
use super::step::Place;

/// Whether VMs go on while their manager's end is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Running {
    GoesOn,
    /// One of the manager's own threads waits: what runs may never rest.
    MayStandStill,
}

/// Ends all VMs, and saves until the deadline what changed of persistent sessions, those that run as they
/// were before the call. Gives those that could not be saved.
pub(super) fn end_all(
    handle: &Handle,
    actors: &[Arc<Actor>],
    running: Running,
    deadline: Instant,
) -> Vec<VmId> {
    let (hand, rested) = mpsc::channel();
    let mut rests = 0;
    for actor in actors {
        let rests_soon = running == Running::GoesOn || actor.idle_since().is_some();
        if is_persistent(actor) && rests_soon {
            rests += usize::from(actor.close(&hand));
        } else {
            actor.terminate();
        }
    }
    save(handle, &rested, rests, deadline);
    let changed = actors.iter().filter(|actor| actor.session().is_some_and(|core| core.is_changed()));
    changed.map(|actor| actor.id().clone()).collect()
}

fn is_persistent(actor: &Actor) -> bool {
    actor.session().is_some_and(|core| core.durable.is_some())
}

/// Half of the time is for calls to stop and for finalizers; then these are stopped too, and the states are
/// those before them.
fn save(handle: &Handle, rested: &Receiver<Rested>, rests: usize, deadline: Instant) {
    let start = Instant::now();
    let half = start + deadline.saturating_duration_since(start) / 2;
    let (done, saved) = mpsc::channel();
    let begun: Vec<_> = received(rested, rests, half).map(|rested| begin(handle, rested, &done)).collect();
    let in_time = received(&saved, begun.len(), half).count();
    begun.iter().flatten().for_each(InterruptHandle::interrupt);
    received(&saved, begun.len() - in_time, deadline).for_each(drop);
}

/// So many messages, or those that come in time.
fn received<T>(from: &Receiver<T>, count: usize, deadline: Instant) -> impl Iterator<Item = T> {
    let next = move |_| from.recv_timeout(deadline.saturating_duration_since(Instant::now())).ok();
    (0..count).map_while(next)
}

/// Saves a session on a thread that may wait for the disk. Gives what stops the call that it takes.
fn begin(handle: &Handle, Rested { actor, place }: Rested, done: &Sender<()>) -> Option<InterruptHandle> {
    let stop = match &place {
        Place::Here(vm) => Some(vm.interrupt_handle()),
        Place::Elsewhere(_) => None,
    };
    let done = done.clone();
    handle.spawn_blocking(move || {
        let fuel = actor.registration().fuel();
        if let Some(core) = actor.session().filter(|core| core.is_changed())
            && let Err(error) = core.save_last(place, fuel)
        {
            tracing::warn!(session = %core.id, %error, "a session could not be saved");
        }
        let _ = done.send(()); // nobody waits any longer
    });
    stop
}
