//! Waiting for the library without the interpreter lock, with an eye on signals.

use std::cell::Cell;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use pyo3::prelude::*;

use crate::{engine, errors};

/// How often signals are looked for: a fifth of the 50 ms within which they have to be seen.
const LOOK: Duration = Duration::from_millis(10);

/// Runs a future to its end on this thread. When a signal's handler raises, the future is dropped, which
/// stops the guest it runs, and the exception goes on.
pub fn wait<T: Send>(
    py: Python<'_>,
    future: impl Future<Output = bioxen_lua::Result<T>> + Send,
) -> PyResult<T> {
    engine::check()?;
    let mut future = pin!(future);
    let looks = is_main_thread(py)?;
    loop {
        let until = looks.then(|| Instant::now() + LOOK);
        if let Some(result) = py.detach(|| drive(future.as_mut(), until)) {
            return result.map_err(errors::raise);
        }
        py.check_signals()?;
    }
}

/// As [`wait`], for so long at most: nothing when time was over.
pub fn wait_for<T: Send>(
    py: Python<'_>,
    time: Duration,
    future: impl Future<Output = bioxen_lua::Result<T>> + Send,
) -> PyResult<Option<T>> {
    engine::check()?;
    let mut future = pin!(future);
    let deadline = Instant::now().checked_add(time);
    let looks = is_main_thread(py)?;
    loop {
        let look = looks.then(|| Instant::now() + LOOK);
        let until = [look, deadline].into_iter().flatten().min();
        if let Some(result) = py.detach(|| drive(future.as_mut(), until)) {
            return result.map(Some).map_err(errors::raise);
        }
        py.check_signals()?;
        if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            return Ok(None);
        }
    }
}

/// Polls a future on this thread until it is ready or time is over.
fn drive<F: Future>(mut future: Pin<&mut F>, until: Option<Instant>) -> Option<F::Output> {
    WAKER.with(|waker| {
        let mut context = Context::from_waker(waker);
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
                return Some(output);
            }
            let Some(until) = until else {
                thread::park();
                continue;
            };
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            thread::park_timeout(left);
        }
    })
}

thread_local! {
    static WAKER: Waker = Waker::from(Arc::new(Unpark(thread::current())));
    /// Whether this is Python's main thread, the only one where signals are handled. It never changes.
    static IS_MAIN: Cell<Option<bool>> = const { Cell::new(None) };
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.unpark();
    }
}

fn is_main_thread(py: Python<'_>) -> PyResult<bool> {
    if let Some(known) = IS_MAIN.get() {
        return Ok(known);
    }
    // At the interpreter's end nothing can be imported any more, and no signal is handled.
    let Ok(threading) = py.import("threading") else { return Ok(false) };
    let main = threading.call_method0("main_thread")?.getattr("ident")?;
    let is_main = threading.call_method0("get_ident")?.eq(main)?;
    IS_MAIN.set(Some(is_main));
    Ok(is_main)
}
