//! Something a manager does on a VM: a result to come, which any executor or thread can wait for.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::error::{Error, ErrorKind, Result};
use crate::outcome::Outcome;
use crate::runtime::{block_on, may_wait};
use crate::vm::InterruptHandle;

/// Work on a VM of a [`Manager`](crate::Manager), queued or running: await it on any executor, or
/// [`wait`](Job::wait) for it without one.
///
/// Dropping it lets the work go on; nobody sees its result then.
#[must_use = "dropping it lets the work go on, and its result is lost"]
pub struct Job<T = Outcome>(Arc<Promise<T>>);

impl<T: Send> Job<T> {
    pub(crate) fn new(promise: Arc<Promise<T>>) -> Job<T> {
        Job(promise)
    }

    /// Blocks this thread until the work has ended.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::WouldBlock`] inside an asynchronous runtime: use `.await` there.
    /// [`ErrorKind::Terminated`] when the VM or its manager went away. Beside that, whatever the work
    /// gives.
    pub fn wait(self) -> Result<T> {
        may_wait()?;
        block_on(self)
    }

    /// Stops it. Queued it never runs; running it is interrupted where it is. Either way the result is
    /// what an interrupt gives: [`Failure::Interrupted`](crate::Failure::Interrupted) in the
    /// [`Outcome`], or an error of kind [`ErrorKind::Failed`] for a job without one. Work that
    /// has ended stays as it is, and other jobs of the VM are not touched.
    pub fn cancel(&self) {
        self.0.interrupt();
    }

    /// Whether it has ended.
    pub fn is_finished(&self) -> bool {
        matches!(&*self.0.state(), State::Done(_) | State::Taken)
    }
}

impl<T> Future for Job<T> {
    type Output = Result<T>;

    /// # Panics
    ///
    /// When it is polled again after it was ready.
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<T>> {
        let mut state = self.0.state();
        match &mut *state {
            State::Queued { reader } | State::Running { reader, .. } => {
                match reader {
                    Some(known) => known.clone_from(context.waker()),
                    None => *reader = Some(context.waker().clone()),
                }
                Poll::Pending
            }
            State::Done(_) => match std::mem::replace(&mut *state, State::Taken) {
                State::Done(result) => Poll::Ready(result),
                _ => Poll::Pending,
            },
            State::Taken => panic!("a `Job` was polled after it was ready"),
        }
    }
}

impl<T> fmt::Debug for Job<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match &*self.0.state() {
            State::Queued { .. } => "queued",
            State::Running { .. } => "running",
            State::Done(_) | State::Taken => "ended",
        };
        write!(formatter, "Job({}, {state})", self.0.number)
    }
}

/// What a job shares with the work that fulfils it.
pub(crate) struct Promise<T> {
    number: u64,
    /// What it gives when it is cancelled before it runs.
    cancelled: fn() -> Result<T>,
    state: Mutex<State<T>>,
}

/// Where a job is. The reader waits for the result, the runner does the work. It counts as running from
/// when its VM is its own.
enum State<T> {
    Queued { reader: Option<Waker> },
    Running { reader: Option<Waker>, runner: Option<Waker>, stop: bool },
    Done(Result<T>),
    Taken,
}

/// What a VM's queue does with a job, whatever it gives.
pub(crate) trait AnyJob: Send + Sync {
    /// Claims it for running. Not so when it has ended already.
    fn begin(&self) -> bool;
    /// Ends it if it is queued, stops its work once it was claimed.
    fn interrupt(&self);
    /// Ends it with an error, whether it runs or not. Work that runs is dropped.
    fn refuse(&self, error: Error);
    /// Whether it has not ended.
    fn is_open(&self) -> bool;
}

impl<T> Promise<T> {
    pub fn new(number: u64, cancelled: fn() -> Result<T>) -> Arc<Promise<T>> {
        let state = Mutex::new(State::Queued { reader: None });
        Arc::new(Promise { number, cancelled, state })
    }

    pub fn number(&self) -> u64 {
        self.number
    }

    /// The result of a job that was cancelled after it was claimed and before its work began.
    pub fn cancelled(&self) -> Option<Result<T>> {
        let stopped = matches!(&*self.state(), State::Running { stop: true, .. });
        stopped.then(self.cancelled)
    }

    /// Fulfils it; of several results the first one counts.
    pub fn fulfil(&self, result: Result<T>) {
        let wakers = {
            let mut state = self.state();
            let wakers = match &mut *state {
                State::Queued { reader } => [reader.take(), None],
                State::Running { reader, runner, .. } => [reader.take(), runner.take()],
                State::Done(_) | State::Taken => return,
            };
            *state = State::Done(result);
            wakers
        };
        wakers.into_iter().flatten().for_each(Waker::wake);
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the runner has to do now. It is woken when that changes.
    fn order(&self, waker: &Waker) -> Order {
        match &mut *self.state() {
            State::Running { stop: true, .. } => Order::Interrupt,
            State::Running { runner, .. } => {
                match runner {
                    Some(known) => known.clone_from(waker),
                    None => *runner = Some(waker.clone()),
                }
                Order::GoOn
            }
            State::Queued { .. } | State::Done(_) | State::Taken => Order::Leave,
        }
    }
}

impl<T: Send> AnyJob for Promise<T> {
    fn begin(&self) -> bool {
        let mut state = self.state();
        let State::Queued { reader } = &mut *state else { return false };
        *state = State::Running { reader: reader.take(), runner: None, stop: false };
        true
    }

    fn interrupt(&self) {
        let runner = {
            match &mut *self.state() {
                State::Queued { .. } => None,
                State::Running { runner, stop, .. } => {
                    *stop = true;
                    Some(runner.take())
                }
                State::Done(_) | State::Taken => return,
            }
        };
        match runner {
            Some(runner) => runner.into_iter().for_each(Waker::wake),
            // Should it begin to run just now, this ends it all the same: the runner finds it fulfilled.
            None => self.fulfil((self.cancelled)()),
        }
    }

    fn refuse(&self, error: Error) {
        self.fulfil(Err(error));
    }

    fn is_open(&self) -> bool {
        !matches!(&*self.state(), State::Done(_) | State::Taken)
    }
}

enum Order {
    GoOn,
    Interrupt,
    Leave,
}

/// Runs the work of a job until it ends or the job does; then there is no result, and dropping the work
/// unwinds the guest.
///
/// A call that begins forgets the interrupts before it. So the job's own flag is looked at before and
/// behind every poll, and the call is interrupted as often as it takes: a cancelled job cannot be missed,
/// and the next job of the VM cannot be hit, because nobody else interrupts.
pub(crate) async fn supervised<T, U>(
    promise: &Promise<U>,
    control: Option<&InterruptHandle>,
    work: impl Future<Output = Result<T>> + Send,
) -> Option<Result<T>> {
    let mut work = std::pin::pin!(work);
    std::future::poll_fn(|context| {
        match promise.order(context.waker()) {
            Order::Leave => return Poll::Ready(None),
            Order::Interrupt => control.into_iter().for_each(InterruptHandle::interrupt),
            Order::GoOn => {}
        }
        let polled = catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context)));
        let Poll::Ready(result) = polled.unwrap_or_else(|_| Poll::Ready(Err(panicked()))) else {
            interrupt_again(promise, control, context.waker());
            return Poll::Pending;
        };
        Poll::Ready(Some(result))
    })
    .await
}

/// The call began inside the poll, after the interrupt, and now waits: it has to look again.
fn interrupt_again<T>(promise: &Promise<T>, control: Option<&InterruptHandle>, waker: &Waker) {
    let Some(control) = control else { return };
    if matches!(promise.order(waker), Order::Interrupt) && !control.is_interrupted() {
        control.interrupt();
        waker.wake_by_ref();
    }
}

fn panicked() -> Error {
    Error::new(ErrorKind::Engine, "a writer or another callback of the host panicked inside the call")
}
