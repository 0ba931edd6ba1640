//! The end of a manager: bounded in time, from any thread.

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::{Handle, Runtime};

use super::registry::Shared;

/// What a manager left behind when it ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Shutdown {}

pub(super) fn shutdown(shared: &Shared) -> Shutdown {
    let deadline = Instant::now() + shared.config.shutdown_time;
    let Some((actors, runtime)) = shared.close() else { return Shutdown::default() };
    for actor in &actors {
        actor.terminate();
    }
    stop(runtime, deadline.saturating_duration_since(Instant::now()));
    Shutdown::default()
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
