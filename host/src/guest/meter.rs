//! The deadline and the interrupt of a call. The guest yields every so many units of fuel; the future
//! around the call looks at the clock and the flag each time it is polled. While a guest runs no timer
//! is needed, and no other VM can be touched. Only waiting inside the host needs one.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use crate::runtime::Auxiliary;

/// What a call shares with whoever may interrupt it.
#[derive(Debug, Default)]
pub(crate) struct Control {
    interrupted: AtomicBool,
    /// Set while the guest waits inside the host: then nobody polls by itself.
    waiting: AtomicBool,
    waker: Mutex<Option<Waker>>,
}

impl Control {
    pub fn interrupt(&self) {
        self.interrupted.store(true, Ordering::SeqCst);
        let waker = self.waker.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Forgets an interrupt that came while nothing ran.
    pub fn begin(&self) {
        self.interrupted.store(false, Ordering::SeqCst);
        self.waiting.store(false, Ordering::SeqCst);
    }

    pub fn set_waiting(&self, waiting: bool) {
        self.waiting.store(waiting, Ordering::SeqCst);
    }

    pub fn is_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::SeqCst)
    }

    fn is_waiting(&self) -> bool {
        self.waiting.load(Ordering::SeqCst)
    }

    fn wake_by(&self, waker: &Waker) {
        let mut slot = self.waker.lock().unwrap_or_else(PoisonError::into_inner);
        match slot.as_mut() {
            Some(known) => known.clone_from(waker),
            None => *slot = Some(waker.clone()),
        }
    }
}

/// Why a metered future did not finish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    Interrupted,
    Late,
}

/// Drives a call until it finishes, is late or is interrupted. Dropping the future inside unwinds the
/// guest, whose instance is not entered again.
pub(crate) async fn metered<F: Future>(
    control: &Control,
    deadline: Option<Instant>,
    auxiliary: &Auxiliary,
    call: F,
) -> Result<F::Output, Cut> {
    let call = std::pin::pin!(call);
    Metered { control, deadline, auxiliary, call, timer: None }.await
}

struct Metered<'a, F> {
    control: &'a Control,
    deadline: Option<Instant>,
    auxiliary: &'a Auxiliary,
    call: Pin<&'a mut F>,
    timer: Option<Pin<Box<tokio::time::Sleep>>>,
}

impl<F: Future> Future for Metered<'_, F> {
    type Output = Result<F::Output, Cut>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        if this.control.is_interrupted() {
            return Poll::Ready(Err(Cut::Interrupted));
        }
        if this.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            return Poll::Ready(Err(Cut::Late));
        }
        if let Poll::Ready(output) = this.call.as_mut().poll(context) {
            return Poll::Ready(Ok(output));
        }
        if this.control.is_waiting() {
            return this.poll_waiting(context);
        }
        Poll::Pending
    }
}

impl<F: Future> Metered<'_, F> {
    /// Makes sure that the deadline and an interrupt wake this future. The flag is looked at again
    /// behind the registration, so that an interrupt in between is not lost.
    fn poll_waiting(&mut self, context: &mut Context<'_>) -> Poll<Result<F::Output, Cut>> {
        self.control.wake_by(context.waker());
        if self.control.is_interrupted() {
            return Poll::Ready(Err(Cut::Interrupted));
        }
        let Some(deadline) = self.deadline else { return Poll::Pending };
        let auxiliary = self.auxiliary;
        let timer = self.timer.get_or_insert_with(|| Box::pin(auxiliary.sleep_until(deadline)));
        timer.as_mut().poll(context).map(|()| Err(Cut::Late))
    }
}
