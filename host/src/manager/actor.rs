//! One named VM: a mailbox, and a task that exists only while there is work. The VM moves into that task,
//! so no lock is held while it runs.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tracing::Span;

use crate::error::{Error, ErrorKind, Result};
use crate::id::{TenantId, VmId};
use crate::job::{AnyJob, Job, Promise};
use crate::outcome::{Failure, Outcome};
use crate::quota::{Accounts, Charge};
use crate::registration::Registration;
use crate::session::{Core, Durable, Persistence};

use super::observe::{self, Observer, RUNNING, Shown};
use super::status::{VmState, VmStatus};
use super::step::{Place, Recall, Step, Work, put_away, save_unasked, step};

/// Jobs that may wait for one VM: room for every pipeline that was thought of, and an end for one that
/// never looks at its results.
const MAX_QUEUED: usize = 10_000;

/// One named VM.
pub(crate) struct Actor {
    registration: Arc<Registration>,
    tenant: Option<TenantId>,
    accounts: Arc<Accounts>,
    span: Span,
    runtime: Handle,
    jobs: AtomicU64,
    /// Input and output, for a VM that is a session.
    session: Option<Arc<Core>>,
    mailbox: Mutex<Mailbox>,
}

/// What a VM does.
enum Mailbox {
    /// Nothing. No task exists.
    Idle { place: Place, since: Instant },
    /// A task has the VM, does the current job, and then those in the queue.
    Running { current: Arc<dyn AnyJob>, queue: VecDeque<Queued>, counted: Option<Charge> },
    /// Its manager ends, and waits for the VM to save it.
    Closing(Sender<Rested>),
    /// It was terminated, or its manager was shut down. For good.
    Terminated,
}

struct Queued {
    job: Arc<dyn AnyJob>,
    step: Step,
    whose: Whose,
}

/// Who asked for a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// It counts among those that run.
    Caller,
    /// The manager, to save a session or to put it away: it takes nobody's place.
    Manager,
}

/// A VM that a manager which ends has got back.
pub(crate) struct Rested {
    pub actor: Arc<Actor>,
    pub place: Place,
}

impl Actor {
    pub fn new(
        registration: Arc<Registration>,
        tenant: Option<TenantId>,
        accounts: Arc<Accounts>,
        runtime: Handle,
        place: Place,
        session: Option<Arc<Core>>,
    ) -> Arc<Actor> {
        let mailbox = Mutex::new(Mailbox::Idle { place, since: Instant::now() });
        let span = observe::vm(&registration.id, tenant.as_ref());
        let jobs = AtomicU64::new(0);
        Arc::new(Actor { registration, tenant, accounts, span, runtime, jobs, session, mailbox })
    }

    pub fn id(&self) -> &VmId {
        &self.registration.id
    }

    pub fn tenant(&self) -> Option<&TenantId> {
        self.tenant.as_ref()
    }

    pub fn registration(&self) -> &Arc<Registration> {
        &self.registration
    }

    /// What it is counted in.
    pub fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    /// Input and output, for a VM that is a session.
    pub fn session(&self) -> Option<&Arc<Core>> {
        self.session.as_ref()
    }

    /// Queues a job that ends in an outcome; cancelled before it runs it gives an interrupted one.
    pub fn submit_call(self: &Arc<Actor>, work: Work<Outcome>) -> Result<Job> {
        let promise = self.promise(|| Ok(Outcome::interrupted()));
        let observer = Observer::new(self.span.clone(), promise.number());
        let work = observe::call(observer, work);
        self.queue(&promise, step(promise.clone(), self.session.clone(), work))
    }

    /// Puts the VM away behind the jobs that wait: the work keeps its state elsewhere and says how it comes
    /// back. One that is away stays so.
    pub fn put_away(self: &Arc<Actor>, work: Work<Recall>) -> Result<Job<()>> {
        let promise = self.promise(|| Err(Error::failed(Failure::Interrupted)));
        let step = put_away(promise.clone(), work);
        self.post(Queued { job: promise.clone(), step, whose: Whose::Manager })?;
        Ok(Job::new(promise))
    }

    /// Puts a persistent session to disk, and its VM away.
    pub fn put_to_disk(self: &Arc<Actor>) {
        let Some((core, durable)) = self.persistent() else { return };
        let work: Work<Recall> = Box::new(move |vm| {
            Box::pin(async move {
                if durable.is_changed() {
                    core.save(vm).await.inspect_err(
                        |error| tracing::warn!(session = %core.id, %error, "a session stays in memory"),
                    )?;
                }
                Ok(core.recall(&durable, vm))
            })
        });
        let _ = self.put_away(work); // it is busy, or gone: then it is not idle
    }

    /// Does what is due for a persistent session that has nothing to do: saves it when it is to be saved then,
    /// counts it among those in memory, or lets it leave memory. The caller has one handle to it.
    fn tend(self: &Arc<Actor>) {
        let Some((core, durable)) = self.persistent() else { return };
        if durable.persistence == Persistence::OnIdle && self.is_idle_here() && durable.is_worth_saving() {
            return self.save_unasked(core);
        }
        self.used();
        self.leave_memory();
    }

    /// Lets a persistent session leave memory whose VM is on disk, unless somebody has a handle to it beside
    /// the caller.
    pub fn leave_memory(self: &Arc<Actor>) {
        let Some((core, durable)) = self.persistent().filter(|_| self.is_away()) else { return };
        if durable.is_worth_saving() {
            self.save_unasked(core);
        } else {
            durable.store().is_away(self);
        }
    }

    /// Counts a persistent session among those in memory, as the one that was used last.
    pub fn used(self: &Arc<Actor>) {
        let Some((_, durable)) = self.persistent() else { return };
        if self.is_idle_here() {
            durable.store().used(self);
        }
        durable.store().look_at_left();
    }

    fn save_unasked(self: &Arc<Actor>, core: Arc<Core>) {
        let promise = self.promise(|| Err(Error::failed(Failure::Interrupted)));
        let step = save_unasked(promise.clone(), core, self.registration.fuel());
        let _ = self.post(Queued { job: promise, step, whose: Whose::Manager }); // as above
    }

    /// Whether it is idle, in memory, and can be saved as far as anybody knows.
    pub fn may_be_put_away(&self) -> bool {
        self.is_idle_here()
            && self.persistent().is_some_and(|(_, durable)| !durable.is_changed() || durable.may_be_saved())
    }

    /// Whether nothing of it would be lost without it.
    pub fn is_all_on_disk(&self) -> bool {
        self.is_away() && self.persistent().is_some_and(|(_, durable)| !durable.is_changed())
    }

    fn is_idle_here(&self) -> bool {
        matches!(&*self.mailbox(), Mailbox::Idle { place: Place::Here(_), .. })
    }

    fn is_away(&self) -> bool {
        matches!(&*self.mailbox(), Mailbox::Idle { place: Place::Elsewhere(_), .. })
    }

    fn persistent(&self) -> Option<(Arc<Core>, Arc<Durable>)> {
        let core = self.session.as_ref()?;
        Some((core.clone(), core.durable.clone()?))
    }

    /// Queues a job. Jobs of one VM run one at a time, in order.
    pub fn submit<T: Send + 'static>(self: &Arc<Actor>, work: Work<T>) -> Result<Job<T>> {
        let promise = self.promise(|| Err(Error::failed(Failure::Interrupted)));
        self.queue(&promise, step(promise.clone(), self.session.clone(), work))
    }

    /// Queues input of a session; cancelled before it runs it gives what `cancelled` says.
    pub fn submit_input<T: Send + 'static>(
        self: &Arc<Actor>,
        cancelled: fn() -> Result<T>,
        work: impl FnOnce(Observer) -> Work<T>,
    ) -> Result<Job<T>> {
        let promise = self.promise(cancelled);
        let work = work(Observer::new(self.span.clone(), promise.number()));
        self.queue(&promise, step(promise.clone(), self.session.clone(), work))
    }

    fn queue<T: Send + 'static>(self: &Arc<Actor>, promise: &Arc<Promise<T>>, step: Step) -> Result<Job<T>> {
        self.post(Queued { job: promise.clone(), step, whose: Whose::Caller })?;
        Ok(Job::new(promise.clone()))
    }

    fn promise<T>(&self, cancelled: fn() -> Result<T>) -> Arc<Promise<T>> {
        Promise::new(self.jobs.fetch_add(1, Ordering::Relaxed) + 1, cancelled)
    }

    fn post(self: &Arc<Actor>, queued: Queued) -> Result<()> {
        if self.registration.is_calling() {
            return Err(self.busy());
        }
        let mut mailbox = self.mailbox();
        match &mut *mailbox {
            Mailbox::Terminated | Mailbox::Closing(_) => return Err(self.terminated()),
            Mailbox::Running { queue, counted, .. } => {
                if queue.len() >= MAX_QUEUED {
                    queue.retain(|queued| queued.job.is_open());
                }
                if queue.len() >= MAX_QUEUED {
                    return Err(self.full());
                }
                if counted.is_none() {
                    *counted = self.counted(queued.whose)?;
                }
                queue.push_back(queued);
                return Ok(());
            }
            Mailbox::Idle { .. } => {}
        }
        let counted = self.counted(queued.whose)?;
        queued.job.begin();
        let (current, queue) = (queued.job.clone(), VecDeque::new());
        let running = Mailbox::Running { current, queue, counted };
        let before = std::mem::replace(&mut *mailbox, running);
        drop(mailbox);
        if let Mailbox::Idle { place, .. } = before {
            let drain = Drain { actor: self.clone(), place: Some(place) };
            self.runtime.spawn(drain.run(queued, Shown::new(RUNNING)));
        }
        Ok(())
    }

    fn counted(&self, whose: Whose) -> Result<Option<Charge>> {
        match whose {
            Whose::Caller => Ok(Some(self.accounts.running.charge(1)?)),
            Whose::Manager => Ok(None),
        }
    }

    /// Stops what runs now, or is about to.
    pub fn interrupt(&self) -> Result<()> {
        let current = match &*self.mailbox() {
            Mailbox::Running { current, .. } => Some(current.clone()),
            Mailbox::Idle { .. } => None,
            Mailbox::Terminated | Mailbox::Closing(_) => return Err(self.terminated()),
        };
        current.iter().for_each(|job| job.interrupt());
        Ok(())
    }

    /// Ends the VM: jobs end with an error at once, the guest at its next slice. Whether it lived.
    pub fn terminate(&self) -> bool {
        let before = std::mem::replace(&mut *self.mailbox(), Mailbox::Terminated);
        let lived = match before {
            Mailbox::Terminated | Mailbox::Closing(_) => false,
            Mailbox::Idle { .. } => true,
            Mailbox::Running { current, queue, .. } => {
                current.refuse(self.terminated());
                queue.iter().for_each(|queued| queued.job.refuse(self.terminated()));
                true
            }
        };
        self.session.iter().for_each(|session| session.end());
        lived
    }

    /// Ends the VM as [`terminate`](Actor::terminate), and hands it over once it rests. Whether it will.
    pub fn close(self: &Arc<Actor>, to: &Sender<Rested>) -> bool {
        let mut mailbox = self.mailbox();
        let next = match &*mailbox {
            Mailbox::Running { .. } => Mailbox::Closing(to.clone()),
            Mailbox::Idle { .. } | Mailbox::Terminated | Mailbox::Closing(_) => Mailbox::Terminated,
        };
        let before = std::mem::replace(&mut *mailbox, next);
        drop(mailbox);
        let hands_over = match before {
            Mailbox::Terminated | Mailbox::Closing(_) => false,
            Mailbox::Idle { place, .. } => to.send(Rested { actor: self.clone(), place }).is_ok(),
            Mailbox::Running { current, queue, .. } => {
                current.refuse(self.terminated());
                queue.iter().for_each(|queued| queued.job.refuse(self.terminated()));
                true
            }
        };
        self.session.iter().for_each(|session| session.end());
        hands_over
    }

    /// Whether it can take jobs.
    pub fn is_alive(&self) -> bool {
        !matches!(&*self.mailbox(), Mailbox::Terminated | Mailbox::Closing(_))
    }

    /// Since when it has had nothing to do; nothing when it runs.
    pub fn idle_since(&self) -> Option<Instant> {
        match &*self.mailbox() {
            Mailbox::Idle { since, .. } => Some(*since),
            Mailbox::Running { .. } | Mailbox::Terminated | Mailbox::Closing(_) => None,
        }
    }

    /// What it does and uses.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Terminated`].
    pub fn status(&self) -> Result<VmStatus> {
        let (state, idle) = match &*self.mailbox() {
            Mailbox::Idle { place: Place::Here(_), since } => (VmState::Idle, since.elapsed()),
            Mailbox::Idle { place: Place::Elsewhere(_), since } => (VmState::Stored, since.elapsed()),
            Mailbox::Running { .. } => (VmState::Running, Duration::ZERO),
            Mailbox::Terminated | Mailbox::Closing(_) => return Err(self.terminated()),
        };
        Ok(VmStatus {
            id: self.id().clone(),
            tenant: self.tenant.clone(),
            state,
            memory: self.registration.memory.used(),
            fuel: self.registration.fuel(),
            idle,
        })
    }

    /// The VM has done its job: the next one, or nothing, whereupon the VM waits here.
    fn advance(self: &Arc<Actor>, place: Place) -> Option<(Place, Queued)> {
        let mut mailbox = self.mailbox();
        let next = match &mut *mailbox {
            Mailbox::Running { current, queue, .. } => {
                let next = std::iter::from_fn(|| queue.pop_front()).find(|queued| queued.job.begin());
                next.inspect(|queued| *current = queued.job.clone())
            }
            // The VM goes behind the lock: it may hold what does more than one expects when it is dropped.
            Mailbox::Idle { .. } | Mailbox::Terminated => return None,
            Mailbox::Closing(_) => {
                let before = std::mem::replace(&mut *mailbox, Mailbox::Terminated);
                drop(mailbox);
                if let Mailbox::Closing(to) = before {
                    let _ = to.send(Rested { actor: self.clone(), place }); // it waits no longer
                }
                return None;
            }
        };
        if next.is_none() {
            *mailbox = Mailbox::Idle { place, since: Instant::now() };
            return None;
        }
        next.map(|queued| (place, queued))
    }

    fn mailbox(&self) -> MutexGuard<'_, Mailbox> {
        self.mailbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn terminated(&self) -> Error {
        Error::new(ErrorKind::Terminated, format!("VM `{}` was terminated; create it again", self.id()))
    }

    fn busy(&self) -> Error {
        Error::new(
            ErrorKind::Busy,
            format!(
                "VM `{}` waits for the host function that asks it for something: expected another VM, or the \
                 answer as the function's result",
                self.id()
            ),
        )
    }

    fn full(&self) -> Error {
        Error::new(
            ErrorKind::QueueFull,
            format!("{MAX_QUEUED} jobs wait for VM `{}`, its ceiling; wait for one of them first", self.id()),
        )
    }
}

/// The task that has a VM while there is work for it.
struct Drain {
    actor: Arc<Actor>,
    /// Taken only while it is handed over.
    place: Option<Place>,
}

impl Drain {
    async fn run(mut self, mut queued: Queued, shown: Shown) {
        loop {
            let Some(place) = self.place.as_mut() else { return };
            let announce = (queued.step)(place).await;
            let next = self.place.take().and_then(|place| self.actor.advance(place));
            let Some((place, next)) = next else {
                drop(shown); // whoever waited finds the VM idle everywhere
                announce();
                return self.actor.tend();
            };
            self.place = Some(place); // should a waker of the host panic, the VM ends and nobody waits for it
            queued = next;
            announce();
            tokio::task::yield_now().await; // many short jobs must not keep other VMs waiting
        }
    }
}

impl Drop for Drain {
    /// With the VM still in its hands it was dropped by a runtime that ends: then the VM is gone.
    fn drop(&mut self) {
        if self.place.is_some() {
            self.actor.terminate();
        }
    }
}

#[cfg(test)]
mod tests;
