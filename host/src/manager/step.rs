//! What is done with a VM, one step after the other, and where it is between two of them.

use std::pin::Pin;
use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};
use crate::job::{Promise, supervised};
use crate::session::{Core, settled};
use crate::vm::Vm;

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
    /// The VM, brought back if it was away.
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

/// A step that fulfils a promise.
pub(super) fn step<T: Send + 'static>(
    promise: Arc<Promise<T>>,
    session: Option<Arc<Core>>,
    work: Work<T>,
) -> Step {
    Box::new(move |place| {
        Box::pin(async move {
            let result = match promise.cancelled() {
                None => {
                    session.iter().for_each(|session| session.change());
                    let result = perform(&promise, place, work).await;
                    save(&promise, place, session.as_deref(), result).await
                }
                cancelled => cancelled,
            };
            announcing(promise, result)
        })
    })
}

/// What a job of a persistent session ends with, whose state is on disk first.
async fn save<T>(
    promise: &Promise<T>,
    place: &mut Place,
    session: Option<&Core>,
    result: Option<Result<T>>,
) -> Option<Result<T>> {
    let (Some(session), Place::Here(vm)) = (session.filter(|session| session.saves_each_call()), place)
    else {
        return result;
    };
    let result = result?;
    let control = vm.interrupt_handle();
    let saved = supervised(promise, Some(&control), session.save(vm)).await?;
    Some(settled(result, saved))
}

/// A step that saves a session, whose VM stays where it is.
pub(super) fn save_unasked(promise: Arc<Promise<()>>, session: Arc<Core>, fuel: u64) -> Step {
    Box::new(move |place| {
        Box::pin(async move {
            let result = match place {
                Place::Here(vm) => {
                    let control = vm.interrupt_handle();
                    supervised(&promise, Some(&control), session.save(vm)).await
                }
                Place::Elsewhere(_) => supervised(&promise, None, session.save_without_vm(fuel)).await,
            };
            if let Some(Err(error)) = &result {
                tracing::warn!(session = %session.id, %error, "a session could not be saved");
            }
            announcing(promise, result)
        })
    })
}

/// A step that puts the VM away.
pub(super) fn put_away(promise: Arc<Promise<()>>, work: Work<Recall>) -> Step {
    Box::new(move |place| {
        Box::pin(async move {
            if let Place::Elsewhere(_) = place {
                return announcing(promise, Some(Ok(())));
            }
            let kept = perform(&promise, place, work).await;
            let result = kept.map(|kept| kept.map(|recall| *place = Place::Elsewhere(recall)));
            announcing(promise, result)
        })
    })
}

fn announcing<T: Send + 'static>(promise: Arc<Promise<T>>, result: Option<Result<T>>) -> Announce {
    Box::new(move || result.into_iter().for_each(|result| promise.fulfil(result)))
}

async fn perform<T, U>(promise: &Promise<U>, place: &mut Place, work: Work<T>) -> Option<Result<T>> {
    let vm = match supervised(promise, None, place.vm()).await? {
        Ok(vm) => vm,
        Err(error) => return Some(Err(error)),
    };
    let control = vm.interrupt_handle();
    supervised(promise, Some(&control), async { work(vm).await }).await
}
