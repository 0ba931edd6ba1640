//! One named VM: a mailbox, and a task that exists only while there is work. The VM moves into that task,
//! so no lock is held while it runs.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::runtime::Handle;

use crate::error::{Error, ErrorKind, Result};
use crate::id::VmId;
use crate::job::{AnyJob, Job, Promise, supervised};
use crate::outcome::{Failure, Outcome};
use crate::session::Core;
use crate::vm::Vm;

/// Jobs that may wait for one VM: room for every pipeline that was thought of, and an end for one that
/// never looks at its results.
const MAX_QUEUED: usize = 10_000;

/// A future in a box.
pub(crate) type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What a job does with its VM.
pub(crate) type Work<T> = Box<dyn for<'a> FnOnce(&'a mut Vm) -> Boxed<'a, Result<T>> + Send>;

/// Brings a VM back that is kept elsewhere. Called again when it failed.
pub(crate) type Recall = Arc<dyn Fn() -> Boxed<'static, Result<Vm>> + Send + Sync>;

/// What the task of a VM does next. Its answer tells whoever waits, once the VM is free again.
pub(crate) type Step = Box<dyn for<'a> FnOnce(&'a mut Place) -> Boxed<'a, Announce> + Send>;

/// Makes the result of a step known.
pub(crate) type Announce = Box<dyn FnOnce() + Send>;

/// Where a VM is between two jobs.
pub(crate) enum Place {
    /// In memory.
    Here(Box<Vm>),
    /// Kept elsewhere, to be brought back before the next job.
    Elsewhere(Recall),
}

impl Place {
    async fn vm(&mut self) -> Result<&mut Vm> {
        if let Place::Elsewhere(recall) = self {
            *self = Place::Here(Box::new(recall().await?));
        }
        match self {
            Place::Here(vm) => Ok(vm),
            Place::Elsewhere(_) => Err(Error::new(ErrorKind::Engine, "the VM did not come back")),
        }
    }
}

/// One named VM.
pub(crate) struct Actor {
    id: VmId,
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
    Running { current: Arc<dyn AnyJob>, queue: VecDeque<Queued> },
    /// It was terminated, or its manager was shut down. For good.
    Terminated,
}

struct Queued {
    job: Arc<dyn AnyJob>,
    step: Step,
}

impl Actor {
    pub fn new(id: VmId, runtime: Handle, vm: Vm, session: Option<Arc<Core>>) -> Arc<Actor> {
        let place = Place::Here(Box::new(vm));
        let mailbox = Mutex::new(Mailbox::Idle { place, since: Instant::now() });
        Arc::new(Actor { id, runtime, jobs: AtomicU64::new(0), session, mailbox })
    }

    pub fn id(&self) -> &VmId {
        &self.id
    }

    /// Input and output, for a VM that is a session.
    pub fn session(&self) -> Option<&Arc<Core>> {
        self.session.as_ref()
    }

    /// Queues a job that ends in an outcome; cancelled before it runs it gives an interrupted one.
    pub fn submit_call(self: &Arc<Actor>, work: Work<Outcome>) -> Result<Job> {
        self.queue(work, || Ok(Outcome::interrupted()))
    }

    /// Queues a job. Jobs of one VM run one at a time, in order.
    pub fn submit<T: Send + 'static>(self: &Arc<Actor>, work: Work<T>) -> Result<Job<T>> {
        self.queue(work, || Err(Error::failed(Failure::Interrupted)))
    }

    /// As [`submit`](Actor::submit), and says what it gives when it is cancelled before it runs.
    pub fn queue<T: Send + 'static>(
        self: &Arc<Actor>,
        work: Work<T>,
        cancelled: fn() -> Result<T>,
    ) -> Result<Job<T>> {
        let promise = Promise::new(self.jobs.fetch_add(1, Ordering::Relaxed) + 1, cancelled);
        let step = step(promise.clone(), work);
        self.post(Queued { job: promise.clone(), step })?;
        Ok(Job::new(promise))
    }

    fn post(self: &Arc<Actor>, queued: Queued) -> Result<()> {
        let mut mailbox = self.mailbox();
        match &mut *mailbox {
            Mailbox::Terminated => return Err(self.terminated()),
            Mailbox::Running { queue, .. } => {
                if queue.len() >= MAX_QUEUED {
                    queue.retain(|queued| queued.job.is_open());
                }
                if queue.len() >= MAX_QUEUED {
                    return Err(self.full());
                }
                queue.push_back(queued);
                return Ok(());
            }
            Mailbox::Idle { .. } => {}
        }
        let running = Mailbox::Running { current: queued.job.clone(), queue: VecDeque::new() };
        let before = std::mem::replace(&mut *mailbox, running);
        drop(mailbox);
        if let Mailbox::Idle { place, .. } = before {
            let drain = Drain { actor: self.clone(), place: Some(place) };
            self.runtime.spawn(drain.run(queued));
        }
        Ok(())
    }

    /// Stops what runs now, or is about to.
    pub fn interrupt(&self) -> Result<()> {
        let current = match &*self.mailbox() {
            Mailbox::Running { current, .. } => Some(current.clone()),
            Mailbox::Idle { .. } => None,
            Mailbox::Terminated => return Err(self.terminated()),
        };
        current.iter().for_each(|job| job.interrupt());
        Ok(())
    }

    /// Ends the VM: jobs end with an error at once, the guest at its next slice. Whether it lived.
    pub fn terminate(&self) -> bool {
        let before = std::mem::replace(&mut *self.mailbox(), Mailbox::Terminated);
        let lived = match before {
            Mailbox::Terminated => false,
            Mailbox::Idle { .. } => true,
            Mailbox::Running { current, queue } => {
                current.refuse(self.terminated());
                queue.iter().for_each(|queued| queued.job.refuse(self.terminated()));
                true
            }
        };
        self.session.iter().for_each(|session| session.end());
        lived
    }

    /// Whether it can take jobs.
    pub fn is_alive(&self) -> bool {
        !matches!(&*self.mailbox(), Mailbox::Terminated)
    }

    /// How long it has had nothing to do; nothing when it runs.
    pub fn idle_since(&self) -> Option<Instant> {
        match &*self.mailbox() {
            Mailbox::Idle { since, .. } => Some(*since),
            Mailbox::Running { .. } | Mailbox::Terminated => None,
        }
    }

    /// The VM has done its job: the next one, or nothing, whereupon the VM waits here.
    fn advance(&self, place: Place) -> Option<(Place, Queued)> {
        let mut mailbox = self.mailbox();
        let next = match &mut *mailbox {
            Mailbox::Running { current, queue } => {
                queue.pop_front().inspect(|queued| *current = queued.job.clone())
            }
            // The VM goes behind the lock: it may hold what does more than one expects when it is dropped.
            Mailbox::Idle { .. } | Mailbox::Terminated => return None,
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
        Error::new(ErrorKind::Terminated, format!("VM `{}` was terminated; create it again", self.id))
    }

    fn full(&self) -> Error {
        Error::new(
            ErrorKind::QueueFull,
            format!("{MAX_QUEUED} jobs wait for VM `{}`, its ceiling; wait for one of them first", self.id),
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
    async fn run(mut self, mut queued: Queued) {
        loop {
            let Some(place) = self.place.as_mut() else { return };
            let announce = match queued.job.begin() {
                true => (queued.step)(place).await,
                false => Box::new(|| ()),
            };
            let next = self.place.take().and_then(|place| self.actor.advance(place));
            announce();
            let Some((place, next)) = next else { return };
            self.place = Some(place);
            queued = next;
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

fn step<T: Send + 'static>(promise: Arc<Promise<T>>, work: Work<T>) -> Step {
    Box::new(move |place| {
        Box::pin(async move {
            let result = perform(&promise, place, work).await;
            let announce: Announce = Box::new(move || result.into_iter().for_each(|it| promise.fulfil(it)));
            announce
        })
    })
}

async fn perform<T: Send>(promise: &Promise<T>, place: &mut Place, work: Work<T>) -> Option<Result<T>> {
    let vm = match supervised(promise, None, place.vm()).await? {
        Ok(vm) => vm,
        Err(error) => return Some(Err(error)),
    };
    let control = vm.interrupt_handle();
    supervised(promise, Some(&control), async { work(vm).await }).await
}
