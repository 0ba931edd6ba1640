//! What a VM is given, from Python's keywords.

use std::sync::Arc;
use std::time::Duration;

use bioxen_lua::{ErrorKind, Limits, Mount, OnStop, Stdin};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::environment::Environment;
use crate::errors;
use crate::functions::{Functions, Table, Trace, module};

/// As the command's: longer than the library's, since a program waits for its result.
const TIME: Duration = Duration::from_secs(30);
const FUEL: u64 = 1_000_000_000_000;

/// A year: what is longer is no limit.
const LONGEST: f64 = 366.0 * 86_400.0;

/// What a VM is given. It is checked when a VM is made from it.
#[pyclass(frozen, module = "pylua_bioxen_vm_lib._native")]
pub struct VmConfig {
    config: bioxen_lua::VmConfig,
    functions: Py<Functions>,
    memory: Option<u64>,
    threads: bool,
}

#[pymethods]
impl VmConfig {
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.functions)
    }

    #[new]
    #[pyo3(signature = (*, limits=None, mounts=Vec::new(), variables=None, environment=None, module_path=None, seed=None, stdin=None, functions=None))]
    #[expect(clippy::too_many_arguments, reason = "keywords")]
    fn new(
        py: Python<'_>,
        limits: Option<Bound<'_, PyDict>>,
        mounts: Vec<(String, String, bool)>,
        variables: Option<Bound<'_, PyDict>>,
        environment: Option<PyRef<'_, Environment>>,
        module_path: Option<String>,
        seed: Option<u64>,
        stdin: Option<Vec<u8>>,
        functions: Option<Py<Functions>>,
    ) -> PyResult<VmConfig> {
        // Files are waited for on threads of the engine.
        let threads = environment.is_some() || !mounts.is_empty();
        let mut config = match environment {
            Some(environment) => environment.vm_config().map_err(errors::raise)?,
            None => bioxen_lua::VmConfig::default(),
        };
        let limits = limits_of(limits.as_ref())?;
        let memory = limits.memory;
        config = config.limits(limits).on_stop(OnStop::RollBack);
        for (host, guest, writable) in mounts {
            config = config.mount(mount(&host, &guest, writable)?);
        }
        for (name, value) in variables.iter().flatten() {
            config = config.var(name.extract::<String>()?, value.extract::<String>()?);
        }
        if let Some(path) = module_path {
            config = config.module_path(path);
        }
        if let Some(seed) = seed {
            config = config.seed(seed);
        }
        if let Some(bytes) = stdin {
            config = config.stdin(Stdin::bytes(bytes));
        }
        let functions = match functions {
            Some(functions) => functions,
            None => Py::new(py, Functions::default())?,
        };
        Ok(VmConfig { config, functions, memory, threads })
    }
}

impl VmConfig {
    /// The library's configuration, with the callables.
    pub fn with_functions(&self, trace: &Arc<Trace>) -> bioxen_lua::VmConfig {
        self.config.clone().module(module(self.functions().clone(), trace.clone()))
    }

    /// Whether a VM needs threads of the engine, be there callables or not.
    pub fn needs_threads(&self) -> bool {
        self.threads
    }

    /// The most memory, in bytes.
    pub fn memory(&self) -> Option<u64> {
        self.memory
    }

    pub fn functions(&self) -> &Arc<Table> {
        self.functions.get().table()
    }
}

fn mount(host: &str, guest: &str, writable: bool) -> PyResult<Mount> {
    let mount = if writable { Mount::read_write(host, guest) } else { Mount::read_only(host, guest) };
    mount.map_err(errors::raise)
}

/// Limits by their names; those that are not named have their defaults.
fn limits_of(given: Option<&Bound<'_, PyDict>>) -> PyResult<Limits> {
    let mut limits = Limits { time: Some(TIME), fuel: Some(FUEL), ..Limits::default() };
    for (name, value) in given.into_iter().flatten() {
        let name: String = name.extract()?;
        let value = number(&name, &value)?;
        match name.as_str() {
            "time" => limits.time = value.map(seconds),
            "host_call_time" => limits.host_call_time = value.map(seconds),
            _ => *whole(&mut limits, &name)? = value.map(|value| value as u64),
        }
    }
    Ok(limits)
}

fn whole<'a>(limits: &'a mut Limits, name: &str) -> PyResult<&'a mut Option<u64>> {
    Ok(match name {
        "memory" => &mut limits.memory,
        "fuel" => &mut limits.fuel,
        "stdout" => &mut limits.stdout,
        "stderr" => &mut limits.stderr,
        "result" => &mut limits.result,
        "error_text" => &mut limits.error_text,
        "source" => &mut limits.source,
        "host_calls" => &mut limits.host_calls,
        "host_call_size" => &mut limits.host_call_size,
        "open_files" => &mut limits.open_files,
        "disk" => &mut limits.disk,
        "files" => &mut limits.files,
        _ => return Err(errors::refuse(ErrorKind::InvalidConfig, format!("there is no limit `{name}`"))),
    })
}

/// Nothing for a limit that is lifted.
fn number(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Option<f64>> {
    if value.is_none() {
        return Ok(None);
    }
    let number: f64 = value.extract()?;
    if number.is_nan() || number < 0.0 {
        let message = format!("limit `{name}` is {number}: expected a number from 0 up, or None to lift it");
        return Err(errors::refuse(ErrorKind::InvalidConfig, message));
    }
    Ok(number.is_finite().then_some(number))
}

fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds.min(LONGEST))
}

/// A run's own time: nothing for "as the VM has it", nothing inside for "no end". Less than none is none.
pub fn run_time(timeout: Option<f64>) -> PyResult<Option<Option<Duration>>> {
    let Some(time) = timeout else { return Ok(None) };
    if time.is_nan() {
        return Err(errors::refuse(
            ErrorKind::InvalidConfig,
            "`timeout` is nan: expected seconds, or inf for no end",
        ));
    }
    Ok(Some((time < LONGEST).then(|| Duration::from_secs_f64(time.max(0.0)))))
}

/// A run's own fuel, by the same rule; below zero is no end.
pub fn run_fuel(fuel: Option<i64>) -> Option<Option<u64>> {
    fuel.map(|fuel| u64::try_from(fuel).ok())
}
