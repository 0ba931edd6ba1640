//! A VM that runs on the thread that asks.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bioxen_lua::{Error, ErrorKind, InterruptHandle, Outcome, Snapshot, Value};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use tokio::sync::{Mutex as Queue, MutexGuard as Turn};

use crate::config::VmConfig;
use crate::engine::{self, Kept, Lease, lease};
use crate::errors;
use crate::functions::{Trace, is_waiting_here};
use crate::run::{self, Source};
use crate::value;
use crate::wait::{wait, wait_for};

/// How often a VM that is closed is told to stop what it runs.
const AGAIN: Duration = Duration::from_millis(10);

/// A VM of its own. Calls from several threads wait for each other.
#[pyclass(frozen, module = "pylua_bioxen_vm_lib._native")]
pub struct Vm {
    config: Py<VmConfig>,
    trace: Arc<Trace>,
    interrupt: InterruptHandle,
    /// Whether a thread uses the VM now.
    used: AtomicBool,
    closed: AtomicBool,
    /// Nothing behind its end.
    live: Kept<Queue<Option<Live>>>,
}

/// A VM in memory. It goes before the engine is let go.
struct Live {
    vm: bioxen_lua::Vm,
    lease: Lease,
}

/// The VM, for one thread.
struct Used<'a> {
    live: Turn<'a, Option<Live>>,
    owner: &'a Vm,
}

#[pymethods]
impl Vm {
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.config)
    }

    #[new]
    #[pyo3(signature = (config, snapshot=None))]
    fn new(py: Python<'_>, config: Py<VmConfig>, snapshot: Option<&[u8]>) -> PyResult<Vm> {
        let lease = lease()?;
        let snapshot = snapshot.map(|bytes| Snapshot::from_bytes(lease.engine(), bytes)).transpose();
        Vm::made(py, config, snapshot.map_err(errors::raise)?.as_ref(), lease)
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
        run::result(py, outcome, &self.trace, self.config.get().memory())
    }

    fn call<'py>(
        &self,
        py: Python<'py>,
        name: &str,
        arguments: Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let outcome = self.run(py, run::function(name, &arguments)?)?;
        run::result(py, outcome, &self.trace, self.config.get().memory())
    }

    fn get<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        let mut used = self.used(py)?;
        let value: Value = wait(py, used.vm()?.get(name))?;
        value::to_python(py, &value)
    }

    fn set(&self, py: Python<'_>, name: &str, value: Bound<'_, PyAny>) -> PyResult<()> {
        let value = value::from_python(&value)?;
        let mut used = self.used(py)?;
        wait(py, used.vm()?.set(name, value))
    }

    fn register(&self, py: Python<'_>, name: &str, function: Option<Bound<'_, PyAny>>) -> PyResult<()> {
        self.config.get().functions().register(name, function, |chunk| {
            self.used(py)?.live()?.lease.start_threads(); // callables run there
            run::done(self.run(py, chunk)?, name)
        })
    }

    fn snapshot<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = {
            let mut used = self.used(py)?;
            let snapshot = wait(py, used.vm()?.snapshot())?;
            py.detach(|| snapshot.to_bytes())
        };
        Ok(PyBytes::new(py, &bytes))
    }

    fn restore(&self, py: Python<'_>, snapshot: &[u8]) -> PyResult<()> {
        let mut used = self.used(py)?;
        let Live { vm, lease } = used.live()?;
        let restored = py.detach(|| vm.restore(&Snapshot::from_bytes(lease.engine(), snapshot)?));
        restored.map_err(errors::raise)
    }

    fn fork(&self, py: Python<'_>) -> PyResult<Vm> {
        let snapshot = {
            let mut used = self.used(py)?;
            wait(py, used.vm()?.snapshot())?
        };
        Vm::made(py, self.config.clone_ref(py), Some(&snapshot), lease()?)
    }

    fn reset(&self, py: Python<'_>) -> PyResult<()> {
        let mut used = self.used(py)?;
        let vm = used.vm()?;
        vm.reset().map_err(errors::raise)?;
        for (name, chunk) in self.config.get().functions().chunks() {
            run::done(wait(py, vm.exec(chunk))?, &name)?;
        }
        Ok(())
    }

    fn interrupt(&self) {
        self.interrupt.interrupt();
    }

    fn close(&self, py: Python<'_>) -> PyResult<()> {
        if engine::is_forked() {
            return Ok(());
        }
        self.closed.store(true, Ordering::Release);
        let Some(live) = self.live.get() else { return Ok(()) };
        loop {
            self.interrupt.interrupt(); // again and again: a call that has not begun is not stopped
            if is_waiting_here(&self.trace) {
                return Ok(()); // one of its own functions asked: it goes when that returns
            }
            if let Some(mut live) = wait_for(py, AGAIN, async { Ok(live.lock().await) })? {
                drop(live.take());
                return Ok(());
            }
        }
    }

    #[getter]
    fn is_running(&self) -> bool {
        self.used.load(Ordering::Acquire)
    }

    #[getter]
    fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }
}

impl Vm {
    fn made(py: Python<'_>, config: Py<VmConfig>, snapshot: Option<&Snapshot>, lease: Lease) -> PyResult<Vm> {
        if config.get().needs_threads() || !config.get().functions().is_empty() {
            lease.start_threads();
        }
        let trace = Arc::<Trace>::default();
        let given = config.get().with_functions(&trace);
        let engine = lease.engine();
        let made = py.detach(|| match snapshot {
            Some(snapshot) => bioxen_lua::Vm::from_snapshot(engine, snapshot, given),
            None => bioxen_lua::Vm::new(engine, given),
        });
        let vm = made.map_err(engine::refused)?;
        let interrupt = vm.interrupt_handle();
        let stop = interrupt.clone();
        trace.interrupt_by(move || stop.interrupt());
        let live = Kept::new(Queue::new(Some(Live { vm, lease })));
        Ok(Vm {
            config,
            trace,
            interrupt,
            used: AtomicBool::new(false),
            closed: AtomicBool::new(false),
            live,
        })
    }

    fn run(&self, py: Python<'_>, chunk: bioxen_lua::Chunk) -> PyResult<Outcome> {
        let mut used = self.used(py)?;
        self.trace.begin();
        wait(py, used.vm()?.exec(chunk))
    }

    fn used<'a>(&'a self, py: Python<'_>) -> PyResult<Used<'a>> {
        engine::check()?;
        let live = self.live.get().ok_or_else(errors::raise_closed)?;
        if is_waiting_here(&self.trace) {
            let message =
                "the VM runs and waits for this function: a function cannot ask the VM that calls it";
            return Err(errors::refuse(ErrorKind::Busy, message));
        }
        let live = match live.try_lock() {
            Ok(live) => live,
            Err(_) => wait(py, async { Ok::<_, Error>(live.lock().await) })?,
        };
        self.used.store(true, Ordering::Release);
        Ok(Used { live, owner: self })
    }
}

impl Used<'_> {
    fn live(&mut self) -> PyResult<&mut Live> {
        if self.owner.is_closed() {
            return Err(errors::raise_closed());
        }
        self.live.as_mut().ok_or_else(errors::raise_closed)
    }

    fn vm(&mut self) -> PyResult<&mut bioxen_lua::Vm> {
        self.live().map(|live| &mut live.vm)
    }
}

impl Drop for Used<'_> {
    fn drop(&mut self) {
        self.owner.used.store(false, Ordering::Release);
        if self.owner.is_closed() {
            drop(self.live.take());
        }
    }
}
