//! Threads of the engine: a timer for calls that wait inside the host, and a bounded pool for what
//! blocks. Started when first needed; a VM that only computes needs neither.

use std::cell::Cell;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, EnterGuard, Handle, Runtime};
use tokio::sync::Semaphore;

use crate::error::{Error, ErrorKind, Result};

/// Threads for looking at files: a file system that hangs holds no more of them, and more do not make
/// one faster.
pub(crate) const FILE_THREADS: usize = 16;

/// Threads for work on packages: it waits for the network, for disks, and for other processes that change
/// the same environment.
pub(crate) const PACKAGE_THREADS: usize = 4;

/// How long threads of a pool stay without work: as long as the pool. One that has to be started anew may not
/// be had.
const FOR_GOOD: Duration = Duration::from_secs(100 * 365 * 86_400);

/// What a thread of the pool is used for. Each use has its own share, so that functions that block for ever
/// stop no look at a file, and no input.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Share {
    Functions,
    Input,
    Files,
    Packages,
}

/// A small runtime of the engine's own.
pub(crate) struct Auxiliary {
    runtime: OnceLock<Runtime>,
    /// Of the whole pool.
    blocking_threads: usize,
    functions: Arc<Semaphore>,
    input: Arc<Semaphore>,
    files: Arc<Semaphore>,
    packages: Arc<Semaphore>,
    busy: Arc<AtomicUsize>,
}

impl Auxiliary {
    /// With so many threads for functions, and as many for input.
    pub fn new(threads: usize) -> Auxiliary {
        let share = |threads| Arc::new(Semaphore::new(threads));
        Auxiliary {
            runtime: OnceLock::new(),
            blocking_threads: threads + threads + FILE_THREADS + PACKAGE_THREADS,
            functions: share(threads),
            input: share(threads),
            files: share(FILE_THREADS),
            packages: share(PACKAGE_THREADS),
            busy: Arc::default(),
        }
    }

    /// Starts the threads, so that later uses cannot fail.
    pub fn start(&self) -> Result<()> {
        if self.runtime.get().is_some() {
            return Ok(());
        }
        let mut builder = Builder::new_multi_thread();
        builder.max_blocking_threads(self.blocking_threads).thread_name("bioxen-lua");
        let runtime = start(&mut builder, 1).map_err(|error| {
            Error::new(ErrorKind::Engine, format!("cannot start the engine's threads: {error}"))
                .with_source(error)
        })?;
        let _ = self.runtime.set(runtime); // another thread was first: its runtime serves both
        Ok(())
    }

    fn handle(&self) -> Handle {
        // Whoever waits has called `run_blocking` before, or has a VM that needs threads from the start.
        self.runtime.get().expect("the engine's threads run before a call can wait").handle().clone()
    }

    pub fn sleep_until(&self, deadline: Instant) -> tokio::time::Sleep {
        let handle = self.handle();
        let _entered = handle.enter();
        tokio::time::sleep_until(deadline.into())
    }

    /// Runs a function on the pool, when its share has a thread. The thread counts as busy until it returns,
    /// however long nobody waits for it any more. Dropped before it begins it does not run.
    pub async fn run_blocking<T: Send + 'static>(
        &self,
        share: Share,
        function: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        self.start()?;
        let busy = Busy::new(&self.busy);
        let share = match share {
            Share::Functions => &self.functions,
            Share::Input => &self.input,
            Share::Files => &self.files,
            Share::Packages => &self.packages,
        };
        let place = share.clone().acquire_owned().await.map_err(|_| lost())?;
        let task = self.handle().spawn_blocking(move || {
            let _held = (busy, place);
            MAY_BLOCK.set(true);
            function()
        });
        task.await.map_err(|_| lost())
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

/// Starts a runtime, and one thread of its pool. That one stays, so that what blocks later finds a thread to
/// wait for even when the system has no more to give.
///
/// # Errors
///
/// When the system does not give the threads or handles. Tokio panics then, and leaves those threads behind that it
/// had started: so they are tried out before.
pub(crate) fn start(builder: &mut Builder, workers: usize) -> io::Result<Runtime> {
    try_out(workers + 1)?;
    builder.worker_threads(workers).thread_keep_alive(FOR_GOOD).enable_all();
    let started = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let runtime = builder.build()?;
        drop(runtime.spawn_blocking(|| ())); // nobody waits for it: it is there
        Ok(runtime)
    }));
    // Somebody else took the threads meanwhile.
    started.unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::WouldBlock)))
}

/// Has so many threads at once, for a moment.
fn try_out(threads: usize) -> io::Result<()> {
    let gate = Arc::new(Mutex::new(()));
    let closed = gate.lock().unwrap_or_else(PoisonError::into_inner);
    let mut tried = Vec::new();
    let result = (0..threads).try_for_each(|_| {
        let gate = gate.clone();
        let thread = std::thread::Builder::new().spawn(move || drop(gate.lock()))?;
        tried.push(thread);
        Ok(())
    });
    drop(closed);
    tried.into_iter().for_each(|thread| drop(thread.join())); // it does nothing that could fail
    result
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

thread_local! {
    /// Whether this is a thread of a pool, made for what blocks.
    static MAY_BLOCK: Cell<bool> = const { Cell::new(false) };
}

fn lost() -> Error {
    Error::new(ErrorKind::Engine, "the engine's threads ended, or what ran on one of them panicked")
}

/// Whether this thread may stand still.
///
/// # Errors
///
/// [`ErrorKind::WouldBlock`] inside a runtime, whose other tasks would stand still meanwhile.
pub(crate) fn may_wait() -> Result<()> {
    if Handle::try_current().is_ok() && !MAY_BLOCK.get() {
        return Err(Error::new(
            ErrorKind::WouldBlock,
            "`.wait()` inside an asynchronous runtime would block it: use `.await`",
        ));
    }
    Ok(())
}

/// Pending once, with the waker already called: others have their turn.
pub(crate) async fn yield_once() {
    let mut yielded = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
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
