//! Work that waits for disks and networks, as a future.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::engine::Engine;
use crate::error::Result;
use crate::runtime::{Auxiliary, Share, wait};

/// Work on packages and environments, on its way: nothing happens before it is polled. Then it runs on
/// threads of the engine's own. Await it on any executor, or [`wait`](Task::wait) for it without one.
///
/// Dropped before it has a thread it never begins. Dropped later it runs to its end, and nobody sees its
/// result: an environment is never left half changed.
#[must_use = "nothing happens before it is awaited or waited for"]
pub struct Task<T> {
    future: Pin<Box<dyn Future<Output = Result<T>> + Send>>,
    auxiliary: Arc<Auxiliary>,
}

impl<T: Send + 'static> Task<T> {
    pub(crate) fn new(engine: &Engine, work: impl FnOnce() -> Result<T> + Send + 'static) -> Task<T> {
        let auxiliary = engine.auxiliary().clone();
        let threads = auxiliary.clone();
        Task {
            future: Box::pin(async move { threads.run_blocking(Share::Packages, work).await? }),
            auxiliary,
        }
    }

    /// Waits on this thread for its end.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::WouldBlock`](crate::ErrorKind::WouldBlock) inside an asynchronous runtime: use
    /// `.await` there. Beside that, whatever the work gives.
    pub fn wait(self) -> Result<T> {
        let Task { future, auxiliary } = self;
        wait(&auxiliary, future)?
    }
}

impl<T> Future for Task<T> {
    type Output = Result<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<T>> {
        self.future.as_mut().poll(context)
    }
}

impl<T> fmt::Debug for Task<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Task")
    }
}
