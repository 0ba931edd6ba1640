//! The future that an operation on a VM returns.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::error::Result;
use crate::outcome::Outcome;
use crate::runtime::{Auxiliary, wait};

/// An operation on a VM, on its way: nothing happens before it is polled. Await it on any executor, or
/// [`wait`](Exec::wait) for it without one.
///
/// Dropping it stops the guest where it is, as an interrupt does.
#[must_use = "nothing runs before it is awaited or waited for"]
pub struct Exec<'vm, T = Outcome> {
    future: Pin<Box<dyn Future<Output = Result<T>> + Send + 'vm>>,
    auxiliary: Arc<Auxiliary>,
}

impl<'vm, T> Exec<'vm, T> {
    pub(crate) fn new(
        auxiliary: Arc<Auxiliary>,
        future: impl Future<Output = Result<T>> + Send + 'vm,
    ) -> Exec<'vm, T> {
        Exec { future: Box::pin(future), auxiliary }
    }

    /// Runs it to its end on this thread.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::WouldBlock`](crate::ErrorKind::WouldBlock) inside an asynchronous runtime: use
    /// `.await` there. Beside that, whatever the operation gives.
    pub fn wait(self) -> Result<T> {
        let Exec { future, auxiliary } = self;
        wait(&auxiliary, future)?
    }
}

impl<T> Future for Exec<'_, T> {
    type Output = Result<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<T>> {
        self.future.as_mut().poll(context)
    }
}
