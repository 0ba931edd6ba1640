//! The end of a manager: bounded in time, from any thread.

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::{Handle, Runtime};

use crate::id::VmId;
use crate::registration::HeldThread;

use super::last_save::{Running, end_all};
use super::registry::Shared;

/// A day: for waiting without an end.
const LONGEST: Duration = Duration::from_secs(86_400);

/// What a manager left behind when it ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Shutdown {
    /// Threads that functions of the host did not give back in time. They end when the functions do.
    pub held: Vec<HeldThread>,
    /// Persistent sessions of which something is not on disk, because that failed or there was no time. What
    /// was acknowledged as [saved](crate::Saved::OnDisk) is there all the same.
    pub unsaved: Vec<VmId>,
}

/// Ends a manager. Whoever comes second waits as well, for blocking functions.
pub(super) fn shutdown(shared: &Shared) -> Shutdown {
    let now = Instant::now();
    let deadline = now.checked_add(shared.config.shutdown_time).unwrap_or(now + LONGEST);
    let (actors, runtime) = shared.close().unzip();
    let actors = actors.unwrap_or_default();
    let unsaved = end_all(&shared.handle, &actors, running(shared), deadline);
    if let Some(runtime) = runtime {
        stop(runtime, deadline.saturating_duration_since(Instant::now()));
    }
    shared.store.iter().for_each(|store| store.close());
    let mut held = shared.held.wait(deadline);
    held.extend(actors.iter().filter_map(|actor| actor.registration().direct_function()));
    for session in &unsaved {
        tracing::warn!(%session, "something of a session is not on disk");
    }
    for HeldThread { vm, function, .. } in &held {
        tracing::warn!(%vm, function, "a host function still holds a thread of a manager that was shut down");
    }
    Shutdown { held, unsaved }
}

/// A thread of the manager's own that waits runs nothing meanwhile.
fn running(shared: &Shared) -> Running {
    match Handle::try_current() {
        Ok(current) if current.id() == shared.handle.id() => Running::MayStandStill,
        _ => Running::GoesOn,
    }
}

/// Stops the threads, and waits for them as long as it may.
fn stop(runtime: Runtime, time: Duration) {
    match Handle::try_current() {
        Err(_) => runtime.shutdown_timeout(time),
        // One of the threads to be stopped: it cannot wait for itself.
        Ok(current) if current.id() == runtime.handle().id() => runtime.shutdown_background(),
        Ok(_) => stop_elsewhere(runtime, time),
    }
}

/// Tokio does not let a thread of one runtime wait for another runtime: a thread of its own does.
fn stop_elsewhere(runtime: Runtime, time: Duration) {
    let (hand_over, taken) = mpsc::channel::<Runtime>();
    let waiting = thread::Builder::new().name("bioxen-vms-end".into()).spawn(move || {
        taken.into_iter().for_each(|runtime| runtime.shutdown_timeout(time));
    });
    match waiting {
        Ok(waiting) => {
            if let Err(refused) = hand_over.send(runtime) {
                refused.0.shutdown_background();
            }
            drop(hand_over);
            let _ = waiting.join(); // it has nothing to tell
        }
        Err(_) => runtime.shutdown_background(), // no thread can be had: nobody waits
    }
}
