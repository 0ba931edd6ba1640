//! Threads of the engine: a timer for calls that wait inside the host, and a bounded pool for
//! functions that block. Started when first needed; a VM that only computes needs neither.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::Instant;

use tokio::runtime::{Builder, EnterGuard, Handle, Runtime};

use crate::error::{Error, ErrorKind, Result};

/// A small runtime of the engine's own.
pub(crate) struct Auxiliary {
    runtime: OnceLock<Runtime>,
    blocking_threads: usize,
    busy: Arc<AtomicUsize>,
}

impl Auxiliary {
    pub fn new(blocking_threads: usize) -> Auxiliary {
        Auxiliary { runtime: OnceLock::new(), blocking_threads, busy: Arc::default() }
    }

    /// Starts the threads, so that later uses cannot fail.
    pub fn start(&self) -> Result<()> {
        if self.runtime.get().is_some() {
            return Ok(());
        }
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .max_blocking_threads(self.blocking_threads)
            .thread_name("bioxen-lua")
            .enable_all()
            .build()
            .map_err(|error| {
                Error::new(ErrorKind::Engine, format!("cannot start the engine's threads: {error}"))
                    .with_source(error)
            })?;
        let _ = self.runtime.set(runtime); // another thread was first: its runtime serves both
        Ok(())
    }

    fn handle(&self) -> Handle {
        // Whoever waits has called `spawn_blocking` before, or has a VM that needs threads from the start.
        self.runtime.get().expect("the engine's threads run before a call can wait").handle().clone()
    }

    pub fn sleep_until(&self, deadline: Instant) -> tokio::time::Sleep {
        let handle = self.handle();
        let _entered = handle.enter();
        tokio::time::sleep_until(deadline.into())
    }

    /// Runs a function on the pool. The thread counts as busy until it returns, however long nobody
    /// waits for it any more.
    pub fn spawn_blocking<T: Send + 'static>(
        &self,
        function: impl FnOnce() -> T + Send + 'static,
    ) -> Result<tokio::task::JoinHandle<T>> {
        self.start()?;
        let busy = Busy::new(&self.busy);
        Ok(self.handle().spawn_blocking(move || {
            let _busy = busy;
            function()
        }))
    }

    /// Functions on the pool now, waiting for a thread or on one.
    pub fn busy(&self) -> usize {
        self.busy.load(Ordering::Relaxed)
    }

    /// Makes timers and sockets of tokio work on this thread, when it has no runtime of its own.
    fn enter(&self) -> Option<EnterGuard<'_>> {
        self.runtime.get().map(Runtime::enter)
    }
}

impl Drop for Auxiliary {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background(); // does not wait for a function that blocks for ever
        }
    }
}

struct Busy(Arc<AtomicUsize>);

impl Busy {
    fn new(count: &Arc<AtomicUsize>) -> Busy {
        count.fetch_add(1, Ordering::Relaxed);
        Busy(count.clone())
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Runs a future on this thread until it is ready, with tokio's timers and sockets.
///
/// # Errors
///
/// As [`may_wait`].
pub(crate) fn wait<T>(auxiliary: &Auxiliary, future: impl Future<Output = T>) -> Result<T> {
    may_wait()?;
    let _entered = auxiliary.enter();
    Ok(block_on(future))
}

/// Whether this thread may stand still.
///
/// # Errors
///
/// [`ErrorKind::WouldBlock`] inside a runtime, whose other tasks would stand still meanwhile.
pub(crate) fn may_wait() -> Result<()> {
    if Handle::try_current().is_ok() {
        return Err(Error::new(
            ErrorKind::WouldBlock,
            "`.wait()` inside an asynchronous runtime would block it: use `.await`",
        ));
    }
    Ok(())
}

/// Runs a future on this thread until it is ready, and parks the thread meanwhile.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = std::pin::pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => return value,
            Poll::Pending => std::thread::park(),
        }
    }
}

/// Wakes the thread that waits.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.unpark();
    }
}
