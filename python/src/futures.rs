//! Results to come, as Python's `concurrent.futures.Future`.

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Condvar, Mutex};
use std::task::Poll;
use std::time::Duration;

use bioxen_lua::{Job, Outcome};
use pyo3::prelude::*;
use pyo3::types::{PyCFunction, PyDict, PyTuple};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Notify, oneshot};

use crate::engine;
use crate::errors;
use crate::functions::Trace;
use crate::lock::locked;
use crate::run;

/// How long the end of a manager waits until all its futures have been told. Callbacks of futures that take
/// longer end on their own.
const TELLING: Duration = Duration::from_secs(1);

/// A thread that waits for jobs and tells their futures; made when it is first needed.
#[derive(Default)]
pub struct Completions {
    runtime: Mutex<Option<Runtime>>,
    open: Mutex<usize>,
    told: Condvar,
}

/// What is needed to tell what a job came to.
pub struct Told {
    pub trace: Arc<Trace>,
    /// The VM's limit.
    pub memory: Option<u64>,
}

/// The end of the future before, of one VM.
pub type Turn = oneshot::Receiver<()>;

/// A job whose future was handed out.
struct Pending {
    job: Job,
    future: Py<PyAny>,
    told: Told,
    cancelled: Arc<Notify>,
    /// Told by being dropped.
    _end: oneshot::Sender<()>,
}

/// A future that waits for its job.
pub struct Awaiting {
    pub future: Py<PyAny>,
    cancelled: Arc<Notify>,
    told: Told,
}

impl Awaiting {
    /// Runs code of Python, so no lock may be held.
    pub fn new(py: Python<'_>, told: Told) -> PyResult<Awaiting> {
        let future = py.import("concurrent.futures")?.call_method0("Future")?.unbind();
        let cancelled = Arc::new(Notify::new());
        watch_cancel(future.bind(py), cancelled.clone())?;
        Ok(Awaiting { future, cancelled, told })
    }
}

impl Completions {
    /// Tells a future what becomes of its job. It runs from when the one before it has ended; until then it can be
    /// cancelled. Runs no code of Python.
    pub fn tell(
        self: &Arc<Self>,
        awaiting: Awaiting,
        job: Job,
        before: Option<Turn>,
    ) -> std::io::Result<Turn> {
        let Awaiting { future, cancelled, told } = awaiting;
        let (end, ended) = oneshot::channel();
        let pending = Pending { job, future, told, cancelled, _end: end };
        let counted = Counted::new(self);
        self.spawn(async move {
            let _counted = counted;
            pending.told(before).await;
        })?;
        Ok(ended)
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) -> std::io::Result<()> {
        let mut runtime = locked(&self.runtime);
        if runtime.is_none() {
            let made = Builder::new_multi_thread().worker_threads(1).thread_name("bioxen-python").build();
            *runtime = Some(made?);
        }
        if let Some(runtime) = runtime.as_ref() {
            runtime.spawn(task);
        }
        Ok(())
    }

    /// Ends the thread when all futures know what became of them.
    pub fn end(&self) {
        let open = locked(&self.open);
        drop(self.told.wait_timeout_while(open, TELLING, |open| *open > 0));
        if let Some(runtime) = locked(&self.runtime).take() {
            runtime.shutdown_timeout(TELLING); // a callback that still runs goes on without it
        }
    }
}

struct Counted(Arc<Completions>);

impl Counted {
    fn new(completions: &Arc<Completions>) -> Counted {
        *locked(&completions.open) += 1;
        Counted(completions.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        *locked(&self.0.open) -= 1;
        self.0.told.notify_all();
    }
}

impl Drop for Completions {
    fn drop(&mut self) {
        if engine::is_forked() {
            std::mem::forget(locked(&self.runtime).take());
        } else if let Some(runtime) = locked(&self.runtime).take() {
            runtime.shutdown_background();
        }
    }
}

impl Pending {
    async fn told(self, before: Option<Turn>) {
        let Pending { mut job, future, told, cancelled, _end } = self;
        let is_cancelled = match before {
            Some(before) => first(cancelled.notified(), before).await,
            None => false,
        };
        let runs = !is_cancelled && Python::try_attach(|py| begun(future.bind(py))).unwrap_or(false);
        if !runs {
            job.cancel();
        }
        let ended = std::future::poll_fn(|context| std::pin::Pin::new(&mut job).poll(context)).await;
        if runs {
            // Callbacks of the future run here, and may take their time.
            let _ = tokio::task::spawn_blocking(move || tell(&future, ended, &told)).await;
        }
    }
}

/// Whether the first of two comes first.
async fn first(one: impl Future, other: impl Future) -> bool {
    let (mut one, mut other) = (pin!(one), pin!(other));
    std::future::poll_fn(|context| match one.as_mut().poll(context) {
        Poll::Ready(_) => Poll::Ready(true),
        Poll::Pending => other.as_mut().poll(context).map(|_| false),
    })
    .await
}

fn begun(future: &Bound<'_, PyAny>) -> bool {
    future.call_method0("set_running_or_notify_cancel").and_then(|begun| begun.extract()).unwrap_or(false)
}

fn tell(future: &Py<PyAny>, ended: bioxen_lua::Result<Outcome>, told: &Told) {
    Python::try_attach(|py| {
        let result = ended
            .map_err(errors::raise)
            .and_then(|outcome| run::result(py, outcome, &told.trace, told.memory));
        let told = match result {
            Ok(result) => future.call_method1(py, "set_result", (result,)),
            Err(error) => future.call_method1(py, "set_exception", (error.into_value(py),)),
        };
        if let Err(error) = told {
            error.write_unraisable(py, Some(future.bind(py)));
        }
    });
}

/// Hears when the future is cancelled.
fn watch_cancel(future: &Bound<'_, PyAny>, cancelled: Arc<Notify>) -> PyResult<()> {
    let hear = move |arguments: &Bound<'_, PyTuple>, _: Option<&Bound<'_, PyDict>>| -> PyResult<()> {
        if arguments.get_item(0)?.call_method0("cancelled")?.extract()? {
            cancelled.notify_one();
        }
        Ok(())
    };
    let hear = PyCFunction::new_closure(future.py(), None, None, hear)?;
    future.call_method1("add_done_callback", (hear,)).map(drop)
}
