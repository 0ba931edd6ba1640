//! What is done with a VM, one step after the other, and where it is between two of them.

use std::pin::Pin;
use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};
use crate::job::{Promise, supervised};
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
    #[allow(dead_code, reason = "for VMs that are put to disk")]
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
pub(super) fn step<T: Send + 'static>(promise: Arc<Promise<T>>, work: Work<T>) -> Step {
    Box::new(move |place| {
        Box::pin(async move {
            let result = match promise.cancelled() {
                None => perform(&promise, place, work).await,
                cancelled => cancelled,
            };
            announcing(promise, result)
        })
    })
}

/// A step that puts the VM away.
#[allow(dead_code, reason = "for VMs that are put to disk")]
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
