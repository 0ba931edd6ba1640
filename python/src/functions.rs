//! Python callables that scripts may call.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, MutexGuard};

use bioxen_lua::{Caller, Chunk, ErrorKind, HostModule, Value, Values};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyTuple, PyTupleMethods};

use crate::errors;
use crate::lock::locked;
use crate::value;

/// The host module, and its one function, by which guests reach all callables: those may come when the VM
/// runs already.
const MODULE: &str = "python";
const CALL: &str = "call";

/// Makes a callable a global function. In a dotted name the tables before the last part are made if they are
/// missing.
const REGISTER: &str = "
local name, present = ...
local call = require('python').call
local place, last = _G, name
for part, rest in name:gmatch('([^.]+)%.()') do
  place[part] = place[part] or {}
  place, last = place[part], name:sub(rest)
end
place[last] = present and function(...) return call(name, ...) end or nil
";

/// Python callables by name, shared by the VMs that are made with them.
#[pyclass(frozen, module = "pylua_bioxen_vm_lib._native")]
#[derive(Default)]
pub struct Functions {
    table: Arc<Table>,
}

/// In the order in which they were registered: one in a table comes behind that table's own.
#[derive(Default)]
pub struct Table(Mutex<Vec<(String, Py<PyAny>)>>);

#[pymethods]
impl Functions {
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        // Whoever has the lock is about to change it, and the next collection looks again.
        let Ok(table) = self.table.0.try_lock() else { return Ok(()) };
        table.iter().try_for_each(|(_, function)| visit.call(function))
    }

    fn __clear__(&self) {
        let functions = std::mem::take(&mut *self.table.lock());
        drop(functions); // without the lock: this may run code of Python
    }

    #[new]
    fn new() -> Functions {
        Functions::default()
    }

    /// The names, in the order in which they were registered.
    fn names(&self) -> Vec<String> {
        self.table.lock().iter().map(|(name, _)| name.clone()).collect()
    }
}

impl Functions {
    pub fn table(&self) -> &Arc<Table> {
        &self.table
    }
}

impl Table {
    fn lock(&self) -> MutexGuard<'_, Vec<(String, Py<PyAny>)>> {
        locked(&self.0)
    }

    pub fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    /// Puts a callable under a name, or takes it away, and tells the guest. Where that fails all is as before.
    pub fn register(
        &self,
        name: &str,
        function: Option<Bound<'_, PyAny>>,
        tell: impl FnOnce(Chunk) -> PyResult<()>,
    ) -> PyResult<()> {
        check_name(name)?;
        if function.as_ref().is_some_and(|function| !function.is_callable()) {
            let message =
                format!("`{name}` was given something that cannot be called: expected a function, or None");
            return Err(errors::refuse(ErrorKind::InvalidValue, message));
        }
        let present = function.is_some();
        let before = self.put(name, function.map(Bound::unbind));
        let told = tell(told_guest(name, present));
        let left = if told.is_err() { self.put(name, before) } else { before };
        drop(left); // without the lock: this may run code of Python
        told
    }

    /// What was there before.
    fn put(&self, name: &str, function: Option<Py<PyAny>>) -> Option<Py<PyAny>> {
        let mut table = self.lock();
        let place = table.iter().position(|(known, _)| known == name);
        match (place, function) {
            (Some(place), Some(function)) => Some(std::mem::replace(&mut table[place].1, function)),
            (Some(place), None) => Some(table.remove(place).1),
            (None, Some(function)) => {
                table.push((name.to_string(), function));
                None
            }
            (None, None) => None,
        }
    }

    fn get(&self, py: Python<'_>, name: &str) -> Option<Py<PyAny>> {
        let table = self.lock();
        table.iter().find(|(known, _)| known == name).map(|(_, function)| function.clone_ref(py))
    }

    /// What tells a fresh guest of all of them.
    pub fn chunks(&self) -> Vec<(String, Chunk)> {
        self.lock().iter().map(|(name, _)| (name.clone(), told_guest(name, true))).collect()
    }
}

fn told_guest(name: &str, present: bool) -> Chunk {
    Chunk::new(REGISTER).name("=register").arguments((name, present)).aside()
}

fn check_name(name: &str) -> PyResult<()> {
    let is_name = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && part.chars().all(|each| each.is_ascii_alphanumeric() || each == '_')
    };
    if name.len() <= 128 && name.split('.').all(is_name) {
        return Ok(());
    }
    let message =
        format!("`{name}` is no name of a function: expected one as Lua has them, such as `gc` or `bio.gc`");
    Err(errors::refuse(ErrorKind::InvalidValue, message))
}

/// What a callable raised last, and the text by which Lua knows it.
pub struct Raised {
    pub message: String,
    pub exception: PyErr,
}

/// What callables did during the runs of one VM.
#[derive(Default)]
pub struct Trace {
    raised: Mutex<Option<Raised>>,
    /// An exception that is no `Exception`, such as KeyboardInterrupt: it ends the run, whatever Lua says.
    leaving: Mutex<Option<PyErr>>,
    interrupt: Mutex<Option<Box<Interrupt>>>,
    /// VMs that wait for this one.
    waiting: Mutex<Vec<VmToken>>,
}

type Interrupt = dyn Fn() + Send;

impl Trace {
    pub fn interrupt_by(&self, interrupt: impl Fn() + Send + 'static) {
        *locked(&self.interrupt) = Some(Box::new(interrupt));
    }

    /// Forgets what the run before left, and knows for whom this thread runs it.
    pub fn begin(&self) {
        *locked(&self.waiting) = WAITING.with_borrow(Vec::clone);
        drop(self.take_raised());
        drop(self.take_leaving());
    }

    pub fn take_raised(&self) -> Option<Raised> {
        locked(&self.raised).take()
    }

    pub fn take_leaving(&self) -> Option<PyErr> {
        locked(&self.leaving).take()
    }

    fn note(&self, py: Python<'_>, exception: PyErr) -> String {
        let message = told(py, &exception);
        // What was there before is dropped without the lock: that may run code of Python.
        if exception.is_instance_of::<pyo3::exceptions::PyException>(py) {
            let raised = Some(Raised { message: message.clone(), exception });
            drop(std::mem::replace(&mut *locked(&self.raised), raised));
        } else {
            drop(locked(&self.leaving).replace(exception));
            locked(&self.interrupt).iter().for_each(|interrupt| interrupt());
        }
        message
    }
}

/// `TypeError: message`, as Python prints it.
fn told(py: Python<'_>, exception: &PyErr) -> String {
    let kind = exception.get_type(py).name().map_or_else(|_| "exception".into(), |name| name.to_string());
    match exception.value(py).str().map(|text| text.to_string_lossy().into_owned()) {
        Ok(text) if !text.is_empty() => format!("{kind}: {text}"),
        _ => kind,
    }
}

/// The host module of a VM. Callables run on threads for what blocks: so the VM's deadline holds while they
/// run, and they have a whole stack, where a guest's is small and no Python expects it.
pub fn module(table: Arc<Table>, trace: Arc<Trace>) -> HostModule {
    let call = move |_: &mut Caller, Values(arguments): Values| {
        let _serving = Serving::begin(&trace);
        call(&table, &trace, arguments).map(Values)
    };
    HostModule::new(MODULE).blocking_function(CALL, call)
}

thread_local! {
    /// The VMs that wait for what runs on this thread: the one that called it, and those that called that one.
    static WAITING: RefCell<Vec<VmToken>> = const { RefCell::new(Vec::new()) };
}

/// Tells VMs apart, as long as they live.
type VmToken = usize;

/// Marks this thread as serving a VM.
struct Serving;

impl Serving {
    fn begin(trace: &Arc<Trace>) -> Serving {
        let mut chain = locked(&trace.waiting).clone();
        chain.push(token(trace));
        WAITING.set(chain);
        Serving
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        WAITING.take();
    }
}

fn token(trace: &Arc<Trace>) -> VmToken {
    Arc::as_ptr(trace).addr()
}

/// Whether that VM waits for what runs on this thread: it cannot be asked for anything then.
pub fn is_waiting_here(trace: &Arc<Trace>) -> bool {
    WAITING.with_borrow(|chain| chain.contains(&token(trace)))
}

fn call(table: &Table, trace: &Trace, arguments: Vec<Value>) -> Result<Vec<Value>, String> {
    let mut arguments = arguments.into_iter();
    let Some(Value::String(name)) = arguments.next() else {
        return Err("expected the name of a function".into());
    };
    let name = name.to_text();
    let called = Python::try_attach(|py| {
        let Some(function) = table.get(py, &name) else {
            return Err(format!("no Python function `{name}` is registered"));
        };
        invoke(function.bind(py), arguments.as_slice()).map_err(|exception| trace.note(py, exception))
    });
    called.unwrap_or_else(|| Err("the Python interpreter has ended".into()))
}

fn invoke(function: &Bound<'_, PyAny>, arguments: &[Value]) -> PyResult<Vec<Value>> {
    let py = function.py();
    let arguments = PyTuple::new(py, value::list_to_python(py, arguments)?)?;
    let answer = function.call1(arguments)?;
    match answer.cast::<PyTuple>() {
        Ok(several) => several.iter().map(|each| value::from_python(&each)).collect(),
        Err(_) => Ok(vec![value::from_python(&answer)?]),
    }
}
