//! Sessions: a VM of a manager, for runs and for a prompt's input and output.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bioxen_lua::{Chunk, ErrorKind, Job, Outcome, Reading, Sent, SessionState, Snapshot, Value, VmId};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use crate::config::VmConfig;
use crate::engine::{self, Kept};
use crate::errors;
use crate::functions::Trace;
use crate::futures::{Awaiting, Completions, Told, Turn};
use crate::lock::locked;
use crate::output::Decoder;
use crate::run::{self, Source};
use crate::value;
use crate::wait::{wait, wait_for};

/// A VM of a manager: chunks go in and results come out, or input is sent and output is read, on one Lua state.
#[pyclass(frozen, module = "pylua_bioxen_vm_lib._native")]
pub struct Session {
    id: VmId,
    persistent: bool,
    config: Mutex<Py<VmConfig>>,
    trace: Arc<Trace>,
    completions: Arc<Completions>,
    /// The end of the future that was handed out last.
    last: Mutex<Option<Turn>>,
    /// What was sent last.
    sent: Mutex<Option<Job<Sent>>>,
    decoder: Mutex<Decoder>,
    inner: Mutex<Option<Kept<Arc<bioxen_lua::Session>>>>,
}

/// What a session uses.
#[derive(IntoPyObject)]
struct Usage {
    memory: u64,
    fuel: u64,
    written: u64,
    unread: u64,
    idle: Option<f64>,
}

#[pymethods]
impl Session {
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        match self.config.try_lock() {
            Ok(config) => visit.call(&*config),
            Err(_) => Ok(()), // it is being replaced; the next collection looks again
        }
    }

    #[getter]
    fn id(&self) -> &str {
        self.id.as_str()
    }

    #[pyo3(signature = (source, name, *, arguments=None, timeout=None, fuel=None))]
    fn exec<'py>(
        &self,
        py: Python<'py>,
        source: Source<'py>,
        name: &str,
        arguments: Option<Bound<'py, PyAny>>,
        timeout: Option<f64>,
        fuel: Option<i64>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let outcome = self.run(py, run::chunk(&source, name, arguments.as_ref(), timeout, fuel)?)?;
        run::result(py, outcome, &self.trace, self.config(py).get().memory())
    }

    #[pyo3(signature = (source, name, *, arguments=None, timeout=None, fuel=None))]
    fn exec_future(
        &self,
        py: Python<'_>,
        source: Source<'_>,
        name: &str,
        arguments: Option<Bound<'_, PyAny>>,
        timeout: Option<f64>,
        fuel: Option<i64>,
    ) -> PyResult<Py<PyAny>> {
        let chunk = run::chunk(&source, name, arguments.as_ref(), timeout, fuel)?;
        let session = self.session()?;
        let memory = self.config(py).get().memory();
        let awaiting = Awaiting::new(py, Told { trace: self.trace.clone(), memory })?;
        let future = awaiting.future.clone_ref(py);
        self.begin(&session, chunk, awaiting).map_err(errors::raise_io)?.map_err(errors::raise)?;
        Ok(future)
    }

    fn call<'py>(
        &self,
        py: Python<'py>,
        name: &str,
        arguments: Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let outcome = self.run(py, run::function(name, &arguments)?)?;
        run::result(py, outcome, &self.trace, self.config(py).get().memory())
    }

    fn get<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        let value: Value = wait(py, cancelling(self.session()?.vm().get(name))?)?;
        value::to_python(py, &value)
    }

    fn set(&self, py: Python<'_>, name: &str, value: Bound<'_, PyAny>) -> PyResult<()> {
        let value = value::from_python(&value)?;
        wait(py, cancelling(self.session()?.vm().set(name, value))?)
    }

    fn register(&self, py: Python<'_>, name: &str, function: Option<Bound<'_, PyAny>>) -> PyResult<()> {
        let config = self.config(py);
        config.get().functions().register(name, function, |chunk| run::done(self.run(py, chunk)?, name))
    }

    fn snapshot<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let snapshot = wait(py, cancelling(self.session()?.snapshot())?)?;
        let bytes = py.detach(|| snapshot.to_bytes());
        Ok(PyBytes::new(py, &bytes))
    }

    fn restore(&self, py: Python<'_>, snapshot: &[u8]) -> PyResult<()> {
        let lease = engine::lease()?;
        let snapshot = Snapshot::from_bytes(lease.engine(), snapshot).map_err(errors::raise)?;
        wait(py, cancelling(self.session()?.restore(snapshot))?)
    }

    fn fork(&self, py: Python<'_>, id: &str) -> PyResult<Session> {
        let id = VmId::new(id).map_err(errors::raise)?;
        let mut made = wait(py, cancelling(self.session()?.fork(vec![id]))?)?;
        let copy = made.pop().ok_or_else(errors::raise_closed)?;
        let (config, trace) = (self.config(py), Arc::<Trace>::default());
        // Its functions are to tell it, not this one, what they raise.
        let own = config.get().with_functions(&trace);
        wait(py, cancelling(copy.set_environment(own))?)?;
        Ok(Session::new(copy, config, trace, self.persistent, self.completions.clone()))
    }

    fn reset(&self, py: Python<'_>) -> PyResult<()> {
        wait(py, cancelling(self.session()?.vm().reset())?)?;
        for (name, chunk) in self.config(py).get().functions().chunks() {
            run::done(self.run(py, chunk)?, &name)?;
        }
        Ok(())
    }

    fn send(&self, text: &str) -> PyResult<()> {
        // What becomes of it is in the output.
        let job = self.session()?.send(text).map_err(errors::raise)?;
        *locked(&self.sent) = Some(job);
        Ok(())
    }

    #[pyo3(signature = (timeout=0.0))]
    fn read<'py>(&self, py: Python<'py>, timeout: f64) -> PyResult<(Bound<'py, PyAny>, u64)> {
        let session = self.session()?;
        let reading = match time(timeout)? {
            Duration::ZERO => session.read().map_err(errors::raise)?,
            time => self.read_until_idle(py, &session, time)?,
        };
        let is_over = !matches!(session.status().state, SessionState::Running);
        let whole = locked(&self.decoder).whole(reading.bytes, is_over);
        Ok((value::text(py, &whole)?, reading.lost))
    }

    fn send_and_read<'py>(
        &self,
        py: Python<'py>,
        text: &str,
        timeout: f64,
    ) -> PyResult<(Bound<'py, PyAny>, bool)> {
        self.send(text)?;
        let (output, _) = self.read(py, timeout.max(f64::MIN_POSITIVE))?;
        Ok((output, self.session()?.status().state != SessionState::Running))
    }

    fn wait(&self, py: Python<'_>, timeout: f64) -> PyResult<bool> {
        let session = self.session()?;
        Ok(wait_for(py, time(timeout)?, session.output_or_idle())?.is_some())
    }

    fn interrupt(&self) -> PyResult<()> {
        self.session()?.interrupt().map_err(errors::raise)
    }

    fn end_input(&self) -> PyResult<()> {
        self.session()?.end_input().map_err(errors::raise)
    }

    fn load_package(&self, py: Python<'_>, name: &str) -> PyResult<()> {
        wait(py, cancelling(self.session()?.load_package(name))?)
    }

    fn set_environment(&self, py: Python<'_>, config: Py<VmConfig>) -> PyResult<()> {
        let given = config.get().with_functions(&self.trace);
        wait(py, cancelling(self.session()?.set_environment(given))?)?;
        let replaced = std::mem::replace(&mut *locked(&self.config), config);
        drop(replaced); // without the lock: this may run code of Python
        Ok(())
    }

    fn terminate(&self, py: Python<'_>) -> PyResult<()> {
        let session = self.session()?;
        py.detach(|| session.terminate()).map_err(errors::raise)
    }

    fn close(&self, py: Python<'_>) -> PyResult<()> {
        let Some(kept) = locked(&self.inner).take() else { return Ok(()) };
        let (forked, persistent) = (engine::is_forked(), self.persistent);
        let ended = py.detach(move || match kept.get() {
            // A persistent one is on disk, and whoever asks for it finds it.
            Some(session) if !forked && !persistent => session.terminate(),
            _ => Ok(()),
        });
        match ended {
            Err(error) if !is_gone(error.kind()) => Err(errors::raise(error)),
            _ => Ok(()),
        }
    }

    #[getter]
    fn state(&self) -> &'static str {
        match self.session() {
            Ok(session) => state_name(session.status().state),
            Err(_) => state_name(SessionState::Terminated),
        }
    }

    #[getter]
    fn exit_status(&self) -> Option<i32> {
        match self.session().ok()?.status().state {
            SessionState::Ended(status) => Some(status),
            _ => None,
        }
    }

    #[getter]
    fn persistent(&self) -> bool {
        self.persistent
    }

    #[getter]
    fn usage(&self) -> PyResult<Usage> {
        let status = self.session()?.status();
        Ok(Usage {
            memory: status.memory,
            fuel: status.fuel,
            written: status.written,
            unread: status.unread,
            idle: status.idle.map(|idle| idle.as_secs_f64()),
        })
    }
}

impl Session {
    pub fn new(
        session: bioxen_lua::Session,
        config: Py<VmConfig>,
        trace: Arc<Trace>,
        persistent: bool,
        completions: Arc<Completions>,
    ) -> Session {
        let session = Arc::new(session);
        // Weakly: what is inside the VM knows the trace.
        let running = Arc::downgrade(&session);
        trace.interrupt_by(move || {
            if let Some(session) = running.upgrade() {
                let _ = session.vm().interrupt(); // a VM that is gone runs nothing
            }
        });
        Session {
            id: session.id().clone(),
            persistent,
            config: Mutex::new(config),
            trace,
            completions,
            last: Mutex::default(),
            sent: Mutex::default(),
            decoder: Mutex::default(),
            inner: Mutex::new(Some(Kept::new(session))),
        }
    }

    /// Futures are told in the order in which their jobs were asked for.
    fn begin(
        &self,
        session: &bioxen_lua::Session,
        chunk: Chunk,
        awaiting: Awaiting,
    ) -> std::io::Result<bioxen_lua::Result<()>> {
        let mut last = locked(&self.last);
        let job = match session.vm().exec(chunk) {
            Ok(job) => job,
            Err(error) => return Ok(Err(error)),
        };
        *last = Some(self.completions.tell(awaiting, job, last.take())?);
        Ok(Ok(()))
    }

    /// Input that has run is the end of the output, and its job that of the VM's work: who has read all finds the
    /// session idle.
    fn read_until_idle(
        &self,
        py: Python<'_>,
        session: &bioxen_lua::Session,
        time: Duration,
    ) -> PyResult<Reading> {
        let deadline = Instant::now().checked_add(time);
        let reading = wait(py, session.read_until_idle(time))?;
        if session.status().state == SessionState::Running
            && let Some(job) = locked(&self.sent).take()
        {
            let left = deadline.map_or(time, |deadline| deadline.saturating_duration_since(Instant::now()));
            // How it ended is in the output; one that is not over goes on.
            let _ = wait_for(py, left, async { Ok(job.await) })?;
        }
        Ok(reading)
    }

    fn session(&self) -> PyResult<Arc<bioxen_lua::Session>> {
        engine::check()?;
        let session = locked(&self.inner).as_ref().and_then(Kept::get).cloned();
        session.ok_or_else(errors::raise_closed) // without the lock: an exception is made by code of Python
    }

    fn run(&self, py: Python<'_>, chunk: Chunk) -> PyResult<Outcome> {
        let session = self.session()?;
        wait(py, cancelling(session.vm().exec(chunk))?)
    }

    fn config(&self, py: Python<'_>) -> Py<VmConfig> {
        locked(&self.config).clone_ref(py)
    }
}

/// A job that is cancelled when nobody waits for it any more: a signal's handler has raised.
struct Cancelling<T: Send>(Job<T>);

fn cancelling<T: Send>(job: bioxen_lua::Result<Job<T>>) -> PyResult<Cancelling<T>> {
    job.map(Cancelling).map_err(errors::raise)
}

impl<T: Send> Future for Cancelling<T> {
    type Output = bioxen_lua::Result<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context)
    }
}

impl<T: Send> Drop for Cancelling<T> {
    fn drop(&mut self) {
        if !self.0.is_finished() {
            self.0.cancel();
        }
    }
}

fn is_gone(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Terminated | ErrorKind::Detached)
}

fn time(seconds: f64) -> PyResult<Duration> {
    let longest = Duration::from_secs(366 * 86_400);
    if seconds.is_nan() {
        return Err(errors::refuse(ErrorKind::InvalidConfig, "`timeout` is nan: expected seconds"));
    }
    Ok(Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(longest).min(longest))
}

pub fn state_name(state: SessionState) -> &'static str {
    match state {
        SessionState::Idle => "idle",
        SessionState::Unfinished => "unfinished",
        SessionState::Running => "running",
        SessionState::AwaitingInput => "awaiting_input",
        SessionState::Ended(_) => "ended",
        SessionState::Stored => "stored",
        SessionState::Damaged => "damaged",
        _ => "terminated",
    }
}
